"""Statistics over seeds and runs: intervals, paired comparisons, corrections.

Convention for `[data_seeds, seeds]` tables: a data seed draws the data set, a seed the model.
Data seeds are the independent units. NaN and infinity raise ValueError everywhere (`holm`
excepted), so that a failed run cannot be dropped by accident: score it as what it reached.
"""

from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Num
from scipy.stats import binomtest, t, trim_mean, wilcoxon


class Interval(NamedTuple):
    """A point estimate and its confidence interval; low and high are NaN if there is none."""

    estimate: float
    low: float
    high: float


class Paired(NamedTuple):
    """Comparison of method a with method b on the same data seeds.

    Attributes:
      difference: mean of a - b with its interval.
      probability_better: share of pairs in which a > b, ties counted half.
      p_value: two-sided Wilcoxon signed-rank test; NaN for fewer than two pairs.
      pairs: their number; five or fewer can never reach p < .05.
    """

    difference: Interval
    probability_better: float
    p_value: float
    pairs: int


def interquartile_mean(values: Num[np.ndarray, "..."]) -> float:
    """Mean of all values without the lowest and the highest quarter (rounded down)."""
    return float(trim_mean(np.asarray_chkfinite(values).ravel(), 0.25))


def _interval(estimate: float, error: float, units: int, confidence: float) -> Interval:
    """Student-t interval around an estimate with a standard error from `units` units."""
    half = float(t.ppf((1 + confidence) / 2, units - 1)) * error
    return Interval(estimate, estimate - half, estimate + half)


def hierarchical_interval(
    values: Num[np.ndarray, "data_seeds seeds"],
    statistic: Literal["mean", "iqm"] = "mean",
    confidence: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Interval:
    """Mean or interquartile mean of all runs, with an interval for new data seeds.

    Data seeds are resampled with all their runs, the cluster bootstrap of Davison and Hinkley
    (1997), section 3.8; its standard error, times sqrt(n / (n - 1)) for n units, goes into a
    Student-t interval. With one data seed its model seeds are the units, and the interval
    speaks of that data set alone; a single run has none (NaN).

    Coverage measured at a nominal 95 %, for 4, 10 and 20 data seeds with 1 or 3 model seeds,
    Gaussian with and without a data-seed effect, and skewed like MCC with failures: 92 to 97 %.
    The percentile bootstrap over data seeds, then model seeds, covered 84 % (skewed, 4 data
    seeds) to 99 % (no data-seed effect).
    """
    values = np.asarray_chkfinite(values, dtype=float)
    units = values.T if len(values) == 1 else values
    if statistic not in ("mean", "iqm"):
        raise ValueError(f"statistic is 'mean' or 'iqm', got {statistic!r}")
    trimmed = 0.25 if statistic == "iqm" else 0.0
    estimate = float(trim_mean(units.ravel(), trimmed))
    n = len(units)
    if n < 2:
        return Interval(estimate, np.nan, np.nan)
    drawn = np.random.default_rng(seed).integers(n, size=(resamples, n))
    resampled = trim_mean(units[drawn].reshape(resamples, -1), trimmed, axis=1)
    error = float(np.std(resampled)) * np.sqrt(n / (n - 1))
    return _interval(estimate, error, n, confidence)


def success_rate(successes: Bool[np.ndarray, "..."], confidence: float = 0.95) -> Interval:
    """Share of successful runs with its Wilson score interval; a failed run is False.

    Raises:
      ValueError: for no runs at all.
    """
    if not np.size(successes):
        raise ValueError("a share of no runs means nothing")
    test = binomtest(int(np.sum(successes)), np.size(successes))
    low, high = test.proportion_ci(confidence, method="wilson")
    return Interval(float(test.statistic), float(low), float(high))


def paired_comparison(
    a: Num[np.ndarray, "data_seeds seeds_a"],
    b: Num[np.ndarray, "data_seeds seeds_b"],
    confidence: float = 0.95,
) -> Paired:
    """Compare two methods over the data seeds both were run on.

    Model seeds are averaged first, so that each data seed counts once. With one data seed the
    pairs are the model seeds, which supposes that a seed means the same for both methods.

    Raises:
      ValueError: NaN or infinity, or different data seeds (different seeds where those pair).
    """
    a, b = np.asarray_chkfinite(a, dtype=float), np.asarray_chkfinite(b, dtype=float)
    a, b = (v[0] if len(v) == 1 else v.mean(axis=1) for v in (a, b))
    if a.shape != b.shape:
        raise ValueError(f"a and b are to be paired, but have {len(a)} and {len(b)} units")
    difference = a - b
    if len(difference) < 2:
        p_value = np.nan
    elif not difference.any():
        p_value = 1.0  # the statistic is 0 / 0
    else:
        p_value = wilcoxon(difference).pvalue  # pyright: ignore[reportAttributeAccessIssue]
    better = float(np.mean((difference > 0) + (difference == 0) / 2))
    interval = hierarchical_interval(difference[:, None], confidence=confidence)
    return Paired(interval, better, float(p_value), len(difference))


def holm(p_values: Float[np.ndarray, " tests"]) -> Float[np.ndarray, " tests"]:
    """Holm's (1979) step-down correction: p-values adjusted for the number of tests.

    NaN stays NaN and does not count as a test.
    """
    p_values = np.asarray(p_values, dtype=float)
    order = np.argsort(p_values)[: (~np.isnan(p_values)).sum()]  # NaN sorts last
    stepped = p_values[order] * np.arange(len(order), 0, -1)
    adjusted = np.full_like(p_values, np.nan)
    adjusted[order] = np.minimum(np.maximum.accumulate(stepped), 1)
    return adjusted


def agreement_interval(
    pairwise: Num[np.ndarray, "runs runs"], confidence: float = 0.95
) -> Interval:
    """Mean agreement over all pairs of different runs, with an interval over runs.

    The standard error is the jackknife's, leaving out one run with all its pairs (Arvesen
    1969, for U-statistics), in a Student-t interval. Pairs are not independent: at a nominal
    95 %, for 4 to 20 runs whose quality varies smoothly, resampling pairs covered 32 to 53 %,
    a percentile bootstrap over runs 75 to 92 %, this 95 to 96 %. Where a quarter of the runs
    fails outright it covers 64 % with 4 runs, since often none of them does, and 93 % with 10.
    Fewer than three runs have no interval (NaN). The diagonal is not read.
    """
    pairwise = np.array(pairwise, dtype=float)
    runs = len(pairwise)
    if runs < 2:
        raise ValueError("agreement needs at least two runs")
    np.fill_diagonal(pairwise, 0.0)
    total = np.asarray_chkfinite(pairwise).sum()
    estimate = float(total / (runs * (runs - 1)))
    if runs < 3:
        return Interval(estimate, np.nan, np.nan)
    both_ways = pairwise.sum(axis=0) + pairwise.sum(axis=1)
    without = (total - both_ways) / ((runs - 1) * (runs - 2))
    error = np.sqrt((runs - 1) * np.var(without))
    return _interval(estimate, float(error), runs, confidence)
