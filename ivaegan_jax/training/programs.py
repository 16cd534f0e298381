"""The compiled programs of stacked runs: their initial states, and a chunk of their training."""

from collections.abc import Callable
from functools import lru_cache

import jax
import numpy as np
from jax.sharding import Mesh

from ivaegan_jax.training.devices import default_how, over_runs, pad_runs, shapes_on
from ivaegan_jax.training.limits import share_of_mappings
from ivaegan_jax.training.state import TrainState
from ivaegan_jax.training.trainer import Run, Trainer
from ivaegan_jax.types import AllTrainData, Terms

KEPT = 32
"""Programs of a kind that are kept, for whatever is trained in this process later."""


CROWDED = 0.75
"""Share of the memory mappings of a process from which on its programs are given up."""


def give_up_programs() -> None:
    """Forgets what is compiled where it has taken three quarters of the mappings there may be.

    The compiler ends the process where none is left. What is called again is compiled again, or
    read from the cache on the disk.
    """
    if share_of_mappings() > CROWDED:
        jax.clear_caches()


def shapes_of_states(trainer: Trainer, runs: Run) -> TrainState:
    """Shapes and types of the states of stacked runs; traced once for all numbers of runs."""
    count, one = len(runs.seed), jax.tree.map(lambda leaf: leaf[0], runs)
    return jax.tree.map(
        lambda leaf: jax.ShapeDtypeStruct((count, *leaf.shape), leaf.dtype),
        jax.eval_shape(trainer.init, one),
    )


def start_runs(trainer: Trainer, runs: Run, mesh: Mesh) -> TrainState:
    """Initial states of stacked runs that lie on the mesh."""
    return _over_init(trainer, mesh)(runs, ())


@lru_cache(maxsize=KEPT)  # the next part of the same runs starts with the same program
def _over_init(trainer: Trainer, mesh: Mesh) -> Callable[..., TrainState]:
    return over_runs(lambda run, _: trainer.init(run), mesh, default_how())


def compile_start(trainer: Trainer, runs: Run, mesh: Mesh) -> jax.stages.Compiled:
    """The program that `start_runs` will call for these runs (host arrays)."""
    spread = shapes_on(pad_runs(runs, mesh), mesh)
    return _over_init(trainer, mesh).lower(spread, ()).compile()


def compile_chunk(
    trainer: Trainer, runs: Run, data: AllTrainData, mesh: Mesh
) -> jax.stages.Compiled:
    """The program that `train_runs` will call for these runs, compiled before anything is made.

    JAX keeps it: the call with the same shapes compiles nothing again.
    """
    padded = pad_runs(runs, mesh)
    spread = shapes_on((padded, shapes_of_states(trainer, padded)), mesh)
    shared = shapes_on(data, mesh, shared=True)
    return over_chunks(trainer, mesh).lower(*spread, (shared, np.int32(0))).compile()


@lru_cache(maxsize=KEPT)  # labels and studies of one structure share a program
def over_chunks(trainer: Trainer, mesh: Mesh) -> Callable[..., tuple[TrainState, Terms]]:
    """`(runs, states, (data, length)) -> (states, logs)` of stacked runs; takes the states over."""
    return over_runs(lambda run, state, shared: trainer.chunk(run, state, *shared), mesh,
                     default_how(), donate=(1,))  # fmt: skip
