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
from ivaegan_jax.training.starts import Chunk, Starts, best_start, mean_of, seeds_of_start
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


class Schedule(NamedTuple):
    """When the loop stops between steps.

    Attributes:
      steps: rounds in all.
      chunk: rounds between two reports.
      checkpoint_chunks: chunks between two checkpoints.
      starts: of every run, of which one goes on.
    """

    steps: int
    chunk: int
    checkpoint_chunks: int
    starts: Starts = Starts()

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
    on_piece: Callable[[int, Chunk], None] = lambda number, piece: None,
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
      on_chunk: on every process, called with every chunk of all runs, before its checkpoint; the
        first one is the latter half of the start that was chosen, where there were several.
      on_piece: on every process, called with the number of a start and a piece of it.
      logged: the last step that the caller knows all about; a later checkpoint is left out.
      stop: entered while chunks are played, and called after each of them.

    Returns:
      The final states, host arrays, one per run in order.

    Raises:
      Interrupted: on a request to stop, once a checkpoint holds the chunk just played.
    """
    spread, count = shard_runs(pad_runs(runs, mesh), mesh), len(runs.seed)
    program = over_chunks(trainer, mesh)
    kept = checkpoints.restore(shapes_of_states(trainer, runs), logged)
    step = 0 if kept is None else int(np.max(kept.step))
    left_behind = schedule.starts.left_behind(schedule.steps)
    on_start(step)

    def host(tree: Any) -> Any:
        return gather_runs(tree, count)

    def begin(number: int) -> TrainState:
        own = runs._replace(seed=seeds_of_start(runs.seed, number))
        return start_runs(trainer, shard_runs(pad_runs(own, mesh), mesh), mesh)

    with stop, Feed(data, mesh, schedule.steps) as feed:
        play = _player(program, spread, feed)
        if kept is None and (step := schedule.starts.steps(schedule.steps)):
            best = best_start(schedule.starts, schedule.steps, begin, play, host, on_piece, stop)
            states = shard_runs(pad_runs(best.states, mesh), mesh)
            on_chunk(Chunk(step, best.log, best.alive, 0.0, left_behind))
            checkpoints.save(storable_runs(states, count))
        else:
            states = begin(0) if kept is None else shard_runs(pad_runs(kept, mesh), mesh)
        while step < schedule.steps:
            began, end = time.monotonic(), schedule.end_after(step)
            states, log = play(states, step, end)
            step, (log, alive) = end, host((log, states.alive))
            on_chunk(Chunk(step, log, alive, time.monotonic() - began, left_behind))
            stopping = any(meet(f"step {step}", stop()))
            if stopping or schedule.saves_at(step):
                checkpoints.save(storable_runs(states, count))
            if stopping:
                raise Interrupted(f" at step {step}")
    return host(states)


def _player(
    program: Callable[..., tuple[TrainState, Terms]], spread: Run, feed: Feed
) -> Callable[[TrainState, int, int], tuple[TrainState, Any]]:
    """`(states, step, end) -> (states, log)`, the log a mean over these steps."""

    def play(states: TrainState, step: int, end: int) -> tuple[TrainState, Any]:
        logs = list[tuple[int, Any]]()
        for length, rows in feed.spans(step, end):
            states, log = program(spread, states, (rows, np.int32(length)))
            logs.append((length, log))
        return states, mean_of(logs)

    return play


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
