"""Whether x carries u, and in how many ways u moves x."""

import itertools

import numpy as np
import pytest

from ivaegan_jax.data.dependence.nulls import Structure, make_null
from ivaegan_jax.doctor.auxiliary import FEW_ROWS
from ivaegan_jax.doctor.classifier import fit_and_predict
from ivaegan_jax.doctor.dependence import check_u_in_x, check_x_from_u
from ivaegan_jax.doctor.guess import guess_u, permutation_p
from ivaegan_jax.doctor.modulation import (
    check_modulation,
    modulation_ranks,
    moments,
    rank_beyond_chance,
)
from ivaegan_jax.doctor.sample import cells, draw_sample, random_rows

LEVELS, ROWS = 8, 1600


def modulated(means=0, variances=0, seed=1):
    """Four rotated sources; u moves the means of some and the variances of as many as said."""
    rng = np.random.default_rng(seed)
    u = rng.integers(0, LEVELS, ROWS).astype(np.int32)
    centre, log_std = 2 * rng.normal(size=(LEVELS, 4)), rng.normal(size=(LEVELS, 4))
    centre[:, means:] = log_std[:, variances:] = 0
    s = rng.normal(size=(ROWS, 4)) * np.exp(log_std[u]) + centre[u]
    rotation = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    return draw_sample((s @ rotation).astype(np.float32), u)


def test_levels_of_few_rows_are_left_out_and_the_others_renumbered():
    u = np.repeat([0, 1, 2], [FEW_ROWS, FEW_ROWS - 1, 100]).astype(np.int32)
    sample = draw_sample(np.random.default_rng(0).normal(size=(len(u), 2)).astype("f4"), u)
    assert np.bincount(sample.u[sample.u >= 0]).tolist() == [FEW_ROWS, 100]
    assert np.sum(sample.u < 0) == FEW_ROWS - 1
    assert (sample.seen, sample.levels) == (2, 3)


def test_no_level_with_rows_enough_is_lost_by_sampling():
    u = np.repeat(np.arange(41), [*[5000] * 39, 40, 20]).astype(np.int32)
    drawn = u[random_rows(u, 20_000)]
    counts = np.bincount(drawn)
    assert len(drawn) == pytest.approx(20_000, rel=0.01)
    assert counts[39] == 40
    assert len(counts) == 40  # the last has too few rows to be looked at
    assert np.ptp(counts[:39]) <= 1


def test_of_more_levels_than_there_is_room_for_some_are_drawn_whole():
    u = np.repeat(np.arange(50_000, dtype=np.int32), 40)
    counts = np.bincount(u[random_rows(u, 20_000)])
    assert set(counts[counts > 0]) == {40}
    assert np.sum(counts > 0) == 333


def test_cells_of_a_continuous_u_are_neighbourhoods():
    u = np.random.default_rng(0).uniform(size=(800, 1)).astype(np.float32)
    found = cells(u)
    assert len(np.unique(found)) == 8
    bounds = sorted((u[found == i].min(), u[found == i].max()) for i in range(8))
    assert all(one[1] < other[0] for one, other in itertools.pairwise(bounds))
    assert len(np.unique(cells(u.round()))) == 2


def test_moments_by_hand():
    x = np.array([1.0, 3, -2, -4])[:, None]
    found = moments(x, np.array([0, 0, 1, 1], np.int32), 3)
    mean = (2 + 0.5) / np.sqrt(7.25)  # of the first level, from the mean of all
    np.testing.assert_allclose(found[:, 0], np.sqrt(2) * np.array([mean, -mean, 0]))
    np.testing.assert_allclose(found[:, 1], 0, atol=1e-12)
    np.testing.assert_allclose(found, moments(7 * x + 5, np.array([0, 0, 1, 1]), 3), atol=1e-9)


def test_log_variances_are_in_units_of_their_standard_error():
    rng = np.random.default_rng(0)
    found = moments(rng.laplace(size=(40_000, 1)), rng.integers(0, 400, 40_000), 400)
    np.testing.assert_allclose(found.std(axis=0), 1, atol=0.15)


@pytest.mark.parametrize(("rank"), [0, 1, 3])
def test_a_rank_is_that_of_the_signal(rank):
    rng = np.random.default_rng(rank)
    signal = 20 * rng.normal(size=(12, rank)) @ rng.normal(size=(rank, 5))
    null = make_null(np.arange(9), Structure("rows"), 99)
    matrix, chance = signal + rng.normal(size=(12, 5)), rng.normal(size=(99, 12, 5))
    assert rank_beyond_chance(matrix, chance, null) == rank


@pytest.mark.parametrize(("means", "variances"), [(0, 0), (2, 0), (0, 3), (3, 2)])
def test_ranks_are_those_that_made_the_data(means, variances):
    ranks = modulation_ranks(modulated(means, variances))
    # moments of rotated sources may show more ways, never fewer
    assert ranks.means >= means
    assert ranks.log_variances >= variances
    assert ranks.ways >= max(means, variances)
    assert (ranks.ways == 0) == (means == variances == 0)


def test_ranks_do_not_exceed_the_levels_less_one():
    sample = modulated(means=4)
    two = sample._replace(u=(sample.u > 3).astype(int))
    assert modulation_ranks(two).ways == 1


@pytest.mark.parametrize("kind", [{"means": 1}, {"variances": 1}])
def test_x_that_carries_u_is_found(kind):
    found = guess_u(modulated(**kind))
    assert found.p_value == pytest.approx(1e-3)
    assert 0 < found.bits < found.entropy
    assert found.accuracy > found.largest


def test_a_label_in_x_is_found_bit_by_bit():
    u = np.arange(400, dtype=np.int32) % 2
    found = guess_u(draw_sample(np.c_[u, u].astype(np.float32), u))
    assert found.accuracy == 1
    assert found.largest == 0.5
    assert found.entropy == pytest.approx(1)
    assert 0.9 < found.bits <= 1


def test_one_frequent_level_does_not_hide_the_others():
    rng = np.random.default_rng(0)
    u = (rng.uniform(size=2000) < 0.1).astype(np.int32)
    found = guess_u(draw_sample((rng.normal(size=(2000, 2)) + 0.7 * u[:, None]).astype("f4"), u))
    assert found.p_value < 0.01
    assert found.accuracy < found.largest + 0.02


def test_the_p_value_is_the_share_of_permutations():
    """Two rows: the pairing as found and the other one are equally likely."""
    score = np.eye(2)
    u = np.array([0, 1], np.int32)
    assert permutation_p(score, u, seed=0) == pytest.approx(0.5, abs=0.1)
    assert permutation_p(score, u[::-1], seed=0) == 1


def test_findings_block_where_nothing_is_found():
    nothing, much = modulated(), modulated(variances=4)
    for continuous in (False, True):
        assert check_u_in_x(nothing, continuous).severity == "blocks"
        assert check_modulation(nothing, 4, continuous).severity == "blocks"
        assert check_u_in_x(much, continuous).severity == "fine"
        assert check_modulation(much, 4, continuous).severity == "fine"
    assert check_modulation(modulated(means=1), 4, False).severity == "warn"


def test_a_component_constant_within_a_level_is_no_error():
    sample = modulated(variances=2)
    x = np.where((sample.u == 0)[:, None], 0.0, sample.x)
    assert modulation_ranks(sample._replace(x=x)).ways >= 2
    assert guess_u(sample._replace(x=x)).p_value < 0.01


def test_the_classifier_is_the_library_s():
    from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis

    rng = np.random.default_rng(0)
    u = rng.integers(0, 4, 400)
    x = rng.normal(size=(400, 3)) * (1 + u[:, None]) + u[:, None]
    new = rng.normal(size=(50, 3))
    theirs = QuadraticDiscriminantAnalysis(reg_param=0.1).fit(x, u).predict_proba(new)
    np.testing.assert_allclose(fit_and_predict(x, u, new, 4), theirs, rtol=1e-6)
    with_empty = fit_and_predict(x, 2 * u, new, 7)
    np.testing.assert_allclose(with_empty[:, ::2], theirs, rtol=1e-6)
    assert not with_empty[:, 1::2].any()


@pytest.mark.parametrize(("noise", "severity"), [(1.0, "fine"), (0.01, "warn")])
def test_how_much_of_x_u_explains(noise, severity):
    rng = np.random.default_rng(0)
    u = np.arange(2000, dtype=np.int32) % 2  # of a period that halves of the table would miss
    x = (u[:, None] * 2.0 - 1 + noise * rng.normal(size=(2000, 2))).astype(np.float32)
    found = check_x_from_u(x, u, draw_sample(x, u))
    assert found.severity == severity
    assert found.values["share"] == pytest.approx(1 / (1 + noise**2), abs=0.05)
