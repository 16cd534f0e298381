"""Samples of rows: all of few, and of many levels some with rows enough."""

import numpy as np
import pytest

from ivaegan_jax.metrics.rows import FEWEST_PER_LEVEL, evenly, some_rows


@pytest.mark.parametrize(("rows", "most", "kept"), [(3, 5, [0, 1, 2]), (9, 3, [0, 4, 8])])
def test_rows_are_evenly_spread(rows, most, kept):
    assert evenly(rows, most).tolist() == kept


def test_few_rows_are_all_taken():
    assert some_rows(np.arange(30) % 4, 4, 30).tolist() == list(range(30))


def test_of_few_levels_all_are_taken_alike():
    u = np.repeat(np.arange(4), 1000)
    taken = u[some_rows(u, 4, 200)]
    assert np.bincount(taken).tolist() == [50] * 4
    assert (np.diff(some_rows(u, 4, 200)) > 0).all()


def test_of_many_levels_some_are_taken_with_rows_enough_and_fewer_are_among_them():
    u = np.arange(100_000) % 1000
    found = [np.bincount(u[some_rows(u, 1000, most)], minlength=1000) for most in (400, 4000)]
    for counts, levels in zip(found, (20, 200), strict=True):
        assert set(counts) == {0, FEWEST_PER_LEVEL}
        assert (counts > 0).sum() == levels
    assert not (found[0] > 0)[found[1] == 0].any()


def test_of_a_continuous_u_rows_are_drawn():
    rows = some_rows(np.linspace(0, 1, 1000)[:, None], 1, 100)
    assert len(np.unique(rows)) == 100
    assert 400 < rows.mean() < 600
