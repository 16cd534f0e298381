import numpy as np
import pytest

from ivaegan_jax.data.config import DataConfig
from ivaegan_jax.data.controls import as_control
from ivaegan_jax.data.dependence.nulls import Structure
from ivaegan_jax.data.prepare import prepare
from ivaegan_jax.data.series import Series, moved_rows, moved_u, reach_of, series_of, structure_as
from ivaegan_jax.types import Auxiliary, Dataset

ROWS, WINDOW = 1200, 200


def recording(groups=None, seed=0):
    """Neighbouring rows alike; u is the window, or of whole groups."""
    steps = np.random.default_rng(seed).normal(size=(ROWS, 3))
    x = np.cumsum(steps, axis=0) * 0.1 + steps
    u = np.arange(ROWS) // WINDOW if groups is None else groups % 3
    return Dataset("table", x.astype(np.float32), Auxiliary.categorical(u), groups=groups)


@pytest.fixture(scope="module")
def data():
    return prepare([recording(), recording()], (1, 2), DataConfig(split="random"), batch=8)


def rows_of(u, group=None, place=None):
    """A series of nothing but u, all rows in one part."""
    place = np.arange(len(u)) if place is None else place
    return Series(np.zeros((len(u), 1)), u, group, place, np.arange(len(u)), (len(u), 0, 0))


def test_a_series_is_the_table_in_its_order_and_goes_back_into_parts(data):
    series, table = series_of(data, 1), recording()
    back = data.preprocessing[1].inverse_x(series.x)
    np.testing.assert_allclose(back, table.x, atol=1e-4)
    np.testing.assert_array_equal(series.u, table.u.codes)
    assert series.group is None
    parts = zip(series.as_parts(series.u), (data.train, data.valid, data.test), strict=True)
    for found, part in parts:
        np.testing.assert_array_equal(found, part.u[1])


@pytest.mark.parametrize("seed", range(5))
def test_u_in_windows_moves_by_a_part_of_a_window_and_mirrors_its_ends(seed):
    u = np.arange(ROWS) // WINDOW
    rows = moved_rows(rows_of(u), Structure("shifts"), WINDOW // 2, np.random.default_rng(seed))
    step = np.bincount(np.abs(rows - np.arange(ROWS))).argmax()
    assert WINDOW / 4 <= step <= WINDOW / 2
    assert (np.abs(np.diff(rows)) <= 1).all()  # no jump anywhere
    assert (np.diff(u[rows]) >= 0).all()
    assert 0.2 < np.mean(u[rows] != u) < 0.6


def test_groups_are_moved_by_themselves():
    groups = np.repeat([0, 1, 2], [600, 400, 200])
    u = np.tile(np.repeat([0, 1], 25), ROWS // 50)
    rows = moved_rows(rows_of(u, groups), Structure("shifts", groups), 25, np.random.default_rng(0))
    np.testing.assert_array_equal(groups[rows], groups)
    assert np.mean(u[rows] != u) > 0.2


def test_the_u_of_whole_groups_is_dealt_out_to_other_groups():
    groups = np.repeat(np.arange(12), ROWS // 12)
    rows = moved_rows(
        rows_of(groups % 3, groups), Structure("labels", groups), 0, np.random.default_rng(0)
    )
    u = (groups % 3)[rows]
    assert all(len(np.unique(u[groups == g])) == 1 for g in range(12))
    assert (np.bincount(u) == ROWS // 3).all()
    assert (u != groups % 3).any()


def test_every_run_of_the_control_has_a_move_of_its_own_in_all_parts(data):
    moved = as_control(data, "shifted_u", (1, 2), (5, 6, 7))
    for name in ("train", "valid", "test"):
        given, found = getattr(data, name), getattr(moved, name)
        assert found.x is given.x
        assert found.u.shape == (6, *given.u.shape[1:])
        assert found.u.dtype == given.u.dtype
        assert all((u != given.u[i // 3]).any() for i, u in enumerate(found.u))
    assert len({u.tobytes() for u in moved.train.u}) == 6
    alone = as_control(data, "shifted_u", (1, 2), (6,))
    np.testing.assert_array_equal(alone.test.u, moved.test.u[[1, 4]])


def test_training_rows_keep_every_level(data):
    series, structure = series_of(data, 0), Structure("shifts")
    reach = reach_of(series, structure)
    assert WINDOW / 3 <= reach < WINDOW
    for seed in range(20):
        train, *_ = moved_u(series, structure, reach, np.random.default_rng(seed))
        assert len(np.unique(train)) == ROWS // WINDOW


def test_u_moves_by_places_in_the_table_whatever_gaps_left_out():
    place = np.setdiff1d(np.arange(ROWS), np.arange(500, 560))
    u = place // WINDOW
    whole, rng = np.arange(ROWS) // WINDOW, np.random.default_rng
    for seed in range(3):
        full = moved_rows(rows_of(whole), Structure("shifts"), 100, rng(seed))
        rows = moved_rows(rows_of(u, place=place), Structure("shifts"), 100, rng(seed))
        same = np.isin(full[place], place)
        np.testing.assert_array_equal(place[rows][same], full[place][same])
        assert (~same).sum() == 60


@pytest.mark.parametrize("kind", ["courses", "slides"])
def test_sequences_get_a_u_of_their_own_and_blocks_of_one_series_are_shifted(data, kind):
    groups = np.repeat(np.arange(40), ROWS // 40)
    u = np.random.default_rng(0).integers(0, 5, ROWS)
    series = rows_of(u, groups)
    structure = structure_as(kind, series)
    assert structure.kind == kind
    assert reach_of(series, structure) == 0
    moved = u[moved_rows(series, structure, 0, np.random.default_rng(0))]
    assert 0.6 < np.mean(moved != u) < 0.95
    assert structure_as(kind, rows_of(u)).kind == "shifts"
    control = as_control(data, "shifted_u", (1, 2), (5,), kind)
    assert (control.train.u != data.train.u).any()
