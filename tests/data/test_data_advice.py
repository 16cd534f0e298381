"""Advice is code: what a message names is executed as it stands, and the table is then read."""

import re

import numpy as np
import pytest
from scipy import sparse

from ivaegan_jax.data.tables.load import load_table
from ivaegan_jax.types import InputError

ROWS = 8
X = np.random.default_rng(0).normal(size=(ROWS, 3))
U = np.array([3, 3, 7, 7, 9, 9, 3, 7])
S = X[:, :2] + 1
DAYS = np.datetime64("2026-01-01") + np.arange(ROWS)
FIELDS = [("age", float), ("name", "U3"), ("dose", int)]


def with_value(value, array=X):
    changed = np.array(array)
    changed[4, 1] = value
    return changed


def objects(*values):
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


FAULTS = {
    "column": {"x": X[:, 0]},
    "column of s": {"s": X[:, 0]},
    "images": {"x": X.reshape(ROWS, 3, 1)},
    "colours": {"x": X.reshape(ROWS, 1, 3, 1)},
    "transposed": {"x": X.T},
    "transposed with sources": {"x": X.T, "s": S},
    "transposed sources": {"s": S.T},
    "transposed u": {"u": U[None]},
    "transposed x and u": {"x": X.T, "u": U[None]},
    "everything transposed": {"x": X.T, "u": np.stack([U, 2 * U]), "s": S.T},
    "objects": {"x": X.astype(object)},
    "objects and None": {"x": with_value(None, X.astype(object))},
    "sparse": {"x": sparse.csr_matrix(X)},
    "sparse array": {"x": sparse.coo_array(X)},
    "labels as objects": {"u": objects("a", None, "b", float("nan"), "b", "a", "a", "b")},
    "codes as objects": {"u": objects(1, None, 2, 1, 1, 2, 2, 2)},
    "text and numbers": {"u": np.array([["a", 0.5], ["b", 1.5], ["b", None]] * 3, object)[:ROWS]},
    "complex": {"x": X + 1j},
    "complex u": {"u": U + 1j},
    "complex columns of u": {"u": X + 1j},
    "dates": {"x": np.stack([DAYS, DAYS + 3], axis=1)},
    "durations": {"x": np.stack([DAYS - DAYS[0], DAYS - DAYS[3]], axis=1)},
    "fields": {"x": np.array([(i, "a", 2 * i) for i in range(ROWS)], FIELDS)},
    "fields of u": {"u": np.array([(i, "a", 2 * i) for i in range(ROWS)], FIELDS)},
    "numbers as text": {"x": X.astype(str)},
    "NaN": {"x": with_value(np.nan)},
    "NaN beside s": {"x": with_value(np.nan), "s": S},
    "NaN in s": {"s": with_value(np.inf)},
    "too large": {"x": with_value(1e300)},
    "inf in u": {"u": with_value(np.inf)},
    "inf in a column of u": {"u": np.where(U == 3, np.inf, U + 0.5)},
    "large whole numbers": {"x": 2**60 + np.arange(2 * ROWS).reshape(ROWS, 2)},
    "whole columns of u": {"u": np.stack([U, U + 1], axis=1)},
    "columns of names": {"u": np.stack([U, U + 1], axis=1).astype(str)},
}  # fmt: skip


def advised(message):
    """The pieces of code in a message."""
    code = re.findall("`([^`]+)`", message)
    assert code, f"no advice in: {message}"
    return code


def followed(code, arrays):
    """The arrays after a piece of code, run as it stands."""
    scope = {"np": np, **arrays}
    exec(code, scope)
    return {name: scope[name] for name in arrays}


def read_or_refused(path, arrays):
    """The table of these arrays, or the message of its refusal."""
    np.savez(path, **arrays)
    try:
        return load_table(path)
    except InputError as error:
        return str(error)


def read_as_advised(path, arrays, rounds=0):
    """Follows every piece of advice to a table that is read; returns how many steps it took."""
    found = read_or_refused(path, arrays)
    if isinstance(found, str):
        assert "\n" not in found
        assert rounds < 4, found
        each = [followed(code, arrays) for code in advised(found)]
        return max(read_as_advised(path, changed, rounds + 1) for changed in each)
    assert np.isfinite(found.x).all()
    assert len(found.x) == len(found.u) >= ROWS // 2
    return rounds


@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
@pytest.mark.parametrize("fault", FAULTS)
def test_advice_leads_to_a_table_that_is_read(tmp_path, fault):
    arrays = {"x": X, "u": U} | FAULTS[fault]
    assert read_as_advised(tmp_path / "table.npz", arrays) > 0, "nothing was wrong"


@pytest.mark.parametrize(
    "fault", ["sparse", "objects", "labels as objects", "codes as objects", "text and numbers"]
)
def test_advice_on_objects_in_files_of_their_own_leads_to_a_table_that_is_read(tmp_path, fault):
    arrays = {"x": X, "u": U} | FAULTS[fault]
    for name, array in arrays.items():
        np.save(tmp_path / f"{name}.npy", np.asanyarray(array), allow_pickle=True)
    with pytest.raises(InputError, match="which would need pickle") as caught:
        load_table(tmp_path / "x.npy")
    for name, array in followed(advised(str(caught.value))[0], arrays).items():
        np.save(tmp_path / f"{name}.npy", array, allow_pickle=False)
    data = load_table(tmp_path / "x.npy")
    assert np.isin(data.x, X).all()
    assert len(data.x) >= 6, "rows whose u is missing are left out"


def test_one_new_row_is_a_row(tmp_path):
    arrays = {"x": X[0]}
    np.savez(tmp_path / "row.npz", **arrays)
    with pytest.raises(InputError, match=r"x = x\[None\]") as caught:
        load_table(tmp_path / "row.npz", new_rows_of=3)
    np.savez(tmp_path / "row.npz", **followed(advised(str(caught.value))[0], arrays))
    assert load_table(tmp_path / "row.npz", new_rows_of=3).x.shape == (1, 3)


@pytest.mark.parametrize("u", [3, 3.5, "a"])
def test_a_lone_value_of_u_is_a_row(tmp_path, u):
    arrays = {"x": X[:1], "u": u}
    np.savez(tmp_path / "row.npz", **arrays)
    with pytest.raises(InputError, match="u must be a column") as caught:
        load_table(tmp_path / "row.npz", new_rows_of=())
    np.savez(tmp_path / "row.npz", **followed(advised(str(caught.value))[0], arrays))
    assert len(load_table(tmp_path / "row.npz", new_rows_of=()).u) == 1


def test_u_is_put_beside_a_sparse_matrix(tmp_path):
    path = tmp_path / "counts.npz"
    sparse.save_npz(path, sparse.csr_matrix(X))
    with pytest.raises(InputError, match="no array u in it") as caught:
        load_table(path)
    exec(advised(str(caught.value))[0], {"np": np, "path": path, "u": U})
    data = load_table(path)
    np.testing.assert_array_equal(data.x, X)
    np.testing.assert_array_equal(data.u.own(), U)


@pytest.mark.parametrize("form", ["csr", "csc", "coo", "bsr", "dia"])
def test_sparse_matrices_of_every_form_are_read(tmp_path, form):
    path = tmp_path / "counts.npz"
    sparse.save_npz(path, sparse.csr_matrix(np.round(X)).asformat(form))
    np.savez(path, u=U, **np.load(path))
    np.testing.assert_array_equal(load_table(path).x, np.round(X))


def test_a_damaged_sparse_matrix_is_no_table(tmp_path):
    path = tmp_path / "counts.npz"
    sparse.save_npz(path, sparse.csr_matrix(X))
    with np.load(path) as file:
        np.savez(path, u=U, **{k: v for k, v in file.items() if k != "indptr"})
    with pytest.raises(InputError, match="damaged"):
        load_table(path)
