"""From a user's arrays to a checked `Dataset`, wherever they came from."""

import dataclasses
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ivaegan_jax.data.splits.order import ordered_by
from ivaegan_jax.data.tables.auxiliary import read_auxiliary, read_new
from ivaegan_jax.data.tables.grid import side_of_pictures, taken_as_pictures
from ivaegan_jax.data.tables.matrices import as_matrix
from ivaegan_jax.types import Auxiliary, Dataset, InputError

SHOWN = 3
"""How many spellings of a missing u a note names."""


class Reading(NamedTuple):
    """U that was read column by column.

    Attributes:
      u: of all rows, missing ones marked.
      notes: how it was read.
      missing: a sentence on rows that are left out; empty where there are none.
    """

    u: Auxiliary
    notes: tuple[str, ...] = ()
    missing: str = ""


class Pieces(NamedTuple):
    """What a table is made of, as the user has it; see `Dataset`.

    Attributes:
      x: `[rows, dim_x]`; pictures may be `[rows, height, width]`, or have colours behind that.
      u: `[rows]` or `[rows, columns]`, of no known kind; or as it was read; or None.
      s: true sources, or None.
      image_shape: two numbers, or None.
      side: columns `[rows]` by name.
      columns: names of the columns of x; none where they have none.
      notes: how x was chosen where that was not plain.
    """

    x: np.ndarray
    u: np.ndarray | Reading | None = None
    s: np.ndarray | None = None
    image_shape: np.ndarray | None = None
    side: Mapping[str, np.ndarray] = {}
    columns: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def build(
    pieces: Pieces, name: str, require_u: bool = True, new_rows_of: int | None = None
) -> Dataset:
    """Checks what the user has and makes a table of it.

    Args:
      pieces: the user's arrays.
      name: of the table.
      require_u: whether u must vary, as training needs; rows without a u are then left out, which
        `notes` says. Without it all rows are kept, and u may be absent.
      new_rows_of: how many columns of x the model has that the rows are for, where there is one.

    Raises:
      InputError: for anything that cannot be used, with what to do.
    """
    _check_side(pieces)
    u = pieces.u.u.values if isinstance(pieces.u, Reading) else pieces.u
    named = {"x": pieces.x, "u": u, "s": pieces.s}
    given = {key: each for key, each in named.items() if each is not None}
    _check_lengths({key: each.shape for key, each in given.items()})
    names = [*given, *pieces.side]
    x = _of_pixels(pieces.x, pieces.image_shape, new_rows_of)
    x = as_matrix(x, "x", names, new_rows_of, pieces.columns)
    s = None if pieces.s is None else as_matrix(pieces.s, "s", names)
    s = None if s is None else s.astype(np.result_type(s.dtype, np.float32), copy=False)
    shape, notes = _image_shape(pieces.image_shape, x.shape[1]), pieces.notes
    if require_u and not shape and (side := side_of_pictures(x)):
        shape, notes = (side, side), (*notes, taken_as_pictures(x.shape[1], side))
    made = Dataset(name, x, Auxiliary.absent(len(x)), s, shape, side=pieces.side,
                   columns=pieces.columns, notes=notes)  # fmt: skip
    if not require_u:
        u = pieces.u.u if isinstance(pieces.u, Reading) else read_new(pieces.u, len(x))
        return dataclasses.replace(made, u=u, **ordered_by(pieces.side))
    return _with_u(made, read_u(pieces.u, names))


def read_u(u: np.ndarray | Reading | None, names: Sequence[str]) -> Reading:
    """U as it is, or as an array of no known kind is read."""
    if isinstance(u, Reading):
        return u
    assert u is not None
    found, notes = read_auxiliary(u, names)
    if found.missing is None or not found.missing.any():
        return Reading(found, notes)
    return Reading(found, notes, _missing_note(u, found.missing))


def _check_side(pieces: Pieces) -> None:
    """Raises InputError for groups or times that are no column, or of another length than x."""
    rows = len(np.atleast_1d(pieces.x))
    for name, column in pieces.side.items():
        if column.shape != (rows,):
            raise InputError(f"{name} has shape {column.shape} and x {rows} rows; give one value "
                             "for each row of x")  # fmt: skip


def _check_lengths(shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Raises InputError for arrays of other lengths than x, and says which to transpose."""
    if not all(math.prod(shape) and shape for shape in shapes.values()):
        return  # empty or a lone number, which is checked elsewhere
    rows = {name: shape[0] for name, shape in shapes.items()}
    other = next((name for name in rows if rows[name] != rows["x"]), None)
    if other is None:
        return
    common = set.intersection(*map(set, shapes.values()))
    turned = [name for name in rows if rows[name] not in common]
    if len(common) == 1 and all(len(shapes[name]) == 2 for name in turned):
        which, verb = " and ".join(turned), "is" if len(turned) == 1 else "are"
        how = f"use `{', '.join(turned)} = {', '.join(f'{name}.T' for name in turned)}`"
        counts = f"x has {rows['x']} rows and {other} {rows[other]}"
        raise InputError(f"{counts}: {verb} {which} transposed? {how}")
    counts = f"x has {rows['x']} rows, {other} has {rows[other]}"
    raise InputError(f"{counts}; they must belong to each other row by row")


def _with_u(table: Dataset, read: Reading) -> Dataset:
    """The rows that have a u, and the sentence on the others.

    Raises:
      InputError: for a u that does not vary.
    """
    notes, missing = (*read.notes, *table.notes), read.u.missing
    if missing is not None and missing.all():
        raise InputError("u is missing in all rows; give one value for each row of x")
    if missing is not None and missing.any():
        kept, notes = ~missing, (read.missing, *notes)
        others, left_out = table.x[missing], read.missing
        s = None if table.s is None else table.s[kept]
        side = {name: column[kept] for name, column in table.side.items()}
        table = dataclasses.replace(
            table, x=table.x[kept], s=s, side=side, unlabelled=others, left_out=left_out
        )
    table = dataclasses.replace(table, u=read.u.known(), notes=notes)
    if not table.u.varies():
        raise InputError("u has one value in all rows; give a u of two or more values")
    if len(table.x) > 1 and (table.x == table.x[0]).all():
        raise InputError("x is the same in all rows; give observations that differ between rows")
    return dataclasses.replace(table, **ordered_by(table.side))


def _missing_note(u: np.ndarray, missing: np.ndarray) -> str:
    """How many rows have no u, and how that was spelt."""
    spelt = ["nan"] * int(missing.sum()) if u.dtype.kind == "f" else u.ravel()[missing].tolist()
    counts = Counter(value if isinstance(value, str) else str(value) for value in spelt)
    most = ", ".join(f"{value!r} {count:,}" for value, count in counts.most_common(SHOWN))
    more = f" and {len(counts) - SHOWN} other spellings" if len(counts) > SHOWN else ""
    return (
        f"u is missing in {missing.sum():,} of {len(missing):,} rows ({most}{more}); these rows "
        "are left out."
    )


def _of_pixels(x: np.ndarray, shape: np.ndarray | None, columns: int | None) -> np.ndarray:
    """Pictures `[rows, height, width, ...]` as rows, where they are known to be pictures."""
    known = shape is not None and np.array_equal(x.shape[1:3], shape)
    of_model = columns is not None and x[:1].size == columns
    return x.reshape(len(x), -1) if x.ndim in (3, 4) and (known or of_model) else x


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
