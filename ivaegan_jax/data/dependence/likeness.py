"""Over how many rows those of a series resemble each other, returns of an oscillation included."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from scipy.fft import next_fast_len
from scipy.stats import norm

ALIKE = 0.1
"""Correlation below which rows no longer resemble each other."""

CHANCE = 0.05
"""Chance that a likeness that does not return is taken to, at any lag."""


class Correlogram(NamedTuple):
    """Correlation of rows with later rows of their part, from lag 1 on.

    Attributes:
      correlation: over all columns together, columns weighted by their variance.
      error: its standard deviation if rows were alike at shorter lags alone.
    """

    correlation: Float[np.ndarray, " lags"]
    error: Float[np.ndarray, " lags"]


def likeness_length(
    values: Float[np.ndarray, "rows columns"], part: Int[np.ndarray, " rows"]
) -> int:
    """The lag from which on rows no longer resemble each other, in values or in magnitudes.

    Args:
      values: columns of mean 0, in the order of time.
      part: rows of one part follow each other in time; parts stand one after the other.

    Returns:
      Rows, 1 where none resembles the next one; a quarter of all rows is looked at, at most.
    """
    magnitudes = np.abs(values) - np.abs(values).mean(axis=0)
    return 1 + max(last_alike(correlogram(each, part)) for each in (values, magnitudes))


def last_alike(found: Correlogram) -> int:
    """The last lag at which rows are alike; 0 where there is none.

    A likeness that lasts ends where no correlation reaches `ALIKE` up to twice as far. One that
    returns later counts if it reaches `ALIKE` and is larger than chance makes any of all lags.
    """
    above = 1 + np.flatnonzero(found.correlation >= ALIKE)
    last = 0
    for lag in above.tolist():
        if lag > 2 * (last + 1):
            break
        last = lag
    # Bonferroni, over all lags of values and of magnitudes
    largest = norm.isf(CHANCE / 2 / len(found.error)) * found.error
    returns = above[found.correlation[above - 1] > largest[above - 1]]
    return int(returns.max(initial=last))


def correlogram(
    values: Float[np.ndarray, "rows columns"], part: Int[np.ndarray, " rows"]
) -> Correlogram:
    """Correlations at all lags up to a quarter of the rows.

    Source: Bartlett 1946, for the error at a lag where all correlations beyond it are 0.
    """
    begins = np.flatnonzero(np.diff(part, prepend=part[0] - 1))
    sizes = np.diff(begins, append=len(part))
    lags = np.arange(1, 1 + max(1, min(len(part) // 4, sizes.max() - 1)))
    product = np.zeros((len(lags) + 1, values.shape[1]))
    for rows in np.split(values, begins[1:]):
        padded = next_fast_len(len(rows) + len(lags))
        power = np.abs(np.fft.rfft(rows, padded, axis=0)) ** 2
        product += np.fft.irfft(power, padded, axis=0)[: len(lags) + 1]
    pairs = np.maximum(sizes, lags[:, None]).sum(axis=1) - lags * len(sizes)
    variance = np.maximum(product[0], 1e-12) / len(values)
    each = product[1:] / np.maximum(pairs, 1)[:, None] / variance
    weight = variance / variance.sum()
    # squares less what chance alone makes of them
    known = np.cumsum(np.square(each) - 1 / np.maximum(pairs, 1)[:, None], axis=0)
    shorter = 1 + 2 * np.maximum(0, np.vstack([np.zeros(len(weight)), known[:-1]]))
    return Correlogram(each @ weight, np.sqrt(shorter @ weight**2 / np.maximum(pairs, 1)))
