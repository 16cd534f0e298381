"""Values that stand for a missing one: -9999 among positions, 999 among ages."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Real

from ivaegan_jax.data.columns import pieces
from ivaegan_jax.types import Dataset

CODES = frozenset(
    float(sign * code)
    for sign in (-1, 1)
    for code in (99, 999, 9999, 99999, 999999, 32768, 2**31, 1e20, 1e30)
) | {-1.0, -2.0, -9.0, 32767.0, float(2**31 - 1)}
"""Numbers that are often written for a missing one."""

FEWEST, SHARE = 3, 5e-4
"""Rows that hold such a value at least."""

GAP, GAP_OF_CODES = 0.5, 0.2
"""Distance to the nearest other value, over the range of all others, from which it stands apart."""

DISTINCT, DISTINCT_BESIDE_CODES = 10, 3
"""Other values that the column has at least."""

MOST_ROWS = 100_000
"""Rows on which distinct values are counted."""


class Sentinel(NamedTuple):
    """A value that many rows share, apart from all others of its column.

    Attributes:
      column: counting from 0.
      value: the number.
      rows: how many hold it.
    """

    column: int
    value: float
    rows: int


class _Ends(NamedTuple):
    """Columns' smallest or largest values, in how many rows, and the value next to them."""

    value: Float[np.ndarray, " columns"]
    rows: Real[np.ndarray, " columns"]
    nearest: Float[np.ndarray, " columns"]


def find_sentinels(table: Real[np.ndarray, "rows columns"]) -> list[Sentinel]:
    """Smallest and largest values of columns that are likely to stand for a missing one."""
    low, high = _ends(table, 1), _ends(table, -1)
    enough = max(FEWEST, SHARE * len(table))
    is_code = [np.isin(end.value, list(CODES)) for end in (low, high)]
    far = [np.where(code, GAP_OF_CODES, GAP) for code in is_code]
    # what lies between the two ends, each left out if it may be such a value itself
    from_low = np.where(low.rows >= enough, low.nearest, low.value)
    to_high = np.where(high.rows >= enough, high.nearest, high.value)
    inner = to_high - from_low
    below_zero = is_code[0] & (low.value < 0) & (low.nearest >= 0)
    apart = [
        ((low.nearest - low.value) >= far[0] * inner) | below_zero,
        (high.value - high.nearest) >= far[1] * inner,
    ]
    return [
        found
        for end, aside, code in zip((low, high), apart, is_code, strict=True)
        for found in _checked(table, end, aside & (end.rows >= enough) & (inner > 0), code)
    ]


def _ends(table: Real[np.ndarray, "rows columns"], sign: int) -> _Ends:
    """The smallest values (sign 1) or the largest (-1) of every column."""
    best = np.full(table.shape[1], np.inf)
    parts = [table[piece] for piece in pieces(*table.shape)]
    for part in parts:
        extreme = part.min(axis=0) if sign > 0 else part.max(axis=0)
        best = np.minimum(best, sign * extreme.astype(float))
    rows, nearest = np.zeros(len(best), np.int64), np.full(len(best), np.inf)
    for part in parts:
        signed = sign * part.astype(float)
        rows += (signed == best).sum(axis=0)
        nearest = np.minimum(nearest, np.where(signed > best, signed, np.inf).min(axis=0))
    nearest = np.where(np.isfinite(nearest), nearest, best)
    return _Ends(sign * best, rows, sign * nearest)


def _checked(
    table: Real[np.ndarray, "rows columns"],
    end: _Ends,
    likely: Bool[np.ndarray, " columns"],
    is_code: Bool[np.ndarray, " columns"],
) -> Iterator[Sentinel]:
    """Those of columns with enough other values: of two or three, none stands apart."""
    step = -(-len(table) // MOST_ROWS)
    for column in np.flatnonzero(likely):
        others = len(np.unique(table[::step, column])) - 1
        if others >= (DISTINCT_BESIDE_CODES if is_code[column] else DISTINCT):
            yield Sentinel(int(column), float(end.value[column]), int(end.rows[column]))


def unmarked(name: str, value: float) -> str:
    """Code that turns a number that stands for a missing one into NaN."""
    return f"`{name} = np.where({name} == {value:.10g}, np.nan, {name})`"


def notes_on_codes(dataset: Dataset) -> tuple[str, ...]:
    """A sentence on numbers of u that are likely to stand for a missing one."""
    if not dataset.u.is_numeric:
        return ()
    found, names = find_sentinels(dataset.u.table())[:1], dataset.u.names
    return tuple(
        f"u is {code.value:.10g} in {code.rows:,} rows, apart from all other values of column "
        f"{names[code.column] if names else code.column}: if it stands for a missing one, "
        + ("leave its place empty." if names else f"use {unmarked('u', code.value)}.")
        for code in found
    )
