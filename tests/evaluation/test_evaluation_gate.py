"""Whether x follows u is held against what rows that depend on each other show by themselves."""

import numpy as np
import pytest
from scipy.signal import lfilter

from ivaegan_jax.data.dependence.nulls import Structure, find_structure
from ivaegan_jax.evaluation.verdict.gate import gains, hold_against_null
from ivaegan_jax.evaluation.verdict.stretches import dealt_out, stretches_of
from ivaegan_jax.studies.gates import structure_of

ROWS, LEVELS, DIM = 1500, 10, 3
WINDOWS = np.arange(ROWS) * LEVELS // ROWS


def alike(seed, a=0.9, std=None):
    """Gaussian sources of one spectrum, mixed; their spread moves with u where it is given."""
    rng = np.random.default_rng(seed)
    s = lfilter([np.sqrt(1 - a * a)], [1, -a], rng.normal(size=(ROWS + 200, DIM)), axis=0)[200:]
    s = s if std is None else s * std[WINDOWS]
    return s @ np.linalg.qr(rng.normal(size=(DIM, DIM)))[0]


def judged(x, u=WINDOWS):
    return hold_against_null(x, u, find_structure(x, u))


@pytest.mark.parametrize("seed", range(3))
def test_windows_of_a_stationary_series_are_no_evidence(seed):
    gate = judged(alike(seed, 0.98))
    assert gate.kind == "shifts"
    assert gate.length > 10
    assert not gate.passed


def test_windows_that_move_the_spread_are():
    gate = judged(alike(4, std=np.random.default_rng(4).uniform(0.5, 3, (LEVELS, DIM))))
    assert gate.passed
    assert max(gate.carries, gate.modulates) <= 0.05


@pytest.mark.parametrize("moved", [False, True])
def test_trials_that_nobody_names_are_no_evidence_unless_u_moves_them(moved):
    """x changes wherever u does, since each trial has an offset; shifts alone let this pass."""
    rng, trial = np.random.default_rng(10), np.repeat(np.arange(40), 40)
    x = rng.normal(size=(1600, DIM)) + rng.normal(size=(40, DIM))[trial]
    mix = np.linalg.qr(rng.normal(size=(DIM, DIM)))[0] @ np.triu(np.full((DIM, DIM), 0.6))
    u = rng.integers(0, 5, 40)[trial]
    x = x * np.exp(moved * rng.normal(size=(5, DIM)))[u]
    assert judged((x @ mix).astype(np.float32), u).passed == moved


def test_stretches_are_rows_of_one_u_and_their_values_are_dealt_out():
    code = np.repeat(np.arange(24) % 3, 4)
    stretch = stretches_of(code, None)
    assert stretch.tolist() == np.repeat(np.arange(24), 4).tolist()
    for dealt in dealt_out(code, stretch):
        assert (np.bincount(dealt) == 32).all()
        assert all(len(np.unique(dealt[stretch == each])) == 1 for each in range(24))
    assert stretches_of(np.sort(code), None) is None, "no value comes again"
    assert stretches_of(np.arange(96) % 3, None) is None, "rows are stretches"
    assert stretches_of(np.sort(code), np.arange(96) // 2).max() == 47, "they lie within groups"


def test_means_alone_do_not_pass():
    means = np.random.default_rng(5).normal(size=(LEVELS, DIM))[WINDOWS]
    gate = judged(alike(5) + 3 * means)
    assert gate.carries <= 0.05 < gate.modulates
    assert not gate.passed


def test_a_drift_is_no_evidence():
    gate = judged(np.cumsum(np.random.default_rng(6).normal(size=(ROWS, DIM)), axis=0))
    assert not gate.passed


def test_groups_of_one_u_each_are_dealt_out_anew():
    """Every group has a spread of its own; which of three levels it is of says nothing."""
    groups = np.repeat(np.arange(30), ROWS // 30)
    rng = np.random.default_rng(7)
    x = rng.normal(size=(ROWS, DIM)) * np.exp(rng.normal(size=(30, DIM)))[groups]
    structure = Structure("labels", groups)
    assert not hold_against_null(x, groups % 3, structure).passed
    followed = x * np.array([0.2, 1.0, 5.0])[groups % 3, None]
    assert hold_against_null(followed, groups % 3, structure).passed


def test_groups_too_few_to_be_dealt_out_otherwise_leave_no_small_p_value():
    groups = WINDOWS
    found = hold_against_null(alike(8), WINDOWS, Structure("labels", groups))
    assert found.least > 0.05
    assert not found.passed


def test_gains_are_the_likelihood_ratios_of_gaussians():
    rng = np.random.default_rng(9)
    code = np.repeat([0, 1], 20_000)
    x = rng.normal(size=(len(code), 2)) * np.array([[1, 1], [3, 1]])[code]
    carries, modulates = gains(x, code)
    expected = np.log(np.sqrt((1 + 9) / 2)) - np.log(3) / 2
    assert modulates == pytest.approx(expected, abs=0.01)
    assert carries == pytest.approx(expected, abs=0.01)
    shifted, same = gains(rng.normal(size=x.shape) + 2 * code[:, None] * [1, 0], code)
    assert shifted == pytest.approx(np.log(2) / 2, abs=0.01)
    assert same == pytest.approx(0, abs=0.001)


def test_one_column_and_more_levels_than_covariances_are_looked_at():
    x = np.random.default_rng(10).normal(size=(4000, 1))
    assert gains(x, np.arange(4000) // 4)[1] == pytest.approx(
        gains(np.c_[x, x[::-1]], np.arange(4000) // 2)[1], abs=1
    )
    assert np.isfinite(gains(np.c_[x, -x], np.arange(4000) // 2)).all()


def test_a_continuous_u_is_cut_into_cells():
    u = np.linspace(0, 1, ROWS, dtype=np.float32)[:, None]
    assert not judged(alike(11, 0.98), u=u).passed


def test_rows_that_are_hardly_alike_pass_for_exchangeable():
    white = np.random.default_rng(0).normal(size=(6001, 3))
    x, u = white[1:] + 0.08 * white[:-1], np.arange(6000) // 600
    found = find_structure(x, u)
    assert (found.kind, found.length) == ("shifts", 1)
    assert structure_of(x, u, None).kind == "rows"
