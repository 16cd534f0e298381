"""Tables of numbers as a user hands them over: checked, kept as precise as they are."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from jaxtyping import Real

from ivaegan_jax.types import InputError

SHOWN = 3
"""How many faulty places a message names."""

LARGEST = 3e38
"""What float32 holds."""

EXACT = 2**53
"""From here on a float no longer tells neighbouring whole numbers apart."""

STEPS = 1000
"""Steps of a float64 that the range of a column of large whole numbers must span."""


def as_matrix(
    array: np.ndarray,
    name: str,
    names: Sequence[str] = ("x", "u"),
    new_rows_of: int | None = None,
    columns: Sequence[str] = (),
) -> Real[np.ndarray, "rows columns"]:
    """Checks a two-dimensional array of finite numbers; keeps its precision.

    Args:
      array: as it was given.
      name: x, u or s, for messages.
      names: all arrays beside it that have a row for each row of x.
      new_rows_of: how many columns the rows of a trained model have; None for a table to train on.
      columns: their names, for messages; none where they have none.

    Returns:
      The array in native byte order; flags are uint8, and floats of 16 bits have 32.

    Raises:
      InputError: for anything else, with what to do.
    """
    _check_shape(array, name, new_rows_of)
    if array.dtype.kind not in "iufb":
        advice = _advice_on_kind(array, name)
        raise InputError(f"{name} holds {_kind(array)} instead of real numbers; {advice}")
    matrix = native(array)
    _check_finite(matrix, name, names, columns, new_rows_of is not None)
    _check_whole(matrix, name)
    return matrix


def native(array: np.ndarray) -> Real[np.ndarray, "..."]:
    """The same numbers in this machine's byte order, of a type that can be computed with."""
    if array.dtype.kind == "b":
        return array.astype(np.uint8)
    if array.dtype.kind == "f":
        kept = min(max(array.dtype.itemsize, 4), 8)
        return array.astype(f"f{kept}", copy=False)
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _kind(array: np.ndarray) -> str:
    return "named fields" if array.dtype.names else str(array.dtype)


def _check_shape(array: np.ndarray, name: str, new_rows_of: int | None) -> None:
    if array.ndim == 2 and array.size:
        return
    if array.ndim == 2:
        shape = f"(shape {array.shape}); give at least one row and column"
        raise InputError(f"{name} is empty {shape}")
    shape = f"{name} has shape {array.shape} but must be [rows, columns]"
    raise InputError(f"{shape}; {_advice_on_shape(array, name, new_rows_of)}")


def _advice_on_shape(array: np.ndarray, name: str, new_rows_of: int | None) -> str:
    """What makes rows and columns of an array of other dimensions."""
    if array.dtype.names:
        return _advice_on_kind(array, name)
    if array.ndim == 0:
        return f"use `{name} = np.atleast_2d({name})` if it is one row of one column"
    if array.ndim == 1 and new_rows_of not in (None, 1):
        return f"use `{name} = {name}[None]` for one row of {new_rows_of} columns"
    if array.ndim == 1:
        return f"use `{name} = {name}[:, None]`"
    advice = f"use `{name} = {name}.reshape(len({name}), -1)`"
    images = ", or give image_shape=x.shape[1:3] beside x if its rows are images"
    return advice + images * (name == "x")


def _advice_on_kind(array: np.ndarray, name: str) -> str:
    """What turns an array of another kind into numbers."""
    kind = array.dtype.kind
    if array.dtype.names:
        numbers = [field for field in array.dtype.names if array.dtype[field].kind in "iufb"]
        advice = f"use `{name} = np.column_stack([{name}[field] for field in {numbers}])`"
        return advice if numbers else "give fields of numbers"
    if kind == "M":
        first = f"np.nanmin({name}, axis=0)"
        return f"use `{name} = ({name} - {first}) / np.timedelta64(1, 's')`, in seconds"
    if kind == "m":
        return f"use `{name} = {name} / np.timedelta64(1, 's')`, in seconds"
    if kind == "c":
        return f"use `{name} = np.hstack([{name}.real, {name}.imag])`, or its absolute values"
    return f"convert it, `{name} = {name}.astype(float)`, where every value is a number"


def _check_finite(
    matrix: Real[np.ndarray, "rows columns"],
    name: str,
    names: Sequence[str],
    columns: Sequence[str],
    are_new: bool,
) -> None:
    """Raises InputError for NaN, inf, and what float32 does not hold."""
    # NaN passes through min and max, so that a sound table needs no array of flags
    if matrix.dtype.kind != "f" or -LARGEST < matrix.min() <= matrix.max() < LARGEST:
        return
    faulty = np.argwhere(~(np.abs(matrix) < LARGEST))
    what = f"{name} has NaN, inf or numbers beyond float32: {len(faulty)} of them, first"
    rows = len(np.unique(faulty[:, 0]))
    if columns:
        own = Counter(columns[column] for _, column in faulty)
        most = ", ".join(f"{n} ({count:,} rows)" for n, count in own.most_common(SHOWN))
        all_columns = f" or {len(own):,} column(s) out, as in --x='!{next(iter(own))}'"
        raise InputError(
            f"{what} in row {faulty[0, 0]} (counting from 0), most in {most}; fill them, or leave "
            f"these {rows:,} row(s){' out' if are_new else all_columns}"
        )
    first = ", ".join(f"({row}, {column})" for row, column in faulty[:SHOWN])
    advice = f"drop or fill these in {rows} row(s)"
    if rows < len(matrix):
        held = "u.reshape(len(u), -1)" if name == "u" else name  # may have been `[rows]`
        advice += f", as by {keeping(f'(np.abs({held}) < {LARGEST:g}).all(axis=1)', names)}"
    raise InputError(f"{what} at (row, column) {first}; {advice}")


def keeping(condition: str, names: Sequence[str]) -> str:
    """What keeps the rows of all arrays where a condition holds."""
    kept = ", ".join(f"{name}[keep]" for name in names)
    return f"`keep = {condition}; {', '.join(names)} = {kept}`"


def _check_whole(matrix: Real[np.ndarray, "rows columns"], name: str) -> None:
    """Raises InputError for whole numbers so large that floats would lose what varies in them."""
    if matrix.dtype.kind not in "iu" or matrix.dtype.itemsize < 8:
        return
    low, high = matrix.min(axis=0).tolist(), matrix.max(axis=0).tolist()
    lost = [
        column for column, (least, most) in enumerate(zip(low, high, strict=True))
        if max(-least, most) >= EXACT
        and 0 < most - least < STEPS * np.spacing(float(max(-least, most)))
    ]  # fmt: skip
    if lost:
        what = f"{name} has whole numbers too large for floats in column {lost[0]}"
        raise InputError(f"{what}; use `{name} = {name} - {name}.min(axis=0)`")
