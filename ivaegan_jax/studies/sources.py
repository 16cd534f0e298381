"""An experiment's data: one prepared table per data seed."""

from collections.abc import Sequence

from ivaegan_jax.data import (
    DATASETS,
    DataConfig,
    Prepared,
    is_synthetic,
    load_dataset,
    prepare,
)
from ivaegan_jax.models import LIKELIHOODS
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.types import Dataset, InputError


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
    return load_dataset(data, data_seed, config.drawn(), config.named_columns())


def load_data(experiment: Experiment) -> Prepared:
    """Loads, splits and transforms the data of all data seeds.

    Raises:
      InputError: for anything wrong with the data or its options.
    """
    return prepare_data(experiment, load_datasets(experiment))


def load_datasets(experiment: Experiment, table: Dataset | None = None) -> list[Dataset]:
    """The table of every data seed as the user or the benchmark has it.

    Args:
      experiment: names the data.
      table: the data themselves, where they are in memory already.

    Raises:
      InputError: for anything wrong with the data or its options.
    """
    if table and experiment.data in DATASETS:
        raise InputError(f"{experiment.data!r} is the name of a data set; call the table otherwise")
    if is_synthetic(experiment.data):
        return [load_raw(experiment, seed) for seed in experiment.data_seeds]
    # a data seed only draws the split
    return [table or load_raw(experiment, 1)] * len(experiment.data_seeds)


def prepare_data(experiment: Experiment, datasets: Sequence[Dataset]) -> Prepared:
    """Splits and transforms the tables of all data seeds.

    Raises:
      InputError: for tables that cannot be split as the settings say.
    """
    seeds, config = experiment.data_seeds, experiment.config
    values = LIKELIHOODS[config.model.likelihood or "gaussian"].values
    return prepare(datasets, seeds, config.data, config.train.batch, values)
