"""Many runs at once: the only place that knows about seeds axes, devices and who holds them."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import chex
import jax
import numpy as np
from jax.experimental import multihost_utils
from jax.sharding import AxisType, Mesh, NamedSharding, PartitionSpec
from jaxtyping import Int

from ivaegan_jax.types import InputError

AXIS = "seeds"

DATA_AXIS = "data"
"""Devices along it share the batches of the same runs; none by default."""


def make_seeds_mesh(devices: Sequence[Any] | None = None, per_batch: int = 1) -> Mesh:
    """A mesh over all devices of all processes, or over those given.

    Args:
      devices: in order; neighbours share batches.
      per_batch: devices that each batch is split over; 1 leaves the seeds axis alone.

    Returns:
      One axis of seeds, and one of batches where they are split.

    Raises:
      InputError: if the devices cannot be grouped like that.

    Examples:
      >>> import jax
      >>> from ivaegan_jax import make_seeds_mesh
      >>> make_seeds_mesh(jax.devices()[:1]).size
      1
    """
    devices = devices or jax.devices()
    if per_batch < 1 or len(devices) % per_batch:
        raise InputError(
            f"{len(devices)} devices cannot be grouped by {per_batch} to share batches; "
            "batch_devices must divide their number"
        )
    shape = (len(devices) // per_batch, per_batch)[: 1 if per_batch == 1 else 2]
    axes, types = (AXIS, DATA_AXIS)[: len(shape)], (AxisType.Auto,) * len(shape)
    return jax.make_mesh(shape, axes, types, devices=devices)


def default_how() -> str:
    """`map` on CPU, where vmap gains nothing and costs exactness; `vmap` on accelerators."""
    return "map" if jax.default_backend() == "cpu" else "vmap"


def over_runs(
    function: Callable[..., Any], mesh: Mesh, how: str, *, donate: tuple[int, ...] = ()
) -> Callable[..., Any]:
    """Lifts a function of one run to stacked runs, sharded over a mesh, and compiles it.

    The seeds axis is split by hand, so that runs share nothing; a data axis is left to the
    compiler, which then knows what to sum over the devices of a batch (see `split_batch`).

    Args:
      function: `(*of_one_run, shared) -> result`, all pytrees; all but the last argument get a
        leading axis of runs.
      mesh: from `make_seeds_mesh`; the number of runs must divide by its seeds (see `pad_runs`).
      how: `vmap`, or `map` to run one after the other on each device, which reproduces a run
        alone to the bit where no batch is split.
      donate: positions of arguments whose buffers may be reused.

    Returns:
      The compiled function, with a leading axis of runs in arguments and result.
    """

    def on_device(*args: Any) -> Any:
        *stacked, shared = args
        chex.assert_equal_shape_prefix(jax.tree.leaves(stacked), 1)

        def one(of_one_run: tuple[Any, ...]) -> Any:
            return function(*of_one_run, shared)

        return (jax.vmap(one) if how == "vmap" else partial(jax.lax.map, one))(tuple(stacked))

    def lifted(*args: Any) -> Any:
        return jax.shard_map(
            on_device,
            mesh=mesh,
            in_specs=(PartitionSpec(AXIS),) * (len(args) - 1) + (PartitionSpec(),),
            out_specs=PartitionSpec(AXIS),
            axis_names={AXIS},
            check_vma=False,
        )(*args)

    return jax.jit(lifted, donate_argnums=donate)


def split_batch(batch: Any) -> Any:
    """Splits the rows of a batch over the data axis of the mesh around it, if it has one."""
    if DATA_AXIS not in jax.sharding.get_abstract_mesh().axis_names:
        return batch
    return jax.lax.with_sharding_constraint(batch, PartitionSpec(DATA_AXIS))


def pad_runs(tree: Any, mesh: Mesh, least: int = 1) -> Any:
    """Repeats the last run until there are `least` and they divide by the mesh's seeds axis.

    Takes and returns host arrays, or their shapes.

    Raises:
      AssertionError: where leaves differ in their number of runs.
    """
    chex.assert_equal_shape_prefix(jax.tree.leaves(tree), 1)
    runs = jax.tree.leaves(tree)[0].shape[0]
    size = max(runs, least)
    return take_runs(tree, np.minimum(np.arange(size + -size % mesh.shape[AXIS]), runs - 1))


def take_runs(tree: Any, index: Int[np.ndarray, " some"]) -> Any:
    """Some of stacked runs, host arrays; or their shapes."""

    def some(leaf: Any) -> Any:
        if isinstance(leaf, jax.ShapeDtypeStruct):
            return jax.ShapeDtypeStruct((len(index), *leaf.shape[1:]), leaf.dtype)
        return np.asarray(leaf)[index]

    return jax.tree.map(some, tree)


def shard_runs(tree: Any, mesh: Mesh) -> Any:
    """Puts stacked runs onto the mesh, split over the leading axis."""
    return _place(tree, NamedSharding(mesh, PartitionSpec(AXIS)))


def share(tree: Any, mesh: Mesh) -> Any:
    """Puts what all runs share onto every device."""
    return _place(tree, NamedSharding(mesh, PartitionSpec()))


def gather_runs(tree: Any, count: int) -> Any:
    """Host copies of the first `count` runs, on every process; the rest is padding."""
    whole = tree if _is_local(tree) else multihost_utils.process_allgather(tree, tiled=True)
    return jax.tree.map(lambda leaf: np.asarray(leaf)[:count], whole)


def storable_runs(tree: Any, count: int) -> Any:
    """Stacked runs for a checkpoint: on the host or, where each process holds some, as they lie.

    Those that lie on several processes keep their padding.
    """
    return gather_runs(tree, count) if _is_local(tree) else tree


def _is_local(tree: Any) -> bool:
    leaves = [leaf for leaf in jax.tree.leaves(tree) if isinstance(leaf, jax.Array)]
    return all(leaf.is_fully_addressable for leaf in leaves)


def _place(tree: Any, sharding: NamedSharding) -> Any:
    if sharding.is_fully_addressable:
        return jax.device_put(tree, sharding)
    # device_put would first compare the whole arrays between the processes
    return jax.tree.map(
        lambda leaf: jax.make_array_from_callback(
            np.shape(leaf), sharding, np.asarray(leaf).__getitem__
        ),
        tree,
    )


def shapes_on(tree: Any, mesh: Mesh, *, shared: bool = False) -> Any:
    """What `shard_runs`, or `share`, would give, as shapes alone: to compile before it is there."""
    sharding = NamedSharding(mesh, PartitionSpec() if shared else PartitionSpec(AXIS))

    def shape(leaf: Any) -> jax.ShapeDtypeStruct:
        dtype = jax.dtypes.canonicalize_dtype(leaf.dtype)
        return jax.ShapeDtypeStruct(leaf.shape, dtype, sharding=sharding)

    return jax.tree.map(shape, tree)
