"""An experiment's data: one prepared table per data seed."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ivaegan_jax.data import (
    DATASETS,
    DataConfig,
    Prepared,
    bounded,
    is_synthetic,
    load_dataset,
    prepare,
    stored_bytes,
    stream_table,
)
from ivaegan_jax.models import LIKELIHOODS
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.training import SHARE, available_bytes, free_bytes
from ivaegan_jax.types import Dataset, InputError

IN_MEMORY = 3
"""Copies of x in memory: as it is given, standardised, and in parts."""

OF_FEATURES = 3
"""Copies of the features of u: as they are tested, in parts, and on the devices."""


def tables_of(data: str) -> tuple[str, ...]:
    """The files that a text names, with commas between them where it is none itself; or the text.

    Raises:
      InputError: for a file that is named twice, or a name of a data set among files.
    """
    if data in DATASETS or "," not in data or Path(data).expanduser().exists():
        return (data,)
    names = [name.strip() for name in data.split(",") if name.strip()]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"{twice[0]} is named twice; each session is a table of its own")
    if named := [name for name in names if name in DATASETS]:
        raise InputError(f"{named[0]} is the name of a data set; sessions are files")
    return tuple(names)


def load_raw(experiment: Experiment, data_seed: int) -> Dataset:
    """One data seed's table as the user or the benchmark has it.

    Of a table that is read in blocks, as `block_rows` is set or x does not fit into memory, some
    rows alone, with the whole of it.

    Raises:
      InputError: for anything wrong with the data or its options.
    """
    name, config = experiment.data, experiment.config
    block_rows, columns = config.train.block_rows, config.data.named_columns()
    is_file = name not in DATASETS and Path(name).expanduser().is_file()
    if is_file and (block_rows or is_beyond_memory(stored_bytes(name, columns.get("x", "")))):
        return stream_table(name, config.data.split, **columns)
    dataset = load_named(name, config.data, data_seed)
    check_features(dataset)
    return bounded(dataset) if block_rows else dataset


def check_features(dataset: Dataset) -> None:
    """Raises InputError where u has more features than there is memory for.

    A category alone is codes of its levels; beside other columns each level is a feature.
    """
    u = dataset.u
    if u.is_categorical or u.is_absent or not u.categories:
        return
    each = [values.shape[1] for _, values in u[:1].features()]
    needed, free = 4 * OF_FEATURES * len(u) * sum(each), free_bytes()
    if needed > SHARE * free:
        most = int(np.argmax(each))
        name = u.columns[most].name or f"column {most} (counting from 0)"
        raise InputError(
            f"{name} of u has {each[most]:,} levels, a feature each beside other columns: features "
            f"of {len(u):,} rows need {needed / 2**30:.1f} GiB of memory and {free / 2**30:.1f} "
            "GiB are free; give it as the only column of u, or merge its levels"
        )


def is_beyond_memory(size: int) -> bool:
    """Whether an x of so many bytes is too large to be held, standardised and trained on."""
    return size > 0 and (
        IN_MEMORY * size > SHARE * free_bytes() or size > SHARE * available_bytes()
    )


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
    if table is not None:
        check_features(table)
    table = table or load_raw(experiment, 1)
    block_rows = experiment.config.train.block_rows
    table = bounded(table) if block_rows and table.whole is None else table
    return [table] * len(experiment.data_seeds)


def prepare_data(experiment: Experiment, datasets: Sequence[Dataset]) -> Prepared:
    """Splits and transforms the tables of all data seeds.

    Raises:
      InputError: for tables that cannot be split as the settings say.
    """
    seeds, config = experiment.data_seeds, experiment.config
    values = LIKELIHOODS[config.model.likelihood or "gaussian"].values
    return prepare(datasets, seeds, config.data, config.train.batch, values)
