"""A user's own table: an `.npz` file with x, u and perhaps s, checked before it is used."""

import zipfile
import zlib
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

from ivaegan_jax.data.order import ordered_by
from ivaegan_jax.data.side import side_columns
from ivaegan_jax.types import Dataset, InputError

KEYS = ("x", "u", "s", "image_shape")
HOW_TO_SAVE = "save it with numpy.savez(path, x=x, u=u)"
SHOWN = 3
"""How many faulty places a message names."""
LARGEST_CATEGORY = 2**53
"""From here on a float no longer tells neighbouring integers apart."""


def load_table(path: str | Path, require_u: bool = True) -> Dataset:
    """Loads and checks an `.npz` file.

    Arrays of the file: `x [rows, dim_x]` numbers; `u [rows]` (or `[rows, 1]`) integers, strings,
    bools or whole floats, which are categories, or `u [rows, dim_u]` floats, which are continuous
    (`[rows]` floats that are not all whole become one column); optionally the true sources
    `s [rows, dim_s]`; where a row of x is an image, `image_shape` (height, width), the pixels
    lying row by row and the colours of one together. Any other array `[rows]` is a side column;
    `groups` and `time` say which rows belong together and when they were taken. Nothing is ever
    unpickled.

    Args:
      path: the file.
      require_u: whether u must be there and vary, as training needs. Without it an absent u
        reads as zeros, with `levels` None.

    Raises:
      InputError: one line naming the file, what is wrong with it, and the remedy.
    """
    path = Path(path).expanduser()
    arrays, found = _read(path)
    try:
        _check_keys(found, ("x", "u") if require_u else ("x",))
        x, s = _matrix(arrays["x"], "x"), arrays.get("s")
        s = None if s is None else _matrix(s, "s")
        u, levels = _auxiliary(arrays.get("u"), len(x))
        if require_u and len(np.unique(u, axis=0)) < 2:
            raise InputError("u has one value in all rows; save a u of two or more values")
        _check_lengths(x, u, s)
        image_shape = _image_shape(arrays.get("image_shape"), x.shape[1])
        side = {name: array for name, array in arrays.items() if name not in KEYS}
        order = ordered_by(side)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    return Dataset(str(path), x, u, s, levels, image_shape, side=side, **order)


def _read(path: Path) -> tuple[dict[str, np.ndarray], list[str]]:
    """Those of the arrays `KEYS` that a file has, its side columns, and the names of all arrays."""
    if not path.exists():
        raise InputError(f"{path}: no such file; check the path")
    damaged = InputError(f"{path}: damaged, or not a readable .npz file; {HOW_TO_SAVE}")
    if not zipfile.is_zipfile(path):
        raise damaged
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {key: np.asarray(file[key]) for key in KEYS if key in file}
            rows = len(np.atleast_1d(arrays.get("x", ())))
            return arrays | side_columns(file, rows, KEYS), list(file)
    # RuntimeError: encrypted, or packed in a way zipfile does not know.
    except (OSError, EOFError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        if "pickle" not in str(error):
            raise damaged from None
    advice = "convert them first, with .astype(float) for numbers or .astype(str) for text"
    raise InputError(f"{path}: an array holds Python objects; {advice}")


def _check_keys(found: list[str], needed: tuple[str, ...]) -> None:
    missing = [key for key in needed if key not in found]
    if missing:
        names = ", ".join(found) or "nothing"
        raise InputError(f"no array {' and '.join(missing)} in it (found {names}); {HOW_TO_SAVE}")


def _matrix(array: np.ndarray, name: str) -> Float[np.ndarray, "rows columns"]:
    """Checks a two-dimensional array of finite numbers; returns it as float32."""
    if array.ndim != 2:
        advice = f"{name}[:, None]" if array.ndim == 1 else f"{name}.reshape(len({name}), -1)"
        if name == "x" and array.ndim > 2:
            advice += ", and image_shape=x.shape[1:3] beside it if its rows are images"
        shape = f"{name} has shape {array.shape}"
        raise InputError(f"{shape} but must be [rows, columns]; save {advice}")
    if array.size == 0:
        raise InputError(f"{name} is empty (shape {array.shape}); give at least one row and column")
    if array.dtype.kind not in "iufb":
        raise InputError(f"{name} holds {array.dtype} instead of real numbers; convert it to float")
    # What float32 cannot hold turns into inf, and is reported as such.
    with np.errstate(over="ignore"):
        matrix = array.astype(np.float32)
    _check_finite(matrix, name)
    return matrix


def _check_finite(matrix: Float[np.ndarray, "rows columns"], name: str) -> None:
    faulty = np.argwhere(~np.isfinite(matrix))
    if len(faulty):
        first = ", ".join(f"({row}, {column})" for row, column in faulty[:SHOWN])
        where = f"{len(faulty)} of them, first at (row, column) {first}"
        advice = f"drop or fill these in {len(np.unique(faulty[:, 0]))} row(s)"
        raise InputError(f"{name} has NaN, inf or numbers beyond float32: {where}; {advice}")


def _auxiliary(
    u: np.ndarray | None, rows: int
) -> tuple[Int[np.ndarray, " rows"] | Float[np.ndarray, "rows dim_u"], np.ndarray | None]:
    """Level codes and levels of a discrete u; float32 columns and None of a continuous one."""
    if u is None:
        return np.zeros(rows, np.int32), None
    if u.size == 0:
        raise InputError(f"u is empty (shape {u.shape}); give one value for each row of x")
    categories = as_categories(u)
    if categories is None:
        return _matrix(u[:, None] if u.ndim == 1 else u, "u"), None
    levels, codes = np.unique(categories, return_inverse=True)
    return codes.astype(np.int32), levels


def as_categories(u: np.ndarray) -> np.ndarray | None:
    """The column of categories `[rows]` that u holds; None where u is continuous.

    Raises:
      InputError: if u is neither, such as integers in several columns.
    """
    is_column = u.ndim == 1 or (u.ndim == 2 and u.shape[1] == 1)
    if u.dtype.kind == "f":
        whole = u.ndim == 1 and bool(np.all((np.abs(u) < LARGEST_CATEGORY) & (u == np.round(u))))
        return u.astype(np.int64) if whole else None
    if u.dtype.kind not in "iubUS":
        raise InputError(f"u holds {u.dtype}; give integers, strings or floats")
    if not is_column:
        advice = "save one column of categories, or floats for a continuous u"
        raise InputError(f"u holds {u.dtype} of shape {u.shape}; {advice}")
    return (np.char.decode(u, "utf-8", "replace") if u.dtype.kind == "S" else u).ravel()


def _image_shape(array: np.ndarray | None, columns: int) -> tuple[int, int] | None:
    """Height and width of an image, which all columns together are."""
    if array is None:
        return None
    if array.shape != (2,) or array.dtype.kind not in "iu" or array.min() < 1:
        raise InputError("image_shape must be two whole numbers from 1 on: height and width")
    height, width = map(int, array)
    if columns % (height * width):
        needed = f"takes a multiple of {height * width} columns of x"
        raise InputError(f"image_shape {height} x {width} {needed}, and there are {columns}")
    return height, width


def _check_lengths(x: np.ndarray, u: np.ndarray, s: np.ndarray | None) -> None:
    for name, array in (("u", u), ("s", s)):
        if array is not None and len(array) != len(x):
            counts = f"x has {len(x)} rows, {name} has {len(array)}"
            raise InputError(f"{counts}; they must belong to each other row by row")
