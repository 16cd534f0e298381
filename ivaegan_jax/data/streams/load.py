"""A file of any format as a bounded draw of its rows, the whole to be read in blocks."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Int

from ivaegan_jax.data.splits.how import parse_split
from ivaegan_jax.data.splits.order import GROUPS, TIME
from ivaegan_jax.data.streams.files import Outline, outline_of
from ivaegan_jax.data.streams.readers import SomeRows, taken
from ivaegan_jax.data.streams.sample import bounded, drawn_rows, note_on_draw, survey
from ivaegan_jax.data.tables.build import Pieces, Reading, build, read_u
from ivaegan_jax.data.tables.choose import Choice, choose, columns_of_x, names_in
from ivaegan_jax.data.tables.grammar import parse_u
from ivaegan_jax.data.tables.load import load_table
from ivaegan_jax.data.tables.rows import chosen_rows, parse_rows, some_rows
from ivaegan_jax.data.tables.table import Table
from ivaegan_jax.data.tables.typed import KINDS
from ivaegan_jax.types import Dataset, InputError, RowReader, Whole


def stream_table(path: str | Path, split: str = "auto", rows: str = "", **columns: str) -> Dataset:
    """Some rows of a file, with the whole file to be read in blocks.

    x of npy, HDF5 and Parquet files stays on the disk, all else is in memory; other files are read
    whole.

    Args:
      path: the file.
      split: how rows will be split, whose columns are needed.
      rows: which rows, as `load_table` takes them.
      columns: as `load_table` takes them.

    Raises:
      InputError: one line naming the file, what is wrong with it, and the remedy.
    """
    path, choice = Path(path).expanduser(), Choice(**columns)
    try:
        outline = outline_of(path, choice.x if isinstance(choice.x, str) else "")
        if outline:
            return _streamed(outline, str(path), choice, rows, split)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    except (OSError, ValueError, EOFError) as error:
        raise InputError(f"{path}: not readable: {' '.join(str(error).split())}") from None
    return bounded(load_table(path, rows=rows, **columns))


def stored_bytes(path: str | Path, x: str = "") -> int:
    """Bytes of all numbers of a file that can be read in blocks; 0 of others.

    Of a file of columns all those of numbers are counted.
    """
    path = Path(path).expanduser()
    try:
        if not (outline := outline_of(path, x)):
            return 0
        held = outline.head.arrays if outline.head else {}
        reader = outline.reader([n for n, each in held.items() if each.dtype.kind in "iuf"])
    except (InputError, OSError, ValueError, EOFError):  # reading it raises the same
        return 0
    return reader.shape[0] * reader.shape[1] * reader.dtype.itemsize


def _streamed(outline: Outline, name: str, choice: Choice, rows: str, split: str) -> Dataset:
    head = outline.head
    columns, notes = ((), ()) if head is None else columns_of_x(head, choice)
    own = choice._replace(x="")
    reader = outline.reader(columns)
    held = outline.rest(_wanted(own, rows, split, head is not None))
    which = chosen_rows(held, rows)
    numbers = np.arange(reader.shape[0]) if which is None else np.flatnonzero(which)
    table = _with_place_of_x(some_rows(held, rows), reader, len(numbers), columns)
    _check_lags(table, own)
    pieces = choose(table, own)
    _check_lengths(pieces, len(numbers))
    u = read_u(pieces.u, ("x", "u"))
    kept = np.arange(len(numbers)) if u.u.missing is None else np.flatnonzero(~u.u.missing)
    if not len(kept):
        raise InputError("u is missing in all rows; give one value for each row of x")
    known = u._replace(u=u.u.known(), notes=(*filter(None, [u.missing]), *u.notes), missing="")
    pieces = _some(pieces, kept)._replace(columns=columns, notes=notes)
    return _drawn(pieces, known, reader, numbers[kept], name)


def _drawn(
    pieces: Pieces, u: Reading, reader: RowReader, numbers: Int[np.ndarray, " rows"], name: str
) -> Dataset:
    """The data set of the rows that are drawn, checked as any other, with the whole."""
    own = reader if len(numbers) == reader.shape[0] else SomeRows(reader, numbers)
    rows = drawn_rows(u.u)
    sha = survey(own, pieces.columns, numbers)
    drawn = _some(pieces, rows)._replace(x=taken(own, rows), u=u._replace(u=u.u[rows]))
    found = build(drawn, name)
    s = None if pieces.s is None else np.asarray(pieces.s)
    whole = Whole(own, u.u, s, pieces.side, rows, sha)
    notes = found.notes if len(rows) == len(numbers) else (*found.notes, note_on_draw(whole))
    return dataclasses.replace(found, whole=whole, notes=notes)


def _wanted(choice: Choice, rows: str, split: str, of_columns: bool) -> list[str]:
    """Names and patterns of all columns but those of x; s is one of a file of arrays alone."""
    how = parse_split(split)
    named = [*names_in(choice._replace(x="")), *(each.column for each in parse_rows(rows))]
    beside = [
        how.column,
        how.time,
        *([] if choice.u else ["u"]),
    ]
    beside += [] if choice.s or of_columns else ["s"]
    return [*filter(None, [*named, *beside]), GROUPS, TIME, "image_shape"]


def _with_place_of_x(table: Table, reader: RowReader, rows: int, columns: Sequence[str]) -> Table:
    """The table with an x of zeros, of no size in memory, in the place of the one on the disk."""
    place = np.broadcast_to(np.zeros(1, reader.dtype), (rows, reader.shape[1]))
    names = {"x": tuple(columns)} if columns else {}
    arrays = {"x": place, **table.arrays}
    return table._replace(arrays=arrays, names=names | dict(table.names), of_columns=False)


def _some(pieces: Pieces, rows: Int[np.ndarray, " some"]) -> Pieces:
    """The same of some rows, but for x and u."""
    s = None if pieces.s is None else np.asarray(pieces.s)[rows]
    return pieces._replace(s=s, side={name: each[rows] for name, each in pieces.side.items()})


def _check_lags(table: Table, choice: Choice) -> None:
    """Raises InputError where u is earlier rows of all of x, which lies on the disk."""
    which = parse_u(choice.u, table.known(), KINDS) if choice.u else []
    if any(not each.name and each.kind == "lag" for each in which):
        raise InputError(
            "u by lag() takes all of x into memory, which is read in blocks here; name a "
            "column, as in --u='NAME:lag(1)'"
        )


def _check_lengths(pieces: Pieces, rows: int) -> None:
    """Raises InputError for u, s, groups or time of another number of rows than x."""
    u = pieces.u.u if isinstance(pieces.u, Reading) else pieces.u
    for name, each in (("u", u), ("s", pieces.s)):
        if each is not None and len(each) != rows:
            raise InputError(
                f"x has {rows} rows, {name} has {len(each)}; they must belong to each other row by "
                "row"
            )
    for name, each in pieces.side.items():
        if each.shape != (rows,):
            raise InputError(f"{name} has shape {each.shape} and x {rows} rows; give one value for "
                             "each row of x")  # fmt: skip
