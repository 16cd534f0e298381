"""The progress of a study: a bar with ETA on a terminal, one line per model elsewhere."""

import time
from collections.abc import Sequence

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from ivaegan_jax.loop import Chunk
from ivaegan_jax.types import Row


class ConsoleReporter:
    """Tells a person how a study goes on; implements `ivaegan_jax.study.Reporter`."""

    def __init__(self, labels: Sequence[str], steps: int, runs: int, title: str = ""):
        """Prepares a bar over all steps of all models; a context manager."""
        self.title = title
        self.console = Console(highlight=False, soft_wrap=True)
        self.steps, self.runs, self.total = steps, runs, steps * len(labels)
        self.before, self.began = 0, time.monotonic()
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

    def start(self, label: str, step: int) -> None:
        """A model's training begins, or goes on, at this step."""
        self.began, self.first = time.monotonic(), step
        self.compiled: float | None = None
        self.rate = ""
        if step:
            self.progress.console.print(f"{label}: going on from step {step}")
        done = self.before + step
        self.progress.update(self.task, description=self.title + label, completed=done)

    def chunk(self, label: str, chunk: Chunk) -> None:
        """A chunk of a model's training is done."""
        if self.compiled is None:  # the first chunk holds the compilation
            self.compiled = chunk.seconds
            self.first, self.began = chunk.step, time.monotonic()
        self.rate = self._rate(chunk.step)
        dead = int(np.sum(~chunk.alive))
        note = f"{self.rate}{f', {dead} of {self.runs} diverged' if dead else ''}"
        done = self.before + chunk.step
        self.progress.update(self.task, description=self.title + label, completed=done, note=note)

    def finish(self, label: str, rows: list[Row]) -> None:
        """A model is trained and scored: says how fast, and which runs diverged."""
        self.before += self.steps
        self.progress.console.print(
            f"{label}: {self.runs} runs x {self.steps} steps, first chunk "
            f"{self.compiled or 0:.1f} s with compilation{self.rate and f', then {self.rate}'}"
        )
        runs = {(row["data_seed"], row["seed"]) for row in rows if row["status"] == "diverged"}
        for data_seed, seed in sorted(runs):
            self.progress.console.print(
                f"{label}: data seed {data_seed}, seed {seed} diverged and was frozen; it counts "
                "in all results. Try a lower --config.hypers.vae_rate or gan_rate."
            )

    def _rate(self, step: int) -> str:
        seconds = time.monotonic() - self.began
        if step <= self.first:
            return ""
        return f"{(step - self.first) * self.runs / seconds:,.0f} seed-steps/s"
