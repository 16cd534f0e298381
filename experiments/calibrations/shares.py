"""Coverage of the interval of the share of runs that succeed."""

import functools
from collections.abc import Iterator

import numpy as np

from experiments.calibrations._case import COVERAGE, INTERVALS, Case, covers
from ivaegan_jax.metrics.statistics import success_rate

INDEPENDENT = [(10, 1), (30, 1)]
CLUSTERED = [(10, 2), (10, 3), (30, 2), (30, 3)]
"""Data seeds and model seeds."""

DISCRETE = "10 runs allow .914 or .988, nothing between"
"""At a rate of .05: whether the interval of two successes holds it or not."""


def share_covers(
    rate: float, correlation: float, shape: tuple[int, int], rng: np.random.Generator
) -> bool:
    """Runs that succeed at a rate, those of one data seed alike by this intraclass correlation."""
    of_data_seed = np.full((shape[0], 1), rate)
    if correlation:
        both = 1 / correlation - 1  # parameters of a beta distribution with this correlation
        of_data_seed = rng.beta(rate * both, (1 - rate) * both, size=of_data_seed.shape)
    return covers(success_rate(rng.random(shape) < of_data_seed), rate)


def cases() -> Iterator[Case]:
    """All of them."""
    for correlation, shapes in ((0.0, INDEPENDENT), (0.5, CLUSTERED), (0.9, CLUSTERED)):
        for shape in shapes:
            for rate in (0.05, 0.5, 0.9):
                setting = f"rate {rate}, {shape[0]} x {shape[1]}, correlation {correlation:g}"
                happens = functools.partial(share_covers, rate, correlation, shape)
                limit = DISCRETE if (rate, shape) == (0.05, (10, 1)) else ""
                yield Case(INTERVALS, "success", setting, happens, COVERAGE, 5000, 0.95, limit)
