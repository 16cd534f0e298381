"""What a study trains: one job per label, and all runs of a job."""

from typing import NamedTuple

import numpy as np

from ivaegan_jax.config import ModelConfig
from ivaegan_jax.experiment import Experiment, preset_name
from ivaegan_jax.game import Game
from ivaegan_jax.hypers import stack_hypers
from ivaegan_jax.model import Model, build
from ivaegan_jax.networks import Dims
from ivaegan_jax.presets import PRESETS, resolve
from ivaegan_jax.train import Run, Trainer, make_trainer
from ivaegan_jax.types import InputError


class Job(NamedTuple):
    """One label of a study, ready to run; `config` has no empty choices left."""

    label: str
    config: ModelConfig
    model: Model
    game: Game
    trainer: Trainer


def check_packing(experiment: Experiment, continuous_u: bool) -> None:
    """Raises InputError where rows of one u cannot be packed."""
    packing, batch = experiment.config.model.packing, experiment.config.train.batch
    if packing > 1 and continuous_u:
        raise InputError("config.model.packing needs a discrete u; leave it at 1")
    if batch % packing:
        raise InputError(f"config.train.batch={batch} must be a multiple of packing={packing}")


def check_density(job: Job, dims: Dims) -> None:
    """Raises InputError where the encoder cannot be a change of variables."""
    if "density" in job.game.terms and dims.dim_z > dims.dim_x:
        raise InputError(
            f"{job.label} trains the density of x, which takes no more latents than there are "
            f"observations: config.model.dim_z={dims.dim_z} is above {dims.dim_x}"
        )


def make_jobs(experiment: Experiment, dims: Dims) -> list[Job]:
    """One job per label; a control shares the functions, and so the program, of its preset."""
    names = dict.fromkeys(map(preset_name, experiment.presets))
    made = {name: make_job(experiment, dims, name) for name in names}
    return [made[preset_name(label)]._replace(label=label) for label in experiment.presets]


def make_job(experiment: Experiment, dims: Dims, label: str) -> Job:
    """The pure functions behind one label."""
    train, preset = experiment.config.train, PRESETS[preset_name(label)]
    config, game = resolve(preset, experiment.config.model, train.critic_rounds)
    model = build(config, dims, game.blocks)
    trainer = make_trainer(
        model, game, train.batch, dims.dim_u, packing=config.packing, ema=train.ema
    )
    return Job(label, config, model, game, trainer)


def watched_terms(job: Job) -> tuple[str, ...]:
    """The critic's two-sample accuracy, where held-out rows come as it was trained on them."""
    return ("critic_accuracy",) if "adv_d" in job.game.terms and job.config.packing == 1 else ()


def make_runs(experiment: Experiment) -> Run:
    """All pairs of a data seed and a model seed, the model seed moving fastest (host arrays)."""
    index, seed = np.meshgrid(
        np.arange(len(experiment.data_seeds)), experiment.seeds, indexing="ij"
    )
    hypers = stack_hypers(experiment.config.hypers, seed.size)
    steps = np.full(seed.size, experiment.steps, np.int32)
    return Run(seed.ravel().astype(np.int32), index.ravel().astype(np.int32), steps, hypers)
