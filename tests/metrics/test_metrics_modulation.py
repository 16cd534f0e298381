import numpy as np
import pytest
from scipy.stats import ortho_group

from ivaegan_jax.metrics.modulation import (
    FEWEST_ROWS,
    bootstrap_counts,
    levels_or_cells,
    moments,
    natural_parameters,
    rank_above_noise,
    sampling_noise,
)

CODE = np.repeat(np.arange(12), 100)


def once(code=CODE):
    return [(rows, np.ones((1, len(rows)))) for rows, _ in bootstrap_counts(code, draws=1)]


def found(std, mean=0.0, seed=0):
    """The rank of the block of z^2 of Gaussian latents with these moments per level."""
    rng = np.random.default_rng(seed)
    z = mean + std[CODE] * rng.normal(size=(len(CODE), std.shape[1]))
    z = z / z.std(axis=0)
    matrix = natural_parameters(*moments(z, once()))[0]
    noise = sampling_noise(z, bootstrap_counts(CODE))
    return rank_above_noise(matrix[:, z.shape[1] :], noise[..., z.shape[1] :])


def test_natural_parameters_are_those_of_a_gaussian_less_their_mean():
    loc, variance = np.array([[1.0], [3.0]]), np.array([[1.0], [0.5]])
    expected = np.array([[1, -0.5], [6, -1.0]])
    result = natural_parameters(loc, variance)
    np.testing.assert_allclose(result, expected - expected.mean(axis=0))


def test_moments_are_those_of_each_level():
    z = np.random.default_rng(0).normal(size=(len(CODE), 2))
    loc, variance = moments(z, once())
    for level in (0, 11):
        np.testing.assert_allclose(loc[0, level], z[level == CODE].mean(axis=0))
        np.testing.assert_allclose(variance[0, level], z[level == CODE].var(axis=0))


def test_the_bootstrap_has_the_spread_of_the_mean():
    z = np.random.default_rng(1).normal(size=(len(CODE), 1))
    loc, _ = moments(z, bootstrap_counts(CODE, draws=2000))
    expected = z[CODE == 3].std() / np.sqrt(100)
    assert loc[:, 3, 0].std() == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize("rank", range(5))
def test_a_matrix_of_known_rank_with_small_noise(rank):
    rng = np.random.default_rng(rank)
    left = ortho_group.rvs(20, random_state=rng)[:, :4]
    matrix = (left * (np.arange(4) < rank)) @ ortho_group.rvs(4, random_state=rng)
    noise = 0.02 * rng.normal(size=(201, 20, 4))
    assert rank_above_noise(matrix + noise[0], noise[1:]).rank == rank


def test_singular_values_are_those_of_the_matrix():
    matrix = np.vstack([np.diag([3.0, 2.0]), np.zeros((3, 2))])
    result = rank_above_noise(matrix, np.zeros((10, 5, 2)))
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


def test_small_levels_are_left_out():
    code = np.repeat([4, 7, 9], [FEWEST_ROWS, FEWEST_ROWS - 1, 50])
    assert [len(rows) for rows, _ in bootstrap_counts(code)] == [FEWEST_ROWS, 50]


def test_a_continuous_u_is_cut_into_cells():
    u = np.random.default_rng(2).normal(size=(400, 1))
    assert len(np.unique(levels_or_cells(u, cells=5))) == 5
    assert len(np.unique(levels_or_cells(u[:120], cells=5))) == 2
    assert levels_or_cells(CODE, cells=2) is CODE
