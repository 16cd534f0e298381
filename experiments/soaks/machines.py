"""What happens around a study: a seed that diverges, devices that come and go, a second process."""

import json
import os
import signal
import time
from pathlib import Path

from experiments.soaks._counts import Counts
from experiments.soaks._study import SMALL, Ended, Soak, steps_in
from ivaegan_jax.cli._program import WRONG
from ivaegan_jax.files import read_rows
from ivaegan_jax.studies.seeds import seeds_text
from ivaegan_jax.types import Row

WILD = (*SMALL, "--presets=ivae", "--steps=200", "--config.train.chunk=20",
        "--config.hyperparameters.vae_rate=15")  # fmt: skip
"""A learning rate at which some seeds diverge."""


def diverged_seed(soak: Soak) -> Counts:
    """Trains seeds of which some diverge: the others are as without them, and all are counted."""
    counts, together, alone = Counts(), soak.new("wild"), soak.new("tame")
    ended = soak.run(together, (*WILD, "--seeds=6"))
    alive = {row["seed"] for row in _last_rows(together) if row["alive"]}
    if ended.code or not 0 < len(alive) < 6:
        did = f"{len(alive)} of 6 seeds did not diverge"
        counts.failures.append(ended.err if ended.code else did)
        return counts
    soak.run(alone, (*WILD, _listed(alive)))
    summary = next(iter(json.loads((together / "summary.json").read_text())["data"].values()))
    counted = sum(row["diverged"] for row in summary["summary"])
    counts.attempt(counted == 6 - len(alive), f"{counted} are counted as diverged",
                   f"{6 - len(alive)} of 6 diverged")  # fmt: skip
    kept = [row for row in read_rows(together / "train.jsonl") if row["seed"] in alive]
    expected = read_rows(alone / "train.jsonl")
    counts.lost_rows += max(0, len(expected) - len(kept))
    counts.wrong_numbers += sum(one != other for one, other in zip(kept, expected, strict=False))
    return counts


def _listed(seeds: set[int]) -> str:
    return f"--seeds={seeds_text(sorted(seeds))}"


def _last_rows(workdir: Path) -> list[Row]:
    rows = read_rows(workdir / "train.jsonl")
    return [row for row in rows if row["step"] == rows[-1]["step"]]


def other_devices(soak: Soak) -> Counts:
    """Goes on with one core, and so one device, where there were several; and the other way."""
    counts, cores = Counts(), sorted(os.sched_getaffinity(0))
    if len(cores) == 1:
        counts.notes["not tried: there is one core"] = 1
        return counts
    for first, then in ((cores, cores[:1]), (cores[:1], cores)):
        workdir = soak.new("devices")
        running = soak.start(workdir, cores=first)
        running.until(lambda workdir=workdir: len(steps_in(workdir, "ivae_gan")) == 2)
        running.signal(signal.SIGKILL)
        ended = soak.start(workdir, cores=then).wait()
        counts.attempt(ended.code == 0, ended.err, f"{len(first)}, then {len(then)}")
        counts.compare(workdir, soak.reference())
    return counts


def two_processes(soak: Soak) -> Counts:
    """Starts the program twice on one work directory: the second refuses, the first goes on."""
    counts, workdir = Counts(), soak.new("shared")
    first = soak.start(workdir)
    first.until((workdir / ".lock").exists)
    for _ in range(1 if soak.quick else 5):
        time.sleep(soak.rng.uniform(0, 0.5))
        first.process.send_signal(signal.SIGSTOP)  # wherever it is, even between two files
        if first.process.poll() is not None:
            break
        before = _contents(workdir)
        counts.attempt(_refused(soak.run(workdir)), "the second did not refuse")
        counts.wrong_numbers += _contents(workdir) != before
        first.process.send_signal(signal.SIGCONT)
    ended = first.wait()
    counts.attempt(ended.code == 0, ended.err, "first ended")
    counts.compare(workdir, soak.reference())
    return counts


def _refused(ended: Ended) -> bool:
    one_line = len(ended.err.splitlines()) == 1
    return ended.code == WRONG and one_line and "in use by another process" in ended.err


def _contents(workdir: Path) -> dict[str, bytes]:
    files = (path for path in workdir.rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in files}
