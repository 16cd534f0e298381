"""Whether new rows are like those that a model was trained on: units, order of columns, offsets.

Only what no latents survive is reported. Rows of some levels alone, or of a part of a recording,
lie within the range of the training rows and pass.
"""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int, Real

from ivaegan_jax.data.columns import Moments, moments, pieces
from ivaegan_jax.data.swapped import find_swapped

MARGIN = 0.25
"""Share of a column's range by which new values may lie beyond it."""

MOST_OUTSIDE = 0.1
"""Share of values beyond the range of the training rows that is far off."""

FEW_ROWS = 20
"""Rows below which spreads and correlations are not looked at, and columns not one by one."""

SAME_FACTOR = 0.1
"""Middle deviation of the logarithms of columns' factors that are taken for one factor."""

SMALLEST_SPREAD = 0.05
"""Spread of new rows over that of the training rows below which it is far off."""

MOST_COLUMNS, MOST_ROWS = 60, 10_000
"""Columns and rows whose correlations are looked at."""

PERMUTED, ASSIGNED = 6, 1000
"""Columns up to which all orders are tried, and up to which each is matched with its likest."""


class Seen(NamedTuple):
    """What the training rows were like, column by column.

    Attributes:
      mean: in double precision.
      std: standard deviations, 0 for a constant column.
      low: smallest values.
      high: largest values.
      correlation: of `compared_columns`, 0 for a constant one.
    """

    mean: Float[np.ndarray, " columns"]
    std: Float[np.ndarray, " columns"]
    low: Float[np.ndarray, " columns"]
    high: Float[np.ndarray, " columns"]
    correlation: Float[np.ndarray, "compared compared"]


def look_at(table: Real[np.ndarray, "all_rows columns"], rows: Int[np.ndarray, " rows"],
            found: Moments) -> Seen:  # fmt: skip
    """What `far_off` needs to know of some rows, whose moments are given."""
    low, high = found.low.astype(np.float64), found.high.astype(np.float64)
    return Seen(found.mean, found.std, low, high, correlations(table, rows))


def correlations(
    table: Real[np.ndarray, "all_rows columns"], rows: Int[np.ndarray, " rows"]
) -> Float[np.ndarray, "compared compared"]:
    """Correlations of at most `MOST_COLUMNS` columns on some rows, 0 for constant columns."""
    rows = rows[np.linspace(0, len(rows) - 1, min(len(rows), MOST_ROWS)).astype(int)]
    values = table[np.ix_(rows, compared_columns(table.shape[1]))]
    centred = values - values.mean(axis=0, dtype=np.float64)
    size = np.sqrt(np.square(centred).sum(axis=0))
    centred /= np.where(size > 0, size, 1)
    return centred.T @ centred


def far_off(
    seen: Seen,
    table: Real[np.ndarray, "rows columns"],
    name: str = "x",
    columns: Sequence[str] = (),
) -> str | None:
    """One line on how new rows differ from the training rows; None where they are alike.

    Args:
      seen: the training rows.
      table: new rows of as many columns.
      name: x or u.
      columns: their names; none where they have none.
    """
    new, rows = moments(table, np.arange(len(table))), len(table)
    outside = share_outside(seen, table)
    beyond = outside > MOST_OUTSIDE if rows >= FEW_ROWS else outside > 0
    if rows < FEW_ROWS and outside.mean() <= MOST_OUTSIDE:
        beyond[:] = False
    names = columns or [f"{column} (counting from 0)" for column in range(len(beyond))]
    why = _of_all_columns(seen, new, table, beyond) if rows >= FEW_ROWS else None
    if why is None and beyond.any():
        column = int(np.argmax(outside))
        why = (
            f"{outside[column]:.0%} of column {names[column]} lie outside "
            f"{seen.low[column]:.5g} to {seen.high[column]:.5g}, around {new.mean[column]:.5g}, "
            f"and so for {beyond.sum():,} of {len(beyond):,} columns; other units, or shifted?"
        )
    elif why is None and rows >= FEW_ROWS:
        why = _of_some_columns(seen, new, table, names)
    return f"{name} of these rows is far from what the model was trained on: {why}" if why else None


def _of_all_columns(
    seen: Seen, new: Moments, table: np.ndarray, beyond: Bool[np.ndarray, " columns"]
) -> str | None:
    """Columns in another order, or all in another unit."""
    if is_matched(seen, new, beyond) or is_permuted(seen, table):
        return "its columns go together as others did; are they in another order?"
    if factor := one_factor(seen, new):
        return f"its values are about {factor:.2g} times as large; are the units others?"
    return None


def _of_some_columns(
    seen: Seen, new: Moments, table: np.ndarray, names: Sequence[str]
) -> str | None:
    """Columns of one value or of hardly any spread now, or two that are swapped, within ranges."""
    if len(still := stands_still(seen, new)):
        value, many = float(new.low[still[0]]) + 0.0, f"{len(still):,} of {len(names):,} columns"
        one = f"column {names[still[0]]} is {value:.5g} in all of them"
        return f"{one}, where it varied before, and so for {many}; are values missing?"
    if len(small := shrinks(seen, new)):
        spread, many = new.std[small[0]] / seen.std[small[0]], f"{len(small):,} of {len(names):,}"
        one = f"column {names[small[0]]} spreads {spread:.2g} times as far as it did"
        return f"{one}, and so for {many} columns; are the units others?"
    which = " and ".join(str(names[column]) for column in swapped(seen, table))
    return which and f"columns {which} go with the others as each other did; are they swapped?"


def swapped(seen: Seen, table: Real[np.ndarray, "rows columns"]) -> tuple[int, ...]:
    """Two columns that are each other's by their correlations with the others; empty if none."""
    pair = find_swapped(seen.correlation, correlations(table, np.arange(len(table))))
    return tuple(int(compared_columns(table.shape[1])[column]) for column in sorted(pair or ()))


def compared_columns(count: int) -> Int[np.ndarray, " compared"]:
    """Of so many columns those whose correlations are looked at, `MOST_COLUMNS` at most."""
    return np.linspace(0, count - 1, min(count, MOST_COLUMNS)).astype(int)


def stands_still(seen: Seen, new: Moments) -> list[int]:
    """Columns that varied and have one value now, within the range: no count that is merely 0."""
    inner = (new.low != seen.low) & (new.low != seen.high)
    return np.flatnonzero((new.low == new.high) & (seen.std > 0) & inner).tolist()


def shrinks(seen: Seen, new: Moments) -> list[int]:
    """Columns that hardly spread any more, away from the ends of their range: no rare counts."""
    inner = (new.low != seen.low) & (new.high != seen.high)
    little = (new.std > 0) & (new.std < SMALLEST_SPREAD * seen.std)
    return np.flatnonzero(little & inner).tolist()


def share_outside(
    seen: Seen, table: Real[np.ndarray, "rows columns"]
) -> Float[np.ndarray, " columns"]:
    """Share of values well beyond the range of the training rows, column by column."""
    largest = np.maximum(np.abs(seen.low), np.abs(seen.high))
    margin = MARGIN * (seen.high - seen.low) + 1e-6 * largest
    least, most = seen.low - margin, seen.high + margin
    counts = sum(
        ((table[piece] < least) | (table[piece] > most)).sum(axis=0)
        for piece in pieces(*table.shape)
    )
    return np.asarray(counts / len(table))


def one_factor(seen: Seen, new: Moments) -> float | None:
    """The factor that all columns share, where it is far from 1; None where there is none.

    Root mean squares of three columns that grew or shrank alike, and their spreads with them, are
    enough; fewer, or others, have to vary so little that hardly anything of them is left.
    """
    varying = (seen.std > 0) & (new.std > 0)
    if not varying.any():
        return None
    sizes = [np.hypot(each.mean[varying], each.std[varying]) for each in (new, seen)]
    logs = np.log(sizes[0] / sizes[1])
    spread = float(np.median(np.log(new.std[varying] / seen.std[varying])))
    factor = float(np.exp(np.median(logs)))
    alike = len(logs) >= 3 and np.median(np.abs(logs - np.log(factor))) < SAME_FACTOR
    if alike and abs(spread - np.log(factor)) < 3 * SAME_FACTOR and not 0.5 <= factor <= 2:
        return factor
    return float(np.exp(spread)) if np.exp(spread) < SMALLEST_SPREAD else None


def is_matched(seen: Seen, new: Moments, beyond: Bool[np.ndarray, " columns"]) -> bool:
    """Whether columns far off are each like another column of the training rows."""
    from scipy.optimize import linear_sum_assignment

    columns = np.flatnonzero((seen.std > 0) & (new.std > 0))
    if not beyond[columns].any() or not 2 <= len(columns) <= ASSIGNED:
        return False
    mean, std = seen.mean[columns], seen.std[columns]
    apart = np.abs(new.mean[columns][:, None] - mean) / std
    apart += np.abs(np.log(new.std[columns][:, None] / std))
    _, partner = linear_sum_assignment(apart)
    order = np.arange(len(columns))
    return bool(apart[order, partner].max() < 0.3) and bool((partner != order).any())


def is_permuted(seen: Seen, table: Real[np.ndarray, "rows columns"]) -> bool:
    """Whether columns that have a plain pattern of correlations have lost it.

    Of up to `PERMUTED` columns another order must show the pattern again: so few correlations
    may differ by themselves between some levels and all.
    """
    size = len(seen.correlation)
    pairs = np.triu_indices(size, 1)
    pattern = seen.correlation[pairs]
    if size < 3 or pattern.std() < max(0.1, 1.5 / np.sqrt(len(table))):  # of which 1 is noise
        return False
    found = correlations(table, np.arange(len(table)))

    def likeness(order: tuple[int, ...]) -> float:
        other = found[np.ix_(order, order)][pairs]
        return float(np.corrcoef(pattern, other)[0, 1]) if other.std() > 0 else 0.0

    own = likeness(tuple(range(size)))
    if size > PERMUTED:
        return own < 0.25
    return own < 0.5 and max(map(likeness, itertools.permutations(range(size)))) > 0.9
