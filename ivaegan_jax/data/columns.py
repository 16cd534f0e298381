"""Means, spreads and ranges of columns in double precision, without a second copy of the table."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int, Real

VALUES_AT_ONCE = 2**22
"""Values that one piece of a table holds: 32 MiB in double precision."""


class Moments(NamedTuple):
    """What the columns of some rows are like.

    Attributes:
      mean: in double precision.
      std: standard deviations in double precision; 0 for a constant column alone.
      low: smallest values.
      high: largest values.
    """

    mean: Float[np.ndarray, " columns"]
    std: Float[np.ndarray, " columns"]
    low: Real[np.ndarray, " columns"]
    high: Real[np.ndarray, " columns"]

    def exact(
        self, dtype: np.dtype
    ) -> tuple[Float[np.ndarray, " columns"], Float[np.ndarray, " columns"]]:
        """Means and standard deviations, 1 of a constant column, as exact as the data."""
        exact = np.result_type(dtype, np.float32)
        std = np.where(self.scalable(dtype), self.std, 1)
        return self.mean.astype(exact), std.astype(exact)

    def scalable(self, dtype: np.dtype) -> Bool[np.ndarray, " columns"]:
        """Which columns vary by more than the smallest float as exact as the data."""
        return self.std > np.finfo(np.result_type(dtype, np.float32)).tiny

    @property
    def varies(self) -> Bool[np.ndarray, " columns"]:
        """Which columns have more than one value, by the raw values."""
        return self.low != self.high


def pieces(rows: int, columns: int) -> Iterator[slice]:
    """Slices of rows, such that no piece of a table is large."""
    step = max(1, VALUES_AT_ONCE // max(1, columns))
    return (slice(start, start + step) for start in range(0, rows, step))


def moments(table: Real[np.ndarray, "all_rows columns"], rows: Int[np.ndarray, " rows"]) -> Moments:
    """Mean, standard deviation and range of every column over the given rows.

    Values are moved by the first row before they are summed, so that an offset costs no digits,
    and divided by the reach of their column before they are squared, so that nothing overflows.

    Args:
      table: numbers of any kind.
      rows: at least one row number.
    """
    parts = [rows[piece] for piece in pieces(len(rows), table.shape[1])]
    low, high, first = table[rows[0]], table[rows[0]], table[rows[0]].astype(np.float64)
    total, squares = np.zeros_like(first), np.zeros_like(first)
    for part in parts:
        values = table[part]
        low, high = np.minimum(low, values.min(axis=0)), np.maximum(high, values.max(axis=0))
        total += (values - first).sum(axis=0)
    mean = first + total / len(rows)
    reach = np.where(low == high, 1, np.maximum(high - mean, mean - low))
    for part in parts:
        squares += np.square((table[part] - mean) / reach).sum(axis=0)
    std = np.where(low == high, 0, reach * np.sqrt(squares / len(rows)))
    return Moments(mean, std, low, high)
