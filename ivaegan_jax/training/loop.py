"""The host loop over chunks of one model's runs: restore, train, log, save. It reads the clock."""

import time
from collections.abc import Callable
from contextlib import nullcontext
from functools import lru_cache
from typing import Any, NamedTuple

import jax
import numpy as np
from jax.sharding import Mesh

from ivaegan_jax.training.checkpoint import Checkpoints
from ivaegan_jax.training.devices import (
    default_how,
    gather_runs,
    over_runs,
    pad_runs,
    shapes_on,
    shard_runs,
    storable_runs,
)
from ivaegan_jax.training.feed import Feed, InBlocks
from ivaegan_jax.training.processes import meet
from ivaegan_jax.training.state import TrainState
from ivaegan_jax.training.trainer import Run, Trainer
from ivaegan_jax.types import AllTrainData, Interrupted, Stop, Terms

KEPT = 32
"""Programs of a kind that are kept, for whatever is trained in this process later."""


class _Never(nullcontext[None]):
    def __call__(self) -> bool:
        return False


NEVER: Stop = _Never()
"""No request to stop ever comes."""


class Chunk(NamedTuple):
    """What the loop reports after each chunk.

    Attributes:
      step: rounds played so far.
      log: terms averaged over the chunk, `[runs]` each.
      alive: `[runs]`.
      seconds: wall time of the chunk; the first one includes compilation.
    """

    step: int
    log: Terms
    alive: np.ndarray
    seconds: float


class Schedule(NamedTuple):
    """When the loop stops between steps.

    Attributes:
      steps: rounds in all.
      chunk: rounds between two reports.
      checkpoint_chunks: chunks between two checkpoints.
    """

    steps: int
    chunk: int
    checkpoint_chunks: int

    def end_after(self, step: int) -> int:
        """Where the chunk ends that begins at a step: at a multiple of its length, or with all."""
        return min((step // self.chunk + 1) * self.chunk, self.steps)

    def saves_at(self, step: int) -> bool:
        """Whether a checkpoint is due after this step."""
        return step == self.steps or step % (self.chunk * self.checkpoint_chunks) == 0


def train_runs(
    trainer: Trainer,
    runs: Run,
    data: AllTrainData | InBlocks,
    schedule: Schedule,
    checkpoints: Checkpoints,
    mesh: Mesh,
    *,
    on_start: Callable[[int], None],
    on_chunk: Callable[[Chunk], None],
    logged: int | None = None,
    stop: Stop = NEVER,
) -> TrainState:
    """Trains stacked runs to the end, from the newest checkpoint where there is one.

    Chunks end at the same steps whether or not the process was stopped in between, and a state
    and the step's block of rows are all that a chunk depends on, so a resumed training equals an
    uninterrupted one. Chunks of another length lead to the same states, and to a log with other
    steps in it. Several processes train together, each the runs on its own devices.

    Args:
      trainer: functions of one run.
      runs: host arrays with a leading axis of runs.
      data: shared by all runs, whole or in blocks.
      schedule: when to stop for reports and checkpoints.
      checkpoints: where states are kept.
      mesh: devices that the runs are split over.
      on_start: on every process, called with the step from which the training goes on.
      on_chunk: on every process, called with every chunk of all runs, before its checkpoint.
      logged: the last step that the caller knows all about; a later checkpoint is left out.
      stop: entered while chunks are played, and called after each of them.

    Returns:
      The final states, host arrays, one per run in order.

    Raises:
      Interrupted: on a request to stop, once a checkpoint holds the chunk just played.
    """
    spread, play = shard_runs(pad_runs(runs, mesh), mesh), over_chunks(trainer, mesh)
    states = checkpoints.restore(shapes_of_states(trainer, runs), logged)
    step = 0 if states is None else int(np.max(states.step))
    if states is None:
        states = start_runs(trainer, spread, mesh)
    else:
        states = shard_runs(pad_runs(states, mesh), mesh)
    on_start(step)
    count = len(runs.seed)
    with stop, Feed(data, mesh, schedule.steps) as feed:
        while step < schedule.steps:
            began, end, logs = time.monotonic(), schedule.end_after(step), []
            for length, rows in feed.spans(step, end):
                states, log = play(spread, states, (rows, np.int32(length)))
                logs.append((length, log))
            step, log = end, _mean_of(logs)
            log, alive = gather_runs((log, states.alive), count)
            on_chunk(Chunk(step, log, alive, time.monotonic() - began))
            stopping = any(meet(f"step {step}", stop()))
            if stopping or schedule.saves_at(step):
                checkpoints.save(storable_runs(states, count))
            if stopping:
                raise Interrupted(f" at step {step}")
    return gather_runs(states, count)


def shapes_of_states(trainer: Trainer, runs: Run) -> TrainState:
    """Shapes and types of the states of stacked runs; traced once for all numbers of runs."""
    count, one = len(runs.seed), jax.tree.map(lambda leaf: leaf[0], runs)
    return jax.tree.map(
        lambda leaf: jax.ShapeDtypeStruct((count, *leaf.shape), leaf.dtype),
        jax.eval_shape(trainer.init, one),
    )


def _mean_of(logs: list[tuple[int, Any]]) -> Any:
    """The log of a chunk of several spans, of so many steps each."""
    if len(logs) == 1:
        return logs[0][1]
    total = sum(length for length, _ in logs)
    shares = [jax.tree.map(lambda leaf, n=n: leaf * (n / total), log) for n, log in logs]
    return jax.tree.map(lambda *leaves: sum(leaves), *shares)


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
