"""How many of a group's runs are trained at once: as many as fit, or as were begun with."""

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import jax
import numpy as np
from jax.sharding import Mesh

from ivaegan_jax.files import read_json, write_json
from ivaegan_jax.studies.jobs import Group
from ivaegan_jax.studies.workdir import Workdir
from ivaegan_jax.training import (
    SHARE,
    Footprint,
    Run,
    available_bytes,
    barrier,
    choose_at_once,
    compile_chunk,
    compile_start,
    footprint,
    leads,
    tree_bytes,
)
from ivaegan_jax.types import AllTrainData, InputError


class Plan(NamedTuple):
    """How many of a group's runs are trained at once, and why.

    Attributes:
      group: what is trained.
      at_once: runs in each part.
      reason: in words.
      run_bytes: that each of them takes, by the program's own analysis.
      free_bytes: that all together may take.
      seconds: that it took to compile.
    """

    group: Group
    at_once: int
    reason: str
    run_bytes: float
    free_bytes: float
    seconds: float

    def __str__(self) -> str:
        """Such as `igan x 6: 6 configurations x 4 runs; ... per run ...: 8 at once, in 3 parts`."""
        runs, jobs = len(self.group.runs.seed), len(self.group.jobs)
        parts = -(-runs // self.at_once)
        split = "all at once" if parts == 1 else f"{self.at_once} at once, in {parts} parts"
        return (
            f"{self.group.title}: {jobs} configuration{'s' if jobs > 1 else ''} x "
            f"{self.group.runs_per_job} runs; {self.run_bytes / 2**20:.3g} MiB per run by the "
            f"program's own analysis, {self.free_bytes / 2**30:.3g} GiB to be taken: {split} "
            f"({self.reason})"
        )


def make_plan(
    group: Group, data: AllTrainData, mesh: Mesh, workdir: Workdir, runs_at_once: int = 0
) -> Plan:
    """Chooses how many runs are trained at once, or finds what was chosen before, and records it.

    No number depends on the choice, but the checkpoints of a stopped study do.

    Args:
      group: what is to be trained.
      data: that all its runs share.
      mesh: devices that the runs are split over.
      workdir: where the choice is recorded.
      runs_at_once: whatever they take; 0 chooses.

    Raises:
      InputError: where not even one run per device fits, or no longer what was chosen before.
    """
    began, free = time.monotonic(), SHARE * available_bytes()
    runs = len(group.runs.seed)
    recorded = barrier("runs at once", recorded_at_once(workdir, group) if leads() else 0)[0]

    def measure(size: int) -> Footprint:
        part = at_most(group.runs, 0, size)
        trainer = group.jobs[0].trainer
        one = jax.eval_shape(trainer.init, jax.tree.map(lambda leaf: leaf[0], group.runs))
        program = compile_chunk(trainer, part, data, mesh)
        return footprint(program, size, tree_bytes(one), tree_bytes(data))

    if at_once := recorded or min(runs_at_once, runs):
        found, reason = measure(at_once + -at_once % mesh.size), "as set"
        if recorded:
            reason = "as this work directory was begun"
            _check_still_fits(found, free / SHARE)
    elif jax.process_count() > 1:  # free memory differs between processes, which must agree
        found, at_once, reason = measure(runs + -runs % mesh.size), runs, "several processes"
    else:
        found = choose_at_once(measure, runs, free)
        at_once, reason = min(found.runs, runs), "all fit"
        if at_once < runs:
            reason = "no more fit"
    if leads():
        write_json(workdir.parts, read_json(workdir.parts) | {group.name: at_once})
    seconds = time.monotonic() - began
    return Plan(group, at_once, reason, found.own / found.runs, free - found.shared, seconds)


def programs_of(
    group: Group,
    data: Callable[[], AllTrainData],
    mesh: Mesh,
    workdir: Workdir,
    runs_at_once: int = 0,
) -> Iterator[Callable[[], object]]:
    """What compiles the programs of a group's training, as `make_plan` tries them first.

    Args:
      group: what is to be trained.
      data: that all its runs share.
      mesh: devices that the runs are split over.
      workdir: where the choice of a study that was stopped is recorded.
      runs_at_once: as `make_plan` takes it.
    """
    trainer, runs = group.jobs[0].trainer, len(group.runs.seed)
    at_once = recorded_at_once(workdir, group) or min(runs_at_once, runs) or runs
    padded = at_most(group.runs, 0, at_once + -at_once % mesh.size)
    yield lambda: compile_start(trainer, at_most(group.runs, 0, at_once), mesh)
    yield lambda: compile_chunk(trainer, padded, data(), mesh)


def recorded_at_once(workdir: Workdir, group: Group) -> int:
    """The recorded choice; all runs where there are checkpoints from before there were parts."""
    before = workdir.checkpoints(group.name).exists()
    runs = len(group.runs.seed)
    return read_json(workdir.parts).get(group.name, runs if before else 0)


def at_most(runs: Run, start: int, size: int) -> Run:
    """`size` runs from `start` on, the last one repeated where there are no more."""
    index = np.minimum(np.arange(start, start + size), len(runs.seed) - 1)
    return jax.tree.map(lambda leaf: leaf[index], runs)


def _check_still_fits(found: Footprint, free: float) -> None:
    if found.own + found.shared > free:
        raise InputError(
            f"this work directory was begun with {found.runs} runs at once, which need "
            f"{(found.own + found.shared) / 2**30:.1f} GiB of memory; {free / 2**30:.1f} GiB are "
            "free: free some to go on"
        )
