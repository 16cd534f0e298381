import numpy as np
import pytest
from scipy.stats import ortho_group

from ivaegan_jax.metrics.modulation import (
    by_level,
    levels_or_cells,
    modulated_rank,
    power_of_rank,
    rank_above_noise,
    rank_of_moments,
)

CODE = np.repeat(np.arange(12), 100)
LEVELS = by_level(CODE)


def found(std, mean=0.0, seed=0, learned=None):
    """The rank on Gaussian latents with these moments per level, the prior being the true one."""
    rng = np.random.default_rng(seed)
    mean = np.broadcast_to(mean, (len(CODE), std.shape[1]))
    z = mean + std[CODE] * rng.normal(size=mean.shape)
    variance = np.square(std if learned is None else learned)[CODE]
    return modulated_rank(z, mean, variance, LEVELS)


def test_levels_are_numbered_from_0_and_their_means_are_those_of_their_rows():
    code = np.array([7, 4, 7, 9, 4, 7])
    levels = by_level(code)
    assert levels.counts.tolist() == [2, 3, 1]
    values = np.arange(12.0).reshape(6, 2)
    np.testing.assert_allclose(levels.means(values), [[5, 6], [14 / 3, 17 / 3], [6, 7]])


@pytest.mark.parametrize("rank", range(5))
def test_a_matrix_of_known_rank_with_small_noise(rank):
    rng = np.random.default_rng(10 + rank)
    left = ortho_group.rvs(4, random_state=rng)
    matrix = (left * (np.arange(4) < rank)) @ ortho_group.rvs(4, random_state=rng)
    noise = 0.02 * rng.normal(size=(201, 4, 4))
    assert rank_above_noise(matrix + noise[0], noise[1:], most=11).rank == rank
    assert rank_above_noise(matrix + noise[0], noise[1:], most=2).rank == min(rank, 2)


def test_singular_values_are_those_of_the_matrix():
    result = rank_above_noise(np.diag([3.0, 2.0]), np.zeros((10, 2, 2)), most=2)
    np.testing.assert_allclose(result.singular, [3, 2])
    assert (result.rank, result.noise) == (2, pytest.approx(0, abs=1e-6))


def test_the_rank_of_modulated_latents():
    rng = np.random.default_rng(5)
    std = rng.uniform(0.5, 3, (12, 3))
    assert found(std).rank == 3
    std[:, 2] = 2 * std[:, 0]  # two variances in proportion leave these latents mixed
    assert found(std).rank == 2
    means = rng.uniform(-3, 3, (12, 3))[CODE]
    assert found(np.ones((12, 3)), means).rank == 0


def test_a_factor_that_all_levels_share_changes_nothing():
    std = np.random.default_rng(6).uniform(0.5, 3, (12, 3))
    ours, other = found(std), found(std, learned=std * [2.0, 0.1, 1.0])
    assert other.inflation == pytest.approx(ours.inflation)
    assert other.rank == ours.rank == 3


def test_levels_of_few_rows_tell_as_much_together():
    """60 levels of 12 rows: a level alone says nothing, all of them together do."""
    rng = np.random.default_rng(7)
    code = np.repeat(np.arange(60), 12)
    std = rng.uniform(0.5, 3, (60, 5))
    z = std[code] * rng.normal(size=(len(code), 5))
    assert modulated_rank(z, 0 * z, np.square(std)[code], by_level(code)).rank == 5


def test_no_more_directions_than_levels_allow():
    std = np.random.default_rng(8).uniform(0.5, 3, (12, 3))
    rows = np.flatnonzero(CODE < 3)
    z = std[CODE[rows]] * np.random.default_rng(9).normal(size=(len(rows), 3))
    levels = by_level(CODE[rows])
    assert modulated_rank(z, 0 * z, np.square(std)[CODE[rows]], levels).rank == 2


def test_rows_that_repeat_each_other_are_counted_as_what_they_are():
    """Noise of 10 rows that pass for 100: what rows of a level have in common inflates it."""
    rng = np.random.default_rng(10)
    counts = np.full(40, 100)
    seen, learned = rng.gamma(5, 1 / 5, (40, 3)), rng.gamma(5, 1 / 5, (40, 3))
    result = rank_of_moments(learned, seen, 2 * np.eye(3), counts)
    assert result.rank == 0
    assert result.inflation > 10


def test_power_grows_with_rows_and_falls_with_latents():
    few, many = (by_level(np.repeat(np.arange(60), rows)) for rows in (2, 12))
    assert power_of_rank(few, 4.0, 4) < 0.5
    assert power_of_rank(many, 4.0, 4) > 0.8
    assert power_of_rank(many, 4.0, 30) < 0.5


def test_power_is_how_often_all_directions_are_found():
    """Against rows drawn and counted, in place of moments drawn from their distribution."""
    rng, code = np.random.default_rng(11), np.repeat(np.arange(30), 10)
    levels, hits = by_level(code), 0
    for _ in range(60):
        std = np.exp(0.25 * rng.normal(size=(30, 4)))
        train = std[:, None] * rng.normal(size=(30, 40, 4))
        z = std[code] * rng.normal(size=(len(code), 4))
        variance = np.square(train).mean(axis=1)
        hits += modulated_rank(z, 0 * z, variance[code], levels).rank == 4
    assert power_of_rank(levels, 4.0, 4) == pytest.approx(hits / 60, abs=0.2)


def test_a_continuous_u_is_cut_into_cells():
    u = np.random.default_rng(2).normal(size=(400, 1))
    assert len(np.unique(levels_or_cells(u, cells=5))) == 5
    assert len(np.unique(levels_or_cells(u[:120], cells=5))) == 2
    assert levels_or_cells(CODE, cells=2) is CODE


def one_rank_after_the_other(matrix, noise, most):
    """The test as it is defined, without the bound that spares the first ranks."""
    left, singular, right = np.linalg.svd(matrix)
    for rank in range(min(len(singular), most)):
        under_null = (left[:, :rank] * singular[:rank]) @ right[:rank] + noise
        null = np.linalg.svd(under_null, compute_uv=False)[:, rank]
        if singular[rank] <= np.quantile(null, 0.95):
            return rank
    return min(len(singular), most)


@pytest.mark.parametrize("seed", range(10))
def test_ranks_that_noise_cannot_reach_are_passed_over_and_change_nothing(seed):
    rng = np.random.default_rng(seed)
    dim, rank = int(rng.integers(2, 9)), int(rng.integers(0, 9))
    matrix = rng.normal(size=(dim, rank)) @ rng.normal(size=(rank, dim)) * rng.uniform(0.2, 3)
    noise = rng.normal(size=(101, dim, dim))
    expected = one_rank_after_the_other(matrix + noise[0], noise[1:], dim)
    assert rank_above_noise(matrix + noise[0], noise[1:], most=dim).rank == expected
