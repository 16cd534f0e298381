"""Which rows are looked at, in which order, and which of them play held-out rows."""

from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Int, Num

from ivaegan_jax.data import IN_TIME, Structure, find_structure, in_order
from ivaegan_jax.evaluation.referee.runs import FEWEST_ROWS
from ivaegan_jax.metrics import evenly, levels_or_cells
from ivaegan_jax.types import Dataset, InputError

MOST_ROWS = 50_000
"""Rows that are looked at; of more, evenly spread ones."""

BLOCK = 2
"""Length of a block of rows in time, over the lag from which on rows no longer are alike."""

HELD_OUT = ("test", "valid", "true", "1")
"""Words of a column of text that mark held-out rows."""


class Layout(NamedTuple):
    """The rows of a table as they are judged.

    Attributes:
      row: their numbers in the table, in the order in which they are looked at.
      x: observations of these rows.
      u: level codes or features of the same rows.
      code: level of each, or cell of a continuous u.
      structure: which rows can stand for which.
      unit: rows of one number depend on each other.
      seen: the rows that play held-out rows; the others are learned from.
      named: whether the user named them.
    """

    row: Int[np.ndarray, " rows"]
    x: Num[np.ndarray, "rows dim_x"]
    u: Num[np.ndarray, "rows ..."]
    code: Int[np.ndarray, " rows"]
    structure: Structure
    unit: Int[np.ndarray, " rows"]
    seen: Bool[np.ndarray, " rows"]
    named: bool

    @property
    def shown(self) -> Bool[np.ndarray, " rows"]:
        """Rows on which scores are taken: those named as held out, or all."""
        return self.seen if self.named else np.ones_like(self.seen)


def lay_out(table: Dataset, dim_z: int, test: Bool[np.ndarray, " rows"] | None = None) -> Layout:
    """The rows in time where they depend on each other, else in an order of their contents.

    The order of rows that do not depend on each other then changes no number.

    Args:
      table: x and u, and groups and times where there are any.
      dim_z: latents, which say into how many cells a continuous u is cut.
      test: held-out rows of the table; None where the user named none.
    """
    row = in_order(table)
    groups = None if table.groups is None else table.groups[row]
    known = Structure("rows", groups)
    u = table.u[row].coded()
    found = known if table.independent else find_structure(table.x[row], u, groups)
    place = np.arange(len(row)) if found.kind in IN_TIME else _by_contents(table, row)
    place = place[evenly(len(place), MOST_ROWS)]
    row, found = row[place], found.at(place)
    own = table.u[row]
    code = np.unique(levels_or_cells(own, 4 * dim_z + 2), return_inverse=True)[1]
    unit = units_of(found, code)
    seen = halves(unit, code) if test is None else test[row]
    return Layout(row, table.x[row], own.coded(), code, found, unit, seen, test is not None)


def _by_contents(table: Dataset, row: Int[np.ndarray, " rows"]) -> Int[np.ndarray, " rows"]:
    """An order at random that is a function of what rows hold, not of where they stand."""
    u = np.asarray(table.u.coded(), float).reshape(len(table.x), -1)
    held = np.ascontiguousarray(np.concatenate([table.x[row], u[row]], axis=1), dtype=float)
    keys = [blake2b(each.tobytes(), digest_size=8).digest() for each in held]
    return np.argsort(np.array(keys), kind="stable")


def units_of(structure: Structure, code: Int[np.ndarray, " rows"]) -> Int[np.ndarray, " rows"]:
    """Numbers of what is held out together: rows, whole groups, or blocks of one level in time."""
    rows = np.arange(len(code))
    if structure.kind == "rows":
        return rows
    own = structure.groups is not None and structure.origin != "blocks"
    groups = structure.groups if own and structure.groups is not None else np.zeros(len(code), int)
    if structure.kind == "labels":
        return np.unique(groups, return_inverse=True)[1]
    new = np.flatnonzero(np.diff(groups, prepend=-1) | np.diff(code, prepend=-1))
    stretch = np.cumsum(np.isin(rows, new)) - 1
    block = (rows - new[stretch]) // max(1, BLOCK * structure.length)
    return np.cumsum((np.diff(stretch, prepend=-1) != 0) | (np.diff(block, prepend=-1) != 0)) - 1


def halves(
    unit: Int[np.ndarray, " rows"], code: Int[np.ndarray, " rows"]
) -> Bool[np.ndarray, " rows"]:
    """Every second unit of each level, drawn at random."""
    _, first, back = np.unique(unit, return_index=True, return_inverse=True)
    order = np.lexsort((np.random.default_rng(0).random(len(first)), code[first]))
    second = np.empty(len(first), bool)
    second[order] = np.arange(len(first)) % 2 == 1
    return second[back]


def as_mask(test: Any, table: Dataset) -> Bool[np.ndarray, " rows"] | None:
    """The held-out rows that a user names.

    Args:
      test: a mask `[rows]`, words of which `HELD_OUT` are held out, the name of a column of the
        table that holds either, or None.
      table: what the rows are of.

    Raises:
      InputError: for a column that there is not, another length, or no rows on one of the sides.
    """
    if test is None or (isinstance(test, str) and not test):
        return None
    if isinstance(test, str):
        if test not in table.side:
            known = ", ".join(table.side) or "none"
            raise InputError(f"test: {test!r} is no column of {table.name}; columns are {known}")
        test = table.side[test]
    values = np.asarray(test)
    if values.shape != (len(table.x),):
        raise InputError(f"test has shape {values.shape} and x {len(table.x)} rows; give one value "
                         "for each row of x")  # fmt: skip
    text = values.dtype.kind in "US"
    mask = np.isin(np.char.lower(values), HELD_OUT) if text else values.astype(bool)
    if min(mask.sum(), (~mask).sum()) < FEWEST_ROWS:
        raise InputError(f"test names {mask.sum()} of {len(mask)} rows as held out; name at least "
                         f"{FEWEST_ROWS}, and leave as many that were trained on")  # fmt: skip
    return mask
