import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import logsumexp

from ivaegan_jax.data import load_dataset
from ivaegan_jax.data.benchmarks.densities import SOURCES, Counts, Noise
from ivaegan_jax.data.benchmarks.draws import UNIT_STD
from ivaegan_jax.data.benchmarks.mixing import Mixing
from ivaegan_jax.data.benchmarks.noise import draw_noise
from ivaegan_jax.data.benchmarks.observed import draw_counts
from ivaegan_jax.data.benchmarks.truth import Truth

ROWS = 60
GRID = np.linspace(-40, 40, 200_001)


def linear(observed=None, dim=3, columns=5):
    """Gaussian sources of four levels, seen through a matrix with noise."""
    rng = np.random.default_rng(0)
    level = np.arange(ROWS) % 4
    mean, std = rng.normal(size=(4, dim))[level], rng.uniform(0.5, 3, (4, dim))[level]
    s = mean + std * rng.normal(size=(ROWS, dim))
    matrix = rng.normal(size=(dim, columns))
    observed = observed or Noise("gaussian", rng.uniform(0.5, 2, columns))
    x = s @ matrix + observed.std * rng.normal(size=(ROWS, columns))
    return matrix, Truth(s, mean, std, "gaussian", Mixing((matrix,), np.tanh)).seen(x, observed)


def conditional(matrix, truth, mean, std):
    """E[s|x] of jointly Gaussian s and x, and log p(x)."""
    covariance = np.einsum("ri,ic,id->rcd", np.square(std), matrix, matrix)
    covariance += np.diag(truth.observed.std**2)
    apart = truth.x - mean @ matrix
    solved = np.linalg.solve(covariance, apart[:, :, None])[:, :, 0]
    log_density = -0.5 * (apart * solved).sum(axis=1) - 0.5 * np.linalg.slogdet(covariance)[1]
    return mean + np.square(std) * (solved @ matrix.T), log_density


def test_the_posterior_mean_of_a_linear_gaussian_model_is_the_closed_form():
    matrix, truth = linear()
    expected, _ = conditional(matrix, truth, truth.mean, truth.std)
    found, draws = truth.posterior_means(given_u=True)
    assert draws.min() > 100
    assert_allclose(found, expected, atol=0.15)
    assert np.sqrt(np.square(found - expected).mean()) < 0.04
    assert np.square(found - truth.s).mean() < np.square(truth.x @ matrix.T - truth.s).mean()


def test_without_u_the_levels_are_weighed_by_what_x_says_of_them():
    matrix, truth = linear()
    ones = np.ones((ROWS, 1))
    each = [conditional(matrix, truth, ones * truth.mean[k], ones * truth.std[k]) for k in range(4)]
    weights = np.array([log_density for _, log_density in each])
    weights = np.exp(weights - logsumexp(weights, axis=0))
    expected = np.einsum("kr,krd->rd", weights, np.array([mean for mean, _ in each]))
    found, _ = truth.posterior_means(given_u=False)
    assert np.sqrt(np.square(found - expected).mean()) < 0.06
    given = truth.posterior_means(given_u=True)[0]
    assert np.square(given - truth.s).mean() < np.square(found - truth.s).mean()


STD = np.array([0.4, 0.7, 0.5])
CASES = [
    ("gaussian", Noise("gaussian", STD)),
    ("uniform", Noise("laplace", STD)),
    ("laplace", Noise("student_t", STD)),
    ("gaussian", Noise("uniform", 2 * STD)),
    ("hypsec", Counts(0.0)),
    ("laplace", Counts(0.5)),
]
FEW_ROWS = 6


@pytest.mark.parametrize(("source", "observed"), CASES)
def test_posterior_means_of_two_bent_sources_are_those_of_a_grid(source, observed):
    rng = np.random.default_rng(1)
    std = np.array([[0.7, 1.6]]) * np.ones((FEW_ROWS, 1)) / UNIT_STD[source]
    truth = Truth(np.zeros_like(std), np.zeros_like(std), std, source, mixing=None)
    s = truth.prior(True).draw(np.random.RandomState(2), FEW_ROWS, 1)[:, 0]
    matrices = rng.normal(size=(2, 3)), rng.normal(size=(3, 3))
    mixing = Mixing(matrices, lambda x: np.tanh(x) + 0.1 * x)
    y = mixing(s)
    if isinstance(observed, Noise):
        x = y + observed.std * draw_noise(rng, observed.law, y.shape)
    else:
        x = draw_counts(rng, np.exp(y), observed.dispersion)
    found, draws = truth._replace(s=s, mixing=mixing).seen(x, observed).posterior_means(True)
    axis = np.linspace(-12, 12, 301)
    grid = np.stack(np.meshgrid(axis * 0.7, axis * 1.6, indexing="ij"), axis=2).reshape(-1, 2)
    prior = (SOURCES[source](grid / std[0])).sum(axis=1)
    at = mixing(grid)
    log_joint = [observed.log_density(row, at).sum(axis=1) + prior for row in x]
    expected = [np.exp(each - logsumexp(each)) @ grid for each in log_joint]
    assert np.median(draws) > 50
    assert np.sqrt(np.square(found - expected).mean()) < 0.08


@pytest.mark.parametrize("law", ["gaussian", "laplace", "student_t", "uniform"])
def test_densities_of_noise_integrate_to_one_and_have_its_variance_and_information(law):
    noise, step = Noise(law, np.array([1.3])), GRID[1] - GRID[0]
    density = np.exp(noise.log_density(GRID[:, None], np.zeros(1)))[:, 0]
    assert_allclose(density.sum() * step, 1, rtol=3e-3)
    assert_allclose((density * GRID**2).sum() * step, 1.3**2, rtol=0.02)
    if law != "uniform":  # which has no finite information
        score = np.gradient(np.log(density), step)
        information = (density * score**2).sum() * step
        assert_allclose(noise.information(np.zeros((1, 1))), information, rtol=1e-3)


@pytest.mark.parametrize("source", SOURCES)
def test_densities_of_sources_integrate_to_one_and_have_their_variance(source):
    density, step = np.exp(SOURCES[source](GRID)), GRID[1] - GRID[0]
    assert_allclose(density.sum() * step, 1, rtol=3e-3)
    assert_allclose((density * GRID**2).sum() * step, UNIT_STD[source] ** 2, rtol=0.01)


@pytest.mark.parametrize("dispersion", [0.0, 0.5])
def test_densities_of_counts_sum_to_one_and_have_their_moments_and_information(dispersion):
    counts, x, y = Counts(dispersion), np.arange(400.0)[:, None], np.array([0.6])
    density = np.exp(counts.log_density(x, y))
    rate = np.exp(y)
    assert_allclose(density.sum(), 1, rtol=1e-6)
    assert_allclose((density * x).sum(), rate, rtol=1e-6)
    assert_allclose((density * (x - rate) ** 2).sum(), rate + dispersion * rate**2, rtol=1e-6)
    moved = [counts.log_density(x, y + step) for step in (-1e-4, 1e-4)]
    information = (density * ((moved[1] - moved[0]) / 2e-4) ** 2).sum()
    assert_allclose(counts.information(y), information, rtol=1e-6)


FEW = {"segments": 6, "per_segment": 40}


@pytest.mark.parametrize("name", ["b1", "b2", "b3_tcl", "b4", "noisy", "laws", "counts"])
def test_a_benchmark_knows_how_its_rows_came_about(name):
    data = load_dataset(name, 3, FEW if name == "counts" else {**FEW, "noise": 0.1})
    truth, rows = data.truth, np.arange(5, 240, 11)
    assert truth.is_noisy
    own = truth.at(rows)
    clean = own.mixing(own.s)
    assert_allclose(
        np.exp(clean) if name == "counts" else clean, data.clean[rows], rtol=2e-4, atol=1e-5
    )
    assert np.array_equal(own.x, data.x[rows])
    assert np.array_equal(own.s, data.s[rows])
    spread = (truth.s - truth.mean) / truth.std / UNIT_STD[truth.source]
    assert_allclose(spread.std(axis=0), 1, atol=0.25)
    found, draws = own.posterior_means(given_u=True)
    assert np.median(draws) > 50
    assert np.square(found - own.s).mean() < np.square(own.mean - own.s).mean()


def test_what_is_not_known_is_not_claimed():
    clean = load_dataset("b1", 3, FEW).truth
    assert not clean.is_noisy
    with pytest.raises(ValueError, match="without noise the sources are known from x"):
        clean.posterior_means(given_u=True)
    assert load_dataset("counts", 3, {**FEW, "noise": 0.1}).truth is None
    assert load_dataset("b6", 3, {"per_segment": 40, "noise": 0.1}).truth is None


def test_posterior_means_repeat_with_the_seed():
    truth = linear()[1]
    one, two = (truth.posterior_means(True) for _ in range(2))
    assert np.array_equal(one[0], two[0])
    other = truth.posterior_means(True, seed=1)[0]
    assert 0 < np.abs(one[0] - other).max() < 0.3
