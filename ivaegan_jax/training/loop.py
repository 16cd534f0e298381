"""The host loop over chunks of one model's runs: restore, train, log, save. It reads the clock."""

import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from jax.sharding import Mesh

from ivaegan_jax.training.checkpoint import Checkpoints
from ivaegan_jax.training.devices import (
    gather_runs,
    pad_runs,
    shard_runs,
    storable_runs,
    take_runs,
)
from ivaegan_jax.training.feed import Feed, InBlocks
from ivaegan_jax.training.processes import barrier
from ivaegan_jax.training.programs import over_chunks, shapes_of_states, start_runs
from ivaegan_jax.training.starts import (
    Chunk,
    Players,
    Starts,
    mean_of,
    seeds_of_start,
    stacked,
)
from ivaegan_jax.training.state import TrainState
from ivaegan_jax.training.trainer import Run, Trainer
from ivaegan_jax.types import AllTrainData, Interrupted, Stop, Terms


class _Never(nullcontext[None]):
    def __call__(self) -> bool:
        return False


NEVER: Stop = _Never()
"""No request to stop ever comes."""

Play: TypeAlias = Callable[[TrainState, int, int], tuple[TrainState, Any]]
"""`(states, step, end) -> (states, log)`, the log a mean over these steps."""


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
    on_piece: Callable[[str, Chunk], None] = lambda which, piece: None,
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
      on_chunk: on every process, called with every chunk of all runs, before its checkpoint; a
        round of starts counts as one, with the log of the best start's latter half.
      on_piece: on every process, called with the name of a start, `start 2 of 4`, and a piece.
      logged: the last step that the caller knows all about; a later checkpoint is left out.
      stop: entered while chunks are played, and called after each of them.

    Returns:
      The final states, host arrays, one per run in order.

    Raises:
      Interrupted: on a request to stop, once a checkpoint holds the chunk just played.
    """
    kept = checkpoints.restore(shapes_of_states(trainer, runs), logged)
    step = 0 if kept is None else int(np.max(kept.step))
    on_start(step)
    with stop, Feed(data, mesh, schedule.steps) as feed:
        play = _player(over_chunks(trainer, mesh), shard_runs(pad_runs(runs, mesh), mesh), feed)
        loop = _Loop(trainer, runs, schedule, checkpoints, mesh, play, on_chunk, stop)
        if kept is None or schedule.starts.left_at(step, schedule.steps) > 1:
            return loop.play_on(*loop.play_starts(step, on_piece))
        return loop.play_on(step, loop.placed(kept))


class _Loop(NamedTuple):
    """Runs that are played until their end; the fields are arguments of `train_runs`.

    Attributes:
      trainer: functions of one run.
      runs: host arrays with a leading axis of runs.
      schedule: when to stop for reports and checkpoints.
      checkpoints: where states are kept.
      mesh: devices that the runs are split over.
      play: with the runs and their rows.
      on_chunk: called with every chunk.
      stop: whether there is a request to stop.
    """

    trainer: Trainer
    runs: Run
    schedule: Schedule
    checkpoints: Checkpoints
    mesh: Mesh
    play: Play
    on_chunk: Callable[[Chunk], None]
    stop: Stop

    def play_starts(
        self, step: int, on_piece: Callable[[str, Chunk], None]
    ) -> tuple[int, TrainState]:
        """Plays the rounds of starts that are left; the step where one is left, and its states.

        Args:
          step: 0, or the step of a checkpoint where several starts are left.
          on_piece: called with the name of a start and a piece of it.
        """
        starts, steps = self.schedule.starts, self.schedule.steps
        players = Players(self.play, self.gathered, on_piece, self.stop)
        begin = self._restored(step) if step else self._initial
        for halving in starts.halvings(steps):
            if halving.begin >= step:
                best = players.halve(halving, begin, starts.by)
                step, begin = halving.end, self._going_on([start.states for start in best])
                self.on_chunk(Chunk(step, best[0].log, best[0].alive, 0.0, halving.left_behind))
                self.save(self.placed(stacked(best)), len(best))
        return step, begin(0)

    def play_on(self, step: int, states: TrainState) -> TrainState:
        """Plays from a step to the end; the final states, host arrays.

        Raises:
          Interrupted: on a request to stop, once a checkpoint holds the chunk just played.
        """
        left_behind = self.schedule.starts.left_behind(self.schedule.steps)
        while step < self.schedule.steps:
            began, end = time.monotonic(), self.schedule.end_after(step)
            states, log = self.play(states, step, end)
            step, (log, alive) = end, self.gathered((log, states.alive))
            self.on_chunk(Chunk(step, log, alive, time.monotonic() - began, left_behind))
            stopping = any(barrier(f"step {step}", self.stop()))
            if stopping or self.schedule.saves_at(step):
                self.save(states)
            if stopping:
                raise Interrupted(f" at step {step}")
        return self.gathered(states)

    def gathered(self, tree: Any) -> Any:
        """Host arrays, without padding."""
        return gather_runs(tree, len(self.runs.seed))

    def placed(self, tree: Any) -> Any:
        """Host arrays on the devices, padded."""
        return shard_runs(pad_runs(tree, self.mesh), self.mesh)

    def save(self, states: TrainState, starts: int = 1) -> None:
        """Stores the states of so many starts of every run."""
        self.checkpoints.save(storable_runs(states, starts * len(self.runs.seed)))

    def _initial(self, number: int) -> TrainState:
        own = self.runs._replace(seed=seeds_of_start(self.runs.seed, number))
        return start_runs(self.trainer, self.placed(own), self.mesh)

    def _restored(self, step: int) -> Callable[[int], TrainState]:
        starts = self.schedule.starts.left_at(step, self.schedule.steps)
        each = np.arange(starts * len(self.runs.seed)).reshape(starts, -1)
        several = take_runs(self.runs, each.ravel() % len(self.runs.seed))
        states = self.checkpoints.restore_at(step, shapes_of_states(self.trainer, several))
        return self._going_on([take_runs(states, index) for index in each])

    def _going_on(self, states: list[TrainState]) -> Callable[[int], TrainState]:
        return lambda number: self.placed(states[number])


def _player(program: Callable[..., tuple[TrainState, Terms]], spread: Run, feed: Feed) -> Play:
    def play(states: TrainState, step: int, end: int) -> tuple[TrainState, Any]:
        logs = list[tuple[int, Any]]()
        for length, rows in feed.spans(step, end):
            states, log = program(spread, states, (rows, np.int32(length)))
            logs.append((length, log))
        return states, mean_of(logs)

    return play
