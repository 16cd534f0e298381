"""The arrays of an `.npz` file, without pickle; a sparse matrix saved by scipy is an array too."""

import pickletools
import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from ivaegan_jax.data.tables.side import HEADERS, side_columns
from ivaegan_jax.types import InputError

HOW_TO_SAVE = "save it with numpy.savez(path, x=x, u=u)"
SPARSE = {"format", "shape", "data"}
"""Arrays that every file of `scipy.sparse.save_npz` has."""

OF_SPARSE = (*SPARSE, "indices", "indptr", "row", "col", "offsets", "coords", "_is_array")
"""Arrays that some have."""

MOST_PICKLE = 2**22
"""Bytes of a pickle that are looked at, unexecuted, to say what it holds."""


def read_arrays(path: Path, keys: tuple[str, ...]) -> tuple[dict[str, np.ndarray], list[str]]:
    """Those of the arrays `keys` that a file has, its side columns, and the names of all arrays.

    Raises:
      InputError: where there is no file, or one that cannot be read without pickle.
    """
    if not path.exists():
        raise InputError(f"{path}: no such file; check the path")
    damaged = InputError(f"{path}: damaged, or not a readable .npz file; {HOW_TO_SAVE}")
    if not zipfile.is_zipfile(path):
        raise damaged
    key = ""
    try:
        with np.load(path, allow_pickle=False) as file:
            _check_names(path, file.zip.namelist())
            arrays = {}
            for key in (name for name in keys if name in file):
                arrays[key] = np.asarray(file[key])
            found = list(file)
            sparse = "x" in keys and "x" not in found and set(found) >= SPARSE
            if sparse:
                arrays["x"] = _dense(path, damaged)
            rows = len(np.atleast_1d(arrays.get("x", ())))
            arrays |= side_columns(file, rows, keys + OF_SPARSE * sparse)
    # RuntimeError: encrypted, or packed in a way zipfile does not know.
    except (OSError, EOFError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        if isinstance(error, InputError):
            raise
        if "pickle" not in str(error):
            raise damaged from None
        raise InputError(f"{path}: {_advice_on_objects(path, key)}") from None
    return arrays, ["x", *found] if sparse else found


def _check_names(path: Path, names: list[str]) -> None:
    """Raises InputError for two arrays of one name, of which only the last would be read."""
    twice = sorted({name.removesuffix(".npy") for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"{path}: holds {twice[0]} more than once; {HOW_TO_SAVE}")


def _dense(path: Path, damaged: InputError) -> np.ndarray:
    """The matrix of a file that `scipy.sparse.save_npz` wrote, whatever lies beside it."""
    from scipy import sparse

    try:
        return sparse.load_npz(path).toarray()
    except (KeyError, TypeError, ValueError, IndexError, NotImplementedError):
        raise damaged from None


def _advice_on_objects(path: Path, key: str) -> str:
    """What to save in place of an array that only pickle could read."""
    shape, pickled = _peek(path, key)
    if b"scipy.sparse" in pickled[:1000]:
        return f"{key} is a sparse matrix, which would need pickle; save `{key} = {key}.toarray()`"
    what = f"{key} holds Python objects, which would need pickle"
    columns = shape[1] if len(shape) == 2 else 1
    if _holds_text(pickled):
        if key == "u" and columns == 1:
            return (
                f"{what}; save `u = np.asarray(u, dtype=str)`, where None and nan count as missing"
            )
        if key == "u":
            return (
                f"{what}: text in some of {columns} columns; save `u = np.column_stack([np.unique("
                "np.asarray(c, dtype=str), return_inverse=True)[1] if any(isinstance(v, str) for v "
                "in c) else np.asarray(c, dtype=float) for c in np.asarray(u, dtype=object).T])`"
            )
        return f"{what}, text among them; leave out the columns of text"
    if key == "u" and columns == 1 and len(shape) != 2:
        return f"{what}; save `u = np.asarray(u, dtype=str)` for categories, or dtype=float"
    return f"{what}; save `{key} = np.asarray({key}, dtype=float)`"


def _peek(path: Path, key: str) -> tuple[tuple[int, ...], bytes]:
    """The shape of an array of objects, and the beginning of its pickle."""
    with zipfile.ZipFile(path) as archive, archive.open(f"{key}.npy") as file:
        shape, _, _ = HEADERS[npy.read_magic(file)](file)
        return shape, file.read(MOST_PICKLE)


def _holds_text(pickled: bytes) -> bool:
    """Whether a pickled array of objects has text among its values; nothing is executed."""
    try:
        started = False
        for opcode, value, _ in pickletools.genops(pickled):
            # the values of an array are the one list in its state
            started = started or opcode.name == "EMPTY_LIST"
            if started and "UNICODE" in opcode.name and value:
                return True
    except ValueError:  # cut off
        pass
    return False
