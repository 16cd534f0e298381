"""Several starts of every run: all are played for a while, and the best one goes on.

Where a run ends, can be decided in its first steps. A start is a model seed of its own, so a run
goes on as that seed's training would have gone.
"""

import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Bool, Float

from ivaegan_jax.training.processes import meet
from ivaegan_jax.training.state import TrainState
from ivaegan_jax.types import HostOrDevice, Interrupted, Terms

START_STEP = 2**32 - 16
"""Stands for the step in the keys of starts, with the number of the start below it."""

PLAYED = 10
"""A start is played this fraction of the steps before one is chosen."""

PIECES = 10
"""Of equal length, between which a request to stop is met; the latter half chooses."""


class Chunk(NamedTuple):
    """What is reported after each chunk.

    Attributes:
      step: rounds played so far.
      log: terms averaged over the chunk, `[runs]` each.
      alive: `[runs]`.
      seconds: wall time of the chunk; the first one includes compilation.
      left_behind: rounds played by starts that do not go on.
    """

    step: int
    log: Terms
    alive: np.ndarray
    seconds: float
    left_behind: int = 0


class Starts(NamedTuple):
    """How many starts a run has, and what chooses one of them.

    Attributes:
      count: of starts; with 1 there is nothing to choose.
      by: the term of the log that chooses: the less of it, the better.
    """

    count: int = 1
    by: str = "contrast"

    def steps(self, steps: int) -> int:
        """Rounds that each start of a training of `steps` rounds is played; 0 where one is all."""
        return steps // PLAYED if self.count > 1 else 0

    def left_behind(self, steps: int) -> int:
        """Rounds of starts that do not go on, in a training of `steps` rounds."""
        return (self.count - 1) * self.steps(steps)


class Start(NamedTuple):
    """A start that was played: host arrays with a leading axis of runs.

    Attributes:
      states: where it ended.
      log: terms averaged over its latter half.
      alive: False where it diverged.
    """

    states: TrainState
    log: Terms
    alive: Bool[np.ndarray, " runs"]

    def scores(self, by: str) -> Float[np.ndarray, " runs"]:
        """What chooses, infinite where the start diverged."""
        return np.where(self.alive, self.log[by], np.inf)

    def or_better(self, other: "Start", by: str) -> "Start":
        """The better of two starts, run by run; of equals this one."""
        better = other.scores(by) < self.scores(by)

        def chosen(own: Any, others: Any) -> Any:
            return np.where(better.reshape(-1, *[1] * (np.ndim(own) - 1)), others, own)

        return jax.tree.map(chosen, self, other)


def seeds_of_start(seeds: HostOrDevice, start: int) -> HostOrDevice:
    """The model seeds that a start is played with: those of the runs themselves at first."""
    if start == 0:
        return seeds

    def seed_of(seed: jax.Array) -> jax.Array:
        return jax.random.bits(jax.random.fold_in(jax.random.key(seed), START_STEP - start)) >> 1

    return np.asarray(jax.vmap(seed_of)(jnp.asarray(seeds))).astype(np.int32)


def best_start(
    starts: Starts,
    steps: int,
    begin: Callable[[int], TrainState],
    play: Callable[[TrainState, int, int], tuple[TrainState, Terms]],
    gather: Callable[[Any], Any],
    on_piece: Callable[[int, Chunk], None],
    stop: Callable[[], bool],
) -> Start:
    """Plays every start and chooses one for each run, without the truth.

    Nothing is kept of starts on a request to stop: they are played again, and come out the same.

    Args:
      starts: how many there are, and what chooses.
      steps: rounds of the whole training.
      begin: the initial states of a start, by its number.
      play: `(states, step, end) -> (states, log)`.
      gather: makes host arrays, one per run.
      on_piece: called with the number of a start after each of its pieces.
      stop: whether there is a request to stop.

    Raises:
      Interrupted: on a request to stop.
    """
    best: Start | None = None
    for number in range(starts.count):
        states, logs = begin(number), list[tuple[int, Terms]]()
        for step, end in _pieces(starts.steps(steps)):
            began = time.monotonic()
            states, log = play(states, step, end)
            log, alive = gather((log, states.alive))
            logs.append((end - step, log))
            seconds, left_behind = time.monotonic() - began, number * starts.steps(steps)
            on_piece(number, Chunk(end, log, alive, seconds, left_behind))
            if any(meet(f"start {number}, step {end}", stop())):
                raise Interrupted(f" at start {number + 1} of {starts.count}; these begin again")
        played = Start(gather(states), mean_of(logs[len(logs) // 2 :]), gather(states.alive))
        best = played if best is None else best.or_better(played, starts.by)
    assert best is not None
    return best


def _pieces(steps: int) -> Iterator[tuple[int, int]]:
    ends = sorted({steps * piece // PIECES for piece in range(PIECES + 1)})
    yield from pairwise(ends)


def mean_of(logs: list[tuple[int, Any]]) -> Any:
    """The log of several spans, of so many steps each."""
    if len(logs) == 1:
        return logs[0][1]
    total = sum(length for length, _ in logs)
    shares = [jax.tree.map(lambda leaf, n=n: leaf * (n / total), log) for n, log in logs]
    return jax.tree.map(lambda *leaves: sum(leaves), *shares)
