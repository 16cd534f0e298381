"""Coverage of the intervals of means over runs and of paired differences."""

import functools
from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np

from experiments.calibrations._case import COVERAGE, INTERVALS, Case, covers
from ivaegan_jax.evaluation import Score
from ivaegan_jax.metrics.statistics import (
    hierarchical_interval,
    interquartile_mean,
    paired_comparison,
)
from ivaegan_jax.report import estimates

SHAPES = [(10, 1), (10, 2), (10, 3), (30, 1), (30, 2), (30, 3), (1, 10), (1, 30)]
"""Data seeds and model seeds."""

LOST = 0.3
"""What a failed run loses of its MCC."""


def gaussian(rng: np.random.Generator, data_seeds: int, seeds: int) -> np.ndarray:
    """Independent scores `[data_seeds, seeds]`, mean 0."""
    return rng.normal(size=(data_seeds, seeds))


def clustered(rng: np.random.Generator, data_seeds: int, seeds: int) -> np.ndarray:
    """Gaussian scores that differ three times as much between data seeds as within them."""
    return 3 * rng.normal(size=(data_seeds, 1)) + rng.normal(size=(data_seeds, seeds))


def skewed(rng: np.random.Generator, data_seeds: int, seeds: int) -> np.ndarray:
    """Like an MCC: a data seed has a quality of .8 on average, and 15 % of the runs fail."""
    quality = rng.beta(8, 2, size=(data_seeds, 1))
    return quality - LOST * (rng.random((data_seeds, seeds)) < 0.15)


def rarely_failing(rng: np.random.Generator, data_seeds: int, seeds: int) -> np.ndarray:
    """All runs are near .98, but those of one data seed in ten fail."""
    quality = 0.98 + 0.005 * rng.normal(size=(data_seeds, seeds))
    return quality - LOST * (rng.random((data_seeds, 1)) < 0.1)


SCORES = {
    "Gaussian": gaussian,
    "strong data seeds": clustered,
    "skewed, 15 % fail": skewed,
    "10 % of data seeds fail": rarely_failing,
}

COMMON = list(SCORES)[:3]
"""Those that intervals are to hold for."""


@functools.cache
def truth_of(kind: str, statistic: str) -> float:
    """Mean, or interquartile mean, of the scores of all runs that there could be."""
    if kind in ("Gaussian", "strong data seeds"):
        return 0.0
    if statistic == "mean":
        return 8 / (8 + 2) - LOST * 0.15 if kind == "skewed, 15 % fail" else 0.98 - LOST * 0.1
    return interquartile_mean(SCORES[kind](np.random.default_rng(0), 1_000_000, 1))


def mean_covers(
    kind: str,
    statistic: Literal["mean", "iqm"],
    shape: tuple[int, int],
    rng: np.random.Generator,
) -> bool:
    """One table of runs; those of a single data seed vary as data seeds with one run do."""
    data_seeds, seeds = shape
    draw = SCORES[kind]
    values = draw(rng, seeds, 1).T if data_seeds == 1 else draw(rng, data_seeds, seeds)
    return covers(hierarchical_interval(values, statistic), truth_of(kind, statistic))


def uneven_mean_covers(kind: str, data_seeds: int, rng: np.random.Generator) -> bool:
    """Recorded scores of one to three runs per data seed, by chance."""
    values = SCORES[kind](rng, data_seeds, 3)
    results = [
        Score(metric="score", label="one", data_seed=i, seed=j, split="test", value=values[i, j])
        for i, count in enumerate(rng.integers(1, 4, data_seeds))
        for j in range(count)
    ]
    found = estimates.interval(results, "score", "one")
    assert found is not None
    return covers(found, truth_of(kind, "mean"))


def difference_covers(
    kind: str, seeds: Sequence[int], data_seeds: int, rng: np.random.Generator
) -> bool:
    """Two methods on the same data seeds, the second worse by a quarter."""
    shared = rng.normal(size=(data_seeds, 1))
    a, b = (SCORES[kind](rng, data_seeds, count) + shared for count in seeds)
    return covers(paired_comparison(a, b - 0.25).difference, 0.25)


def cases() -> Iterator[Case]:
    """All of them."""
    make = functools.partial(Case, INTERVALS, band=COVERAGE, repeats=1000, nominal=0.95)
    for statistic in ("mean", "iqm"):
        for kind in COMMON:
            for shape in SHAPES:
                setting = f"{kind}, {shape[0]} x {shape[1]}"
                yield make(
                    statistic, setting, functools.partial(mean_covers, kind, statistic, shape)
                )
    for data_seeds in (10, 30):
        kind = "10 % of data seeds fail"
        happens = functools.partial(mean_covers, kind, "mean", (data_seeds, 1))
        yield make(
            "mean", f"{kind}, {data_seeds} x 1", happens, limit="few failures are seen, or none"
        )
    for kind in COMMON:
        for data_seeds in (10, 30):
            happens = functools.partial(uneven_mean_covers, kind, data_seeds)
            yield make("mean", f"{kind}, {data_seeds} x 1 to 3", happens)
    for kind in COMMON:
        for data_seeds, *seeds in ((10, 1, 1), (10, 2, 1), (30, 1, 1), (30, 2, 1)):
            setting = f"{kind}, {data_seeds} data seeds, {seeds[0]} and {seeds[1]} runs"
            happens = functools.partial(difference_covers, kind, seeds, data_seeds)
            yield make("difference", setting, happens)
