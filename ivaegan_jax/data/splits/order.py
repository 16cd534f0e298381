"""Which rows of a table belong together, and in which order they were taken."""

import dataclasses
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from ivaegan_jax.data.splits.how import How
from ivaegan_jax.types import Dataset, InputError

GROUPS, TIME = "groups", "time"
"""Names of the side columns that need no flag to be understood."""


class InOrder(NamedTuple):
    """A table's rows, group by group and by time within each.

    Attributes:
      row: the number of each row in the table `[rows]`.
      level: its level of u; 0 where u is continuous `[rows]`.
      group: its group; 0 where there are none `[rows]`.
    """

    row: Int[np.ndarray, " rows"]
    level: Int[np.ndarray, " rows"]
    group: Int[np.ndarray, " rows"]


def put_in_order(dataset: Dataset) -> InOrder:
    """The rows of a table in order; equal times keep the table's order."""
    row = in_order(dataset)
    return InOrder(row, dataset.u.level()[row], group_of(dataset)[row])


def group_of(dataset: Dataset) -> Int[np.ndarray, " rows"]:
    """The group of every row; 0 where the table has none."""
    return np.zeros(len(dataset.x), np.int32) if dataset.groups is None else dataset.groups


def in_order(dataset: Dataset) -> Int[np.ndarray, " rows"]:
    """Row numbers, group by group and by time within each; equal times keep the table's order."""
    if dataset.groups is None and dataset.time is None:
        return np.arange(len(dataset.x))
    time = np.zeros(len(dataset.x)) if dataset.time is None else dataset.time
    return np.lexsort((time, group_of(dataset)))


def place_of(dataset: Dataset) -> Int[np.ndarray, " rows"]:
    """Where every row stands in `in_order`."""
    place = np.empty(len(dataset.x), np.int64)
    place[in_order(dataset)] = np.arange(len(place))
    return place


def group_codes(column: np.ndarray, name: str = GROUPS) -> Int[np.ndarray, " rows"]:
    """Codes of the groups that a column names, numbered as they come in the table.

    Blanks around text are no part of it.

    Raises:
      InputError: where the column has no value in some rows.
    """
    _check_present(column, name, "fill them, or drop these rows")
    column = np.char.strip(column) if column.dtype.kind in "US" else column
    _, first, codes = np.unique(column, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int32)
    rank[np.argsort(first)] = np.arange(len(first), dtype=np.int32)
    return rank[codes]


def times(column: np.ndarray, name: str = TIME) -> Float[np.ndarray, " rows"]:
    """A column as times in float64, in its own unit (dates in theirs).

    Raises:
      InputError: where it holds no numbers or dates, or lacks some.
    """
    if column.dtype.kind not in "iufbmM":
        what = "text" if column.dtype.kind in "US" else str(column.dtype)
        raise InputError(f"{name} holds {what}; give the time of every row as a number, or as a "
                         "date, such as 2026-01-31 12:00:00")  # fmt: skip
    _check_present(column, name, "fill them, or leave the array out where rows stand in order")
    return column.astype(np.int64 if column.dtype.kind in "mM" else float).astype(float)


def _check_present(column: np.ndarray, name: str, advice: str) -> None:
    kind = column.dtype.kind
    missing = (
        np.isnat(column)
        if kind in "mM"
        else ~np.isfinite(column)
        if kind in "fc"
        else np.char.strip(column) == type(column.flat[0])()
        if kind in "US" and len(column)
        else column != column
    )
    if missing.any():
        first = int(np.flatnonzero(missing)[0])
        counted = f"no value in {int(missing.sum())} row(s), first in row {first}"
        raise InputError(f"{name} has {counted}; {advice}")


def ordered_by(side: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """The fields `groups` and `time` of a table with these side columns."""
    groups, time = side.get(GROUPS), side.get(TIME)
    return {
        "groups": None if groups is None else group_codes(groups),
        "time": None if time is None else times(time),
    }


def ordered_as(dataset: Dataset, how: How) -> Dataset:
    """The table with the groups and times that a split names.

    Raises:
      InputError: for a side column that there is not, or one that says nothing of some rows.
    """
    changes = {}
    if how.column:
        changes["groups"] = group_codes(_column(dataset, how.column, how), how.column)
    if how.time:
        changes["time"] = times(_column(dataset, how.time, how), how.time)
    return dataclasses.replace(dataset, **changes)


def _column(dataset: Dataset, name: str, how: How) -> np.ndarray:
    if name not in dataset.side:
        known = ", ".join(dataset.side) or "none; give one beside x and u, with a value per row"
        raise InputError(
            f"{dataset.name} has no column {name!r} for --split={how}; its columns: {known}"
        )
    return dataset.side[name]
