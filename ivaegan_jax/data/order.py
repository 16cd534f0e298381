"""Which rows of a table belong together, and in which order they were taken."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float, Int

from ivaegan_jax.types import Dataset, InputError

GROUPS, TIME = "groups", "time"
"""Names of the side columns that need no flag to be understood."""


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


def group_codes(column: np.ndarray) -> Int[np.ndarray, " rows"]:
    """Codes of the groups that a column names, numbered as they come in the table."""
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
        raise InputError(f"{name} holds {column.dtype}; give the time of every row as a number")
    missing = np.isnat(column) if column.dtype.kind in "mM" else ~np.isfinite(column)
    if missing.any():
        first = int(np.flatnonzero(missing)[0])
        raise InputError(
            f"{name} has no number in {int(missing.sum())} row(s), first in row {first}; "
            "fill them, or leave the array out where rows stand in order"
        )
    return column.astype(np.int64 if column.dtype.kind in "mM" else float).astype(float)


def ordered_by(side: Mapping[str, np.ndarray]) -> dict[str, np.ndarray | None]:
    """The fields `groups` and `time` of a table with these side columns."""
    groups, time = side.get(GROUPS), side.get(TIME)
    return {
        "groups": None if groups is None else group_codes(groups),
        "time": None if time is None else times(time),
    }
