"""What methods of a fitted model are called with, checked before anything is computed."""

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from jaxtyping import Float, Shaped

from ivaegan_jax.types import InputError

T = TypeVar("T")


def whole(value: Any, name: str, least: int, most: int | None = None) -> int:
    """A whole number.

    Raises:
      InputError: for anything else, or one that is out of range.
    """
    is_whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not is_whole or value < least or (most is not None and value > most):
        ends = f"of at least {least}" if most is None else f"from {least} to {most}"
        raise InputError(f"{name} is a whole number {ends}, not {value!r}")
    return int(value)


def one_of(value: T, name: str, known: Sequence[T]) -> T:
    """A value that there is; raises InputError for another one."""
    if not any(type(each) is type(value) and each == value for each in known):
        raise InputError(f"{name} is one of {', '.join(map(repr, known))}; not {value!r}")
    return value


def numbers(value: Any, name: str) -> Float[np.ndarray, "..."]:
    """An array of finite numbers.

    Raises:
      InputError: for anything else.
    """
    try:
        found = np.asarray(value, float)
    except (TypeError, ValueError):
        raise InputError(f"{name} holds values that are no numbers") from None
    if not np.isfinite(found).all():
        raise InputError(f"{name} has NaN or inf; leave these rows out")
    return found


def sources(s: Any, rows: int) -> Float[np.ndarray, "rows sources"]:
    """True sources of all rows.

    Raises:
      InputError: for another number of rows, or what are no finite numbers.
    """
    try:
        found = np.asarray(s, float)
    except (TypeError, ValueError):
        raise InputError(
            "s holds values that are no numbers; give the sources as numbers"
        ) from None
    if found.ndim not in (1, 2) or len(found) != rows or not found.size:
        raise InputError(f"x has {rows} rows and s the shape {found.shape}; give a row for each")
    if not np.isfinite(found).all():
        raise InputError("s has NaN or inf; leave these rows out of x and s")
    return found.reshape(rows, -1)


def colours(color: Any, x: Any, rows: int) -> Shaped[np.ndarray, " rows"]:
    """A number or a name for every row.

    Args:
      color: these values, or the name of a column of x.
      x: a frame, or anything else.
      rows: how many there are.

    Raises:
      InputError: for a name of no column, or another number of values.
    """
    if isinstance(color, str):
        names = [str(name) for name in getattr(x, "columns", ())]
        if color not in names:
            known = f"x has {', '.join(names)}" if names else "x has no names of columns"
            known = "there is no x" if x is None else known
            raise InputError(f"color={color!r} is no column; {known}: give a value for each row")
        color = x[color]
    found = np.asarray(color)
    if found.ndim == 0 or len(found) != rows:
        count = 1 if found.ndim == 0 else len(found)
        raise InputError(
            f"there are {rows} rows and {count} values of color; give one for each row"
        )
    return found
