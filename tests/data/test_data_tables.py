import io
import zipfile

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivaegan_jax.data.tables.auxiliary import as_categories
from ivaegan_jax.data.tables.load import load_table
from ivaegan_jax.data.tables.memory import as_dataset, as_rows
from ivaegan_jax.types import InputError

X = np.arange(12, dtype=float).reshape(6, 2)
U = np.array([3, 3, 7, 7, 9, 9])


def saved(tmp_path, **arrays):
    path = tmp_path / "table.npz"
    np.savez(path, **arrays)
    return path


def test_loads_numbers_categories_and_sources(tmp_path):
    data = load_table(saved(tmp_path, x=X, u=U, s=X[:, :1], other=np.zeros(3)))
    assert data.name.endswith("table.npz")
    assert data.x.dtype == data.s.dtype == np.float64, "as it was given"
    assert data.u.codes.dtype == np.int32
    assert np.array_equal(data.x, X)
    assert np.array_equal(data.u.codes, [0, 0, 1, 1, 2, 2])
    assert np.array_equal(data.u.levels, [3, 7, 9])
    assert np.array_equal(data.s, X[:, :1])


@pytest.mark.parametrize("shape", [(1, 2), (2, 1), (1, 1)])
def test_rows_may_be_images_of_one_or_more_colours(tmp_path, shape):
    assert load_table(saved(tmp_path, x=X, u=U, image_shape=shape)).image_shape == shape
    assert load_table(saved(tmp_path, x=X, u=U)).image_shape is None


def test_pictures_are_rows_of_pixels(tmp_path):
    grey, levels = np.arange(6 * 12.0).reshape(6, 3, 4) ** 0.5, U
    colours = np.arange(6 * 24.0).reshape(6, 2, 4, 3) ** 0.5
    for x in (grey, colours):
        given = {"u": levels, "image_shape": x.shape[1:3]}
        for table in (load_table(saved(tmp_path, x=x, **given)), as_dataset(x, **given)):
            assert np.array_equal(table.x, x.reshape(6, -1))
            assert table.image_shape == x.shape[1:3]
        assert np.array_equal(as_rows(x, x[0].size), x.reshape(6, -1))
    with pytest.raises(
        InputError, match=r"shape \(6, 3, 4\) .* or give image_shape=x.shape\[1:3\]"
    ):
        as_dataset(grey, levels)
    with pytest.raises(InputError, match=r"shape \(6, 3, 4\) but must be"):
        as_dataset(grey, levels, image_shape=(4, 3))
    with pytest.raises(InputError, match=r"shape \(6, 3, 4\) but must be"):
        as_rows(grey, 13)


@pytest.mark.parametrize(
    ("u", "levels"),
    [
        (U[:, None], [3, 7, 9]),
        (U.astype(float), [3, 7, 9]),
        (U.astype(np.uint8), [3, 7, 9]),
        (U > 3, [False, True]),
        (np.array(list("bbaacc")), ["a", "b", "c"]),
        (np.array(list("bbaacc"), dtype="S1"), ["a", "b", "c"]),
    ],
)
def test_kinds_of_categories(tmp_path, u, levels):
    data = load_table(saved(tmp_path, x=X, u=u))
    assert data.u.levels.tolist() == levels
    assert data.u.own().tolist() == np.ravel(u).astype(data.u.levels.dtype).tolist()


@pytest.mark.parametrize("shape", [(6,), (6, 1), (6, 2)])
def test_floats_are_continuous(tmp_path, shape):
    u = np.random.default_rng(0).normal(size=shape)
    data = load_table(saved(tmp_path, x=X, u=u))
    assert not data.u.is_categorical
    assert data.u.values.shape == (6, *(shape[1:] or (1,)))
    assert data.u.values.dtype == np.float64


def test_floats_in_columns_are_continuous_even_if_whole(tmp_path):
    assert not load_table(saved(tmp_path, x=X, u=X[:, :1])).u.is_categorical


def test_huge_whole_floats_are_continuous(tmp_path):
    assert not load_table(saved(tmp_path, x=X, u=np.arange(6) * 1e20)).u.is_categorical


def test_new_rows_need_no_u_and_may_hold_one_category(tmp_path):
    without = load_table(saved(tmp_path, x=X), ())
    assert without.u.is_absent
    assert len(without.u) == 6
    constant = load_table(saved(tmp_path, x=X, u=np.full(6, "a")), new_rows_of=())
    assert constant.u.levels.tolist() == ["a"]


def test_a_constant_column_of_x_is_no_error(tmp_path):
    assert (load_table(saved(tmp_path, x=np.c_[np.ones(6), X], u=U)).x[:, 0] == 1).all()


def with_value(value):
    x = X.copy()
    x[4, 1] = value
    return x


FAULTS = {
    "no x": ({"u": U, "y": X}, r"no array x in it \(found u, y\)"),
    "no u": ({"x": X, "y": U}, r"no array u in it \(found x, y\)"),
    "neither": ({"y": U}, r"no array x and u in it"),
    "objects": ({"x": X.astype(object), "u": U}, "x holds Python objects"),
    "object u": ({"x": X, "u": np.array([1, "a", 2, 3, 4, 5], object)}, "u holds Python objects"),
    "x 1-d": ({"x": X[:, 0], "u": U}, r"shape \(6,\) but must be .*x\[:, None\]"),
    "x 3-d": ({"x": X[:, :, None], "u": U}, r"x\.reshape\(len\(x\), -1\)"),
    "s 1-d": ({"x": X, "u": U, "s": X[:, 0]}, r"s has shape .*s\[:, None\]"),
    "x text": ({"x": X.astype(str), "u": U}, "x holds <U32 instead of real numbers"),
    "x complex": ({"x": X * 1j, "u": U}, "x holds complex128"),
    "nan": ({"x": with_value(np.nan), "u": U}, r"x has NaN.* 1 of them, first .*\(4, 1\)"),
    "inf": ({"x": with_value(np.inf), "u": U}, r"\(4, 1\); drop or fill .* 1 row"),
    "too large": ({"x": with_value(1e300), "u": U}, r"beyond float32.*\(4, 1\)"),
    "inf in u": ({"x": X, "u": with_value(np.inf)[:, 1]}, r"u has NaN, inf.*\(4, 0\)"),
    "nan alone in u": ({"x": X, "u": np.full(6, np.nan)}, "u is missing in all rows"),
    "nan in s": ({"x": X, "u": U, "s": with_value(np.nan)}, "s has NaN"),
    "many nan": ({"x": X * np.nan, "u": U}, r"12 of them.*\(0, 0\), \(0, 1\), \(1, 0\); .* 6 row"),
    "u longer": ({"x": X, "u": np.arange(7)}, "x has 6 rows, u has 7"),
    "s shorter": ({"x": X, "u": U, "s": X[:5]}, "x has 6 rows, s has 5"),
    "no rows": ({"x": X[:0], "u": U[:0]}, r"x is empty \(shape \(0, 2\)\)"),
    "no columns": ({"x": X[:, :0], "u": U}, "x is empty"),
    "empty u": ({"x": X, "u": U[:0]}, "u is empty"),
    "one x": ({"x": np.ones((6, 2)), "u": np.arange(6) % 2}, "x is the same in all rows"),
    "one level": ({"x": X, "u": np.ones(6)}, "u has one value in all rows"),
    "one float": ({"x": X, "u": np.full((6, 2), 0.5)}, "u has one value in all rows"),
    "integer columns": ({"x": X, "u": X.astype(int)}, "one column of categories"),
    "dates": (
        {"x": X, "u": np.stack([U, U], 1).astype("datetime64[D]")},
        "u holds datetime64.*seconds",
    ),
    "complex u": ({"x": X, "u": U * 1j}, "u holds complex128"),
    "scalar u": ({"x": X, "u": np.array(3)}, r"u must be a column .*np\.atleast_1d"),
    "x 4-d": ({"x": X[:, :, None, None], "u": U}, r"or give image_shape=x\.shape\[1:3\] beside x"),
    "image of one number": ({"x": X, "u": U, "image_shape": 2}, "must be two whole numbers"),
    "image of nothing": ({"x": X, "u": U, "image_shape": [0, 2]}, "must be two whole numbers"),
    "image of floats": ({"x": X, "u": U, "image_shape": [1.0, 2.0]}, "must be two whole numbers"),
    "image too large": ({"x": X, "u": U, "image_shape": [2, 2]}, "multiple of 4 .* there are 2"),
    "scalar float u": ({"x": X, "u": np.array(3.5)}, "must be"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faulty_arrays_give_one_clear_line(tmp_path, fault):
    arrays, message = FAULTS[fault]
    with pytest.raises(InputError, match=message) as caught:
        load_table(saved(tmp_path, **arrays))
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path))


def damaged_bytes(kind, tmp_path):
    whole = saved(tmp_path, x=np.random.default_rng(0).normal(size=(50, 9)), u=U).read_bytes()
    flipped = bytearray(whole)
    flipped[400:440] = bytes(40)
    return {
        "text": b"x,u\n1,2\n",
        "nothing": b"",
        "cut": whole[:2000],
        "flipped": bytes(flipped),
        "pickle": b"\x80\x04K\x01.",
        "header": with_member(b"\x93NUMPY\x01\x00\xff\xff" + b"(" * 65535),
    }[kind]


def with_member(content):
    """An archive with this in place of x."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("x.npy", content)
    return archive.getvalue()


def test_a_header_that_claims_more_than_there_is_gives_one_clear_line(tmp_path):
    header = io.BytesIO()
    claim = {"descr": "<f4", "fortran_order": False, "shape": (10**15,)}
    np.lib.format.write_array_header_1_0(header, claim)
    (tmp_path / "huge.npz").write_bytes(with_member(header.getvalue()))
    with pytest.raises(InputError, match=r"huge\.npz: x takes more memory than there is") as caught:
        load_table(tmp_path / "huge.npz")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ["text", "nothing", "cut", "flipped", "pickle", "header"])
def test_foreign_or_damaged_files_give_one_clear_line(tmp_path, kind):
    path = tmp_path / "damaged.npz"
    path.write_bytes(damaged_bytes(kind, tmp_path))
    with pytest.raises(InputError, match="damaged, or not a readable") as caught:
        load_table(path)
    assert "\n" not in str(caught.value)


def test_a_lone_array_has_no_u_and_a_folder_is_no_table(tmp_path):
    np.save(tmp_path / "x.npy", X)
    with pytest.raises(
        InputError, match=r"no array u in it \(found x\); save u in the same folder as u.npy"
    ):
        load_table(tmp_path / "x.npy")
    with pytest.raises(InputError, match="not a readable"):
        load_table(tmp_path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"absent\.npz: no such file"):
        load_table(tmp_path / "absent.npz")


@given(st.lists(st.integers(-(2**40), 2**40), min_size=1))
def test_integers_and_whole_floats_are_the_same_categories(values):
    integers = np.array(values)
    assert np.array_equal(as_categories(integers), as_categories(integers.astype(float)))


def test_new_rows_lack_no_column_that_the_model_needs(tmp_path):
    """Advice on a table to train on, to leave the column out, would be refused."""
    x = X.copy().astype(float)
    x[2, 1] = np.nan
    names = [f"n{i}" for i in range(x.shape[1])]
    pd.DataFrame(x, columns=names).to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(InputError, match=r"or leave these 1 row\(s\) out$"):
        load_table(tmp_path / "t.csv", new_rows_of=names)
