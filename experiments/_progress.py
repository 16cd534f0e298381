"""The progress of a study: a bar with ETA on a terminal, a line now and then elsewhere."""

import time
from collections.abc import Sequence

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from ivaegan_jax.loop import Chunk
from ivaegan_jax.plan import Plan
from ivaegan_jax.types import Row

SILENCE = 60.0
"""Seconds after which a line says how far things are, where there is no bar."""

LONG_CHUNK = 30.0
"""Seconds that a chunk may take before a line says how to have shorter ones."""


class ConsoleReporter:
    """Tells a person how a study goes on; implements `ivaegan_jax.study.Reporter`."""

    def __init__(
        self, labels: Sequence[str], steps: int, runs: int, title: str = "", advise: bool = True
    ):
        """Prepares a bar over all steps of all runs; a context manager.

        Args:
          labels: what is left to be trained.
          steps: of each run.
          runs: of each label.
          title: before whatever is trained.
          advise: whether the program takes `--config`, which advice speaks of.
        """
        self.title, self.console = title, Console(highlight=False, soft_wrap=True)
        self.steps, self.runs, self.total = steps, runs, steps * runs * len(labels)
        self.programs = self.scored = 0
        self.before = self.own = self.skipped = 0  # seed-steps: earlier parts, this one, resumed
        self.began = self.spoke = self.timed = time.monotonic()
        self.several, self.fresh, self.waits, self.patient = False, True, True, advise
        self.compiled, self.first, self.rate, self.title_now = 0.0, 0, "", ""
        self.progress = Progress(
            TextColumn("{task.description:<22}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}"),
            console=self.console,
            disable=not self.console.is_terminal,
            transient=True,
        )
        self.task = self.progress.add_task("preparing", total=self.total, note="")

    def __enter__(self) -> "ConsoleReporter":
        """Starts the bar."""
        self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Removes the bar."""
        self.progress.stop()

    def plan(self, plan: Plan) -> None:
        """A program is compiled: says how many runs it trains at once, unless that is all of one.

        In a study of plain models the lines of finished ones tell enough.
        """
        self.programs, self.compiled = self.programs + 1, plan.seconds
        self.several, self.fresh = len(plan.group.jobs) > 1, True
        if self.several or plan.at_once < len(plan.group.runs.seed):
            self._say(f"program {self.programs}: {plan}")

    def start(self, label: str, step: int) -> None:
        """A training begins, or goes on, at this step."""
        self.before, self.own = self.before + self.own, 0
        self.rate, self.first, self.title_now = "", step, label
        self.waits = True
        if step:
            self._say(f"{label}: going on from step {step}")

    def chunk(self, label: str, chunk: Chunk) -> None:
        """A chunk of a training is done."""
        runs = len(chunk.alive)
        if self.waits:  # the first chunk may hold a compilation
            self.compiled, self.waits = self.compiled + chunk.seconds, False
            self.skipped += self.first * runs
            self.first, self.timed = chunk.step, time.monotonic()
        elif chunk.step > self.first:
            self._suggest_shorter(chunk, chunk.step - self.own // runs)
            rate = (chunk.step - self.first) * runs / (time.monotonic() - self.timed)
            self.rate = f"{rate:,.0f} seed-steps/s"
        dead = int(np.sum(~chunk.alive))
        self.own = chunk.step * runs
        diverged = f"{dead} of {runs} diverged" if dead else ""
        self._show(f"step {chunk.step}", ", ".join(filter(None, [self.rate, diverged])))

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

    def finish(self, label: str, rows: list[Row]) -> None:
        """A model is trained and scored: says how fast, and which runs diverged."""
        first, self.fresh = self.fresh, False
        self.scored += 1
        self.before = max(self.before, self.scored * self.steps * self.runs - self.own)
        if first or not self.several:
            what = f"program {self.programs}" if self.several else f"{label}: {self.runs} runs"
            self._say(
                f"{what} x {self.steps} steps, first chunk "
                f"{self.compiled:.1f} s with compilation{self.rate and f', then {self.rate}'}"
            )
        runs = {(row["data_seed"], row["seed"]) for row in rows if row["status"] == "diverged"}
        for data_seed, seed in sorted(runs):
            self._say(
                f"{label}: data seed {data_seed}, seed {seed} diverged and was frozen; it counts "
                "in all results. Try a lower --config.hypers.vae_rate or gan_rate."
            )
        self._show(f"{self.scored} scored", self.rate)

    def _show(self, what: str, note: str) -> None:
        """Moves the bar; without one, says at times how far things are."""
        done = min(self.before + self.own, self.total)
        shown = self.title + self.title_now
        self.progress.update(self.task, description=shown, completed=done, note=note)
        now = time.monotonic()
        if self.progress.disable and now - self.spoke > SILENCE and done > self.skipped:
            left = (now - self.began) * (self.total - done) / (done - self.skipped)
            rate = f", {note}" if note else ""
            self._say(f"{shown}: {what}{rate}; {done / self.total:.0%}, about {left:.0f} s left")

    def _say(self, line: str) -> None:
        self.spoke = time.monotonic()
        self.progress.console.print(line, markup=False)
