"""What a study trains: a job per label, its runs, and the groups that share one program."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import jax
import numpy as np

from ivaegan_jax.data import SHIFTED
from ivaegan_jax.models import (
    PRESETS,
    Dims,
    Game,
    Model,
    ModelConfig,
    build,
    resolve,
    stack_hyperparameters,
)
from ivaegan_jax.studies.config import Config
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.studies.labels import Label, configured
from ivaegan_jax.training import Run, Starts, Trainer, make_trainer
from ivaegan_jax.types import registrations


class Structure(NamedTuple):
    """What decides a program, beside the sizes of the data.

    Attributes:
      preset: its name.
      model: structure as it was set, with empty choices.
      batch: rows per update.
      critic_rounds: how often the critic moves per round.
      ema: whether averaged parameters are kept.
      balanced: whether levels of u are drawn equally often.
      registered: how many pieces there were from outside, one of which it may have.
    """

    preset: str
    model: ModelConfig
    batch: int
    critic_rounds: int
    ema: bool
    balanced: bool
    registered: int

    def resolved(self) -> tuple[ModelConfig, Game]:
        """Structure without empty choices, and the players."""
        return resolve(PRESETS[self.preset], self.model, self.critic_rounds)

    def trainer(self, model: Model, dim_u: int) -> Trainer:
        """What trains a model of this structure, or several that are one to train."""
        config, game = self.resolved()
        return make_trainer(
            model, game, self.batch, dim_u,
            packing=config.packing, balanced=self.balanced, ema=self.ema,
        )  # fmt: skip


class Job(NamedTuple):
    """One label of a study, ready to run.

    Attributes:
      parsed: the label, parsed.
      own: the study's settings with those of the label.
      config: structure without empty choices.
      model: its functions.
      game: its players.
      trainer: one run of it.
      structure: that the functions were made for.
    """

    parsed: Label
    own: Config
    config: ModelConfig
    model: Model
    game: Game
    trainer: Trainer
    structure: Structure

    @property
    def label(self) -> str:
        """The label as results and files have it."""
        return str(self.parsed)

    @property
    def starts(self) -> Starts:
        """Of its runs: one where no term says how much latents tell about u."""
        starts = Starts(max(1, self.own.train.starts))
        return starts if starts.by in self.game.terms else Starts()


class Group(NamedTuple):
    """Jobs of one structure on the same rows: their runs are stacked and share one program.

    Attributes:
      jobs: in the order in which their runs are stacked.
      runs: of all jobs, the job moving slowest (host arrays).
      runs_per_job: data seeds times model seeds.
    """

    jobs: tuple[Job, ...]
    runs: Run
    runs_per_job: int

    @property
    def starts(self) -> Starts:
        """Of every run."""
        return self.jobs[0].starts

    @property
    def title(self) -> str:
        """What the labels have in common, and how many there are."""
        first, *others = [job.parsed for job in self.jobs]
        if not others:
            return str(first)
        shared = set(first.settings).intersection(*(each.settings for each in others))
        common = first._replace(settings=tuple(sorted(shared)))
        return f"{common} x {len(self.jobs)}"

    @property
    def name(self) -> str:
        """The label alone, or a name that no other group has; fit for `Workdir.checkpoints`."""
        if len(self.jobs) == 1:
            return self.jobs[0].label
        labels = "\n".join(job.label for job in self.jobs).encode()
        return f"{self.title} {hashlib.sha256(labels).hexdigest()[:8]}"


def make_jobs(experiment: Experiment, dims: Dims) -> list[Job]:
    """One job per label; labels that differ in traced numbers or control share their functions."""
    jobs = []
    for label in experiment.labels:
        own = configured(experiment.config, label)
        train, registered = own.train, registrations()
        structure = Structure(
            label.preset, own.model, train.batch, train.critic_rounds, train.ema, train.balanced,
            registered,
        )  # fmt: skip
        jobs.append(Job(label, own, *_functions(structure, dims), structure))
    return jobs


@lru_cache(maxsize=32)  # whatever is trained in this process later shares what is compiled
def _functions(structure: Structure, dims: Dims) -> tuple[ModelConfig, Model, Game, Trainer]:
    config, game = structure.resolved()
    model = build(config, dims, game.blocks)
    return config, model, game, structure.trainer(model, dims.dim_u)


def make_job(experiment: Experiment, dims: Dims, label: str) -> Job:
    """The pure functions behind one label."""
    return make_jobs(experiment._replace(presets=(label,)), dims)[0]


def make_groups(experiment: Experiment, jobs: Sequence[Job]) -> list[Group]:
    """Jobs that one program trains on the same rows, together; in the order of their first."""
    members: dict[tuple[str, int, Starts], list[Job]] = {}
    for job in jobs:
        members.setdefault((job.parsed.control, id(job.trainer), job.starts), []).append(job)
    return [make_group(experiment, found) for found in members.values()]


def make_group(experiment: Experiment, jobs: Sequence[Job]) -> Group:
    """Jobs with their runs stacked."""
    runs = [make_runs(experiment, job) for job in jobs]
    stacked = jax.tree.map(lambda *leaves: np.concatenate(leaves), *runs)
    return Group(tuple(jobs), stacked, len(runs[0].seed))


def watched_terms(job: Job) -> tuple[str, ...]:
    """The critic's two-sample accuracy, where held-out rows come as it was trained on them."""
    return ("critic_accuracy",) if "adv_d" in job.game.terms and not job.own.by_level else ()


def make_runs(experiment: Experiment, job: Job | None = None) -> Run:
    """All pairs of a data seed and a model seed, the model seed moving fastest (host arrays).

    Args:
      experiment: what the study is to do.
      job: whose traced numbers the runs have; by default those of the study.
    """
    index, seed = np.meshgrid(
        np.arange(len(experiment.data_seeds)), experiment.seeds, indexing="ij"
    )
    hyperparameters = stack_hyperparameters(
        (job.own if job else experiment.config).hyperparameters, seed.size
    )
    steps = np.full(seed.size, experiment.steps, np.int32)
    shifted = job is not None and job.parsed.control == SHIFTED
    own_u = np.arange(seed.size, dtype=np.int32) if shifted else None
    seed, index = (each.ravel().astype(np.int32) for each in (seed, index))
    return Run(seed, index, steps, hyperparameters, own_u)
