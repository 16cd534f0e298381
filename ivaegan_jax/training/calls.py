"""A program of many runs with what it is called with: called, or compiled before that is there."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import numpy as np
from jax.sharding import Mesh

from ivaegan_jax.training.devices import pad_runs, shapes_on, shard_runs, share


class Call(NamedTuple):
    """A function from `over_runs` and its arguments.

    Attributes:
      program: `(*stacked, shared) -> result`.
      stacked: what each run has of its own, a leading axis of runs on every leaf; host arrays, or
        shapes where it is only compiled.
      shared: what all runs read, likewise.
      mesh: devices that the runs are split over.
      least: runs that the program takes; fewer are filled up.
    """

    program: Callable[..., Any]
    stacked: tuple[Any, ...]
    shared: Any
    mesh: Mesh
    least: int = 1

    def __call__(self) -> Any:
        """The result of every run, host arrays."""
        stacked = shard_runs(pad_runs(self.stacked, self.mesh, self.least), self.mesh)
        found = self.program(*stacked, share(self.shared, self.mesh))
        count = jax.tree.leaves(self.stacked)[0].shape[0]
        return jax.tree.map(lambda leaf: np.asarray(leaf)[:count], found)

    def compile(self) -> None:
        """Compiles what a call will need, see `Ahead`."""
        stacked = shapes_on(pad_runs(self.stacked, self.mesh, self.least), self.mesh)
        shared = shapes_on(self.shared, self.mesh, shared=True)
        self.program.lower(*stacked, shared).compile()
