import numpy as np
import pytest

from ivaegan_jax.metrics import find_unmixing, mcc
from ivaegan_jax.metrics.diagonalisation import within_covariances
from ivaegan_jax.metrics.unmixing import agreement_of_halves, excess_correlation

RNG = np.random.default_rng(0)
ROWS, LEVELS, DIM = 6000, 12, 3


def sources(law="normal", spread=1.0, rows=ROWS):
    """Sources of which u moves the standard deviations, and u."""
    u = RNG.permutation(np.arange(rows) % LEVELS)
    std = np.exp(spread * RNG.normal(size=(LEVELS, DIM)))
    return getattr(RNG, law)(size=(rows, DIM)) * std[u], u


def found(z, u, active=(True,) * DIM):
    half = len(z) // 2
    return find_unmixing(z[:half], u[:half], z[half:], u[half:], np.array(active))


@pytest.mark.parametrize("law", ["normal", "laplace"])
def test_true_sources_mixed_linearly_come_back(law):
    s, u = sources(law)
    z = s @ RNG.normal(size=(DIM, DIM))
    step = found(z, u)
    assert step.code == "taken", step.text
    assert mcc(z @ step.matrix.T, s) > 0.99 > mcc(z, s)
    assert step.after < 0.05 < step.before


def test_what_is_right_already_stays():
    s, u = sources()
    step = found(s * [1.0, 5.0, 0.1], u)
    z = s * [1.0, 5.0, 0.1] @ step.matrix.T
    assert mcc(z, s) > 0.99


def test_equal_covariances_are_refused():
    s, u = sources(spread=0.0)
    step = found(s @ RNG.normal(size=(DIM, DIM)) + RNG.normal(size=(LEVELS, DIM))[u], u)
    assert step.code == "equal"
    assert (step.matrix == np.eye(DIM)).all()


def test_two_sources_that_u_moves_alike_are_refused():
    s, u = sources()
    s[:, 1] = s[:, 1] / [s[u == k, 1].std() for k in u] * [s[u == k, 0].std() for k in u]
    assert found(s @ RNG.normal(size=(DIM, DIM)), u).code == "equal"


def test_a_residue_that_is_another_matrix_at_each_level_is_refused():
    s, u = sources()
    turned = np.linalg.qr(RNG.normal(size=(LEVELS, DIM, DIM)))[0]
    step = found(np.einsum("rij,rj->ri", turned[u], s), u)
    assert step.code in ("unstable", "not_linear")


def test_levels_in_places_where_the_mixing_bends_are_refused():
    """Means far apart see other slopes of the same function, of which no matrix is the inverse."""
    s, u = sources(spread=0.5)
    s += RNG.uniform(-8, 8, size=(LEVELS, DIM))[u]
    bent = np.tanh(s @ RNG.normal(size=(DIM, DIM)) / 2) @ RNG.normal(size=(DIM, DIM))
    assert not found(bent, u).taken


def test_few_levels_and_few_rows_are_refused_with_the_reason():
    s, u = sources()
    step = found(s, u % 3)
    assert step.code == "few_levels"
    assert "4 levels of u with more than 6 training rows each, 3 have them" in step.text
    step = found(s[:100], u[:100])
    assert step.code == "few_levels"


def test_levels_of_two_validation_rows_decide_nothing():
    s, u = sources()
    few = np.argsort(u, kind="stable").reshape(LEVELS, -1)[:, :2].ravel()
    step = find_unmixing(s, u, s[few], u[few], np.ones(DIM, bool))
    assert step.code == "few_rows"


def test_latents_that_are_not_used_stay_as_they_are():
    s, u = sources()
    z = s[:, :2] @ RNG.normal(size=(2, 2))
    vanished = 1e-6 * z[:, :1] ** 2
    step = found(np.hstack([z[:, :1], vanished, z[:, 1:]]), u, [True, False, True])
    assert step.taken
    assert step.matrix[1].tolist() == [0, 1, 0]
    assert step.matrix[:, 1].tolist() == [0, 1, 0]


@pytest.mark.parametrize("used", [0, 1])
def test_one_latent_has_nothing_to_unmix(used):
    s, u = sources()
    assert found(s, u, [i < used for i in range(DIM)]).code == "single"


def test_latents_that_repeat_each_other_are_refused():
    s, u = sources()
    s[:, 2] = s[:, 0] + s[:, 1]
    assert found(s, u).code == "repeated"
    s[:, 2] = 1.0
    assert found(s, u).code == "repeated"


def test_excess_correlation_of_independent_rows_is_none_and_of_dependent_ones_theirs():
    code = np.arange(30_000) % 300  # 100 rows each: a correlation of .1 by sampling
    z = RNG.normal(size=(30_000, 2))
    assert excess_correlation(np.eye(2), *within_covariances(z, code)) < 0.03
    z[:, 1] = 0.6 * z[:, 0] + 0.8 * z[:, 1]
    measured = excess_correlation(np.eye(2), *within_covariances(z, code))
    assert measured == pytest.approx(0.6, abs=0.02)


def test_halves_agree_where_one_matrix_serves_all_levels_and_not_where_none_does():
    variances = np.exp(RNG.normal(size=(12, 3)))
    mixing, rows = RNG.normal(size=(3, 3)), np.ones(12)
    alike = mixing * variances[:, None] @ mixing.T
    assert agreement_of_halves(alike, rows) == pytest.approx(1)
    turned = np.linalg.qr(RNG.normal(size=(12, 3, 3)))[0]
    assert agreement_of_halves(turned @ alike @ turned.swapaxes(1, 2), rows) < 0.95
