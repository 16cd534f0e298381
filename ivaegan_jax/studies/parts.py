"""A group's runs in parts that fit into memory, one after the other, and its labels out of them."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeVar

import jax
import numpy as np

from ivaegan_jax.files import RESTORE
from ivaegan_jax.studies.bonds import Bond, fingerprint_of
from ivaegan_jax.studies.jobs import Group, Job
from ivaegan_jax.studies.plan import Plan, at_most, recorded_at_once
from ivaegan_jax.studies.workdir import Workdir, deciding
from ivaegan_jax.training import Checkpoints, Run, TrainState, leads, shapes_of_states
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


T = TypeVar("T")

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
    held: dict[str, list[Any]] = {}
    settings = deciding(workdir.settings())
    own = fingerprint_of(workdir.preprocessing) if leads() else ""
    for part in parts_of(plan.group, plan.at_once):
        jobs = [job for job in part.jobs_of(plan.group) if job.label in wanted]
        if not jobs:
            continue
        bond = Bond(workdir, part.name, (part.start, part.count), settings, own)
        with Checkpoints(workdir.checkpoints(part.name), bond=bond) as checkpoints:
            states = train(part, checkpoints)
        for job in jobs:
            pieces = held.setdefault(job.label, [])
            pieces.append(own_states(plan.group, job, part, states))
            if sum(len(piece.seed) for piece in pieces) == plan.group.runs_per_job:
                yield job, joined(held.pop(job.label))


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
    at_once, pieces = recorded_at_once(workdir, group), []
    settings = deciding(workdir.settings())
    own = fingerprint_of(workdir.preprocessing)
    for part in parts_of(group, at_once or len(group.runs.seed)):
        if job not in part.jobs_of(group):
            continue
        bond = Bond(workdir, part.name, (part.start, part.count), settings, own)
        states = _stored(bond, shapes_of_states(job.trainer, part.runs), final)
        if states is None:
            return None
        pieces.append(own_states(group, job, part, states))
    return joined(pieces)


def _stored(bond: Bond, template: TrainState, final: int | None) -> TrainState | None:
    folder = bond.workdir.checkpoints(bond.name)
    if not folder.exists():
        if final is None:
            return None
        raise InputError(f"checkpoint {folder / str(final)} is missing; {RESTORE}")
    with Checkpoints(folder, read_only=True, bond=bond) as checkpoints:
        if final is None:
            return checkpoints.restore(template)
        return checkpoints.restore_at(final, template)


def own_states(group: Group, job: Job, part: Part, states: T) -> T:
    """The states in a part that belong to a job's runs."""
    first = group.jobs.index(job) * group.runs_per_job
    low, high = max(first, part.start), min(first + group.runs_per_job, part.start + part.count)
    return jax.tree.map(lambda leaf: leaf[low - part.start : high - part.start], states)


def joined(pieces: Sequence[T]) -> T:
    """Stacked states one after the other."""
    return jax.tree.map(lambda *leaves: np.concatenate(leaves), *pieces)
