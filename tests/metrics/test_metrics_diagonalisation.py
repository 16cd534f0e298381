import numpy as np
import pytest

from ivaegan_jax.metrics import joint_diagonalisation_baseline, jointly_diagonal, mcc
from ivaegan_jax.metrics.diagonalisation import within_covariances

RNG = np.random.default_rng(0)


def criterion(b, covariances, weights):
    """Pham's: the loss of log likelihood by taking `b` for the unmixing, in nats per row."""
    turned = b @ covariances @ b.T
    off = np.log(np.einsum("kii->ki", turned)).sum(axis=1) - np.linalg.slogdet(turned)[1]
    return weights @ off / weights.sum() / 2


def drawn(dim, levels=40):
    mixing, variances = RNG.normal(size=(dim, dim)), np.exp(RNG.normal(size=(levels, dim)))
    return mixing, mixing * variances[:, None] @ mixing.T, RNG.uniform(1, 5, size=levels)


@pytest.mark.parametrize("dim", [1, 2, 3, 5, 10])
def test_a_mixture_is_unmixed_up_to_order_and_scale(dim):
    mixing, covariances, weights = drawn(dim)
    found = np.abs(jointly_diagonal(covariances, weights) @ mixing)
    shares = found / found.max(axis=1, keepdims=True)
    assert np.sort(shares, axis=1)[:, :-1] == pytest.approx(0, abs=1e-9)
    assert sorted(found.argmax(axis=1)) == list(range(dim))


def test_another_unit_or_another_mixture_of_x_changes_no_axis():
    _, covariances, weights = drawn(4)
    covariances += 0.1 * np.eye(4) * RNG.uniform(size=(40, 1, 1))  # no longer diagonal together
    other = RNG.normal(size=(4, 4))
    b = jointly_diagonal(covariances, weights)
    again = jointly_diagonal(other @ covariances @ other.T, weights) @ other
    alike = np.abs(b @ again.T) / np.linalg.norm(b, axis=1)[:, None] / np.linalg.norm(again, axis=1)
    assert alike.max(axis=0) == pytest.approx(1, abs=1e-6)


def test_it_is_a_minimum_of_the_criterion():
    _, covariances, weights = drawn(3, levels=6)
    covariances += np.einsum("kij,klj->kil", *(RNG.normal(size=(1, 6, 3, 3)).repeat(2, 0))) / 5
    b = jointly_diagonal(covariances, weights)
    least = criterion(b, covariances, weights)
    assert least < criterion(np.eye(3), covariances, weights)
    for _ in range(20):
        near = (np.eye(3) + 1e-3 * RNG.normal(size=(3, 3))) @ b
        assert criterion(near, covariances, weights) > least


def test_variances_stay_as_they_were_and_equal_covariances_are_no_fault():
    mixing, covariances, weights = drawn(3)
    turned = jointly_diagonal(covariances, weights)
    mean = np.einsum("k,kij->ij", weights, turned @ covariances @ turned.T) / weights.sum()
    before = np.einsum("k,kii->", weights, covariances) / weights.sum() / 3
    assert np.diag(mean) == pytest.approx([before] * 3)
    alike = np.repeat((mixing @ mixing.T)[None], 5, axis=0)
    assert np.isfinite(jointly_diagonal(alike, np.ones(5))).all()


def test_levels_of_few_rows_have_no_covariance():
    z, code = RNG.normal(size=(30, 2)), np.repeat([0, 1, 3], [20, 6, 4])
    covariances, weights = within_covariances(z, code)
    assert weights.tolist() == [20, 6]
    assert covariances[0] == pytest.approx(np.cov(z[:20].T))


@pytest.mark.parametrize("kind", ["levels", "a quantity"])
def test_linear_mixtures_of_gaussian_sources_are_solved_by_u(kind):
    """FastICA cannot: sources of one level are Gaussian and u alone tells them apart."""
    u = RNG.integers(8, size=6000) if kind == "levels" else RNG.uniform(size=(6000, 1))
    phase = np.asarray(u, float).reshape(-1, 1) * (1.0 if kind == "levels" else 8.0)
    s = RNG.normal(size=(6000, 3)) * np.exp(1.2 * np.sin(phase + np.array([0.0, 2.0, 4.0])))
    x = s @ RNG.normal(size=(3, 3))
    train, test = slice(0, 4000), slice(4000, None)
    found = joint_diagonalisation_baseline(x[train], u[train], x[test], s[test])
    assert found > 0.97 > mcc(x[test], s[test])


def test_one_level_leaves_principal_components():
    x = RNG.normal(size=(400, 2)) * [3, 1]
    u = np.zeros(400, np.int32)
    assert joint_diagonalisation_baseline(x, u, x, x) == pytest.approx(1, abs=0.01)


def test_covariances_of_thousands_of_levels_are_those_of_each_level():
    rng = np.random.default_rng(0)
    code, z = rng.permutation(np.repeat(np.arange(3000), 7)), rng.normal(size=(21_000, 3))
    covariances, rows = within_covariances(z, code)
    for level in (0, 1234, 2999):
        np.testing.assert_array_equal(covariances[level], np.cov(z[code == level].T))
    assert rows.tolist() == [7.0] * 3000
