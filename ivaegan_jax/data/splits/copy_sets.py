"""Copies of rows that must not be parted, as when classes are balanced by repetition."""

import numpy as np
from jaxtyping import Bool, Int, Real

from ivaegan_jax.data.dependence.repeated import same_rows

UNSURPRISING = 0.1
"""Times that a row is expected in a table whose columns are independent, above which a second
one is no copy: most rows of spike counts are alike by chance."""


def copy_sets(x: Real[np.ndarray, "rows dim_x"]) -> Int[np.ndarray, " rows"] | None:
    """A number for every row, the same for copies of one row; None where no row is a copy.

    A row that occurs more often than once is a copy unless independent columns of the same
    values would bring it about as well.
    """
    number = same_rows(x)
    counts = np.bincount(number)
    if len(counts) == len(x):
        return None
    sets = np.flatnonzero(counts > 1)
    first = np.full(len(counts), -1)
    first[number[::-1]] = np.arange(len(x))[::-1]
    by_chance = np.zeros(len(counts), bool)
    by_chance[sets] = is_unsurprising(x, first[sets])
    alone = np.flatnonzero(by_chance[number])
    number[alone] = len(counts) + np.arange(len(alone))
    numbers = np.unique(number, return_inverse=True)[1]
    return None if numbers.max() + 1 == len(x) else numbers


def is_unsurprising(
    x: Real[np.ndarray, "rows dim_x"], rows: Int[np.ndarray, " some"]
) -> Bool[np.ndarray, " some"]:
    """Which of some rows would be there more than once if the columns were independent."""
    expected = np.full(len(rows), float(len(x)))
    for column in x.T:
        left = np.flatnonzero(expected > UNSURPRISING)  # each factor is 1 at most
        if not len(left):
            break
        values = np.sort(column)
        of = column[rows[left]]
        low, high = (np.searchsorted(values, of, side) for side in ("left", "right"))
        expected[left] *= (high - low) / len(x)
    return expected > UNSURPRISING
