import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ivaegan_jax.training.devices import (
    AXIS,
    default_how,
    make_seeds_mesh,
    over_runs,
    pad_runs,
    shard_runs,
    share,
)
from ivaegan_jax.types import InputError

SEEDS = range(10, 18)


@pytest.fixture(scope="module")
def each_run(run_of):
    """Eight runs that differ in seed, data seed and learning rate."""
    rates = np.linspace(0.001, 0.02, 8)
    return [run_of(s, data_index=s % 2, vae_rate=r) for s, r in zip(SEEDS, rates, strict=True)]


@pytest.fixture(scope="module")
def runs(each_run, stack):
    return stack(each_run)


@pytest.fixture(scope="module")
def states(each_run, init_runs):
    return init_runs(each_run)


@pytest.fixture(scope="module")
def mapped(lifted, runs, states, data):
    """States and logs of all runs after thirty steps."""
    return lifted("map")(runs, states, data=data, length=30)


def test_the_mesh_spans_all_devices(mesh):
    assert mesh.size == len(jax.devices()) == 4
    assert mesh.axis_names == (AXIS,)


def test_a_mesh_may_span_fewer_devices():
    assert make_seeds_mesh(jax.devices()[:2]).size == 2


def test_cpus_map():
    assert default_how() == "map"


@pytest.mark.parametrize("i", [0, 3, 7])
def test_a_mapped_run_equals_the_run_alone_to_the_bit(
    chunk, runs, states, mapped, data, row, same, i
):
    alone = chunk.call(row(runs, i), row(states, i), data, jnp.int32(30))
    assert same(row(mapped, i), alone)


def test_the_order_of_the_runs_is_kept(states, mapped):
    assert states.seed.tolist() == mapped[0].seed.tolist() == list(SEEDS)


def test_reordered_runs_give_reordered_results(lifted, runs, states, data, mapped, row, same):
    order = np.array([5, 2, 7, 0, 1, 6, 3, 4])
    again = lifted("map")(row(runs, order), row(states, order), data=data, length=30)
    assert same(again, row(mapped, order))


def test_a_grid_of_learning_rates_runs_in_one_program(lifted, run_of, init_runs, stack, data):
    rates = np.geomspace(1e-4, 1e-1, 8)
    grid = [run_of(seed=1, vae_rate=rate) for rate in rates]
    states = init_runs(grid)
    after, _ = lifted("map")(stack(grid), states, data=data, length=1)
    first = states.params["encoder"]["Dense_0"]["bias"]
    steps = np.abs(after.params["encoder"]["Dense_0"]["bias"] - first).max(axis=1)
    np.testing.assert_allclose(steps, rates, rtol=1e-3)


@pytest.mark.parametrize("i", [0, 3, 7])
def test_a_vmapped_step_equals_the_step_alone(lifted, chunk, runs, states, data, row, i):
    together = lifted("vmap")(runs, states, data=data, length=1)
    alone = chunk.call(row(runs, i), row(states, i), data, jnp.int32(1))
    jax.tree.map(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5),
        row(together, i),
        jax.device_get(alone),
    )


@pytest.mark.parametrize("how", ["map", "vmap"])
def test_a_diverging_run_leaves_its_neighbours_alone(lifted, runs, states, data, row, same, how):
    spoilt = jax.tree.map(np.copy, runs)
    spoilt.hyperparameters.vae_rate[2] = np.nan
    healthy, _ = lifted(how)(runs, states, data=data, length=30)
    others = [0, 1, 3, 4, 5, 6, 7]
    beside, _ = lifted(how)(spoilt, states, data=data, length=30)
    assert same(row(beside, others), row(healthy, others))
    assert beside.alive.tolist() == [True, True, False, True, True, True, True, True]
    assert healthy.alive.all()


@pytest.mark.parametrize(("runs", "padded"), [(1, 4), (4, 4), (5, 8), (8, 8)])
def test_padding_repeats_the_last_run_up_to_the_devices(mesh, runs, padded):
    tree = {"a": np.arange(runs), "b": np.arange(2 * runs).reshape(runs, 2)}
    filled = pad_runs(tree, mesh)
    assert filled["a"].tolist() == [*range(runs), *[runs - 1] * (padded - runs)]
    assert filled["b"][:runs].tolist() == tree["b"].tolist()
    assert filled["b"].shape == (padded, 2)


def test_leaves_of_different_numbers_of_runs_are_refused(mesh):
    with pytest.raises(AssertionError, match="shape prefix"):
        pad_runs({"a": np.arange(3), "b": np.arange(4)}, mesh)


@pytest.mark.parametrize("how", ["map", "vmap"])
def test_all_but_the_last_argument_are_stacked_over_runs(mesh, how):
    add = over_runs(lambda a, b, shared: {"sum": a["a"] + b + shared}, mesh, how)
    result = add({"a": jnp.arange(8.0)}, 10 * jnp.arange(8.0), jnp.array([1.0, 2.0]))
    np.testing.assert_array_equal(result["sum"], 11 * np.arange(8.0)[:, None] + [1.0, 2.0])


def test_donated_runs_are_used_up(mesh):
    double = over_runs(lambda one, shared: one * shared, mesh, "map", donate=(0,))
    values = shard_runs(jnp.arange(8.0), mesh)
    np.testing.assert_array_equal(double(values, jnp.array(2.0)), 2 * np.arange(8.0))
    assert values.is_deleted()


def test_runs_are_split_over_the_devices_and_shared_data_are_on_each(mesh):
    runs, shared = shard_runs(np.arange(8.0), mesh), share(np.arange(8.0), mesh)
    assert [shard.data.tolist() for shard in runs.addressable_shards] == [
        [0, 1], [2, 3], [4, 5], [6, 7]
    ]  # fmt: skip
    assert [shard.data.tolist() for shard in shared.addressable_shards] == [[*range(8)]] * 4


def test_devices_that_share_batches_are_neighbours():
    shared = make_seeds_mesh(per_batch=2)
    assert dict(shared.shape) == {AXIS: 2, "data": 2}
    assert shared.devices.tolist() == [jax.devices()[:2], jax.devices()[2:]]
    assert pad_runs(np.arange(3), shared).tolist() == [0, 1, 2, 2]


@pytest.mark.parametrize("per_batch", [0, 3, 8])
def test_devices_that_cannot_be_grouped_are_refused(per_batch):
    with pytest.raises(InputError, match="4 devices cannot be grouped"):
        make_seeds_mesh(per_batch=per_batch)


def on_mesh(trainer, mesh, how, options=None):
    """`on_mesh(...)(runs, states, data)`: two steps of a trainer on a mesh, and their program."""
    chunk = over_runs(lambda run, state, shared: trainer.chunk(run, state, *shared), mesh, how)
    chunk = jax.jit(chunk, compiler_options=options)

    def call(runs, states, data):
        placed = *shard_runs((runs, states), mesh), share((data, jnp.int32(2)), mesh)
        program = chunk.lower(*placed).compile()
        return jax.device_get(program(*placed)), program.as_text()

    return call


@pytest.mark.parametrize("how", ["map", pytest.param("vmap", marks=pytest.mark.slow)])
def test_batches_split_over_devices_give_the_same_steps(tiny, runs, states, data, how):
    trainer, shared = tiny("ivae_gan").trainer, make_seeds_mesh(per_batch=2)
    split, text = on_mesh(trainer, shared, how)(runs, states, data)
    whole, _ = on_mesh(trainer, make_seeds_mesh(jax.devices()[:2]), how)(runs, states, data)
    assert "all-reduce" in text
    jax.tree.map(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=2e-3, atol=1e-4), split[1], whole[1]
    )


@pytest.mark.parametrize("devices", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_fewer_devices_give_the_same_to_the_bit(
    tiny, runs, states, data, lifted, same, exact, devices
):
    fewer = make_seeds_mesh(jax.devices()[:devices])
    found, _ = on_mesh(tiny("ivae_gan").trainer, fewer, "map", exact)(runs, states, data)
    assert same(found, lifted("map")(runs, states, data=data, length=2))
