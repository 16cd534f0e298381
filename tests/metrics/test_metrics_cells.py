"""Cells of a u of several columns: categories first, as far as rows suffice."""

import numpy as np
import pytest

from ivaegan_jax.metrics import cells_of, levels_or_cells
from ivaegan_jax.types import Auxiliary, Column, Kind

ROWS = 480
RNG = np.random.default_rng(0)
SIDE, SUBJECT = RNG.permutation(ROWS) % 8, RNG.permutation(ROWS) % 5
SPEED = RNG.normal(size=(ROWS, 1))


def in_thirds(quantities, rows, others):
    """Cuts the first quantity where rows suffice for three cells, and says what it was given."""
    assert rows * others <= ROWS
    return np.digitize(quantities[:, 0], [-0.4, 0.4]) if rows >= 90 else np.zeros(ROWS, int)


def hot(*codes):
    return np.concatenate([np.eye(code.max() + 1)[code] for code in codes], axis=1)


def same(found, expected):
    """Whether two codes part the rows alike, whatever the numbers."""
    pairs = len(np.unique(np.stack([found, expected]), axis=1).T)
    return pairs == len(np.unique(found)) == len(np.unique(expected))


def test_all_combinations_are_cells_where_rows_suffice():
    found = cells_of(hot(SIDE % 2, SUBJECT), 30, in_thirds)
    assert same(found, 5 * (SIDE % 2) + SUBJECT)


@pytest.mark.parametrize("order", [(SIDE, SUBJECT), (SUBJECT, SIDE)])
def test_else_the_column_of_more_cells_is_taken_whole(order):
    assert same(cells_of(hot(*order), 30, in_thirds), SIDE)


def test_quantities_cut_categories_further_where_rows_suffice():
    third = np.digitize(SPEED[:, 0], [-0.4, 0.4])
    few = cells_of(np.hstack([SPEED, hot(SIDE % 4)]), 30, in_thirds)
    assert same(few, 3 * (SIDE % 4) + third)
    assert same(cells_of(np.hstack([SPEED, hot(SIDE)]), 30, in_thirds), SIDE)


def test_categories_of_too_few_rows_leave_quantities_alone():
    many = hot(np.arange(ROWS) % 100)
    assert same(cells_of(np.hstack([many, SPEED]), 30, lambda u, *_: np.digitize(u[:, -1], [0])),
                np.digitize(SPEED[:, 0], [0]))  # fmt: skip


def test_steps_of_an_order_are_joined_until_rows_suffice():
    dose = np.sort(RNG.integers(0, 40, ROWS))
    column = Column(Kind.ORDERED, np.arange(40), "dose")
    u = Auxiliary.of_columns(dose[:, None], [column])
    found = levels_or_cells(u, 20)
    assert np.bincount(found).min() >= 50
    assert len(np.unique(found)) > 4
    assert all(np.ptp(np.flatnonzero(found == cell)) == (found == cell).sum() - 1
               for cell in np.unique(found))  # fmt: skip


def test_values_fewer_than_cells_are_cells_of_their_own():
    assert same(levels_or_cells((SIDE[:, None] % 3).astype(float) / 7, 20), SIDE % 3)


def test_values_that_distances_cannot_tell_apart_are_one():
    """k-means warned that it found fewer cells than were requested."""
    dose = np.array([0, 0.1, 1, 10, 100, 1000, 1e4, 1e5])[SIDE]
    found = levels_or_cells(((dose - dose.mean()) / dose.std())[:, None].astype(np.float32), 20)
    assert 4 <= len(np.unique(found)) <= 7
