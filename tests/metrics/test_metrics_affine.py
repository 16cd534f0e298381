import numpy as np
import pytest
from scipy.stats import ortho_group
from sklearn.linear_model import LinearRegression

from ivaegan_jax.metrics import affine_r2, canonical_correlation
from ivaegan_jax.metrics.affine import affine_r2_per_column

RNG = np.random.default_rng(0)
SOURCES = RNG.normal(size=(600, 4))
MIXED = SOURCES @ RNG.normal(size=(4, 4)) * [1, 1e3, 1e-3, 1] + 7
NOISE = RNG.normal(size=(600, 4))


def test_invertible_affine_maps_score_one_both_ways():
    assert affine_r2(MIXED, SOURCES) == pytest.approx(1)
    assert affine_r2(SOURCES, MIXED) == pytest.approx(1)
    assert canonical_correlation(MIXED, SOURCES) == pytest.approx(1)


def test_independent_noise_scores_about_zero():
    assert -0.1 < affine_r2(NOISE, SOURCES) < 0.02
    assert abs(canonical_correlation(NOISE, SOURCES)) < 0.1
    assert canonical_correlation(NOISE, SOURCES, held_out=False) > 0.02


def test_r2_equals_scikit_learn():
    y = MIXED + NOISE
    expected = LinearRegression().fit(y[::2], SOURCES[::2]).score(y[1::2], SOURCES[1::2])
    assert affine_r2(y, SOURCES) == pytest.approx(expected)


def test_known_signal_to_noise():
    assert affine_r2(SOURCES + NOISE, SOURCES) == pytest.approx(0.5, abs=0.06)
    assert canonical_correlation(SOURCES + NOISE, SOURCES) == pytest.approx(0.5**0.5, abs=0.06)


def test_rank_deficiency_and_constant_columns():
    three = np.concatenate([SOURCES[:, :3], SOURCES[:, :1] + SOURCES[:, 1:2]], axis=1)
    three = np.concatenate([three, np.full((600, 1), 0.1)], axis=1)
    np.testing.assert_allclose(affine_r2_per_column(three, SOURCES)[:3], 1)
    assert canonical_correlation(three, SOURCES) == pytest.approx(0.75, abs=1e-6)
    assert affine_r2_per_column(SOURCES, three)[-1] == 0
    assert canonical_correlation(np.ones((600, 2)), SOURCES) == 0


def test_rotation_is_what_mcc_sees_and_r2_does_not():
    rotated = SOURCES @ ortho_group.rvs(4, random_state=0)
    assert affine_r2(rotated, SOURCES) == pytest.approx(1)


def test_not_finite_is_an_error():
    bad = SOURCES.copy()
    bad[0, 0] = np.nan
    for measure in (affine_r2, canonical_correlation):
        with pytest.raises(ValueError, match="infs or NaNs"):
            measure(bad, SOURCES)
