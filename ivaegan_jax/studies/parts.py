"""A group's runs in parts that fit into memory, one after the other, and its labels out of them."""

from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple, TypeAlias

import jax
import numpy as np

from ivaegan_jax.files import RESTORE
from ivaegan_jax.studies.bonds import Bond, fingerprint_of
from ivaegan_jax.studies.jobs import Group, Job
from ivaegan_jax.studies.plan import Plan, at_most, recorded_at_once
from ivaegan_jax.studies.workdir import Workdir, deciding
from ivaegan_jax.training import (
    Checkpoints,
    Run,
    TrainState,
    leads,
    shapes_of_states,
    take_runs,
)
from ivaegan_jax.types import InputError


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

    def indices_of(self, group: Group, job: Job) -> np.ndarray:
        """Where a job's runs lie in it."""
        first = group.jobs.index(job) * group.runs_per_job - self.start
        return np.arange(max(first, 0), min(first + group.runs_per_job, self.count))


Train: TypeAlias = Callable[[Part, Checkpoints], TrainState]
"""Brings a part to its end, from its newest checkpoint where there is one."""


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

    def trained(part: Part) -> TrainState:
        bond = _bond(workdir, part)
        with Checkpoints(workdir.checkpoints(part.name), bond=bond) as checkpoints:
            return train(part, checkpoints)

    return job_by_job(plan.group, plan.at_once, wanted, trained)


def restore_job(
    workdir: Workdir, group: Group, job: Job, final: int | None = None
) -> TrainState | None:
    """A job's newest states; None where a part that it lies in has no checkpoint yet.

    Args:
      workdir: where checkpoints lie.
      group: that the job is in.
      job: whose states are wanted.
      final: the step that the states must have; None takes what there is.

    Raises:
      InputError: where a checkpoint belongs elsewhere, or there is none of the final step.
    """

    def stored(part: Part) -> TrainState | None:
        folder = workdir.checkpoints(part.name)
        if not folder.exists():
            if final is None:
                return None
            raise InputError(f"checkpoint {folder / str(final)} is missing; {RESTORE}")
        template = shapes_of_states(job.trainer, part.runs)
        with Checkpoints(folder, read_only=True, bond=_bond(workdir, part)) as checkpoints:
            if final is None:
                return checkpoints.restore(template)
            return checkpoints.restore_at(final, template)

    at_once = recorded_at_once(workdir, group) or len(group.runs.seed)
    found = job_by_job(group, at_once, [job.label], stored)
    return next((states for _, states in found), None)


def _bond(workdir: Workdir, part: Part) -> Bond:
    own = fingerprint_of(workdir.preprocessing) if leads() else ""
    where = part.start, part.count
    return Bond(workdir, part.name, where, deciding(workdir.settings()), own)


def job_by_job(
    group: Group,
    at_once: int,
    wanted: Collection[str],
    states_of: Callable[[Part], TrainState | None],
) -> Iterator[tuple[Job, TrainState]]:
    """The wanted jobs whose parts all have states, each as soon as its last part has them."""
    held: dict[str, list[TrainState]] = {}
    for part in parts_of(group, at_once):
        jobs = [job for job in part.jobs_of(group) if job.label in wanted]
        if not jobs or (states := states_of(part)) is None:
            continue
        for job in jobs:
            pieces = held.setdefault(job.label, [])
            pieces.append(take_runs(states, part.indices_of(group, job)))
            if sum(len(piece.seed) for piece in pieces) == group.runs_per_job:
                whole = held.pop(job.label)
                yield job, jax.tree.map(lambda *leaves: np.concatenate(leaves), *whole)
