import numpy as np
import pytest
from scipy.stats import ortho_group

from ivaegan_jax.metrics import consensus, correlation_matrix
from ivaegan_jax.metrics.consensus import clusters, information_on_x

RNG = np.random.default_rng(0)
TRUE = RNG.exponential(size=(600, 3))  # of positive skewness
SCALE = np.array([3.0, 10.0, 1.0])


def run(order=(0, 1, 2), sign=(1, 1, 1), noise=0.05):
    z = TRUE * SCALE + noise * RNG.normal(size=TRUE.shape)
    return (z * sign)[:, list(order)]


def of(runs):
    mu = np.stack(runs)
    return consensus(mu, np.zeros_like(mu))


def test_permutations_and_signs_are_undone_in_the_order_of_information():
    found = of([run((2, 0, 1), (1, -1, 1)), run((1, 2, 0), (-1, -1, 1)), run()])
    np.testing.assert_allclose(
        np.diag(correlation_matrix(found.z, TRUE[:, [1, 0, 2]])), 1, atol=0.01
    )
    assert (np.diff(found.information) <= 0).all()
    assert found.stability.min() > 0.99
    assert found.cluster.tolist() == [1, 1, 1]
    assert not found.vanished.any()


def test_the_medoid_is_the_run_between_the_others():
    middle = run()
    near = [middle + RNG.normal(size=TRUE.shape) for _ in range(3)]
    assert of([*near, middle]).medoid == 3


def test_a_latent_that_one_run_misses_is_less_stable():
    lost = run()
    lost[:, 0] = RNG.normal(size=len(TRUE))
    found = of([run(), run(), run(), lost])
    assert found.stability[0] > 0.99
    assert found.stability[1] == pytest.approx(2 / 3, abs=0.1)


def test_a_latent_without_information_has_vanished():
    mu = np.stack([run() * [1, 1, 1e-3], run() * [1, 1, 1e-3]])
    found = consensus(mu, np.zeros_like(mu))
    assert found.vanished.tolist() == [False, False, True]


def test_two_solutions_are_two_groups():
    turn = ortho_group.rvs(3, random_state=3)
    runs = [run(), run((1, 0, 2)), run() / SCALE @ turn, -run() / SCALE @ turn, run()]
    cluster = of(runs).cluster
    assert cluster[0] == cluster[1] == cluster[4] != cluster[2] == cluster[3]


def test_a_single_run_has_no_stability():
    found = of([run()])
    assert np.isnan(found.stability).all()
    assert clusters(np.ones((1, 1))).tolist() == [1]


def test_information_is_that_of_a_gaussian_channel():
    mu = RNG.normal(size=(1000, 1))
    mu = (mu - mu.mean()) / mu.std()
    assert information_on_x(mu, np.full_like(mu, np.log(1 / 3)))[0] == pytest.approx(np.log(2))
