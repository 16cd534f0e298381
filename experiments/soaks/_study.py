"""The study that is disturbed: small, but run by the real program in processes of its own."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ivaegan_jax.training.seals import SEAL

ROOT = Path(__file__).resolve().parents[2]

SMALL = (
    "--config.model.width=8",
    "--config.model.critic_width=8",
    "--config.train.batch=16",
    "--config.data.segments=4",
    "--config.data.per_segment=60",
    "--data=b1",
    "--data_seeds=7-7",
    "--seeds=3",
)
"""Three runs: on two devices one run is padding."""

SHORT = (*SMALL, "--presets=ivae,ivae_gan", "--steps=600", "--config.train.chunk=20",
         "--config.train.checkpoint_chunks=2")  # fmt: skip

LONG = (*SHORT, "--steps=40000", "--config.train.chunk=50")
"""Long enough for fifty starts of which every second one is killed before it trains."""

PATIENCE = 300.0
"""Seconds after which a program counts as hung."""


class Ended(NamedTuple):
    """How a program ended, and its stderr."""

    code: int
    err: str

    @property
    def last_line(self) -> str:
        """Its last word."""
        return (self.err.splitlines() or [""])[-1]


class Running(NamedTuple):
    """A program under way."""

    process: subprocess.Popen[str]

    def wait(self) -> Ended:
        """Waits for its end."""
        _, err = self.process.communicate(timeout=PATIENCE)
        return Ended(self.process.returncode, err)

    def signal(self, number: int) -> Ended:
        """Sends a signal, and waits for the end."""
        self.process.send_signal(number)
        return self.wait()

    def signal_after(self, seconds: float, number: int) -> Ended | None:
        """The same after a while; None if it came to its end before."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return self.signal(number)
        self.wait()
        return None

    def until(self, condition: Callable[[], bool]) -> bool:
        """Waits for a condition; whether it came about before the program's end."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if self.process.poll() is not None or time.monotonic() > deadline:
                return False
            time.sleep(0.0005)
        return True


class Soak(NamedTuple):
    """What every fault has at hand.

    Attributes:
      root: a folder of its own.
      kills: how many times to kill at random.
      quick: whether one of everything is enough.
      rng: for random moments and places.
    """

    root: Path
    kills: int
    quick: bool
    rng: np.random.Generator

    def start(self, workdir: Path, flags: Sequence[str] = SHORT, cores: Iterable[int] = (),
              cache: Path | None = None) -> Running:  # fmt: skip
        """Starts the program on a work directory, on all cores or some."""
        places = (f"--workdir={workdir}", f"--compilation_cache={cache or self.root / 'cache'}")
        command = [sys.executable, "-m", "experiments.compare", *flags, *places]
        with _on(cores):
            return Running(
                subprocess.Popen(
                    command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
                )
            )

    def run(self, workdir: Path, flags: Sequence[str] = SHORT) -> Ended:
        """Runs it to its end."""
        return self.start(workdir, flags).wait()

    def reference(self, flags: Sequence[str] = SHORT) -> Path:
        """The undisturbed study, which is run when it is first needed."""
        workdir = self.root / f"undisturbed-{len(flags)}"
        if not (workdir / "DONE").exists():
            ended = self.run(workdir, flags)
            if ended.code:
                raise RuntimeError(f"the undisturbed study failed: {ended.err}")
        return workdir

    def new(self, name: str) -> Path:
        """A work directory that is not there yet."""
        number = len(list(self.root.glob(f"{name}-*")))
        return self.root / f"{name}-{number}"

    def stopped(self) -> Path:
        """A copy of the study, killed in its second model after two sealed checkpoints."""
        first = self.root / "stopped"
        if not first.exists():
            running = self.start(first)
            running.until(lambda: len(list(first.glob(f"checkpoints/ivae_gan/*/{SEAL}"))) == 2)
            running.signal(9)
        return shutil.copytree(first, self.new("copy"))

    def finished(self) -> Path:
        """A copy of the undisturbed study."""
        return shutil.copytree(self.reference(), self.new("copy"))


@contextmanager
def _on(cores: Iterable[int]) -> Iterator[None]:
    """Has what is started within run on these cores; none are all."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(cores) or before)
    yield
    os.sched_setaffinity(0, before)


def steps_in(workdir: Path, label: str) -> list[int]:
    """The steps of a model's checkpoints, the newest last."""
    folder = workdir / "checkpoints" / label
    names = [path.name for path in folder.iterdir()] if folder.exists() else []
    return sorted(int(name) for name in names if name.isdigit())
