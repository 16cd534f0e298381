"""One session is trained to the bit as its table alone; several draw rows of each."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ivaegan_jax.models import of_session, share_prior
from ivaegan_jax.training import make_trainer

STEPS = jnp.int32(20)


@pytest.fixture(scope="module")
def trainer_of(tiny, dims):
    def make(sessions):
        own = tiny("ivae_gan")
        return make_trainer(share_prior([own.model] * sessions), own.game, 8, dims.dim_u)

    return make


def test_one_session_is_its_table_alone_to_the_bit(
    trainer_of, tiny, chunk, exact, run_of, data, same
):
    run, alone, together = run_of(seed=3), tiny("ivae_gan").trainer, trainer_of(1)
    state, log = chunk.call(run, alone.init(run), data, STEPS)
    play = jax.jit(together.chunk, compiler_options=exact)
    joined, joint_log = play(run, together.init(run), (data,), STEPS)
    assert same(of_session(joined.params, 0), state.params)
    assert same(joint_log, log)


def test_sessions_learn_from_rows_of_their_own(trainer_of, run_of, data, same):
    trainer, run = trainer_of(2), run_of(seed=3)
    start, step = trainer.init(run), jax.jit(trainer.train_step)
    other = data._replace(x=data.x[:, :20] + 1.0, u=data.u[:, :20])
    state, log = step(run, start, (data, other))
    changed, _ = step(run, start, (data, other._replace(x=-other.x)))
    assert all(np.isfinite(float(value)) for value in log.values())
    assert same(of_session(state.params, 0)["critic"], of_session(changed.params, 0)["critic"])
    kernels = [
        of_session(p, 1)["critic"]["Dense_0"]["kernel"] for p in (state.params, changed.params)
    ]
    assert not np.array_equal(*kernels)
