"""kill -9: at random moments, and in the middle of what is written."""

import signal
from collections.abc import Callable
from pathlib import Path

from experiments.soaks._counts import Counts
from experiments.soaks._study import LONG, SHORT, Soak, steps_in
from ivaegan_jax.training.seals import SEAL

LONGEST = 8.0
"""Seconds after its start at which a program is killed at the latest."""


def at_random(soak: Soak) -> Counts:
    """Kills the program again and again on one work directory, then lets it end.

    Should it end before, the rest of the kills go to a second directory.
    """
    counts, flags = Counts(), SHORT if soak.quick else LONG
    workdir = soak.new("killed")
    while counts.tried < soak.kills:
        before = _stage(workdir)
        ended = soak.start(workdir, flags).signal_after(
            soak.rng.uniform(0, LONGEST), signal.SIGKILL
        )
        if ended:
            during = _stage(workdir)
            when = during if during != before else f"{during}, or before"
            counts.attempt(ended.code == -signal.SIGKILL, ended.err, when)
        if (workdir / "DONE").exists() and counts.tried < soak.kills:
            counts.compare(workdir, soak.reference(flags))
            workdir = soak.new("killed")
    counts.notes["work directories"] = len(list(soak.root.glob("killed-*")))
    return _completed(counts, soak, workdir, flags)


def _stage(workdir: Path) -> str:
    """How far a study has come, by what it has left behind."""
    metrics = workdir / "metrics.jsonl"
    scored = metrics.read_text() if metrics.exists() else ""
    if '"kind": "baseline"' in scored:
        return "report"
    label = "ivae_gan" if '"label": "ivae"' in scored else "ivae"
    if '"label": "ivae_gan"' in scored:
        return "baselines"
    return f"training {label}" if steps_in(workdir, label) else "start"


def at_writes(soak: Soak) -> Counts:
    """Kills the program the moment that something is being written, each time something else."""
    counts, workdir = Counts(), soak.new("aimed")
    for name, written in WRITES.items():
        running = soak.start(workdir)
        reached = running.until(written(workdir))
        ended = running.signal(signal.SIGKILL) if reached else running.wait()
        if reached:
            counts.attempt(ended.code == -signal.SIGKILL, ended.err, name)
    return _completed(counts, soak, workdir, SHORT)


def _completed(counts: Counts, soak: Soak, workdir: Path, flags: tuple[str, ...]) -> Counts:
    ended = soak.run(workdir, flags)
    if ended.code:
        counts.failures.append(f"did not end: {ended.err}")
    else:
        counts.compare(workdir, soak.reference(flags))
    return counts


def _appears(pattern: str) -> Callable[[Path], Callable[[], bool]]:
    def of(workdir: Path) -> Callable[[], bool]:
        before = {path: path.stat().st_mtime_ns for path in workdir.glob(pattern)}
        return lambda: any(_modified(path) > before.get(path, 0) for path in workdir.glob(pattern))

    return of


def _modified(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _unsealed(workdir: Path) -> Callable[[], bool]:
    folder = workdir / "checkpoints"
    return lambda: any(
        path.name.isdigit() and not (path / SEAL).exists() for path in folder.glob("*/*")
    )


WRITES = {
    "config.json": _appears("config.json"),
    "preprocessing": _appears(".preprocessing.npz.tmp*"),
    "training log": _appears("train.jsonl"),
    "checkpoint": _appears("checkpoints/*/*tmp*"),
    "seal of a checkpoint": _unsealed,
    "first arrays": _appears("arrays/.*.tmp*"),
    "first metrics": _appears("metrics.jsonl"),
    "second model's checkpoint": _appears("checkpoints/ivae_gan/*tmp*"),
    "second arrays": _appears("arrays/.ivae_gan*.tmp*"),
    "second metrics": _appears("metrics.jsonl"),
    "baselines": _appears("metrics.jsonl"),
    "figures": _appears("figures/*"),
    "page": _appears("report.html"),
}
"""What is awaited before a kill, in the order in which a study writes it."""
