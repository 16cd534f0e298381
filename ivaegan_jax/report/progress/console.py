"""The progress of a study: a bar with ETA on a terminal, a line now and then elsewhere."""

import time
from collections.abc import Collection

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from ivaegan_jax.doctor import duration
from ivaegan_jax.evaluation import OfRun, Result
from ivaegan_jax.files import printable
from ivaegan_jax.report.progress.stages import Remaining, Stage
from ivaegan_jax.studies import Plan
from ivaegan_jax.training import Chunk

SILENCE = 60.0
"""Seconds after which a line says how far things are, where there is no bar."""

PAUSE = 10.0
"""Seconds of silence before a stage has a line of its own, unless it is the first of its kind."""

LONG_CHUNK = 30.0
"""Seconds that a chunk may take before a line says how to have shorter ones."""

DOING = {"compile": "compiling {}", "train": "training {}", "score": "scoring {}",
         "baselines": "scoring what needs no model", "page": "writing the report"}  # fmt: skip
"""What stages are called."""

AS_NOUN = {"compile": "compiling", "train": "training", "score": "scoring",
           "baselines": "baselines", "page": "report"}  # fmt: skip
"""What stages are called in lists of those that follow, or whose time is only guessed."""


class ConsoleReporter:
    """Shows how a study goes on; implements `ivaegan_jax.studies.study.Reporter`."""

    def __init__(
        self,
        stages: Collection[Stage],
        steps: int,
        runs: int,
        title: str = "",
        advise: bool = True,
        lines: bool = True,
        bar: bool = True,
    ):
        """Prepares a bar over the whole job; a context manager.

        Args:
          stages: what is left to be done, in order.
          steps: of each run.
          runs: of each label.
          title: before whatever is done.
          advise: whether the program takes `--config`, which advice speaks of.
          lines: whether lines are printed.
          bar: whether a terminal or a notebook has a bar.
        """
        self.title, self.lines = title, lines
        self.console = Console(highlight=False, soft_wrap=True)
        self.steps, self.runs, self.remaining = steps, runs, Remaining(stages)
        self.began = self.spoke = self.timed = time.monotonic()
        self.programs = self.before = self.own = self.first = self.resumed = 0  # seed-steps, steps
        self.several, self.fresh, self.waits, self.patient = False, True, True, advise
        self.compiled, self.rate, self.shown = 0.0, "", set()
        self.progress = Progress(
            TextColumn("{task.description:<22}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TextColumn("{task.fields[note]}"),
            console=self.console,
            disable=not (bar and (self.console.is_terminal or self.console.is_jupyter)),
            transient=True,
        )
        self.task = self.progress.add_task("preparing", total=1.0, note="")

    def __enter__(self) -> "ConsoleReporter":
        """Starts the bar."""
        self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Removes the bar."""
        self.progress.stop()

    def stage(self, kind: str, what: str = "") -> None:
        """A stage of the job begins: a line with what is left where there is no bar."""
        self.remaining.begin(kind, what, time.monotonic())
        self.before = self.own = 0
        hidden = self.progress.disable or kind == "page"
        new = kind not in self.shown or time.monotonic() - self.spoke > PAUSE
        if hidden and new and kind not in ("compile", "train"):
            self.shown.add(kind)
            self._say(f"{self.title}{DOING[kind].format(what)}; {self._left()}")
        self._show(DOING[kind].format(what), "")

    def plan(self, plan: Plan) -> None:
        """A program is compiled: says how many runs it trains at once, unless that is all of one.

        In a study of plain models the lines of finished ones suffice.
        """
        self.programs, self.compiled = self.programs + 1, plan.seconds
        self.several, self.fresh = len(plan.group.jobs) > 1, True
        if self.several or plan.at_once < len(plan.group.runs.seed):
            self._say(f"program {self.programs}: {plan}")

    def start(self, label: str, step: int) -> None:
        """A training begins, or goes on, at this step."""
        self.before, self.own = self.before + self.own, 0
        self.rate, self.first, self.waits = "", step, True
        if step:
            self._say(f"{label}: going on from step {step}")

    def chunk(self, label: str, chunk: Chunk) -> None:
        """A chunk of a training is done."""
        runs, now = len(chunk.alive), time.monotonic()
        rounds = chunk.step + chunk.left_behind
        length = rounds - (self.own // runs or self.first)
        if self.waits:  # the first chunk may hold a compilation
            if not self.before and self.first:
                before = self.first + chunk.left_behind
                self.remaining.skip(before * runs, now - chunk.seconds)
            self.compiled, self.waits = self.compiled + chunk.seconds, False
            self.first, self.timed = rounds, now
        elif rounds > self.first:
            self._suggest_shorter(chunk, length)
            rate = (rounds - self.first) * runs / max(now - self.timed, 1e-9)
            self.rate = f"{rate:,.0f} seed-steps/s"
        dead = int(np.sum(~chunk.alive))
        self.own = rounds * runs
        self.remaining.advance(self.before + self.own)
        diverged = f"{dead} of {runs} diverged" if dead else ""
        self._show(f"{label}: step {chunk.step}", ", ".join(filter(None, [self.rate, diverged])))

    def _suggest_shorter(self, chunk: Chunk, steps: int) -> None:
        """Says once that a chunk is long, as a request to stop waits for the end of one."""
        if self.patient and chunk.seconds > LONG_CHUNK:
            self.patient = False
            shorter = max(1, int(steps * LONG_CHUNK / 3 / chunk.seconds))
            self._say(
                f"a chunk of {steps} steps takes {chunk.seconds:.0f} s, and so may a request to "
                f"stop; the same command with --config.train.chunk={shorter} has shorter ones, "
                "goes on from here too, and gives the same results"
            )

    def finish(self, label: str, rows: list[Result]) -> None:
        """A model is trained and scored: says how fast, and which runs diverged."""
        self.remaining.end(time.monotonic())
        first, self.fresh = self.fresh, False
        if first or not self.several:
            what = f"program {self.programs}" if self.several else f"{label}: {self.runs} runs"
            self._say(
                f"{what} x {self.steps} steps, first chunk "
                f"{self.compiled:.1f} s with compilation{self.rate and f', then {self.rate}'}"
            )
        runs = {
            (each.data_seed, each.seed)
            for each in rows
            if isinstance(each, OfRun) and each.status == "diverged"
        }
        for data_seed, seed in sorted(runs):
            self._say(
                f"{label}: data seed {data_seed}, seed {seed} diverged and was frozen; it counts "
                "in all results. Try a lower --config.hyperparameters.vae_rate or gan_rate."
            )

    def spent(self) -> dict[str, float]:
        """Seconds that each kind of stage has taken, and says so in one line; none goes on."""
        self.remaining.end(time.monotonic())
        spent = self.remaining.spent
        text = (f"{AS_NOUN[kind]} {duration(seconds)}" for kind, seconds in spent.items())
        self._say(f"time: {', '.join(text)}")
        return spent

    def _left(self) -> str:
        """Such as `about 3 min left with scoring, baselines and report`."""
        left = self.remaining.left(time.monotonic())
        follow = dict.fromkeys(AS_NOUN[stage.kind] for stage in self.remaining.pending)
        words = f"about {duration(left.seconds)} left"
        words += f", with {', '.join(follow)}" if follow else ""
        guessed = ", ".join(AS_NOUN[kind] for kind in left.guessed)
        return words + (f" ({guessed} by a rule of thumb)" if guessed else "")

    def _show(self, what: str, note: str) -> None:
        """Moves the bar; without one, says at times how far things are."""
        now = time.monotonic()
        past, left = now - self.began, self.remaining.left(now).seconds
        done = past / max(past + left, 1e-9)
        shown = ", ".join(filter(None, [note, self._left()]))
        self.progress.update(
            self.task, description=f"{self.title}{what}", completed=done, note=shown
        )
        if self.progress.disable and now - self.spoke > SILENCE:
            self._say(f"{self.title}{what}{note and f', {note}'}; {done:.0%}, {self._left()}")

    def _say(self, line: str) -> None:
        self.spoke = time.monotonic()
        if self.lines:
            self.progress.console.print(printable(line), markup=False)
