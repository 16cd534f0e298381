"""Kinds of u that are made of the order of rows: segments of time, and rows before each row."""

import re
from typing import NamedTuple

import numpy as np
from jaxtyping import Int, Real, Shaped

from ivaegan_jax.data.tables.grammar import Selected
from ivaegan_jax.data.tables.instants import as_instants, read_instants
from ivaegan_jax.data.tables.kinds_of_values import Read
from ivaegan_jax.types import Column, InputError, Kind

UNITS = {
    "": 1.0,
    "ns": 1e-9,
    "us": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "min": 60.0,
    "h": 3600.0,
    "d": 86400.0,
}
"""Seconds; a length without a unit is in that of the column."""


class Rows(NamedTuple):
    """What is known of the rows beside a column of u.

    Attributes:
      x: observations, of which lags are made.
      columns: names of the columns of x; none where they have none.
      order: row numbers, group by group and by time within each.
      group: code of every row's group; 0 where there are none.
      groups: the user's own value of every row's group; None where there are none.
      time: of every row, as a user has it; None where rows stand in order.
    """

    x: Real[np.ndarray, "rows dim_x"]
    columns: tuple[str, ...]
    order: Int[np.ndarray, " rows"]
    group: Int[np.ndarray, " rows"]
    groups: Shaped[np.ndarray, " rows"] | None
    time: Shaped[np.ndarray, " rows"] | None

    def rank(self) -> Int[np.ndarray, " rows"]:
        """How many rows of its group come before each row."""
        group = self.group[self.order]
        _, first = np.unique(group, return_index=True)
        rank = np.empty(len(group), np.int64)
        rank[self.order] = np.arange(len(group)) - first[np.unique(group, return_inverse=True)[1]]
        return rank


def segments(which: Selected, own: Shaped[np.ndarray, " rows"] | None, rows: Rows) -> list[Read]:
    """Every group cut into as many segments of equally many rows, in the order of time.

    Raises:
      InputError: where the argument is no number, or a group has fewer rows.
    """
    count = _count(which, 2)
    if own is not None:
        rows = rows._replace(order=np.lexsort((as_instants(own, which.name), rows.group)))
    size = np.bincount(rows.group)
    if (shortest := size[size > 0].min()) < count:
        raise InputError(f"u: {which} is more than the {shortest:,} rows of the smallest group")
    return [_in_segments(which, rows.rank() * count // size[rows.group], rows)]


def segment(which: Selected, own: Shaped[np.ndarray, " rows"] | None, rows: Rows) -> list[Read]:
    """Every group cut into segments of one duration, from its first time on.

    Raises:
      InputError: where there is no time, or no duration.
    """
    time, note = (rows.time, "") if own is None else read_instants(own, which.name)
    if time is None:
        raise InputError(f"u: {which} needs the times of rows; give TIME:{which}, or segments(40)")
    if time.dtype.kind not in "iufmM":
        raise InputError(f"u: {which} needs times that are numbers or dates")
    found = re.fullmatch(r"(\d+\.?\d*|\.\d+)\s*([a-z]*)", ",".join(which.arguments))
    if not found or found[2] not in UNITS or not float(found[1]) > 0:
        raise InputError(f"u: {which} needs a duration, as segment(2s), segment(500ms), segment(2)")
    if time.dtype.kind in "mM":
        time = (time - time.min()) / np.timedelta64(1, "s")
    start = np.full(rows.group.max() + 1, np.inf)
    np.minimum.at(start, rows.group, time)
    length = float(found[1]) * UNITS[found[2]]
    code = np.floor((time - start[rows.group]) / length + 1e-9).astype(np.int64)
    read = _in_segments(which, code, rows)
    return [read._replace(note=f"{read.note} {note}".strip())]


def lag(which: Selected, own: Shaped[np.ndarray, " rows"] | None, rows: Rows) -> list[Read]:
    """Rows that came before in the same group; those of all of x, or of one column.

    Raises:
      InputError: for an argument that is no number, or text.
    """
    lags = [int(each) if each.isdecimal() else 0 for each in which.arguments]
    if not lags or min(lags) < 1 or len(set(lags)) < len(lags):
        raise InputError(f"u: {which} needs numbers of rows from 1 on, as lag(1) or lag(1,2)")
    source = rows.x if own is None else own[:, None]
    if source.dtype.kind not in "iufb":
        held = "text" if source.dtype.kind in "US" else source.dtype
        raise InputError(f"u: {which} needs numbers, {which.name} holds {held}")
    names = [which.name] if own is not None else rows.columns or range(source.shape[1])
    early, place = rows.rank() < max(lags), np.empty(len(source), np.int64)
    place[rows.order] = np.arange(len(source))
    most = f"The first {max(lags)} rows" if max(lags) > 1 else "The first row"
    cause = f"{most} of every group have no row before them that {which} names"
    found = []
    for by in lags:
        before = source[rows.order[np.maximum(place - by, 0)]].astype(float)
        absent = early | np.isnan(before).any(axis=1)
        found += [
            Read(Column(Kind.CONTINUOUS, name=f"{name}[-{by}]"), values, absent, cause=cause)
            for name, values in zip(names, np.where(absent[:, None], 0, before).T, strict=True)
        ]
    return found


def _in_segments(which: Selected, code: Int[np.ndarray, " rows"], rows: Rows) -> Read:
    """Categories: a segment of one group, named by the group where there are several."""
    name, several = str(which), rows.groups is not None and np.ptp(rows.group) > 0
    pair = np.stack([rows.group if several else np.zeros_like(rows.group), code], axis=1)
    present, first, codes = np.unique(pair, axis=0, return_index=True, return_inverse=True)
    levels = present[:, 1]
    if several:
        assert rows.groups is not None
        own = rows.groups[first].tolist()
        levels = np.array([f"{g}:{k}" for g, k in zip(own, levels.tolist(), strict=True)])
    note = f"{name} makes {len(levels):,} segments{' of all groups together' if several else ''}."
    column = Column(Kind.CATEGORICAL, levels, name)
    return Read(column, codes.ravel().astype(np.int32), np.zeros(len(codes), bool), note)


def _count(which: Selected, least: int) -> int:
    text = which.arguments[0] if len(which.arguments) == 1 else ""
    if not text.isdecimal() or int(text) < least:
        raise InputError(f"u: {which} needs a number of segments from {least} on, as segments(40)")
    return int(text)
