import numpy as np
import pytest
from scipy.stats import t

from ivaegan_jax.metrics.statistics import (
    agreement_interval,
    hierarchical_interval,
    holm,
    interquartile_mean,
    mean_agreement_interval,
    paired_comparison,
    success_rate,
)

RNG = np.random.default_rng(0)


def test_interquartile_mean_by_hand():
    assert interquartile_mean(np.array([100.0, 2, 3, -50])) == 2.5
    assert interquartile_mean(np.array([[0.0, 1, 2, 3], [4, 5, 6, 700]])) == 3.5


def test_interval_of_the_mean_is_students():
    values = RNG.normal(size=(12, 1))
    estimate, low, high = hierarchical_interval(values, resamples=20_000)
    assert estimate == pytest.approx(values.mean())
    half = t.ppf(0.975, 11) * values.std(ddof=1) / 12**0.5
    assert (high - low) / 2 == pytest.approx(half, rel=0.02)


def test_data_seeds_are_the_units():
    one_seed = np.repeat(RNG.normal(size=(6, 1)), 50, axis=1)
    assert hierarchical_interval(one_seed) == pytest.approx(hierarchical_interval(one_seed[:, :1]))


def test_one_data_seed_resamples_model_seeds():
    values = RNG.normal(size=(1, 9))
    assert hierarchical_interval(values) == pytest.approx(hierarchical_interval(values.T))


def test_a_single_run_has_no_interval():
    estimate, low, high = hierarchical_interval(np.array([[0.7]]))
    assert estimate == pytest.approx(0.7)
    assert np.isnan([low, high]).all()


def test_iqm_interval_ignores_outliers_and_repeats():
    values = RNG.normal(size=(20, 3))
    values[0, 0] = 1e6
    interval = hierarchical_interval(values, "iqm")
    assert interval == hierarchical_interval(values, "iqm")
    assert interval.estimate == pytest.approx(interquartile_mean(values))
    assert -2 < interval.low < interval.estimate < interval.high < 2


def test_more_confidence_is_wider():
    values = RNG.normal(size=(8, 2))
    narrow, wide = (hierarchical_interval(values, confidence=c) for c in (0.5, 0.99))
    assert wide.low < narrow.low < narrow.high < wide.high


def test_resplits_of_one_table_have_the_factor_of_nadeau_and_bengio():
    values, shared = RNG.normal(size=(10, 1)), 0.125
    plain = hierarchical_interval(values, resamples=20_000)
    corrected = hierarchical_interval(values, resamples=20_000, shared=shared)
    ratio = (corrected.high - corrected.low) / (plain.high - plain.low)
    assert ratio == pytest.approx((1 + 10 * shared) ** 0.5)
    found = paired_comparison(values, np.zeros((10, 1)), shared=shared)
    statistic = values.mean() / (values.std(ddof=1) * (1 / 10 + shared) ** 0.5)
    assert found.p_value == pytest.approx(2 * t.sf(abs(statistic), 9))
    assert found.difference.high == pytest.approx(corrected.high, abs=0.02)
    one = values.T
    assert hierarchical_interval(one, shared=shared) == hierarchical_interval(one)


def test_success_rate_is_wilsons():
    estimate, low, high = success_rate(np.array([True] * 8 + [False] * 2))
    assert estimate == 0.8
    # (p + z^2 / 2n +- z sqrt(p q / n + z^2 / 4n^2)) / (1 + z^2 / n), z = 1.96
    assert (low, high) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert success_rate(np.ones(5, bool)).high == 1
    with pytest.raises(ValueError, match="no runs"):
        success_rate(np.zeros(0, bool))


def test_clustered_successes_count_as_fewer_runs():
    alike = np.repeat([[True], [True], [False], [True]], 3, axis=1)
    assert success_rate(alike) == pytest.approx(success_rate(alike[:, 0]))
    always = np.ones((5, 4), bool)
    assert success_rate(always) == pytest.approx(success_rate(always[:, 0]))
    assert success_rate(alike[:, :1].T) == pytest.approx(success_rate(alike[:, 0]))
    mixed = np.tile([True, False], (6, 2))  # no data seed is better: all runs count
    assert success_rate(mixed) == pytest.approx(success_rate(mixed.ravel()))


def test_runs_that_are_not_there_are_no_failures():
    present = np.array([[True, True], [True, False], [True, False]])
    estimate = success_rate(
        np.array([[True, False], [True, False], [True, True]]), present
    ).estimate
    assert estimate == pytest.approx(3 / 4)


def test_paired_comparison_by_hand():
    a = np.array([[0.9, 0.7], [0.6, 0.6], [0.5, 0.9], [0.4, 0.2], [0.8, 0.8]])
    b = np.array([[0.7], [0.5], [0.4], [0.32], [0.4]])  # differences .1 .1 .3 -.02 .4
    result = paired_comparison(a, b)
    assert result.pairs == 5
    assert result.difference.estimate == pytest.approx(0.176)
    assert result.probability_better == pytest.approx(0.8)
    # ranks 2.5 2.5 4 -1 5: of 32 sign patterns, two have a negative sum of at most 1
    assert result.p_value == pytest.approx(2 * 2 / 32)


def test_paired_comparison_averages_model_seeds_and_is_antisymmetric():
    a, b = RNG.normal(size=(8, 3)), RNG.normal(size=(8, 2)) - 0.5
    there, back = paired_comparison(a, b), paired_comparison(b, a)
    assert there.difference.estimate == pytest.approx(a.mean() - b.mean())
    assert there.difference.low == pytest.approx(-back.difference.high)
    assert there.probability_better == pytest.approx(1 - back.probability_better)
    assert there.p_value == pytest.approx(back.p_value)


def test_paired_comparison_with_one_data_seed_pairs_model_seeds():
    a, b = RNG.normal(size=(1, 7)), RNG.normal(size=(1, 7))
    assert paired_comparison(a, b) == paired_comparison(a.T, b.T)
    with pytest.raises(ValueError, match="7 and 6 units"):
        paired_comparison(a, b[:, :6])


def test_paired_comparison_of_equal_and_of_single_runs():
    same = paired_comparison(np.ones((5, 2)), np.ones((5, 3)))
    assert (same.p_value, same.probability_better) == (1, 0.5)
    single = paired_comparison(np.ones((1, 1)), np.zeros((1, 1)))
    assert single.pairs == 1
    assert np.isnan([single.p_value, single.difference.low]).all()


def test_five_pairs_never_reach_significance():
    assert paired_comparison(np.arange(1.0, 6)[:, None], np.zeros((5, 1))).p_value > 0.05


def test_holm_by_hand():
    adjusted = holm(np.array([0.01, 0.04, 0.03, 0.005]))
    np.testing.assert_allclose(adjusted, [0.03, 0.06, 0.06, 0.02])
    np.testing.assert_allclose(holm(np.array([0.6, np.nan, 0.02])), [0.6, np.nan, 0.04])
    np.testing.assert_allclose(holm(np.array([0.6, 0.7])), [1, 1])
    assert np.isnan(holm(np.array([np.nan]))).all()


def test_agreement_is_the_mean_over_pairs_without_the_diagonal():
    pairwise = np.array([[1, 0.44, 0.45], [0.44, 1, 0.46], [0.45, 0.46, 1]])
    interval = agreement_interval(pairwise)
    assert interval.estimate == pytest.approx(0.45)
    # without a run .46, .45, .44: angles .7454, .7353, .7253; jackknife error .01160, t(2) = 4.3027
    assert interval.low == pytest.approx(np.sin(0.7353 - 4.3027 * 0.01160) ** 2, abs=1e-4)
    assert interval.high == pytest.approx(np.sin(0.7353 + 4.3027 * 0.01160) ** 2, abs=1e-4)
    np.fill_diagonal(pairwise, np.nan)
    assert agreement_interval(pairwise) == interval


def test_the_agreement_of_several_data_seeds_has_their_degrees_of_freedom():
    one = 0.5 + 0.01 * np.array([[0, 1, 2], [1, 0, 3], [2, 3, 0]])
    alone, four = agreement_interval(one), mean_agreement_interval([one] * 4)
    assert four.estimate == pytest.approx(alone.estimate)
    ratio = t.ppf(0.975, 4 * 2) / t.ppf(0.975, 2) / 4**0.5
    assert (four.high - four.low) / (alone.high - alone.low) == pytest.approx(ratio, rel=0.01)
    assert np.isnan(mean_agreement_interval([one, one[:2, :2]]).low)


def test_an_agreement_interval_stays_between_0_and_1():
    pairwise = np.array([[1, 0.9, 0.1], [0.9, 1, 0.2], [0.1, 0.2, 1]])
    assert agreement_interval(pairwise)[1:] == pytest.approx((0, 1))
    assert agreement_interval(np.ones((4, 4))) == pytest.approx((1, 1, 1))


def test_two_runs_have_no_agreement_interval():
    interval = agreement_interval(np.array([[1, 0.3], [0.3, 1]]))
    assert interval.estimate == pytest.approx(0.3)
    assert np.isnan([interval.low, interval.high]).all()
    with pytest.raises(ValueError, match="two runs"):
        agreement_interval(np.ones((1, 1)))


def test_failed_runs_are_never_dropped():
    bad = np.array([[0.5, np.nan], [0.5, 0.6]])
    for function in (hierarchical_interval, interquartile_mean, agreement_interval):
        with pytest.raises(ValueError, match="infs or NaNs"):
            function(bad)
    with pytest.raises(ValueError, match="infs or NaNs"):
        paired_comparison(bad, bad)
    with pytest.raises((ValueError, TypeError), match="'mean'"):
        hierarchical_interval(np.ones((2, 2)), "median")  # pyright: ignore[reportArgumentType]
