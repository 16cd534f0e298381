"""The moving average of all but the critic, which scores and users see."""

import jax
import numpy as np
import pytest

from ivaegan_jax.checkpoint import Checkpoints
from ivaegan_jax.networks import CRITIC_NORM

DECAY = 0.75
STEPS = 3


@pytest.fixture(scope="module")
def states(tiny, run_of, data):
    """`states(ema)`: of a small `ivae`, from the start on."""

    def make(ema):
        trainer, run = tiny("ivae", ema=ema).trainer, run_of(seed=2, ema_decay=DECAY)
        found, step = [trainer.init(run)], jax.jit(trainer.train_step)
        for _ in range(STEPS):
            found.append(step(run, found[-1], data)[0])
        return found

    return {ema: make(ema) for ema in (False, True)}


def test_the_average_follows_its_recursion(states):
    expected = states[True][0].params
    for state in states[True]:
        expected = jax.tree.map(
            lambda mean, new: DECAY * mean + (1 - DECAY) * new, expected, state.params
        )
        jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, atol=1e-6), state.ema, expected)


def test_the_average_is_what_is_evaluated(states, same):
    last = states[True][-1]
    assert same(last.evaluated, last.ema)
    moved = jax.tree.map(lambda a, b: bool((a != b).any()), last.ema, last.params)
    assert any(jax.tree.leaves(moved))


def test_the_average_has_no_effect_on_training(states, same):
    for averaged, plain in zip(states[True], states[False], strict=True):
        assert same(averaged.params, plain.params)
        assert same(averaged.opt_state, plain.opt_state)
        assert plain.ema == {}
        assert same(plain.evaluated, plain.params)


def test_the_critic_is_evaluated_as_it_is(tiny, run_of, same):
    state = tiny("ivae_gan", ema=True).trainer.init(run_of())
    state = state.replace(ema=jax.tree.map(lambda leaf: leaf + 1, state.ema))
    assert same(state.evaluated, state.params | state.ema)
    assert same(state.evaluated["critic"], state.params["critic"])


def test_no_buffer_is_used_twice(tiny, run_of):
    leaves = jax.tree.leaves(tiny("ivae_gan", ema=True).trainer.init(run_of()))
    assert len({leaf.unsafe_buffer_pointer() for leaf in leaves}) == len(leaves)


def test_averages_and_norms_survive_a_checkpoint(tiny, run_of, same, tmp_path):
    trainer = tiny("ivae_gan", ema=True, critic_norm="spectral").trainer
    init = jax.jit(jax.vmap(trainer.init))
    runs = jax.tree.map(lambda leaf: leaf[None], run_of())
    states = jax.device_get(init(runs))
    assert CRITIC_NORM in states.params
    with Checkpoints(tmp_path / "model") as checkpoints:
        checkpoints.save(states)
    with Checkpoints(tmp_path / "model") as checkpoints:
        assert same(checkpoints.restore(jax.eval_shape(init, runs)), states)
