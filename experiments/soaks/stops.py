"""A scheduler's request to stop: SIGTERM, or SIGUSR1 ahead of it."""

import itertools
import re
import signal
import time
from pathlib import Path

from experiments.soaks._counts import Counts
from experiments.soaks._study import Ended, Soak, steps_in
from ivaegan_jax.cli._stop import REQUEUE


def asked_to_stop(soak: Soak) -> Counts:
    """Asks at random moments until the study has ended in spite of it."""
    counts, workdir, slowest = Counts(), soak.new("asked"), 0.0
    signals = itertools.cycle((signal.SIGTERM, signal.SIGUSR1))
    while not (workdir / "DONE").exists() and counts.tried < (2 if soak.quick else 10):
        began, number = time.time(), next(signals)
        running = soak.start(workdir)
        if not running.until(lambda began=began: _opened_since(workdir, began)):
            break
        time.sleep(soak.rng.uniform(0, 2))
        began = time.monotonic()
        ended = running.signal(number)
        slowest = max(slowest, time.monotonic() - began)
        counts.attempt(ended.code in (REQUEUE, 0) and _kept(workdir, ended), ended.err,
                       "while training" if "at step" in ended.err else "elsewhere")  # fmt: skip
    counts.notes[f"slowest to end: {slowest:.1f} s"] = 1
    ended = soak.run(workdir)
    if ended.code:
        counts.failures.append(ended.err)
    else:
        counts.compare(workdir, soak.reference())
    return counts


def _opened_since(workdir: Path, moment: float) -> bool:
    """Whether the program has come so far as to lock its work directory, and so to listen."""
    lock = workdir / ".lock"
    return lock.exists() and lock.stat().st_mtime >= moment


def _kept(workdir: Path, ended: Ended) -> bool:
    """Whether there is a checkpoint of the step that the program named, if it named one."""
    named = re.search(r"at step (\d+)", ended.last_line)
    steps = [step for label in ("ivae", "ivae_gan") for step in steps_in(workdir, label)]
    return not named or int(named[1]) in steps
