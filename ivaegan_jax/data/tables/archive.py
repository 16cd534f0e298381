"""The arrays of an `.npz` file, without pickle; a sparse matrix saved by scipy is an array too."""

import fnmatch
import pickletools
import zipfile
import zlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from ivaegan_jax.data.splits.order import GROUPS, TIME
from ivaegan_jax.data.tables.side import HEADERS, side_columns
from ivaegan_jax.data.tables.table import KEYS, Table
from ivaegan_jax.types import InputError

HOW_TO_SAVE = "save it with numpy.savez(path, x=x, u=u)"
HOW_TO_NAME = "name the arrays, as in --x=NAME --u=NAME"
BESIDE_SPARSE = "put it beside the sparse matrix, `np.savez(path, u=u, **np.load(path))`"
SPARSE = {"format", "shape", "data"}
"""Arrays that every file of `scipy.sparse.save_npz` has."""

OF_SPARSE = (*SPARSE, "indices", "indptr", "row", "col", "offsets", "coords", "_is_array")
"""Arrays that some have."""

MOST_PICKLE = 2**22
"""Bytes of a pickle that are looked at, unexecuted, to say what it holds."""


def read_arrays(path: Path, wanted: Sequence[str] = KEYS) -> Table:
    """The arrays of a file that are wanted, by name or pattern, and its side columns.

    Raises:
      InputError: where it cannot be read without pickle.
    """
    damaged = InputError(f"damaged, or not a readable .npz file; {HOW_TO_SAVE}")
    if not zipfile.is_zipfile(path):
        raise damaged
    key = ""
    try:
        with np.load(path, allow_pickle=False) as file:
            _check_names(file.zip.namelist())
            arrays: dict[str, np.ndarray] = {}
            for key in (n for pattern in wanted for n in fnmatch.filter(file, pattern)):
                arrays[key] = np.asarray(file[key])
            found = list(file)
            sparse = "x" in wanted and "x" not in found and set(found) >= SPARSE
            if sparse:
                arrays["x"] = _dense(path, damaged)
            rows = len(np.atleast_1d(arrays.get("x", next(iter(arrays.values()), ()))))
            taken = (*wanted, *arrays, *(OF_SPARSE if sparse else ()))
            arrays |= side_columns(file, rows, taken)
    except MemoryError as error:
        what = f"{key} takes more memory than there is ({error})"
        raise InputError(f"{what}; save it as {key}.npy or in HDF5, or restore the file") from None
    # RuntimeError: encrypted, or packed in a way zipfile does not know.
    except (OSError, EOFError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        if isinstance(error, InputError):
            raise
        if "Object arrays" not in str(error):
            raise damaged from None
        with zipfile.ZipFile(path) as archive, archive.open(f"{key}.npy") as file:
            raise InputError(advice_on_objects(key, file.read(MOST_PICKLE))) from None
    how = BESIDE_SPARSE if sparse else f"{HOW_TO_NAME}, or {HOW_TO_SAVE}"
    return Table(arrays, found=("x", *found) if sparse else tuple(found), how=how)


def _check_names(names: list[str]) -> None:
    """Raises InputError for two arrays of one name, of which only the last would be read."""
    twice = sorted({name.removesuffix(".npy") for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"holds {twice[0]} more than once; {HOW_TO_SAVE}")


def _dense(path: Path, damaged: InputError) -> np.ndarray:
    """The matrix of a file that `scipy.sparse.save_npz` wrote, whatever lies beside it."""
    from scipy import sparse

    try:
        return sparse.load_npz(path).toarray()
    except (KeyError, TypeError, ValueError, IndexError, NotImplementedError):
        raise damaged from None


def advice_on_objects(key: str, content: bytes) -> str:
    """What to save in place of an array that only pickle could read.

    Args:
      key: what the array is.
      content: its file, or as much as there may be; nothing of it is executed.
    """
    file = BytesIO(content)
    shape, _, _ = HEADERS[npy.read_magic(file)](file)
    pickled = file.read()
    if b"scipy.sparse" in pickled[:1000]:
        return f"{key} is a sparse matrix, which would need pickle; save `{key} = {key}.toarray()`"
    what = f"{key} holds Python objects, which would need pickle"
    columns = shape[1] if len(shape) == 2 else 1
    if key in (GROUPS, TIME):
        kind = "str" if key == GROUPS else "'M8[us]'" if b"datetime" in pickled else "float"
        return f"{what}; save `{key} = np.asarray({key}, dtype={kind})`"
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
