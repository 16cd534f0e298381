"""A group's runs in parts that fit into memory, one after the other, and its labels out of them."""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeVar

import jax
import numpy as np
from jax.sharding import Mesh

from ivaegan_jax.checkpoint import Checkpoints
from ivaegan_jax.jobs import Group, Job
from ivaegan_jax.loop import compile_chunk
from ivaegan_jax.memory import (
    SHARE,
    Footprint,
    available_bytes,
    choose_at_once,
    footprint,
    tree_bytes,
)
from ivaegan_jax.processes import leads, meet
from ivaegan_jax.state import TrainState
from ivaegan_jax.train import Run
from ivaegan_jax.types import InputError, TrainData
from ivaegan_jax.workdir import Workdir, read_json, write_json


class Part(NamedTuple):
    """Runs that are trained at once.

    Attributes:
      name: of its checkpoints.
      runs: host arrays; the last part repeats its last run up to the size of the others, so that
        one program serves all.
      start: of its first run among those of the group.
      count: how many of its runs are no repetition.
      title: such as `, part 2 of 3`; empty for all runs at once.
    """

    name: str
    runs: Run
    start: int
    count: int
    title: str

    def jobs_of(self, group: Group) -> tuple[Job, ...]:
        """The jobs that have runs in it."""
        last = self.start + self.count - 1
        return group.jobs[self.start // group.runs_per_job : last // group.runs_per_job + 1]


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


T = TypeVar("T")

Train: TypeAlias = Callable[[Part, Checkpoints], TrainState]
"""Brings a part to its end, from its newest checkpoint where there is one."""


def make_plan(group: Group, data: TrainData, mesh: Mesh, workdir: Workdir, asked: int = 0) -> Plan:
    """Chooses how many runs are trained at once, or finds what was chosen before, and records it.

    No number depends on the choice, but the checkpoints of a stopped study do.

    Args:
      group: what is to be trained.
      data: that all its runs share.
      mesh: devices that the runs are split over.
      workdir: where the choice is recorded.
      asked: runs at once, whatever they take; 0 chooses.

    Raises:
      InputError: where not even one run per device fits, or no longer what was chosen before.
    """
    began, free = time.monotonic(), SHARE * available_bytes()
    runs = len(group.runs.seed)
    recorded = meet("runs at once", recorded_at_once(workdir, group) if leads() else 0)[0]

    def measure(size: int) -> Footprint:
        part = at_most(group.runs, 0, size)
        trainer = group.jobs[0].trainer
        one = jax.eval_shape(trainer.init, jax.tree.map(lambda leaf: leaf[0], group.runs))
        program = compile_chunk(trainer, part, data, mesh)
        return footprint(program, size, tree_bytes(one), tree_bytes(data))

    if at_once := recorded or min(asked, runs):
        found, reason = measure(at_once + -at_once % mesh.size), "as asked for"
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


def recorded_at_once(workdir: Workdir, group: Group) -> int:
    """The recorded choice; all runs where there are checkpoints from before there were parts."""
    before = workdir.checkpoints(group.name).exists()
    runs = len(group.runs.seed)
    return read_json(workdir.parts).get(group.name, runs if before else 0)


def parts_of(group: Group, at_once: int) -> list[Part]:
    """The group's runs, `at_once` in each part."""
    runs = len(group.runs.seed)
    starts, parts = range(0, runs, at_once), []
    for number, start in enumerate(starts, start=1):
        several = len(starts) > 1
        name = f"{group.name}.{number}" if several else group.name
        title = f", part {number} of {len(starts)}" if several else ""
        count = min(at_once, runs - start)
        parts.append(Part(name, at_most(group.runs, start, at_once), start, count, title))
    return parts


def at_most(runs: Run, start: int, size: int) -> Run:
    """`size` runs from `start` on, the last one repeated where there are no more."""
    index = np.minimum(np.arange(start, start + size), len(runs.seed) - 1)
    return jax.tree.map(lambda leaf: leaf[index], runs)


def train_in_parts(
    plan: Plan, wanted: Collection[str], workdir: Workdir, train: Train
) -> Iterator[tuple[Job, TrainState]]:
    """Every wanted job of a group with its states, as soon as its last part is trained.

    No more than one part and what is unfinished of one job are kept in memory.

    Args:
      plan: from `make_plan`.
      wanted: labels.
      workdir: where checkpoints lie.
      train: what is done with a part.
    """
    held: dict[str, list[Any]] = {}
    for part in parts_of(plan.group, plan.at_once):
        jobs = [job for job in part.jobs_of(plan.group) if job.label in wanted]
        if not jobs:
            continue
        with Checkpoints(workdir.checkpoints(part.name)) as checkpoints:
            states = train(part, checkpoints)
        for job in jobs:
            pieces = held.setdefault(job.label, [])
            pieces.append(own_states(plan.group, job, part, states))
            if sum(len(piece.seed) for piece in pieces) == plan.group.runs_per_job:
                yield job, joined(held.pop(job.label))


def restore_job(workdir: Workdir, group: Group, job: Job) -> TrainState | None:
    """A job's newest states; None where a part that it lies in has no checkpoint yet."""
    at_once, pieces = recorded_at_once(workdir, group), []
    for part in parts_of(group, at_once or len(group.runs.seed)):
        folder = workdir.checkpoints(part.name)
        if job not in part.jobs_of(group):
            continue
        if not folder.exists():
            return None
        with Checkpoints(folder, read_only=True) as checkpoints:
            template = jax.eval_shape(jax.vmap(job.trainer.init), part.runs)
            states = checkpoints.restore(template)
        if states is None:
            return None
        pieces.append(own_states(group, job, part, states))
    return joined(pieces)


def own_states(group: Group, job: Job, part: Part, states: T) -> T:
    """The states in a part that belong to a job's runs."""
    first = group.jobs.index(job) * group.runs_per_job
    low, high = max(first, part.start), min(first + group.runs_per_job, part.start + part.count)
    return jax.tree.map(lambda leaf: leaf[low - part.start : high - part.start], states)


def joined(pieces: Sequence[T]) -> T:
    """Stacked states one after the other."""
    return jax.tree.map(lambda *leaves: np.concatenate(leaves), *pieces)


def _check_still_fits(found: Footprint, free: float) -> None:
    if found.own + found.shared > free:
        raise InputError(
            f"this work directory was begun with {found.runs} runs at once, which need "
            f"{(found.own + found.shared) / 2**30:.1f} GiB of memory; {free / 2**30:.1f} GiB are "
            "free: free some to go on"
        )
