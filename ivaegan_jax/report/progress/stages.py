"""What is left of a job, stage by stage, and how long it will take: judged by what was seen."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from ivaegan_jax.studies import Running

RULES = {"compile": 8.0, "score": 2.0, "baselines": 4.0, "page": 10.0}
"""Seconds per unit of a stage before one of its kind was seen: `compare` on b1 with two CPU cores.

Units: programs, runs, data seeds, pages. Training is not guessed at before its first chunk.
"""


class Stage(NamedTuple):
    """A piece of a job.

    Attributes:
      kind: `compile`, `train`, `score`, `baselines` or `page`.
      what: the model or the program that it concerns; empty for all.
      amount: of work: programs, seed-steps, runs, data seeds, pages.
    """

    kind: str
    what: str
    amount: float


def stages_of(study: Running, left: Collection[str]) -> Iterator[Stage]:
    """All that a study has to do for the labels that are left."""
    for group in study.groups:
        wanted = [job.label for job in group.jobs if job.label in left]
        if wanted:
            yield Stage("compile", group.title, 1)
            steps = study.experiment.steps
            rounds = steps + group.starts.left_behind(steps)
            yield Stage("train", group.title, rounds * len(group.runs.seed))
            yield from (Stage("score", label, group.runs_per_job) for label in wanted)
    if study.sources_known:
        yield Stage("baselines", "", len(study.experiment.data_seeds))
    yield Stage("page", "", 1)


class Left(NamedTuple):
    """Seconds that are left, and the kinds of stages that they only guess at."""

    seconds: float
    guessed: tuple[str, ...]


class Remaining:
    """The one estimate of what is left: every stage at the pace of its kind so far."""

    def __init__(self, stages: Collection[Stage]):
        """Takes the stages in the order in which they will come; nothing has begun."""
        self.pending = list(stages)
        self.now: Stage | None = None
        self.began = self.done = self.skipped = 0.0
        self.seen: dict[str, tuple[float, float]] = {}  # by kind: seconds, amount
        self.spent: dict[str, float] = {}  # seconds by kind

    def begin(self, kind: str, what: str, time: float) -> None:
        """A stage begins, and the one before ends; stages that it leaps over are not done at all.

        One that was not foreseen begins as well, with no amount.
        """
        self.end(time)
        place = next((i for i, s in enumerate(self.pending) if s[:2] == (kind, what)), None)
        self.now = Stage(kind, what, 0.0) if place is None else self.pending[place]
        self.pending = self.pending if place is None else self.pending[place + 1 :]
        self.began, self.done, self.skipped = time, 0.0, 0.0

    def skip(self, amount: float, time: float) -> None:
        """So much of the current stage was done before a stop; its clock starts at this time."""
        self.began, self.done, self.skipped = time, amount, amount

    def advance(self, done: float) -> None:
        """So much of the current stage is done in all."""
        self.done = done

    def left(self, time: float) -> Left:
        """What is left at this moment."""
        seconds, guessed = 0.0, []
        if self.now:
            seconds = self._left_of_now(time - self.began)
        for kind, _, amount in self.pending:
            pace, known = self._pace(kind, time)
            seconds += pace * amount
            guessed += [] if known or kind in guessed else [kind]
        return Left(seconds, tuple(guessed))

    def _left_of_now(self, elapsed: float) -> float:
        assert self.now is not None
        kind, _, amount = self.now
        if own := self.done - self.skipped:
            return elapsed / own * max(0.0, amount - self.done)
        pace, _ = self._pace(kind, self.began)
        # one that takes longer than the others did is a quarter short of its end
        return max(pace * (amount - self.done) - elapsed, elapsed / 4 if pace else 0.0)

    def _pace(self, kind: str, time: float) -> tuple[float, bool]:
        """Seconds per unit of a kind, and whether that was seen."""
        seconds, amount = self.seen.get(kind, (0.0, 0.0))
        if self.now and self.now.kind == kind and self.done > self.skipped:
            seconds, amount = seconds + time - self.began, amount + self.done - self.skipped
        return (seconds / amount, True) if amount else (RULES.get(kind, 0.0), False)

    def end(self, time: float) -> None:
        """The current stage is done: it says how long others of its kind will take."""
        if not self.now:
            return
        self.spent[self.now.kind] = self.spent.get(self.now.kind, 0.0) + time - self.began
        amount = self.now.amount - self.skipped
        if self.now.kind == "train":
            amount = self.done - self.skipped
        seconds, before = self.seen.get(self.now.kind, (0.0, 0.0))
        if amount > 0:
            self.seen[self.now.kind] = seconds + time - self.began, before + amount
        self.now = None
