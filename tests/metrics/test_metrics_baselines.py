import numpy as np
import pytest
from scipy.stats import ortho_group

from ivaegan_jax.metrics import (
    baselines,
    fastica_baseline,
    label_only_baseline,
    linear_ceiling,
    mcc,
    pca_baseline,
    random_rotation_baseline,
    raw_x_baseline,
    within_level_mcc,
)
from ivaegan_jax.metrics.estimates import conditional_mean

RNG = np.random.default_rng(0)
S = RNG.laplace(size=(3000, 3))
MIXING = np.array([[1.0, 0.6, 0.3], [0.4, 1.0, 0.5], [0.2, 0.7, 1.0]])
X = S @ MIXING
TRAIN, TEST = slice(0, 2000), slice(2000, None)


@pytest.mark.parametrize(
    ("dim", "expected"), [(2, 0.90), (3, 0.83), (5, 0.73), (8, 0.63), (10, 0.59), (20, 0.47)]
)
def test_rotation_baseline_of_gaussian_sources(dim, expected):
    mean, p95 = random_rotation_baseline(RNG.normal(size=(3000, dim)), draws=150)
    assert mean == pytest.approx(expected, abs=0.02)
    assert mean < p95 <= 1


def test_rotation_baseline_repeats_ignores_scale_and_allows_one_or_dead_sources():
    assert random_rotation_baseline(S) == random_rotation_baseline(S)
    scaled = random_rotation_baseline(S * [1, 1e3, 1e-3])
    assert scaled == pytest.approx(random_rotation_baseline(S), abs=1e-6)
    assert random_rotation_baseline(S[:, :1]) == pytest.approx((1, 1))
    dead = S * [1, 1, 0]
    assert random_rotation_baseline(dead, draws=10)[1] <= 2 / 3


def test_linear_mixtures_are_solved_by_fastica_and_by_the_linear_map():
    assert raw_x_baseline(X[TEST], S[TEST]) < 0.95
    assert fastica_baseline(X[TRAIN], X[TEST], S[TEST]) > 0.98
    assert linear_ceiling(X[TRAIN], S[TRAIN], X[TEST], S[TEST]) == pytest.approx(1)


def test_principal_components_are_rotations_of_standardised_sources():
    s = S * [1, 2, 4]
    assert pca_baseline(s[TRAIN], s[TEST], s[TEST]) > 0.99
    wide = np.repeat(s, 3, axis=1)
    assert pca_baseline(wide[TRAIN], wide[TEST], s[TEST]) > 0.99


def test_fastica_survives_constant_columns_and_no_convergence():
    x = np.concatenate([X, np.ones((3000, 2))], axis=1)
    assert fastica_baseline(x[TRAIN], x[TEST], S[TEST]) > 0.98
    gaussian = RNG.normal(size=(300, 3))
    assert 0 <= fastica_baseline(gaussian, gaussian, gaussian) <= 1


def test_label_only_is_perfect_where_the_label_fixes_the_sources():
    u = np.arange(3000) % 7
    s = RNG.normal(size=(7, 3))[u]
    assert label_only_baseline(u[TRAIN], s[TRAIN], u[TEST], s[TEST]) == pytest.approx(1)
    time = RNG.uniform(size=(3000, 1)).astype(np.float32)
    s = np.concatenate([np.sin(3 * time), time**2], axis=1)
    assert label_only_baseline(time[TRAIN], s[TRAIN], time[TEST], s[TEST]) > 0.99


def test_label_only_is_nothing_where_the_label_says_nothing():
    u = np.arange(3000) % 7
    assert label_only_baseline(u[TRAIN], S[TRAIN], u[TEST], S[TEST]) < 0.15


def test_a_level_unseen_in_training_gets_the_overall_mean():
    y = np.array([[1.0], [3.0], [8.0]])
    mean = conditional_mean(np.array([0, 0, 2]), y, np.array([0, 1, 2, 9]))
    np.testing.assert_allclose(mean[:, 0], [2, 4, 8, 4])


def test_baselines_of_a_discrete_data_seed():
    u = np.arange(3000) // 7 % 10
    s = S + 5 * RNG.normal(size=(10, 3))[u]
    x = np.tanh(s @ MIXING / 5)
    values = baselines(x[TRAIN], u[TRAIN], s[TRAIN], x[TEST], u[TEST], s[TEST])
    names = {"rotation", "rotation_p95", "raw_x", "pca", "fastica", "joint_diagonalisation",
             "linear_ceiling"}  # fmt: skip
    within = {f"within_level_{name}" for name in names}
    assert set(values) == names | within | {"label_only"}
    assert values["raw_x"] == mcc(x[TEST], s[TEST])
    assert values["label_only"] > 0.9
    assert values["within_level_rotation"] < values["rotation_p95"]
    assert all(0 <= value <= 1 for value in values.values())


def test_baselines_of_a_continuous_u_have_no_levels():
    u = S[:, :1].astype(np.float32)
    values = baselines(X[TRAIN], u[TRAIN], S[TRAIN], X[TEST], u[TEST], S[TEST])
    assert not any(name.startswith("within_level") for name in values)


@pytest.mark.parametrize("within", [False, True])
def test_rotating_second_moments_is_rotating_rows(within):
    u = np.arange(401) % 7
    s = S[:401] * (1 + u[:, None]) + u[:, None]
    standardised = (s - s.mean(axis=0)) / s.std(axis=0)
    rotations = ortho_group.rvs(S.shape[1], size=12, random_state=3)
    scores = [
        within_level_mcc(standardised @ each, s, u) if within else mcc(standardised @ each, s)
        for each in rotations
    ]
    found = random_rotation_baseline(s, 12, 3, u if within else None)
    assert found == pytest.approx((np.mean(scores), np.quantile(scores, 0.95)), abs=1e-12)


def test_levels_with_one_row_in_each_half_have_nothing_within():
    rng, u = np.random.default_rng(0), np.repeat(np.arange(50), 2)
    s = rng.normal(size=(100, 2))
    x = s @ rng.normal(size=(2, 3))
    values = baselines(x, u, s, x, u, s)
    assert not any(name.startswith("within_level") for name in values)
    assert values["linear_ceiling"] == pytest.approx(1)


def test_within_levels_only_sources_that_vary_there_are_scored():
    rng, u = np.random.default_rng(0), np.repeat(np.arange(10), 40)
    s = np.column_stack([rng.normal(size=400), u])
    x = s @ rng.normal(size=(2, 3))
    values = baselines(x, u, s, x, u, s)
    assert values["within_level_linear_ceiling"] == pytest.approx(1)
