"""Identifiable VAE-GAN models in JAX/Flax. Importing this touches no device."""

from ivaegan_jax.config import Config, DataConfig, ModelConfig, TrainConfig
from ivaegan_jax.data import DATASETS, load_dataset, load_table
from ivaegan_jax.experiment import Experiment
from ivaegan_jax.fitted import encode, restore
from ivaegan_jax.game import Game, Player
from ivaegan_jax.hypers import Hypers
from ivaegan_jax.model import Model, build
from ivaegan_jax.networks import Dims
from ivaegan_jax.presets import PRESETS, Preset, resolve
from ivaegan_jax.replicate import make_seeds_mesh, over_runs
from ivaegan_jax.report import write_report
from ivaegan_jax.state import TrainState
from ivaegan_jax.study import Study
from ivaegan_jax.train import Run, Trainer, make_trainer
from ivaegan_jax.types import Batch, Dataset, InputError, TrainData
from ivaegan_jax.version import __version__
from ivaegan_jax.workdir import Workdir

__all__ = [
    "DATASETS",
    "PRESETS",
    "Batch",
    "Config",
    "DataConfig",
    "Dataset",
    "Dims",
    "Experiment",
    "Game",
    "Hypers",
    "InputError",
    "Model",
    "ModelConfig",
    "Player",
    "Preset",
    "Run",
    "Study",
    "TrainConfig",
    "TrainData",
    "TrainState",
    "Trainer",
    "Workdir",
    "__version__",
    "build",
    "encode",
    "load_dataset",
    "load_table",
    "make_seeds_mesh",
    "make_trainer",
    "over_runs",
    "resolve",
    "restore",
    "write_report",
]
