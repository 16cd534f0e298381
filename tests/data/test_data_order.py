import numpy as np
import pytest

from ivaegan_jax.data.config import DataConfig
from ivaegan_jax.data.prepare import prepare
from ivaegan_jax.data.splits.order import group_codes, in_order, place_of
from ivaegan_jax.data.tables.load import load_table
from ivaegan_jax.types import InputError

ROWS = 60
X = np.random.default_rng(0).normal(size=(ROWS, 2))
U = np.arange(ROWS) % 3


def loaded(tmp_path, **arrays):
    path = tmp_path / "table.npz"
    np.savez(path, x=X, u=U, **arrays)
    return load_table(path)


def test_columns_of_one_value_per_row_are_kept_by_name(tmp_path):
    word, flag = np.array(["a", "b"] * 30), np.arange(ROWS)[:, None] > 3
    columns = {"word": word, "flag": flag, "wide": X, "short": U[1:], "one": np.array(3)}
    found = loaded(tmp_path, **columns, object=np.array([None] * ROWS, object))
    assert found.side.keys() == {"word", "flag"}
    np.testing.assert_array_equal(found.side["word"], word)
    np.testing.assert_array_equal(found.side["flag"], flag[:, 0])
    assert found.groups is None
    assert found.time is None


def test_groups_and_time_put_rows_in_order(tmp_path):
    groups, time = np.array(["b", "a", "c"] * 20), np.arange(ROWS)[::-1] * 1e9
    found = loaded(tmp_path, groups=groups, time=time)
    np.testing.assert_array_equal(found.groups, np.arange(ROWS) % 3)
    order = in_order(found)
    np.testing.assert_array_equal(found.groups[order], np.repeat([0, 1, 2], 20))
    assert np.all(np.diff(found.time[order].reshape(3, 20)) > 0)
    np.testing.assert_array_equal(place_of(found)[order], np.arange(ROWS))


def test_without_groups_and_time_rows_stand_in_order(tmp_path):
    np.testing.assert_array_equal(in_order(loaded(tmp_path)), np.arange(ROWS))


def test_dates_are_times(tmp_path):
    dates = np.datetime64("2026-01-01", "s") - np.arange(ROWS)
    np.testing.assert_array_equal(in_order(loaded(tmp_path, time=dates)), np.arange(ROWS)[::-1])


def test_groups_are_numbered_as_they_come():
    np.testing.assert_array_equal(group_codes(np.array(list("zzayz"))), [0, 0, 1, 2, 0])


@pytest.mark.parametrize(
    ("time", "message"),
    [
        (np.array(["soon"] * ROWS), "time holds text; give the time of every row as a number"),
        (np.where(np.arange(ROWS) == 7, np.nan, 1), r"no value in 1 row\(s\), first in row 7"),
    ],
)
def test_unfit_times_give_one_clear_line(tmp_path, time, message):
    with pytest.raises(InputError, match=message) as caught:
        loaded(tmp_path, time=time)
    assert "\n" not in str(caught.value)


def test_every_part_says_which_rows_it_holds_in_their_order(tmp_path):
    groups, time = np.arange(ROWS) % 2, np.arange(ROWS)[::-1]
    table = loaded(tmp_path, groups=groups, time=time)
    data = prepare([table, table], (1, 2), DataConfig(scale=1.0), batch=8)
    for i, fitted in enumerate(data.preprocessing):
        for part in (data.train, data.valid, data.test):
            row = part.row[i]
            np.testing.assert_allclose(fitted.inverse_x(part.x[i]), table.x[row], atol=1e-5)
            np.testing.assert_array_equal(part.u[i], U[row])
            np.testing.assert_array_equal(part.group[i], groups[row])
            np.testing.assert_array_equal(part.place[i], place_of(table)[row])
            assert np.all(np.diff(part.place[i]) > 0)
        rows = np.concatenate([part.row[i] for part in (data.train, data.valid, data.test)])
        np.testing.assert_array_equal(np.sort(rows), np.arange(ROWS))
