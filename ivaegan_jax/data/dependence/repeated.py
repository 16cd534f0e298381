"""Rows of x that occur more than once."""

import numpy as np
from jaxtyping import Bool, Int, Num, Real

COPIED = 0.01
"""Share of repeated rows from which on a table counts as one with copies."""


def repeats(x: Real[np.ndarray, "rows dim_x"]) -> Bool[np.ndarray, " rows"]:
    """Which rows occur more than once."""
    number = same_rows(x)
    return np.bincount(number)[number] > 1


def same_rows(x: Real[np.ndarray, "rows dim_x"]) -> Int[np.ndarray, " rows"]:
    """A number for every row, the same for rows that are equal.

    By 64 random bits of each row: in 5,000,000 rows two different ones get the same in one of a
    million tables.
    """
    rng = np.random.default_rng(0)
    keys = np.zeros(len(x), np.uint64)
    for column in x.T:
        single = column.dtype == np.float32
        exact = np.ascontiguousarray(column, np.float32 if single else np.float64)
        bits = (exact + exact.dtype.type(0)).view(np.uint32 if single else np.uint64)  # -0 is 0
        keys ^= bits.astype(np.uint64) + rng.integers(2**63, dtype=np.uint64)
        keys *= np.uint64(0x9E3779B97F4A7C15)
        keys ^= keys >> np.uint64(29)
    return np.unique(keys, return_inverse=True)[1]


def copied_rows(
    x: Real[np.ndarray, "rows dim_x"], u: Num[np.ndarray, "rows ..."]
) -> Int[np.ndarray, " rows"] | None:
    """Groups of rows that are copies of each other; None where repeated rows are no copies.

    Copies have the u of their original. Rows that are equal by chance, such as counts, do not.
    """
    number = same_rows(x)
    copied = np.mean(np.bincount(number)[number] > 1) > COPIED
    many = number.max() + 1 >= max(100, len(x) // 10)
    return number if copied and many and is_constant_within(u, number) else None


def is_constant_within(u: Num[np.ndarray, "rows ..."], groups: Int[np.ndarray, " rows"]) -> bool:
    """Whether u has one value in each group."""
    first = np.unique(groups, return_index=True)[1]
    return bool(np.all(u[first][groups] == u))
