"""Likeness of neighbouring rows: found where rows were made alike, nowhere else."""

import numpy as np
import pytest
from scipy.signal import lfilter

from ivaegan_jax.data import load_dataset
from ivaegan_jax.data.dependence import measure
from ivaegan_jax.data.dependence.measure import dependence
from ivaegan_jax.data.dependence.repeated import copied_rows, same_rows

ROWS = 3000
WINDOWS = np.arange(ROWS) // 300


def series(coefficient, rows=ROWS, seed=0):
    """Three stationary autoregressions of variance 1."""
    noise = np.sqrt(1 - coefficient**2) * np.random.default_rng(seed).normal(size=(rows + 500, 3))
    return lfilter([1], [1, -coefficient], noise, axis=0)[500:].astype(np.float32)


@pytest.mark.parametrize(
    ("coefficient", "lengths"), [(0.5, (3, 6)), (0.9, (15, 30)), (0.98, (35, 160))]
)
def test_the_likeness_of_a_series_is_its_coefficient(coefficient, lengths):
    found = dependence(series(coefficient), np.random.default_rng(1).integers(0, 5, ROWS))
    assert found.dependent
    np.testing.assert_allclose(found.lag1, coefficient, atol=0.04)
    # where the correlation coefficient ** lag falls below .1: 3, 22, 114 rows
    assert lengths[0] <= found.length <= lengths[1]


@pytest.mark.parametrize("name", ["b1", "b2", "b3_tcl", "b3_imca", "b4", "b5_sine", "b6"])
def test_benchmarks_have_exchangeable_rows(name):
    made = load_dataset(name, 1, {"per_segment": 300})
    found = dependence(made.x, made.u.values)
    assert not found.dependent
    assert (found.length, found.repeated) == (1, 0)


def test_rows_that_follow_u_alone_are_exchangeable_given_u():
    time = np.linspace(0, 1, ROWS, dtype=np.float32)[:, None]
    x = np.sin(20 * time * [1, 2, 3]) + np.random.default_rng(0).normal(size=(ROWS, 3))
    assert not dependence(x.astype(np.float32), time).dependent
    assert not dependence(x.astype(np.float32), np.arange(ROWS)).dependent
    assert dependence(x.astype(np.float32), WINDOWS % 2).dependent


@pytest.mark.parametrize("u", ["windows", "row numbers", "time"])
def test_likeness_is_found_whatever_u_is(u):
    time = np.arange(ROWS)
    u = {"windows": WINDOWS, "row numbers": time, "time": time[:, None].astype("f4")}[u]
    assert dependence(series(0.9), u).dependent


def test_bursts_are_found_though_values_do_not_resemble_each_other():
    bursts = np.exp(series(0.98)) * np.random.default_rng(1).normal(size=(ROWS, 3))
    found = dependence(bursts.astype(np.float32), WINDOWS)
    assert np.abs(found.lag1).max() < 0.2
    assert found.dependent
    assert found.length > 10


def test_rows_of_different_groups_are_no_neighbours():
    groups = np.arange(ROWS) % 2  # two recordings, row by row
    x = np.empty((ROWS, 3), np.float32)
    x[::2], x[1::2] = series(0.95, ROWS // 2, 1), series(0.95, ROWS // 2, 2)
    np.testing.assert_allclose(dependence(x, WINDOWS, groups).lag1, 0.95, atol=0.05)
    assert np.abs(dependence(x, WINDOWS).lag1).max() < 0.2
    assert dependence(x, WINDOWS).dependent


def test_a_constant_column_has_no_likeness_and_hides_none():
    x = series(0.9)
    x[:, 1] = 7
    found = dependence(x, WINDOWS)
    assert found.lag1[1] == 0
    assert found.dependent
    assert not dependence(np.ones((ROWS, 3), np.float32), WINDOWS).dependent


def test_heavy_tails_are_no_likeness():
    for seed in range(3):
        x = np.random.default_rng(seed).standard_cauchy((ROWS, 3)).astype(np.float32)
        assert not dependence(x, WINDOWS).dependent


def test_repeated_rows_are_counted():
    x = np.random.default_rng(0).normal(size=(600, 2)).astype(np.float32)
    x[10:20], x[30:35, 0] = x[:10], 0.0
    x[40:42] = [[0.0, 1.0], [-0.0, 1.0]]
    assert dependence(x, np.arange(600) % 3).repeated == pytest.approx(22 / 600)
    assert same_rows(x).max() + 1 == 600 - 11


def test_copies_are_told_from_rows_that_are_equal_by_chance():
    rng = np.random.default_rng(0)
    x, u = rng.normal(size=(1000, 2)).astype(np.float32), rng.integers(0, 3, 1000)
    taken = rng.integers(0, 1000, 3000)
    copies = copied_rows(x[taken], u[taken])
    assert copies is not None
    assert copies.max() + 1 == len(np.unique(taken))
    assert copied_rows(x[taken], rng.integers(0, 3, 3000)) is None
    counts = rng.poisson(3, (3000, 2)).astype(np.float32)
    assert copied_rows(counts, rng.integers(0, 3, 3000)) is None
    assert copied_rows(x, u) is None


@pytest.mark.parametrize("groups", [None, np.arange(400) // 100, np.repeat(["a", None], 200)])
def test_a_table_is_measured_once_and_any_other_for_itself(monkeypatch, groups):
    calls, nothing = [], measure.Dependence(np.zeros(2), 1, 0.0, False)
    monkeypatch.setattr(measure, "FOUND", {})
    monkeypatch.setattr(measure, "_measured", lambda *rows: (calls.append(rows), nothing)[1])
    x, u = np.random.default_rng(0).normal(size=(400, 2)), np.arange(400) % 4
    for same in (x, x.copy(), np.asfortranarray(x)):
        measure.dependence(same, u, groups)
    assert len(calls) == 1
    changed = x.copy()
    changed[7, 1] += 1e-12
    others = [(changed, u), (x, u[::-1]), (x.reshape(400, 2)[:, ::-1], u), (x, u.astype(np.int8))]
    for rows in others:
        measure.dependence(*rows, groups)
    assert len(calls) == 1 + len(others)


def test_whole_numbers_are_as_alike_as_the_same_floats():
    counts = np.rint(8 + 3 * series(0.9)).astype(np.int64)
    found, same = (dependence(x, WINDOWS) for x in (counts, counts.astype(float)))
    assert found.dependent
    np.testing.assert_array_equal(found.lag1, same.lag1)
    assert found.length == same.length
