"""Some rows of a table, by values of its columns: `person=p0,p1`, `person!=p4;gesture!=rest`."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool

from ivaegan_jax.data.tables.grammar import split_list
from ivaegan_jax.data.tables.table import KEYS, Table, listed
from ivaegan_jax.types import InputError

GRAMMAR = "COLUMN=VALUE,VALUE or COLUMN!=VALUE,VALUE, several with ; between them"


class Condition(NamedTuple):
    """What rows must be.

    Attributes:
      column: by its name.
      values: as text.
      negated: whether rows with these values are left out, not kept.
    """

    column: str
    values: tuple[str, ...]
    negated: bool


def parse_rows(text: str) -> list[Condition]:
    """Reads which rows are requested; none for an empty text.

    Raises:
      InputError: for anything else than `GRAMMAR` says.
    """
    found = []
    for part in filter(None, map(str.strip, text.split(";"))):
        column, equals, values = part.partition("=")
        negated, column = column.endswith("!"), column.removesuffix("!").strip()
        listed_values = tuple(split_list(values))
        if not (equals and column and all(listed_values) and listed_values):
            raise InputError(f"--rows={text} is not {GRAMMAR}")
        found.append(Condition(column, listed_values, negated))
    return found


def some_rows(table: Table, text: str) -> Table:
    """The rows that are requested, in their order; arrays of another length stay as they are.

    Args:
      table: all that there is.
      text: as `--rows` takes it; empty keeps all.

    Raises:
      InputError: for columns that there are not, values that no row has, or no row left.
    """
    if (rows := chosen_rows(table, text)) is None:
        return table
    long = {n: each for n, each in table.arrays.items() if n != KEYS[-1] and each.ndim}
    return table._replace(
        arrays={**table.arrays, **{n: e[rows] for n, e in long.items() if len(e) == len(rows)}}
    )


def chosen_rows(table: Table, text: str) -> Bool[np.ndarray, " rows"] | None:
    """Which rows are requested; None where all are.

    Raises:
      InputError: for columns that there are not, values that no row has, or no row left.
    """
    if not (wanted := parse_rows(text)):
        return None
    kept = [_meets(table.column(each.column, "rows"), each) for each in wanted]
    if len({len(each) for each in kept}) > 1:
        raise InputError(f"--rows={text}: these columns have different numbers of rows")
    rows = np.logical_and.reduce(kept)
    if not rows.any():
        raise InputError(f"--rows={text} leaves no row; ask for less")
    return rows


def _meets(column: np.ndarray, wanted: Condition) -> Bool[np.ndarray, " rows"]:
    """Which rows have one of the values, or none of them."""
    levels, code = np.unique(column, return_inverse=True)
    alike = _likeness(levels)
    found = np.zeros(len(levels), bool)
    for value in wanted.values:
        own = alike(value)
        if not own.any():
            known = listed(map(str, levels.tolist()))
            raise InputError(f"rows: no row has {wanted.column} {value!r}; there are {known}")
        found |= own
    return (found ^ wanted.negated)[code]


def _likeness(levels: np.ndarray) -> Callable[[str], Bool[np.ndarray, " levels"]]:
    """What finds the levels that a text means: 3 and 3.0 are one number."""
    names = np.array([str(level).strip() for level in levels.tolist()])
    if levels.dtype.kind not in "iuf":
        return lambda value: names == value

    def of_number(value: str) -> Bool[np.ndarray, " levels"]:
        try:
            return levels == float(value)
        except ValueError:
            return names == value

    return of_number
