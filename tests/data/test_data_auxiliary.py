"""U of every kind: categories, one-hot, missing, several columns; and the same for new rows."""

import json
import re
import zipfile

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from ivaegan_jax.data.config import DataConfig
from ivaegan_jax.data.fits import fit_preprocessing
from ivaegan_jax.data.prepare import prepare, preprocessing_arrays, preprocessing_from
from ivaegan_jax.data.tables.categories import MISSING
from ivaegan_jax.data.tables.load import load_table
from ivaegan_jax.types import InputError

RNG = np.random.default_rng(0)
ROWS = 300
X = RNG.normal(size=(ROWS, 3))
CODES = np.arange(ROWS) % 6
NAMES = np.array(["north", "east", "south", "west", "up", "down"])
SPEED = RNG.uniform(size=ROWS)
MIXED = np.stack([CODES + 1.0, SPEED], axis=1)


@pytest.fixture
def read(tmp_path):
    """`read(u, **arrays)`: the table of these arrays; `require_u=False` for new rows."""

    def load(u, require_u=True, **arrays):
        path = tmp_path / "table.npz"
        np.savez(path, **{"x": X[: len(u)]} | arrays, u=u)
        return load_table(path, None if require_u else ())

    return load


@pytest.mark.parametrize("dtype", [float, np.float32, int, bool, np.uint8])
def test_one_hot_columns_of_every_type_are_the_categories_they_code(read, dtype):
    hot, codes = read(np.eye(6)[CODES].astype(dtype)), read(CODES)
    assert_array_equal(hot.u.codes, codes.u.codes)
    assert_array_equal(hot.u.levels, codes.u.levels)
    assert "6 columns are the categories 0 to 5" in hot.notes[0]
    fitted = fit_preprocessing(hot, np.arange(ROWS))
    new = read(np.eye(6)[[5, 0]].astype(dtype), require_u=False)
    assert fitted.encode_u(new.u).tolist() == [5, 0]


def test_one_hot_rows_of_nan_are_missing(read):
    hot = np.eye(6)[CODES]
    hot[7] = np.nan
    assert len(read(hot).x) == ROWS - 1
    assert "u is missing in 1 of 300 rows" in read(hot).notes[0]


@pytest.mark.parametrize("spelt", [*sorted(MISSING), " NaN ", "NONE", "N/A  ", "Missing"])
def test_spellings_of_missing_are_left_out_and_counted(read, spelt):
    names = NAMES[CODES].astype("U20")
    names[::10] = spelt
    found = read(names, s=X, groups=CODES, time=np.arange(ROWS))
    kept = np.arange(ROWS) % 10 != 0
    assert_array_equal(found.u.levels, np.sort(NAMES))
    assert_array_equal(found.u.own(), NAMES[CODES][kept])
    for array, given in ((found.x, X), (found.s, X), (found.time, np.arange(ROWS))):
        assert_array_equal(array, given[kept])
    assert len(found.groups) == len(found.side["time"]) == kept.sum()
    assert f"missing in 30 of 300 rows ({spelt!r} 30)" in found.notes[0]


@pytest.mark.parametrize(
    "u", [np.where(CODES == 2, np.nan, CODES), np.where(CODES == 2, np.nan, SPEED),
          np.where(CODES[:, None] == 2, np.nan, MIXED)]
)  # fmt: skip
def test_numbers_that_are_nan_are_missing(read, u):
    found = read(u)
    assert len(found.x) == ROWS - 50
    assert np.isfinite(found.u.own()).all()


def test_new_rows_keep_their_order_and_a_missing_u_is_named(read):
    names = NAMES[CODES].astype("U20")
    fitted = fit_preprocessing(read(names), np.arange(ROWS))
    names[3] = "n/a"
    new = read(names, require_u=False)
    assert len(new.x) == ROWS
    with pytest.raises(InputError, match=r"u is missing in 1 row\(s\), first in 3"):
        fitted.encode_u(new.u)
    continuous = fit_preprocessing(read(SPEED), np.arange(ROWS))
    with pytest.raises(InputError, match=r"u is missing in 1 row\(s\), first in 0"):
        continuous.encode_u(read(np.array([np.nan, 0.5]), require_u=False).u)


def test_a_category_beside_a_quantity_becomes_features_of_its_own(read, tmp_path):
    table = read(MIXED)
    assert table.u.categories == (0,)
    data = prepare([table], (1,), DataConfig(), 16)
    assert data.dim_u == data.train.u.shape[-1] == 7
    for part in (data.train, data.valid, data.test):
        assert_array_equal(part.u[0, :, :6], np.eye(6)[CODES[part.row[0]]])
    speed = data.train.u[0, :, 6]
    np.testing.assert_allclose([speed.mean(), speed.std()], [0, 1], atol=1e-5)
    np.savez(tmp_path / "kept.npz", **preprocessing_arrays(data.preprocessing))
    with np.load(tmp_path / "kept.npz", allow_pickle=False) as stored:
        again = preprocessing_from(stored, 0)
    assert_array_equal(again.encode_u(MIXED), data.preprocessing[0].encode_u(MIXED))
    assert again.encode_u(MIXED[:1]).shape == (1, 7)
    with pytest.raises(InputError, match=r"9 in column 0, never seen .* 6 known .* 1, 2, 3"):
        again.encode_u(np.array([[9, 0.5]]))
    with pytest.raises(InputError, match="trained on 2 u columns, this has 3"):
        again.encode_u(np.ones((1, 3)))


def test_the_advice_for_quantities_makes_them_quantities(read):
    [note] = read(MIXED).notes
    scope = {"u": MIXED}
    exec(re.search("`([^`]+)`", note)[1], scope)
    assert read(scope["u"]).u.categories == ()


@pytest.mark.parametrize(
    "columns",
    [
        (np.arange(ROWS), SPEED),  # row numbers: no two rows share one
        (CODES // 3, SPEED),  # two values are a category and a quantity at once
        (CODES + 0.5, SPEED),
        (SPEED, SPEED**2),
    ],
)
def test_other_columns_are_quantities(read, columns):
    assert read(np.stack(columns, axis=1).astype(float)).u.categories == ()


def test_bytes_that_are_no_text_stay_apart_and_can_be_written(read):
    raw = np.array([b"caf\xe9", b"caf\xe8", b"caf\xc3\xa9", b"\xff\xfe", b"tea", b"\xff"])
    found = read(raw[CODES])
    assert len(found.u.levels) == 6
    assert_array_equal(found.u.codes == found.u.codes[0], CODES == 0)
    for level in found.u.levels.tolist():
        assert json.loads(json.dumps(level)) == level
        assert level.encode().decode() == level
    assert "café" in found.u.levels
    surrogates = np.array(["\udcff", "\udcfe", "a", "b", "c", "d"])[CODES]
    assert len({level.encode() for level in read(surrogates).u.levels.tolist()}) == 6


def test_names_that_would_read_alike_are_refused_not_merged(read):
    with pytest.raises(InputError, match="read alike"):
        read(np.array([b"\xff", b"\\xff"])[np.arange(ROWS) % 2])


def test_an_array_that_is_there_twice_is_refused(read, tmp_path):
    read(CODES)
    path = tmp_path / "table.npz"
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("u.npy", archive.read("u.npy"))
    with pytest.raises(InputError, match="holds u more than once"):
        load_table(path)


def test_a_level_per_row_is_a_quantity_when_it_is_saved_as_advised(read):
    with pytest.raises(InputError, match="if u is a quantity") as caught:
        prepare([read(np.arange(ROWS))], (1,), DataConfig(), 16)
    scope = {"u": np.arange(ROWS)}
    exec(re.search("`([^`]+)`", str(caught.value))[1], scope)
    assert prepare([read(scope["u"])], (1,), DataConfig(), 16).dim_u == 1


def test_transposed_new_rows_are_recognised(read):
    fitted = fit_preprocessing(read(CODES), np.arange(ROWS))
    with pytest.raises(InputError, match=r"is x transposed\? use `x = x.T`"):
        fitted.transform_x(X.T)
