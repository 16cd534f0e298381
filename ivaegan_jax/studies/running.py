"""How anything is run that trains groups of jobs and scores them label by label."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import nullcontext
from functools import partial
from typing import Any

import numpy as np
from jax.sharding import Mesh

from ivaegan_jax.evaluation import OfModel, Result
from ivaegan_jax.studies.bonds import check_settings, keep_arrays
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.studies.group_training import Reporter, Training
from ivaegan_jax.studies.integrity import drop_damaged
from ivaegan_jax.studies.jobs import Group, Job
from ivaegan_jax.studies.parts import train_in_parts
from ivaegan_jax.studies.plan import Plan, make_plan, programs_of
from ivaegan_jax.studies.results import load_results
from ivaegan_jax.studies.workdir import Workdir
from ivaegan_jax.training import (
    NEVER,
    Ahead,
    Call,
    InBlocks,
    Run,
    TrainState,
    barrier,
    give_up_programs,
    in_sight,
    leads,
    led,
)
from ivaegan_jax.types import AllTrainData, Pause, Stop


def entering(reporter: Reporter) -> Callable[[str, str], None]:
    """What announces a stage: of several processes the one that leads does."""
    return reporter.stage if leads() else lambda kind, what: None


class Running(ABC):
    """Trains groups one after another and scores their jobs, in a work directory.

    Attributes:
      experiment: what is to be done.
      jobs: one for each label.
      groups: jobs that one program trains.
      mesh: devices that the runs are split over.
      batch_devices: devices that every batch is split over.
      notes: how the data were read.
      runs: of every label.
    """

    experiment: Experiment
    jobs: Sequence[Job]
    groups: Sequence[Group]
    mesh: Mesh
    batch_devices: int
    notes: tuple[str, ...]
    runs: Run

    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """What decides the results."""

    @abstractmethod
    def split_record(self) -> dict[str, Any]:
        """How rows were split, for the manifest."""

    @abstractmethod
    def kept_arrays(self) -> dict[str, np.ndarray]:
        """The preprocessing and the split, for the work directory."""

    @abstractmethod
    def train_data(self, job: Job) -> AllTrainData:
        """The training rows as one model sees them."""

    def in_blocks(self, job: Job) -> InBlocks | None:
        """The training rows in blocks, `train_data` being the first; None where it has all."""
        return None

    @abstractmethod
    def score(self, job: Job, states: TrainState, workdir: Workdir, pause: Pause) -> list[Result]:
        """Scores a trained job and records the results; those of the work directory itself."""

    def alike(self, job: Job) -> Job:
        """One that has the same programs, and training rows that are cheaper to come by."""
        return job

    def foresee(self, job: Job) -> Iterable[Call]:
        """What scoring a job will call, to be compiled while it trains."""
        return ()

    @property
    @abstractmethod
    def sources_known(self) -> bool:
        """Whether there are true sources to score by."""

    @abstractmethod
    def score_data(self, workdir: Workdir, pause: Pause) -> None:
        """Records what needs no model."""

    def recorded_in(self, workdir: Workdir) -> Iterator[tuple["Running", Workdir]]:
        """What has a manifest of its own, and the run directory that it lies in."""
        yield self, workdir

    def left(self, workdir: Workdir) -> list[str]:
        """The labels that the work directory holds no results of."""
        found = load_results(workdir.metrics)
        scored = {each.label for each in found if isinstance(each, OfModel)}
        return [job.label for job in self.jobs if job.label not in scored]

    def run(
        self,
        workdir: Workdir,
        reporter: Reporter,
        stop: Stop = NEVER,
        *,
        runs_at_once: int = 0,
        on_plan: Callable[[Plan], None] = lambda plan: None,
        ahead: Ahead | None = None,
    ) -> None:
        """Trains and scores whatever the work directory does not hold yet.

        Programs are queued, one after another: each spreads its runs over all devices, so that two
        at a time would only share them, and the memory. Those that come next are compiled
        meanwhile. All processes of a job train; the one that leads keeps the records and scores
        alone.

        Args:
          workdir: where everything goes.
          reporter: receives every stage, every chunk and every scored model.
          stop: called after compiling, after every chunk, and between the parts of scoring.
          runs_at_once: runs trained at once; 0 takes as many as fit. No number depends on it.
          on_plan: is called with how many runs a program trains at once, before it begins.
          ahead: compiles what comes next; None makes one for this study.

        Raises:
          Interrupted: on a request to stop; running it again goes on from there.
        """
        if leads():
            e = self.experiment
            check_settings(workdir)
            drop_damaged(workdir, e.presets, e.steps, len(self.runs.seed))
            keep_arrays(workdir.preprocessing, self.kept_arrays())
        enters, left = entering(reporter), self._agreed_left(workdir)
        with nullcontext(ahead) if ahead else Ahead(stop) as threads:
            for group, coming in in_sight(self.groups_of(left), threads.most):
                give_up_programs()
                for each in coming:
                    self.compile_ahead(threads, each, workdir, runs_at_once)
                enters("compile", group.title)
                data = self.train_data(group.jobs[0])
                plan = make_plan(group, data, self.mesh, workdir, runs_at_once)
                on_plan(plan)
                led(f"{group.title} was compiled", lambda pause: None, stop)
                rows = self.in_blocks(group.jobs[0]) or data
                own = Training(self.experiment, group, rows, self.mesh, workdir, reporter, stop)
                self._train_and_score(plan, own, left)
        if self.sources_known:
            enters("baselines", "")
        led("the data were scored", partial(self.score_data, workdir), stop)

    def _train_and_score(self, plan: Plan, own: Training, left: Collection[str]) -> None:
        """Trains a group part by part, and scores every label whose runs are all trained."""
        enters = entering(own.reporter)
        enters("train", plan.group.title)
        for job, states in train_in_parts(plan, left, own.workdir, own.train):
            enters("score", job.label)
            score = partial(self.score, job, states, own.workdir)
            found = led(f"{job.label} was scored", score, own.stop)
            if found is not None:
                own.reporter.finish(job.label, found)

    def groups_of(self, labels: Collection[str]) -> list[Group]:
        """The groups that any of these labels is in."""
        return [each for each in self.groups if any(job.label in labels for job in each.jobs)]

    def compile_ahead(
        self, ahead: Ahead, group: Group, workdir: Workdir, runs_at_once: int = 0
    ) -> None:
        """Begins to compile what a group will take; whoever calls for it finds it compiled."""
        job = self.alike(group.jobs[0])
        data = partial(self.train_data, job)
        for program in programs_of(group, data, self.mesh, workdir, runs_at_once):
            ahead.begin(program)
        ahead.begin(lambda: [ahead.begin(call.compile) for call in self.foresee(job)])

    def _agreed_left(self, workdir: Workdir) -> list[str]:
        """What process 0 finds left to do; as one number, since a meeting has room for little."""
        left = self.left(workdir) if leads() else []
        found = sum(1 << i for i, job in enumerate(self.jobs) if job.label in left)
        agreed = barrier("what is left", found)[0]
        return [job.label for i, job in enumerate(self.jobs) if agreed >> i & 1]
