import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from ivaegan_jax.training.loop import Schedule
from ivaegan_jax.training.trainer import as_batch, draw_batch, make_chunk
from ivaegan_jax.types import TrainData

INT = jnp.int32


@pytest.fixture(scope="module")
def run(run_of):
    return run_of(seed=3)


@pytest.fixture(scope="module")
def start(tiny, run):
    return tiny("ivae_gan").trainer.init(run)


def test_two_chunks_of_fifty_are_one_of_a_hundred_to_the_bit(chunk, run, start, data, same):
    halfway, _ = chunk.call(run, start, data, INT(50))
    twice, _ = chunk.call(run, halfway, data, INT(50))
    once, _ = chunk.call(run, start, data, INT(100))
    assert same(twice, once)
    assert int(once.step) == 100
    assert bool(once.alive)


def test_every_length_rate_and_seed_runs_the_same_program(chunk, run_of, start, data):
    def traces_after(length, rate):
        run = run_of(seed=length, vae_rate=rate, steps=length)
        chunk.call(run, start, data, INT(length))
        return len(chunk.traces)

    # a test before may have traced it, and another may have cleared JAX's caches since
    assert len({traces_after(*numbers) for numbers in [(1, 0.01), (3, 0.02), (7, 0.0)]}) == 1


def test_a_step_is_traced_once_for_a_chunk(tiny, run, start, data):
    traces = []

    def step(*args):
        traces.append(None)
        return tiny("ivae_gan").trainer.train_step(*args)

    jax.eval_shape(make_chunk(step), run, start, data, INT(4))
    assert len(traces) == 1


def test_the_log_is_the_mean_over_the_chunk(chunk, run, start, data):
    logs, state = [], start
    for _ in range(3):
        state, log = chunk.call(run, state, data, INT(1))
        logs.append(log)
    _, mean = chunk.call(run, start, data, INT(3))
    for name, value in mean.items():
        assert float(value) == pytest.approx(np.mean([log[name] for log in logs]), rel=1e-5)


def test_a_chunk_of_one_is_a_step(tiny, chunk, run, start, data):
    stepped, step_log = jax.jit(tiny("ivae_gan").trainer.train_step)(run, start, data)
    state, log = chunk.call(run, start, data, INT(1))
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, atol=1e-5), state, stepped)
    assert {name: float(v) for name, v in log.items()} == pytest.approx(
        {name: float(v) for name, v in step_log.items()}, rel=1e-4
    )


def test_a_chunk_of_nothing_changes_nothing_and_logs_nan(chunk, run, start, data, same):
    state, log = chunk.call(run, start, data, INT(0))
    assert same(state, start)
    assert all(np.isnan(value) for value in log.values())


def test_the_log_names_terms_losses_and_gradient_norms(chunk, tiny, run, start, data):
    _, log = chunk.call(run, start, data, INT(1))
    game = tiny("ivae_gan").game
    per_player = {f"{kind}_{name}" for kind in ("loss", "grad_norm") for name in game.players}
    assert set(log) == game.terms | {"critic_accuracy"} | per_player


def test_a_rate_of_zero_keeps_the_parameters(chunk, run_of, start, data, same):
    still = run_of(seed=3, vae_rate=0.0, gan_rate=0.0)
    state, _ = chunk.call(still, start, data, INT(5))
    assert same(state.params, start.params)
    assert int(state.step) == 5


def test_the_rate_has_decayed_at_the_end_of_the_training(chunk, run_of, start, data, same):
    late = start.replace(step=INT(1000))
    state, _ = chunk.call(run_of(seed=3, steps=1000), late, data, INT(4))
    assert same(state.params, start.params)


def test_training_lowers_the_negative_log_likelihood(chunk, run, start, data):
    state, first = chunk.call(run, start, data, INT(20))
    _, later = chunk.call(run, chunk.call(run, state, data, INT(200))[0], data, INT(20))
    assert float(later["nll"]) < 0.5 * float(first["nll"])


def test_a_run_on_spoilt_data_is_frozen_where_it_was(
    chunk, run_of, start, data, data_with_nan, same
):
    run = run_of(seed=3, data_index=1)
    halfway, _ = chunk.call(run, start, data, INT(5))
    state, log = chunk.call(run, halfway, data_with_nan, INT(5))
    assert not bool(state.alive)
    assert np.isnan(log["nll"])
    assert same(state.params, halfway.params)
    assert same(state.opt_state, halfway.opt_state)
    assert int(state.step) == 10


def test_a_dead_run_stays_dead(chunk, run_of, start, data, data_with_nan, same):
    dead, _ = chunk.call(run_of(seed=3, data_index=1), start, data_with_nan, INT(1))
    state, _ = chunk.call(run_of(seed=3, data_index=0), dead, data, INT(5))
    assert not bool(state.alive)
    assert same(state.params, start.params)


@pytest.mark.parametrize("rate", [np.nan, np.inf])
def test_a_run_with_a_non_finite_rate_dies(chunk, run_of, start, data, rate):
    state, _ = chunk.call(run_of(seed=3, vae_rate=rate), start, data, INT(5))
    assert not bool(state.alive)


@pytest.mark.parametrize("length", [1, 5])
def test_a_step_to_non_finite_parameters_is_not_taken(chunk, run_of, start, data, length):
    state, _ = chunk.call(run_of(seed=3, vae_rate=np.inf), start, data, INT(length))
    assert not bool(state.alive)
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(state.params))


def test_a_chunk_repeats_its_step_and_averages_its_log(run, start, data):
    def step(run, state, data):
        return state.replace(step=state.step + 2), {"step": state.step.astype(float)}

    state, log = jax.jit(make_chunk(step))(run, start, data, INT(4))
    assert int(state.step) == 8
    assert float(log["step"]) == pytest.approx((0 + 2 + 4 + 6) / 4)


@pytest.fixture(scope="module")
def labelled():
    """Rows that say which data seed and which row they are."""
    seeds, rows = np.meshgrid(np.arange(3), np.arange(10), indexing="ij")
    x = np.stack([seeds, rows], axis=-1).astype(np.float32)
    return TrainData(jnp.asarray(x), jnp.asarray((seeds + rows) % 4))


@pytest.mark.parametrize("data_index", [0, 1, 2])
def test_batches_hold_rows_of_their_own_data_seed_only(labelled, data_index):
    batch = draw_batch(labelled, INT(data_index), jax.random.key(0), 200, 4, 1)
    assert (batch.x[:, 0] == data_index).all()
    assert set(np.unique(batch.x[:, 1])) == set(range(10))


def test_batches_keep_x_and_u_together(labelled):
    batch = draw_batch(labelled, INT(1), jax.random.key(0), 50, 4, 1)
    np.testing.assert_array_equal(batch.u.argmax(-1), batch.x.sum(-1) % 4)


def test_batches_depend_on_the_key(labelled):
    one, two = (draw_batch(labelled, INT(1), jax.random.key(k), 50, 4, 1) for k in (0, 1))
    assert (one.x != two.x).any()


def test_level_codes_become_one_hot_rows():
    batch = as_batch(jnp.zeros((2, 5)), jnp.array([2, 0]), 3)
    np.testing.assert_array_equal(batch.u, np.eye(3)[[2, 0]])


def test_continuous_u_passes():
    u = jnp.array([[0.5, -1.0]])
    np.testing.assert_array_equal(as_batch(jnp.zeros((1, 5)), u, 2).u, u)


GOLDEN = {
    "norm": 6.115969,
    "nll": 1443.4,
    "kl": 0.9049439,
    "adv_d": 1.393877,
    "adv_g": 0.6551248,
    "latent_reconstruction": 1.311729,
    "r1": 0.1202912,
}


def test_golden_values_of_twenty_steps(chunk, run, start, data):
    """Recorded once; a change here is a change of every number in the results."""
    state, log = chunk.call(run, start, data, INT(20))
    found = {name: float(log[name]) for name in GOLDEN if name != "norm"}
    found["norm"] = float(optax.tree.norm(state.params))
    assert found == pytest.approx(GOLDEN, rel=1e-3)


def test_chunks_end_at_multiples_of_their_length_wherever_they_begin():
    schedule, step, ends = Schedule(22, 4, 2), 0, []
    while step < 22:
        step = schedule.end_after(step)
        ends.append(step)
    assert ends == [4, 8, 12, 16, 20, 22]
    assert [schedule.end_after(step) for step in (7, 9, 21)] == [8, 12, 22]
