"""The auxiliary variable u of a table: which values are categories, and which are missing."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Int, Shaped

from ivaegan_jax.data.tables.categories import (
    as_text,
    column_of,
    is_missing,
    note_on_blanks,
    whole_levels,
)
from ivaegan_jax.data.tables.matrices import EXACT, as_matrix
from ivaegan_jax.types import Auxiliary, InputError

ROWS_PER_CATEGORY = 30
"""Rows per value, on average, that make whole numbers of one column of several a category."""

MOST_CATEGORIES = 200
"""Values of such a column at most."""


def read_auxiliary(
    u: np.ndarray, names: Sequence[str] = ("x", "u")
) -> tuple[Auxiliary, tuple[str, ...]]:
    """Reads the u of a table to train on.

    Integers, text and flags in one column, and floats `[rows]` that are all whole, are categories;
    so are columns of 0 and 1 of which every row has exactly one. All other floats are continuous;
    among several columns, those of few whole numbers are categories, which become one feature per
    level. Rows without a u (NaN, NaT, the spellings of `categories.MISSING`) are marked.

    Args:
      u: as it was saved.
      names: all arrays of the file that have a row for each row of x.

    Returns:
      U, and how it was read where that is not plain, one sentence each.

    Raises:
      InputError: for a u that is none of this, with what to do.
    """
    _check_shape(u)
    hot = one_hot(u)
    if hot is not None:
        codes, missing = hot
        levels, codes = np.unique(codes, return_inverse=True)
        note = f"u is one-hot: its {u.shape[1]} columns are the categories 0 to {u.shape[1] - 1}."
        return _categorical(codes, levels, missing), (note,)
    categories = as_categories(u)
    if categories is not None:
        levels, codes = np.unique(categories, return_inverse=True)
        note = note_on_blanks("u", u.ravel(), categories)
        found = _categorical(codes, levels, is_missing(levels)[codes])
        return found, (note,) if note else ()
    return _continuous(u, names)


def _check_shape(u: np.ndarray) -> None:
    if u.size == 0:
        raise InputError(f"u is empty (shape {u.shape}); give one value for each row of x")
    if u.ndim == 0:
        raise InputError("u must be a column and has shape (); use `u = np.atleast_1d(u)`")


def _categorical(
    codes: Int[np.ndarray, " rows"],
    levels: Shaped[np.ndarray, " levels"],
    missing: Bool[np.ndarray, " rows"],
) -> Auxiliary:
    """Codes of those levels that a row has; one of a missing u is as good as any."""
    present = np.unique(codes[~missing])
    new = np.zeros(len(levels), np.int32)
    new[present] = np.arange(len(present))
    return Auxiliary.categorical(new[codes], whole_levels(levels[present]), missing)


def _continuous(u: np.ndarray, names: Sequence[str]) -> tuple[Auxiliary, tuple[str, ...]]:
    columns = u[:, None] if u.ndim == 1 else u
    missing = np.asarray(np.isnan(columns).any(axis=tuple(range(1, columns.ndim))))
    filled = np.where(np.isnan(columns), 0, columns) if missing.any() else columns
    values = as_matrix(filled, "u", names)
    found = category_columns(values[~missing])
    notes = _notes_on_columns(values.shape[1], found)
    return Auxiliary.continuous(values, found, missing), notes


def read_new(u: np.ndarray | None, rows: int) -> Auxiliary:
    """U of new rows, which a model's own preprocessing interprets: all rows, missing ones too.

    Returns:
      Categories; a continuous u where there are several columns or none that are whole.
    """
    if u is None:
        return Auxiliary.absent(rows)
    _check_shape(u)
    if u.ndim == 2 and u.shape[1] > 1 and u.dtype.kind in "iub":
        u = u.astype(float)
    categories = as_categories(u)
    if categories is None:
        columns = u[:, None] if u.ndim == 1 else u
        as_matrix(np.where(np.isnan(columns), 0, columns), "u")
        exact = np.result_type(u.dtype, np.float32)
        return Auxiliary.continuous(columns.astype(exact, copy=False))
    levels, codes = np.unique(categories, return_inverse=True)
    return Auxiliary.categorical(codes.astype(np.int32), levels)


def as_categories(u: np.ndarray) -> np.ndarray | None:
    """The column of categories `[rows]` that u holds; None where u is continuous.

    Whole floats beside NaN are categories too, NaN staying NaN.

    Raises:
      InputError: if u is neither, such as integers in several columns.
    """
    if u.dtype.kind == "f":
        if u.ndim != 1:
            return None
        known = u[~np.isnan(u)]
        if not len(known) or not np.all((np.abs(known) < EXACT) & (known == np.round(known))):
            return None
        return u.astype(np.int64) if len(known) == len(u) else u
    return as_text(column_of(u))


def one_hot(u: np.ndarray) -> tuple[Int[np.ndarray, " rows"], Bool[np.ndarray, " rows"]] | None:
    """The column that is 1 in every row, and which rows are NaN; None where u is not one-hot."""
    if u.ndim != 2 or u.shape[1] < 2 or u.dtype.kind not in "iufb":
        return None
    missing = np.asarray(np.isnan(u).any(axis=1))  # whole numbers and flags never are
    known = u[~missing] if missing.any() else u
    if not len(known) or not np.all((known == 0) | (known == 1)) or np.any(known.sum(axis=1) != 1):
        return None
    return np.argmax(u == 1, axis=1), missing


def category_columns(u: Float[np.ndarray, "rows dim_u"]) -> tuple[int, ...]:
    """Columns of whole numbers, three or more of them, which many rows share."""
    rows, columns = u.shape
    most = min(MOST_CATEGORIES, rows // ROWS_PER_CATEGORY)
    if columns < 2:
        return ()
    whole = np.flatnonzero([np.array_equal(column, np.round(column)) for column in u.T])
    return tuple(int(c) for c in whole if 3 <= len(np.unique(u[:, c])) <= most)


def _notes_on_columns(columns: int, categories: tuple[int, ...]) -> tuple[str, ...]:
    if not categories:
        return ()
    named, s = ", ".join(map(str, categories)), "s" * (len(categories) == 1)
    halves = [0.5 if column in categories else 0 for column in range(columns)]
    return (
        f"Of the {columns} columns of u, counting from 0, {named} hold{s} whole numbers that many "
        "rows share, which are read as categories; if they are quantities, use "
        f"`u = u + {halves}`.",
    )
