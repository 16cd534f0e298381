"""Which rows of a table are taken, by values of its columns."""

import numpy as np
import pandas as pd
import pytest

from ivaegan_jax.data import load_table
from ivaegan_jax.types import InputError

PERSON, DAY = np.array(["a", "b", "c"] * 40), np.repeat([1, 2, 3, 4], 30)
X, U = np.random.default_rng(0).normal(size=(120, 2)), np.arange(120) % 5


@pytest.fixture(params=["npz", "csv"])
def path(request, tmp_path):
    file = tmp_path / f"mine.{request.param}"
    if request.param == "npz":
        np.savez(file, x=X, u=U, person=PERSON, day=DAY, names=np.array(["p", "q"]))
    else:
        columns = {"x1": X[:, 0], "x2": X[:, 1], "u": U, "person": PERSON, "day": DAY}
        pd.DataFrame(columns).to_csv(file, index=False)
    return file


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ("", np.ones(120, bool)),
        ("person=a", PERSON == "a"),
        ("person=a,c", PERSON != "b"),
        ("person!=b", PERSON != "b"),
        ("person!=a,b; day=2", (PERSON == "c") & (DAY == 2)),
        ("day=1.0,4", (DAY == 1) | (DAY == 4)),
    ],
)
def test_rows_by_value(path, rows, kept):
    names = {"x": "x1,x2"} if path.suffix == ".csv" else {}
    found = load_table(path, rows=rows, **names)
    np.testing.assert_allclose(found.x, X[kept])
    np.testing.assert_array_equal(found.u.own(), U[kept])
    np.testing.assert_array_equal(found.side["day"], DAY[kept])


def test_levels_are_those_of_the_rows_that_are_left(tmp_path):
    np.savez(tmp_path / "mine.npz", x=X, u=PERSON)
    assert load_table(tmp_path / "mine.npz", rows="u!=b").u.levels.tolist() == ["a", "c"]


FAULTS = {
    "person": "is not COLUMN=VALUE,VALUE or COLUMN!=VALUE",
    "=a": "is not COLUMN=VALUE",
    "person=": "is not COLUMN=VALUE",
    "persn=a": "rows: 'persn' is no column; did you mean 'person'",
    "person=d": "no row has person 'd'; there are a, b, c",
    "day=monday": "no row has day 'monday'; there are 1, 2, 3, 4",
    "x=1": "rows: 'x' has several columns",
    "person=a;person=b": "leaves no row",
}


@pytest.mark.parametrize("rows", FAULTS)
def test_faults_are_one_line(tmp_path, rows):
    np.savez(tmp_path / "mine.npz", x=X, u=U, person=PERSON, day=DAY)
    with pytest.raises(InputError, match=FAULTS[rows]) as caught:
        load_table(tmp_path / "mine.npz", rows=rows)
    assert "\n" not in str(caught.value)
