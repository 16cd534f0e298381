"""Memory and time that a study will take, the latter from a piece of its own compiled program."""

import time
from typing import NamedTuple

import jax
import numpy as np

from ivaegan_jax.doctor.finding import Finding, counted
from ivaegan_jax.studies import Study, describe_machine
from ivaegan_jax.training import (
    make_seeds_mesh,
    over_chunks,
    pad_runs,
    shard_runs,
    share,
    start_runs,
)

PIECE_S = 1.0
"""Seconds that the timed piece should take."""


class Speed(NamedTuple):
    """What the timed piece showed.

    Attributes:
      compile_s: seconds to compile, or to read what an earlier run compiled, and to initialise.
      step_s: seconds for one step of all runs of the first model.
    """

    compile_s: float
    step_s: float


def measure_speed(study: Study) -> Speed:
    """Trains all runs of a study's first model for about a second; writes nothing."""
    mesh, job = make_seeds_mesh(), study.jobs[0]
    runs = shard_runs(pad_runs(study.runs, mesh), mesh)
    data, play = share(study.train_data(job), mesh), over_chunks(job.trainer, mesh)
    states = None

    def seconds(steps: int) -> float:
        nonlocal states
        began = time.monotonic()
        states = start_runs(job.trainer, runs, mesh) if states is None else states
        states, _ = jax.block_until_ready(play(runs, states, (data, np.int32(steps))))
        return time.monotonic() - began

    compile_s, steps = seconds(1), 1
    # doubled until it takes long enough: a first step may wait for what later ones do not
    while (taken := seconds(steps)) < PIECE_S / 2:
        steps *= 2
    return Speed(compile_s, taken / steps)


def estimate_cost(study: Study, timed: bool) -> Finding:
    """Bytes for all runs of a study; if timed, also the seconds that its first model takes."""
    e, device = study.experiment, describe_machine()["device"]
    runs = (
        f"{counted(len(e.data_seeds), 'data seed')} x {counted(len(e.seeds), 'model seed')} of "
        f"{e.presets[0]}"
    )
    memory = f"{study.bytes / 2**20:,.0f} MiB of memory"
    values = {"bytes": study.bytes, "runs": len(study.runs.seed), "device": device}
    if not timed:
        return Finding("cost", "fine", f"{runs} take {memory}, on {device}.", values=values)
    speed = measure_speed(study)
    starts = study.groups[0].starts
    training_s = speed.step_s * (e.steps + starts.left_behind(e.steps))
    steps = counted(e.steps, "step") + (f" from {starts.count} starts" if starts.count > 1 else "")
    sentence = (
        f"{runs} take about {duration(training_s)} for {steps}, and {memory}, "
        f"on {device}; compiling took {speed.compile_s:.0f} s, and scoring comes on top."
    )
    values |= {"training_s": training_s, "steps": e.steps, **speed._asdict()}
    return Finding("cost", "fine", sentence, values=values)


def duration(seconds: float) -> str:
    """`40 s`, `3 min`, `5.0 h`."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
