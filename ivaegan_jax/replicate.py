"""Many runs at once: the only place that knows about seeds axes and devices."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import jax
import numpy as np
from jax.sharding import AxisType, Mesh, NamedSharding, PartitionSpec

AXIS = "seeds"


def make_seeds_mesh(devices: Sequence[Any] | None = None) -> Mesh:
    """A one-dimensional mesh over all devices of all processes, or over those given."""
    devices = devices or jax.devices()
    return jax.make_mesh((len(devices),), (AXIS,), (AxisType.Auto,), devices=devices)


def default_how() -> str:
    """`map` on CPU, where vmap gains nothing and costs exactness; `vmap` on accelerators."""
    return "map" if jax.default_backend() == "cpu" else "vmap"


def over_runs(
    function: Callable[..., Any], mesh: Mesh, how: str, *, donate: tuple[int, ...] = ()
) -> Callable[..., Any]:
    """Lifts a function of one run to stacked runs, sharded over a mesh, and compiles it.

    Args:
      function: `(*of_one_run, shared) -> result`, all pytrees; all but the last argument get a
        leading axis of runs.
      mesh: from `make_seeds_mesh`; the number of runs must divide by its size (see `pad_runs`).
      how: `vmap`, or `map` to run one after the other on each device, which reproduces a run
        alone to the bit.
      donate: positions of arguments whose buffers may be reused.
    """

    def on_device(*args: Any) -> Any:
        *stacked, shared = args

        def one(of_one_run: tuple[Any, ...]) -> Any:
            return function(*of_one_run, shared)

        return (jax.vmap(one) if how == "vmap" else partial(jax.lax.map, one))(tuple(stacked))

    def lifted(*args: Any) -> Any:
        specs = (PartitionSpec(AXIS),) * (len(args) - 1) + (PartitionSpec(),)
        return jax.shard_map(
            on_device, mesh=mesh, in_specs=specs, out_specs=PartitionSpec(AXIS), check_vma=False
        )(*args)

    return jax.jit(lifted, donate_argnums=donate)


def pad_runs(tree: Any, mesh: Mesh) -> Any:
    """Repeats the last run until the runs divide by the number of devices (host arrays)."""
    runs = len(jax.tree.leaves(tree)[0])
    index = np.minimum(np.arange(runs + -runs % mesh.size), runs - 1)
    return jax.tree.map(lambda leaf: np.asarray(leaf)[index], tree)


def shard_runs(tree: Any, mesh: Mesh) -> Any:
    """Puts stacked runs onto the mesh, split over the leading axis."""
    return jax.device_put(tree, NamedSharding(mesh, PartitionSpec(AXIS)))


def share(tree: Any, mesh: Mesh) -> Any:
    """Puts what all runs share onto every device."""
    return jax.device_put(tree, NamedSharding(mesh, PartitionSpec()))
