import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivaegan_jax.metrics import (
    assign,
    correlation_matrix,
    matched_correlation,
    mcc,
    within_level_mcc,
)

RNG = np.random.default_rng(0)
SOURCES = RNG.laplace(size=(400, 4))


@settings(max_examples=30)
@given(
    order=st.permutations(range(4)),
    scale=st.lists(st.sampled_from([-3e3, -1.0, 1e-3, 2.0]), min_size=4, max_size=4),
    shift=st.floats(-100, 100),
    held_out=st.booleans(),
    corr=st.sampled_from(["pearson", "spearman"]),
)
def test_permutation_sign_scale_and_shift_are_forgiven(order, scale, shift, held_out, corr):
    z = SOURCES[:, order] * scale + shift
    assert mcc(z, SOURCES, corr, held_out) == pytest.approx(1, abs=1e-9)


def test_symmetric_for_equal_dimensions():
    z = SOURCES @ RNG.normal(size=(4, 4))
    assert mcc(z, SOURCES) == pytest.approx(mcc(SOURCES, z))


def test_correlation_matrix_equals_numpy():
    z = SOURCES @ RNG.normal(size=(4, 3))
    expected = np.corrcoef(z.T, SOURCES.T)[:3, 3:]
    np.testing.assert_allclose(correlation_matrix(z, SOURCES), expected, atol=1e-12)


def test_spearman_sees_through_a_monotone_map():
    z = np.exp(SOURCES)
    assert mcc(z, SOURCES, "spearman") == pytest.approx(1)
    assert mcc(z, SOURCES) < 0.95


@pytest.mark.parametrize("value", [0.0, 0.1, 1e6])
@pytest.mark.parametrize("corr", ["pearson", "spearman"])
def test_a_constant_latent_counts_zero(value, corr):
    z = SOURCES.copy()
    z[:, 2] = value
    np.testing.assert_allclose(matched_correlation(z, SOURCES, corr), [1, 1, 0, 1], atol=1e-12)


def test_fewer_latents_leave_sources_at_zero_and_more_do_not_hurt():
    assert mcc(SOURCES[:, 1:], SOURCES) == pytest.approx(0.75)
    more = np.concatenate([RNG.normal(size=(400, 3)), -SOURCES], axis=1)
    assert mcc(more, SOURCES) == pytest.approx(1)


def test_held_out_score_does_not_profit_from_noise():
    pairs = RNG.normal(size=(50, 2, 60, 6))
    in_sample = np.mean([mcc(z, s, held_out=False) for z, s in pairs])
    assert in_sample > np.mean([mcc(z, s) for z, s in pairs])


def test_assignment_is_fitted_on_even_rows_and_scored_on_odd_ones():
    s = RNG.normal(size=(2000, 2))
    z = s.copy()
    z[1::2] = s[1::2, ::-1]  # the odd rows have the latents swapped
    assert mcc(z, s) < 0.1


def test_assign_reports_pairs_and_signs():
    latent, source, sign = assign(np.array([[0.1, -0.9], [0.8, 0.2], [0.3, 0.3]]))
    assert latent.tolist() == [1, 0]
    assert source.tolist() == [0, 1]
    assert sign.tolist() == [1, -1]


def test_within_level_removes_what_the_label_explains():
    u = np.arange(400) // 40
    means = RNG.normal(size=(10, 4)) * 10
    s = SOURCES + means[u]
    label_only = means[u] + RNG.normal(size=s.shape) * 0.01
    assert mcc(label_only, s) > 0.9
    assert within_level_mcc(label_only, s, u) < 0.2
    assert within_level_mcc(means[u], s, u) == 0
    assert within_level_mcc(-SOURCES, s, u) == pytest.approx(1)


def test_levels_with_one_row_are_dropped():
    u = np.zeros(400, int)
    u[:2] = 1, 2
    z = SOURCES.copy()
    z[:2] = 1e6
    assert within_level_mcc(z, SOURCES, u) == pytest.approx(1)
    with pytest.raises(ValueError, match="no level"):
        within_level_mcc(SOURCES, SOURCES, np.arange(400))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_not_finite_is_an_error(bad):
    z = SOURCES.copy()
    z[3, 1] = bad
    with pytest.raises(ValueError, match="infs or NaNs"):
        mcc(z, SOURCES)


def test_bad_arguments_are_errors():
    with pytest.raises(ValueError, match="4 rows"):
        mcc(SOURCES[:3], SOURCES[:3])
    with pytest.raises((ValueError, TypeError), match="'pearson'"):
        correlation_matrix(SOURCES, SOURCES, "kendall")  # pyright: ignore[reportArgumentType]
