"""Means and differences over re-splits of one table, which share rows."""

import functools
from collections.abc import Iterator

import numpy as np

from experiments.calibrations._case import AT_MOST, COVERAGE, FALSE_ALARMS, INTERVALS, Case, covers
from ivaegan_jax.metrics.statistics import hierarchical_interval, paired_comparison

TRAIN, TEST = 320, 40
"""Rows, as a table is split by default; as many as test rows are held out for choices."""

SHARED = TEST / TRAIN


def scores(columns: np.ndarray, splits: int, rng: np.random.Generator) -> np.ndarray:
    """Test scores `[splits, methods]` of methods that predict a column by its training mean."""
    found = []
    for _ in range(splits):
        order = rng.permutation(len(columns))
        train, test = columns[order[:TRAIN]], columns[order[-TEST:]]
        found.append(-np.square(test - train.mean(axis=0)).mean(axis=0))
    return np.array(found)


def table(methods: int, rng: np.random.Generator) -> np.ndarray:
    """A new table; all columns are alike, so that no method is better."""
    return rng.normal(size=(TRAIN + 2 * TEST, methods))


def mean_covers(splits: int, rng: np.random.Generator) -> bool:
    """Whether the interval holds the score that a method has on new tables."""
    values = scores(table(1, rng), splits, rng)
    return covers(hierarchical_interval(values, shared=SHARED), -(1 + 1 / TRAIN))


def differ(splits: int, rng: np.random.Generator) -> bool:
    """Whether two methods that are equally good are found to differ."""
    a, b = scores(table(2, rng), splits, rng).T
    return paired_comparison(a[:, None], b[:, None], shared=SHARED).p_value < 0.05


def cases() -> Iterator[Case]:
    """All of them."""
    for splits in (5, 10, 30):
        happens = functools.partial(mean_covers, splits)
        yield Case(INTERVALS, "re-splits", f"mean over {splits}", happens, COVERAGE, 1000, 0.95)
    for splits in (5, 10, 30):
        happens = functools.partial(differ, splits)
        setting = f"difference over {splits}"
        yield Case(FALSE_ALARMS, "re-splits", setting, happens, AT_MOST, 1000, 0.05)
