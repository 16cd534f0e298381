"""An experiment's data: one prepared table per data seed, and how many latents it suggests."""

from collections.abc import Sequence

from ivaegan_jax.data import DataConfig, Prepared, is_synthetic, load_dataset, prepare
from ivaegan_jax.models import LIKELIHOODS
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.types import Dataset

MAX_DEFAULT_DIM_Z = 10
"""Latents by default where x has more columns than this and nobody knows the sources."""


def load_raw(experiment: Experiment, data_seed: int) -> Dataset:
    """One data seed's table as the user or the benchmark has it.

    Raises:
      InputError: for anything wrong with the data or its options.
    """
    return load_named(experiment.data, experiment.config.data, data_seed)


def load_named(data: str, config: DataConfig, data_seed: int) -> Dataset:
    """One data seed's table of a benchmark with these settings, or a file.

    Raises:
      InputError: for anything wrong with the data or its options.
    """
    names = ("segments", "per_segment", "dim", "layers", "source", "activation", "modulation",
             "noise")  # fmt: skip
    options = {name: value for name in names if (value := getattr(config, name))}
    return load_dataset(data, data_seed, options)


def load_data(experiment: Experiment) -> Prepared:
    """Loads, splits and transforms the data of all data seeds.

    Raises:
      InputError: for anything wrong with the data or its options.
    """
    return prepare_data(experiment, load_datasets(experiment))


def load_datasets(experiment: Experiment) -> list[Dataset]:
    """The table of every data seed as the user or the benchmark has it.

    Raises:
      InputError: for anything wrong with the data or its options.
    """
    if is_synthetic(experiment.data):
        return [load_raw(experiment, seed) for seed in experiment.data_seeds]
    # a data seed only draws the split
    return [load_raw(experiment, 1)] * len(experiment.data_seeds)


def prepare_data(experiment: Experiment, datasets: Sequence[Dataset]) -> Prepared:
    """Splits and transforms the tables of all data seeds.

    Raises:
      InputError: for tables that cannot be split as the settings say.
    """
    seeds, config = experiment.data_seeds, experiment.config
    standardise = LIKELIHOODS[config.model.likelihood].standardised
    return prepare(datasets, seeds, config.data, config.train.batch, standardise)


def choose_dim_z(asked: int, data: Prepared) -> int:
    """The latent dimension: as set, else that of the true sources, else of x but at most 10."""
    return asked or data.dim_s or min(data.dim_x, MAX_DEFAULT_DIM_Z)
