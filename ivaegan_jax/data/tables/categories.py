"""Categories as text and numbers: spellings of a missing one, and text of any bytes."""

import numpy as np
from jaxtyping import Bool, Shaped

from ivaegan_jax.data.tables.matrices import EXACT
from ivaegan_jax.types import InputError

MISSING = frozenset(
    {"", "-", "--", "---", ".", "..", "?", "??", "none", "null", "nil", "missing"}
    | {"na", "n/a", "n.a.", "n.a", "<na>", "#na", "#n/a", "#n/a n/a", "not available"}
    | {"nan", "-nan", "nat", "1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan"}
    | {"#div/0!", "#name?", "#null!", "#num!", "#ref!", "#value!"}  # errors of spreadsheets
)
"""Spellings of a missing category, in small letters and without blanks around them."""


def column_of(u: np.ndarray) -> Shaped[np.ndarray, " rows"]:
    """The one column of whole numbers, flags or text.

    Raises:
      InputError: for other types and shapes, with what to do.
    """
    if u.dtype.kind in "Mm":
        moved = "u - np.nanmin(u)" if u.dtype.kind == "M" else "u"
        advice = f"use `u = ({moved}).reshape(len(u), -1) / np.timedelta64(1, 's')` for seconds"
        raise InputError(f"u holds {u.dtype}; {advice}, or `u = u.astype(str)` for categories")
    if u.dtype.names:
        first = u.dtype.names[0]
        raise InputError(f"u holds the fields {', '.join(u.dtype.names)}; use `u = u[{first!r}]`")
    if u.dtype.kind == "c":
        advice = "use `u = np.stack([u.real, u.imag], axis=-1)`, or `u = np.abs(u)`"
        raise InputError(f"u holds {u.dtype}; {advice}")
    if u.dtype.kind not in "iubUS":
        raise InputError(f"u holds {u.dtype}; give integers, strings or floats")
    if u.ndim > 1 and u.shape[1:] != (1,) * (u.ndim - 1):
        one = "`u = np.unique(u, axis=0, return_inverse=True)[1]` for a category"
        each = "" if u.dtype.kind in "US" else ", or `u = u.astype(float)` for a continuous u"
        raise InputError(
            f"u holds {u.dtype} of shape {u.shape}; give one column of categories: {one} of each "
            f"kind of row{each}"
        )
    return u.ravel()


def as_text(column: Shaped[np.ndarray, " rows"]) -> Shaped[np.ndarray, " rows"]:
    """Text in place of bytes, of which what is no UTF-8 is written out; other columns as they are.

    Blanks around text are no part of it.

    Raises:
      InputError: if two categories would read alike.
    """
    if column.dtype.kind not in "US":
        return column.astype(column.dtype.newbyteorder("="), copy=False)
    values, codes = np.unique(column, return_inverse=True)
    readable = [_readable(value) for value in values.tolist()]
    if len(set(readable)) < len(readable):
        raise InputError("two categories of u read alike once they are text; rename one of them")
    return np.char.strip(np.array(readable, dtype=str))[codes]


def note_on_blanks(
    name: str, own: Shaped[np.ndarray, " rows"], read: Shaped[np.ndarray, " rows"]
) -> str:
    """A sentence where `as_text` made one category of several; else empty."""
    if own.dtype.kind not in "US":
        return ""
    fewer = len(np.unique(own)) - len(np.unique(read))
    return f"Categories of {name} that differ in blanks around them are one." if fewer else ""


def whole_levels(levels: Shaped[np.ndarray, " levels"]) -> Shaped[np.ndarray, " levels"]:
    """Whole numbers that a missing value beside them made floats of; other levels as they are."""
    if levels.dtype.kind != "f" or not np.all((np.abs(levels) < EXACT) & (levels % 1 == 0)):
        return levels
    return levels.astype(np.int64)


def is_missing(levels: Shaped[np.ndarray, " levels"]) -> Bool[np.ndarray, " levels"]:
    """Which values of u stand for a missing one."""
    if levels.dtype.kind == "f":
        return np.isnan(levels)
    if levels.dtype.kind != "U":
        return np.zeros(len(levels), bool)
    return np.array([level.strip().lower() in MISSING for level in levels.tolist()], bool)


def _readable(value: str | bytes) -> str:
    """Valid text, with an escape for every byte or surrogate that is none."""
    raw = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
    return raw.decode("utf-8", "backslashreplace")
