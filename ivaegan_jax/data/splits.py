"""Held-out rows: training, validation and test, equally sized for every data seed."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from ivaegan_jax.data.options import check_data_seed
from ivaegan_jax.data.order import in_order
from ivaegan_jax.types import Dataset, InputError


class Split(NamedTuple):
    """Row numbers of each part, in the order of `order.in_order`."""

    train: Int[np.ndarray, " train"]
    valid: Int[np.ndarray, " valid"]
    test: Int[np.ndarray, " test"]


def make_split(
    dataset: Dataset, data_seed: int, fractions: tuple[float, float, float] = (0.8, 0.1, 0.1)
) -> Split:
    """Splits the rows at random, level by level where u is discrete.

    Every level is within two rows of its share in every part, and keeps at least one row for
    training. Sizes depend on the counts of the levels alone, not on the data seed.

    Args:
      dataset: the table.
      data_seed: draws which rows go where.
      fractions: shares of training, validation and test rows, positive, of sum 1.

    Raises:
      InputError: for unfit fractions, for a part without rows, and for a u that does not
        vary within the training rows.
    """
    _check_fractions(fractions)
    discrete = dataset.u.ndim == 1
    codes = dataset.u if discrete else np.zeros(len(dataset.x), np.int32)
    part = _assign(codes, check_data_seed(data_seed), fractions)
    rows = in_order(dataset)
    split = Split(*(rows[part[rows] == i] for i in range(3)))
    _check_parts(dataset, split)
    return split


def check_batch(split: Split, batch: int) -> None:
    """Raises InputError if the training rows do not fill one batch."""
    if not 1 <= batch <= len(split.train):
        raise InputError(
            f"a batch of {batch} rows does not fit {len(split.train)} training rows; "
            f"choose a batch from 1 to {len(split.train)}"
        )


def _assign(
    codes: Int[np.ndarray, " rows"], data_seed: int, fractions: tuple[float, float, float]
) -> Int[np.ndarray, " rows"]:
    """The part (0 training, 1 validation, 2 test) of every row."""
    shuffled = np.random.default_rng(data_seed).permutation(len(codes))
    by_level = shuffled[np.argsort(codes[shuffled], kind="stable")]
    _, starts, inverse, counts = np.unique(
        codes[by_level], return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.arange(len(codes)) - starts[inverse]
    valid, held_out = _held_out_counts(counts, fractions)
    part = np.empty(len(codes), np.int64)
    part[by_level] = np.where(rank < held_out[inverse], np.where(rank < valid[inverse], 1, 2), 0)
    return part


def _held_out_counts(
    counts: Int[np.ndarray, " levels"], fractions: tuple[float, float, float]
) -> tuple[Int[np.ndarray, " levels"], Int[np.ndarray, " levels"]]:
    """Rows of every level in validation, and in validation and test together."""
    # Rounding the running totals spreads the remainders over the levels, so that many small
    # levels fill both parts; rounding each level on its own can leave one of them empty.
    totals = np.cumsum(counts)
    valid = np.diff(np.rint(fractions[1] * totals), prepend=0).astype(np.int64)
    held_out = np.diff(np.rint((1 - fractions[0]) * totals), prepend=0).astype(np.int64)
    held_out = np.minimum(held_out, counts - 1)
    return np.minimum(valid, held_out), held_out


def _check_fractions(fractions: tuple[float, float, float]) -> None:
    if len(fractions) != 3 or min(fractions) <= 0 or not np.isclose(sum(fractions), 1):
        raise InputError(
            f"split fractions must be three positive numbers of sum 1, not {tuple(fractions)}"
        )


def _check_parts(dataset: Dataset, split: Split) -> None:
    for name, rows in split._asdict().items():
        if len(rows) == 0:
            raise InputError(
                f"{dataset.name}: no rows are left for the {name} split; give more rows, more rows "
                "per level of u, or a larger fraction (a numeric u saved as floats in one column "
                "[rows, 1] is continuous and needs no rows per level)"
            )
    if len(np.unique(dataset.u[split.train], axis=0)) < 2:
        raise InputError(f"{dataset.name}: u has one value in all training rows; u must vary")
