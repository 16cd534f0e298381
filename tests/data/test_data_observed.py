import numpy as np
import pytest
from numpy.testing import assert_allclose

from ivaegan_jax.data import load_dataset
from ivaegan_jax.data.benchmarks.mixing import Mixing, conditioned, leaky, rotations

FEW = {"per_segment": 50}
SIZE = {"segments": 20, "per_segment": 100}
"""Small, and of no data set's own defaults."""


def draw(name, data_seed=2, **options):
    return load_dataset(name, data_seed, {**SIZE, **options})


@pytest.mark.parametrize(("recipe", "name"), [("b1", "b1"), ("b2", "b2"), ("b3", "b3_tcl")])
def test_with_as_many_columns_as_sources_a_recipe_is_its_benchmark(recipe, name):
    layers = 3
    wide = draw("noisy", recipe=recipe, columns=5, dim=5, noise=0, layers=layers)
    own = draw(name, dim=5, layers=layers)
    assert np.array_equal(wide.x, own.x)
    assert np.array_equal(wide.s, own.s)


def test_laws_are_b1_with_other_sources():
    assert np.array_equal(draw("laws").x, draw("b1", dim=4, source="laplace").x)
    uniform = draw("laws", source="uniform", per_segment=1000)
    by_level = uniform.s.reshape(20, 1000, 4)
    std = by_level.std(axis=1)
    assert_allclose(np.abs(by_level).max(axis=1) / std, np.sqrt(3), rtol=0.05)
    assert 0.45 < std.min() < std.max() < 3.1


@pytest.mark.parametrize("recipe", ["b1", "b2", "b3"])
def test_more_columns_see_the_same_sources_and_do_not_fold_them(recipe):
    narrow, wide = (draw("noisy", recipe=recipe, columns=n, noise=0) for n in (4, 40))
    assert np.array_equal(narrow.s, wide.s)
    assert wide.x.shape == (2000, 40)
    # nearest neighbours in x are near in s: no two distant sources are seen alike
    distance = np.square(wide.x[:400, None] - wide.x[None, :400]).sum(axis=2)
    np.fill_diagonal(distance, np.inf)
    nearest = distance.argmin(axis=1)
    apart = np.linalg.norm(wide.s[:400] - wide.s[nearest], axis=1)
    at_random = np.linalg.norm(wide.s[:400] - wide.s[399::-1], axis=1)
    assert np.median(apart) < 0.5 * np.median(at_random)


@pytest.mark.parametrize("columns", [4, 8, 16, 40])
@pytest.mark.parametrize("before", [False, True])
def test_the_derivative_of_a_mixing_has_full_rank_everywhere(columns, before):
    rng = np.random.RandomState(0)
    matrices = (
        rotations(rng, 4, columns, 4) if before else conditioned(rng, 4, columns, 3, same=False)
    )
    mixing = Mixing(matrices, leaky if before else np.tanh, before)
    s, step = rng.standard_normal((50, 4)), 1e-5
    slopes = [(mixing(s + step * e) - mixing(s - step * e)) / (2 * step) for e in np.eye(4)]
    values = np.linalg.svd(np.stack(slopes, axis=2), compute_uv=False)
    assert values.shape == (50, 4)
    assert (values[:, -1] / values[:, 0]).min() > 1e-3


def test_one_matrix_serves_wherever_it_fits():
    wide = conditioned(np.random.RandomState(0), 3, 6, 4, same=True)
    assert [m.shape for m in wide] == [(3, 6), (6, 6), (6, 6), (6, 6)]
    assert np.array_equal(wide[1], wide[3])
    square = conditioned(np.random.RandomState(0), 3, 3, 3, same=True)
    assert np.array_equal(square[0], square[2])
    fresh = conditioned(np.random.RandomState(0), 3, 3, 3, same=False)
    assert not np.allclose(fresh[0], fresh[2])


def test_noisy_has_noise_of_its_own_and_keeps_what_is_clean():
    data, bare = draw("noisy"), draw("noisy", noise=0)
    assert np.array_equal(data.clean, bare.x)
    assert bare.clean is None
    added = (data.x - data.clean) / data.clean.std(axis=0)
    assert_allclose(added.std(axis=0), 0.316, rtol=0.1)


@pytest.mark.parametrize("counted", ["poisson", "negative_binomial"])
@pytest.mark.parametrize("zeros", [0.1, 0.5, 0.9])
def test_counts_have_the_share_of_zeros_asked_for(counted, zeros):
    data = draw("counts", counted=counted, zeros=zeros, columns=20)
    assert np.array_equal(data.x, np.round(data.x))
    assert data.x.min() == 0
    assert_allclose(np.mean(data.x == 0), zeros, atol=0.02)


def test_counts_have_the_mean_and_the_variance_of_their_law():
    for counted, dispersion in (("poisson", 0), ("negative_binomial", 0.5)):
        data = draw("counts", counted=counted, zeros=0.2)
        residual, rate = data.x - data.clean, np.asarray(data.clean, float)
        assert_allclose(data.x.mean() / rate.mean(), 1, atol=0.02)
        assert_allclose(np.mean(residual**2 / (rate + dispersion * rate**2)), 1, atol=0.05)


def test_log_rates_of_counts_are_the_sources_mixed_as_in_noisy():
    data, bare = draw("counts", gain=0.9), draw("noisy", noise=0, columns=40)
    assert np.array_equal(data.s, bare.s)
    log_rates = np.log(data.clean)
    assert_allclose(log_rates.std(axis=0), 0.9, rtol=1e-4)
    correlations = [np.corrcoef(a, b)[0, 1] for a, b in zip(log_rates.T, bare.x.T, strict=True)]
    assert_allclose(correlations, 1, atol=1e-4)


def test_what_follows_u_in_counts():
    def spread(modulation):
        s = draw("counts", modulation=modulation, columns=4, per_segment=400).s.reshape(20, 400, 4)
        return np.ptp(s.mean(axis=1)), np.ptp(s.std(axis=1))

    mean, std = spread("variance")
    assert mean < 1.5
    assert std > 2
    mean, std = spread("mean")
    assert mean > 7
    assert std < 0.5
    mean, std = spread("both")
    assert mean > 7
    assert std > 2
