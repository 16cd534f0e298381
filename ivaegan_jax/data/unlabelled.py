"""Rows whose u is missing, as rows that train what needs no u."""

import dataclasses
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int

from ivaegan_jax.data.preprocessing import Preprocessing
from ivaegan_jax.types import Dataset

TRAIN = "train"
"""Value of `DataConfig.unlabelled` with which they are used."""


def with_unlabelled(
    dataset: Dataset, train: Int[np.ndarray, " train"]
) -> tuple[Dataset, Int[np.ndarray, " rows"]]:
    """What x is fitted on: the training rows, and those without u, which are appended.

    u is fitted on the training rows as ever.

    Args:
      dataset: a table with rows without u.
      train: numbers of its training rows.

    Returns:
      A table to fit on, and the numbers of the rows in it.
    """
    assert dataset.unlabelled is not None
    of_u = dataset.u[train] if dataset.coded_as is None else dataset.coded_as
    both = dataclasses.replace(
        dataset, x=np.concatenate([dataset.x, dataset.unlabelled]), coded_as=of_u
    )
    return both, np.concatenate([train, np.arange(len(dataset.x), len(both.x))])


def seen_unlabelled(
    datasets: Sequence[Dataset], fitted: Sequence[Preprocessing]
) -> Float[np.ndarray, "data_seeds rows dim_x"]:
    """The rows without u of every data seed as the model sees them."""
    pairs = zip(datasets, fitted, strict=True)
    return np.stack([own.transform_x(d.unlabelled) for d, own in pairs if d.unlabelled is not None])


def notes_with_unlabelled(dataset: Dataset) -> tuple[str, ...]:
    """The notes of a table, with another one in place of that on rows that are left out."""
    assert dataset.unlabelled is not None
    count, rows = len(dataset.unlabelled), len(dataset.unlabelled) + len(dataset.x)
    own = (
        f"{count:,} of {rows:,} rows have no u: they are in no part of the split, and train what "
        "needs none (--config.data.unlabelled=train)."
    )
    return (own, *(note for note in dataset.notes if note != dataset.left_out))
