"""How long rows resemble each other: closed forms, oscillations that return, and chance."""

import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.stats import binom

from ivaegan_jax.data.dependence.likeness import (
    ALIKE,
    CHANCE,
    correlogram,
    last_alike,
    likeness_length,
)
from ivaegan_jax.data.dependence.measure import dependence
from ivaegan_jax.data.splits.proposal import propose_split
from ivaegan_jax.types import Auxiliary, Dataset

ROWS = 3000
ONE = np.zeros(ROWS, int)
TRIALS = np.random.default_rng(1).integers(0, 4, ROWS)


def filtered(denominator, seed, rows=ROWS, columns=3):
    """Stationary autoregressions of variance 1."""
    noise = np.random.default_rng(seed).normal(size=(rows + 1000, columns))
    made = lfilter([1], denominator, noise, axis=0)[1000:]
    return (made - made.mean(axis=0)) / made.std(axis=0)


def oscillating(radius, period, seed, rows=ROWS):
    """AR(2) of correlation radius^k cos(2 pi k / period), about."""
    return filtered([1, -2 * radius * np.cos(2 * np.pi / period), radius**2], seed, rows)


def test_correlations_are_those_of_rows_within_parts():
    rng = np.random.default_rng(0)
    values, part = rng.normal(size=(60, 2)) * [1, 3], np.repeat([4, 1, 7], [30, 9, 21])
    values -= values.mean(axis=0)
    found = correlogram(values, part)
    assert len(found.correlation) == 15
    for lag in (1, 8, 9, 15):
        same = part[lag:] == part[:-lag]
        product = (values[lag:] * values[:-lag])[same].mean(axis=0).sum()
        expected = product / np.square(values).mean(axis=0).sum()
        assert found.correlation[lag - 1] == pytest.approx(expected)


def test_errors_are_bartletts():
    found = correlogram(filtered([1, -0.8], 0, 50_000, 1), np.zeros(50_000, int))
    # white noise 1 / sqrt(n); an AR(1) beyond its likeness sqrt((1 + a^2) / (1 - a^2) / n)
    assert found.error[0] == pytest.approx(50_000**-0.5, rel=0.01)
    assert found.error[200] == pytest.approx((1.64 / 0.36 / 50_000) ** 0.5, rel=0.1)
    white = [correlogram(filtered([1], seed, 400), np.zeros(400, int)) for seed in range(100)]
    spread = np.std([each.correlation[30] for each in white])
    assert spread == pytest.approx(white[0].error[30], rel=0.25)


@pytest.mark.parametrize("denominator", [[1], [1, -0.5], [1, -1.6, 0.81]])
def test_chance_returns_no_more_often_than_it_should(denominator):
    """In 400 rows correlations above `ALIKE` are frequent at any lag."""
    part, draws = np.zeros(400, int), 100
    after = 40  # true correlations are below .02 from here on
    found = [correlogram(filtered(denominator, seed, 400, 1), part) for seed in range(draws)]
    assert np.mean([(each.correlation[after:] > ALIKE).any() for each in found]) > 0.5
    late = sum(last_alike(each) > after for each in found)
    assert late <= binom.isf(1e-3, draws, CHANCE)


@pytest.mark.parametrize(
    ("radius", "period", "least"), [(0.97, 35, 35), (0.9, 12, 12), (0.99, 50, 100)]
)
def test_an_oscillation_is_alike_until_its_last_return(radius, period, least):
    for seed in range(3):
        length = likeness_length(oscillating(radius, period, seed), ONE)
        faded = np.log(ALIKE / 2) / np.log(radius)
        assert least <= length <= faded + period / 2
        parts = likeness_length(oscillating(radius, period, seed), np.arange(ROWS) // 1000)
        assert 0.8 * least <= parts <= faded + period / 2


@pytest.mark.parametrize("period", [40, 200])
def test_an_oscillation_that_never_fades_is_alike_for_many_periods(period):
    wave = np.sin(2 * np.pi * np.arange(ROWS) / period)[:, None]
    x = wave + np.random.default_rng(period).normal(size=(ROWS, 3))
    assert dependence(x.astype(np.float32), TRIALS).length > 2 * period
    alone = np.random.default_rng(period).normal(size=(ROWS, 3))
    assert dependence(alone.astype(np.float32), TRIALS).length == 1


def test_blocks_and_gaps_are_as_long_as_an_oscillation():
    """A recording as of an exercise: it changes sign within 6 rows and returns after 35."""
    x = oscillating(0.985, 35, 0, 6000).astype(np.float32)
    u = (np.arange(6000) // 200 % 5).astype(np.int32)
    found = dependence(x, u)
    assert 35 <= found.length <= 200
    how = propose_split(Dataset("recording", x, Auxiliary.categorical(u))).how
    assert how.kind == "blocks"
    assert 35 <= how.gap <= how.length
