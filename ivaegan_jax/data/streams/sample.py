"""The rows of a large table that are looked at, held out and scored: a bounded draw."""

import dataclasses
import hashlib
from collections.abc import Sequence

import numpy as np
from jaxtyping import Int, Real

from ivaegan_jax.data.splits.order import ordered_by
from ivaegan_jax.data.streams.readers import InMemory, passes
from ivaegan_jax.data.tables.matrices import LARGEST
from ivaegan_jax.types import Auxiliary, Dataset, InputError, RowReader, Whole

MOST = 200_000
"""Rows that are drawn."""

FEWEST_RUNS = 200
"""Stretches of neighbouring rows that they come in, at least; one for each level of u."""

OF_LEVEL = 20
"""Rows of every level of u that are drawn, if it has them."""


def drawn_rows(u: Auxiliary, most: int | None = None) -> Int[np.ndarray, " drawn"]:
    """Which rows are drawn, ascending: all, or evenly spread stretches of neighbours.

    Levels of u that these pass over have rows added, evenly spread over theirs.

    Args:
      u: of all rows.
      most: rows that are drawn, less those that are added; None takes `MOST`.
    """
    most = most or MOST
    if len(u) <= most:
        return np.arange(len(u))
    each = [u.values[:, i] for i in u.categories] if not u.is_categorical else [u.codes]
    codes = [np.asarray(code).astype(np.int64) for code in each]
    levels = max([int(code.max()) + 1 for code in codes], default=1)
    runs = int(np.clip(levels, min(FEWEST_RUNS, most), most))
    first = np.linspace(0, len(u) - most // runs, runs).astype(np.int64)
    found = np.unique(first[:, None] + np.arange(most // runs))
    return np.unique(np.concatenate([found, *(_of_rare_levels(c, found) for c in codes)]))


def _of_rare_levels(
    codes: Int[np.ndarray, " rows"], found: Int[np.ndarray, " found"]
) -> Int[np.ndarray, " added"]:
    """Rows of levels that have fewer than `OF_LEVEL` among those found, evenly spread."""
    rare = np.bincount(codes[found], minlength=int(codes.max()) + 1) < OF_LEVEL
    row = np.flatnonzero(rare[codes])
    row = row[np.argsort(codes[row], kind="stable")]
    counts = np.bincount(codes[row])
    size = counts[codes[row]]
    rank = np.arange(len(row)) - (np.cumsum(counts) - counts)[codes[row]]
    return row[(rank * OF_LEVEL) // size != ((rank - 1) * OF_LEVEL) // size]


def bounded(dataset: Dataset) -> Dataset:
    """Some rows of a table in memory, and the whole of it to be read in blocks."""
    reader, rows = InMemory(dataset.x), drawn_rows(dataset.u)
    whole = Whole(reader, dataset.u, dataset.s, dataset.side, rows, survey(reader))
    if len(rows) == len(dataset.x):
        return dataclasses.replace(dataset, whole=whole)
    side = {name: column[rows] for name, column in dataset.side.items()}
    beside = {n: getattr(dataset, n) for n in ("s", "clean") if getattr(dataset, n) is not None}
    truth = None if dataset.truth is None else dataset.truth.at(rows)
    return dataclasses.replace(
        dataset, x=dataset.x[rows], u=dataset.u[rows], side=side, truth=truth, whole=whole,
        notes=(*dataset.notes, note_on_draw(whole)), **ordered_by(side),
        **{name: each[rows] for name, each in beside.items()},
    )  # fmt: skip


def note_on_draw(whole: Whole) -> str:
    """That a part of the rows alone is looked at."""
    return (
        f"{len(whole.drawn):,} of {whole.x.shape[0]:,} rows are looked at and split; the others "
        "are read in blocks, to train on."
    )


def survey(
    reader: RowReader,
    columns: Sequence[str] = (),
    rows: Int[np.ndarray, " rows"] | None = None,
) -> str:
    """A hash of x of all rows, which are checked in passing.

    Args:
      reader: reads them.
      columns: names of the columns of x, for messages; none where they have none.
      rows: the number of each row in its file; None where the reader counts alike.

    Raises:
      InputError: for NaN, inf, and what float32 does not hold.
    """
    digest = hashlib.sha256()
    for start, values in passes(reader):
        _check(values, start, columns, rows)
        digest.update(np.ascontiguousarray(values).reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def _check(
    values: Real[np.ndarray, "some dim_x"],
    start: int,
    columns: Sequence[str],
    rows: Int[np.ndarray, " rows"] | None,
) -> None:
    # NaN passes through min and max, so that sound rows need no array of flags
    if values.dtype.kind != "f" or -LARGEST < values.min() <= values.max() < LARGEST:
        return
    row, column = np.argwhere(~(np.abs(values) < LARGEST))[0]
    number = start + row if rows is None else rows[start + row]
    raise InputError(
        f"x has NaN, inf or numbers beyond float32, first in row {number:,} (counting from 0), "
        f"column {columns[column] if columns else column}; fill them, or leave these rows out"
    )
