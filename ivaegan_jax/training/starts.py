"""Several starts of every run: the better half of them goes on, until one is left.

Where a run ends, can be decided in its first steps. A start is a model seed of its own, so a run
goes on as that seed's training would have gone. This is successive halving (Jamieson and
Talwalkar 2016), whose every round is as long as all before.
"""

import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Bool, Float

from ivaegan_jax.training.processes import barrier
from ivaegan_jax.training.state import TrainState
from ivaegan_jax.types import HostOrDevice, Interrupted, Terms

START_STEP = 2**32 - 16
"""Stands for the step in the keys of starts, with the number of the start below it."""

PLAYED = 10
"""The first round is this fraction of the steps."""

PIECES = 10
"""Of a start in a round, between which a request to stop is met; the latter half chooses."""


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


class Halving(NamedTuple):
    """A round of starts.

    Attributes:
      begin: the step where it begins.
      end: the step where it ends.
      starts: that play it.
      kept: of these, that go on.
      work: steps that all starts have played before it, together.
    """

    begin: int
    end: int
    starts: int
    kept: int
    work: int

    @property
    def left_behind(self) -> int:
        """Steps that were played by its end, but for one start's."""
        return self.work + self.starts * (self.end - self.begin) - self.end


class Starts(NamedTuple):
    """How many starts a run has, and what chooses one of them.

    Attributes:
      count: of starts; with 1 there is nothing to choose.
      by: the term of the log that chooses: the less of it, the better.
    """

    count: int = 1
    by: str = "infonce"

    def halvings(self, steps: int) -> list[Halving]:
        """The rounds in a training of `steps` steps; none where one start is all."""
        found, count, begin, work = [], self.count, 0, 0
        end = steps // PLAYED
        while count > 1 and end:
            kept = -(-count // 2) if 2 * end <= steps else 1
            found.append(Halving(begin, end, count, kept, work))
            work += count * (end - begin)
            count, begin, end = kept, end, 2 * end
        return found

    def left_behind(self, steps: int) -> int:
        """Steps of starts that do not go on, in a training of `steps` steps."""
        return max((each.left_behind for each in self.halvings(steps)), default=0)

    def left_at(self, step: int, steps: int) -> int:
        """How many starts are left at this step; 1 where no round begins there."""
        return next((each.starts for each in self.halvings(steps) if each.begin == step), 1)


class Start(NamedTuple):
    """A start of each run that was played: host arrays with a leading axis of runs.

    Attributes:
      states: where they ended.
      log: terms averaged over the latter half of a round.
      alive: False where it diverged.
    """

    states: TrainState
    log: Terms
    alive: Bool[np.ndarray, " runs"]

    def scores(self, by: str) -> Float[np.ndarray, " runs"]:
        """What chooses, infinite where the start diverged."""
        return np.where(self.alive & np.isfinite(self.log[by]), self.log[by], np.inf)


def best_of(played: list[Start], kept: int, by: str) -> list[Start]:
    """The best starts of every run, the best first; of equals the first."""
    order = np.argsort([start.scores(by) for start in played], axis=0, kind="stable")

    def place(k: int) -> Start:
        def chosen(*leaves: Any) -> Any:
            return np.stack(leaves)[order[k], np.arange(order.shape[1])]

        return jax.tree.map(chosen, *played)

    return [place(k) for k in range(kept)]


def seeds_of_start(seeds: HostOrDevice, start: int) -> HostOrDevice:
    """The model seeds that a start is played with: those of the runs themselves at first."""
    if start == 0:
        return seeds

    def seed_of(seed: jax.Array) -> jax.Array:
        return jax.random.bits(jax.random.fold_in(jax.random.key(seed), START_STEP - start)) >> 1

    return np.asarray(jax.vmap(seed_of)(jnp.asarray(seeds))).astype(np.int32)


class Players(NamedTuple):
    """What plays starts.

    Attributes:
      play: `(states, step, end) -> (states, log)`, of all runs.
      gather: makes host arrays, one per run.
      on_piece: called after each piece of a start with its name, `start 2 of 4`.
      stop: whether there is a request to stop.
    """

    play: Callable[[TrainState, int, int], tuple[TrainState, Terms]]
    gather: Callable[[Any], Any]
    on_piece: Callable[[str, Chunk], None]
    stop: Callable[[], bool]

    def halve(self, halving: Halving, begin: Callable[[int], TrainState], by: str) -> list[Start]:
        """Plays a round and chooses without the truth; what goes on, the best of each run first.

        Nothing is kept on a request to stop: the round is played again, and comes out the same.

        Args:
          halving: the round.
          begin: the states of a start, by its number, where the round begins.
          by: the term that chooses.

        Raises:
          Interrupted: on a request to stop.
        """
        played = [self._played(halving, n, begin(n)) for n in range(halving.starts)]
        return best_of(played, halving.kept, by)

    def _played(self, halving: Halving, number: int, states: TrainState) -> Start:
        logs, length = list[tuple[int, Terms]](), halving.end - halving.begin
        work = halving.work + number * length - halving.begin
        which = f"start {number + 1} of {halving.starts}"
        for step, end in _pieces(halving.begin, halving.end):
            began = time.monotonic()
            states, log = self.play(states, step, end)
            log, alive = self.gather((log, states.alive))
            logs.append((end - step, log))
            self.on_piece(which, Chunk(end, log, alive, time.monotonic() - began, work))
            if any(barrier(f"{which}, step {end}", self.stop())):
                raise Interrupted(f" at {which}, step {end}; these go on from step {halving.begin}")
        return Start(self.gather(states), mean_of(logs[len(logs) // 2 :]),
                     self.gather(states.alive))  # fmt: skip


def _pieces(begin: int, end: int) -> Iterator[tuple[int, int]]:
    steps = sorted({begin + (end - begin) * piece // PIECES for piece in range(PIECES + 1)})
    yield from pairwise(steps)


def stacked(starts: list[Start]) -> TrainState:
    """States of several starts one after the other, each with its runs."""
    return jax.tree.map(lambda *leaves: np.concatenate(leaves), *[s.states for s in starts])


def mean_of(logs: list[tuple[int, Any]]) -> Any:
    """The log of several spans, of so many steps each."""
    if len(logs) == 1:
        return logs[0][1]
    total = sum(length for length, _ in logs)
    shares = [jax.tree.map(lambda leaf, n=n: leaf * (n / total), log) for n, log in logs]
    return jax.tree.map(lambda *leaves: sum(leaves), *shares)
