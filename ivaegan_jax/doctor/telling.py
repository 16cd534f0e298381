"""Columns of x that tell u, or a row's number, by themselves: what was left among the columns."""

import numpy as np
from jaxtyping import Bool, Float, Int, Real

from ivaegan_jax.data import VALUES_AT_ONCE
from ivaegan_jax.doctor.finding import (
    Finding,
    counted,
    counting,
    named,
    on_columns,
)
from ivaegan_jax.doctor.numbering import numbers_rows
from ivaegan_jax.types import Dataset, are_codes

SAME = 0.9995
"""Correlation from which on two columns are taken for the same."""

TOLD = 0.9
"""A column is named from this share on of the information on u, if it has that alone."""

SURE = 4.0
"""Standard errors by which more rows of a level stand side by side than chance puts there."""

MOST_ROWS, MOST_VALUES = 4000, 4_000_000
"""Rows and values that are looked at, but for at least 1,000 rows."""

FEW_ROWS = 10
"""Rows below which a level is left out."""

CHANCE = 1e-3
"""Chance of columns to be constant within levels only because one value is frequent."""


def check_telling(dataset: Dataset, varies: Bool[np.ndarray, " dim_x"]) -> Finding:
    """Columns that follow the row number, equal or tell u, or are constant within levels."""
    most = max(1000, min(MOST_ROWS, MOST_VALUES // dataset.x.shape[1]))
    rows = np.random.default_rng(0).permutation(len(dataset.x))[:most]
    some = dataset.x[rows].astype(float)
    index = follows(some, rows[:, None].astype(float)) | numbers_rows(dataset, some)
    tells = tells_u(some, dataset.u[rows].values) & ~index & varies
    kinds = {
        "that follow the row number": np.flatnonzero(index).tolist(),
        "that tell u by themselves (u itself, or made from it?)": np.flatnonzero(tells).tolist(),
    }
    looked_at = varies & ~tells & ~index
    u, pairs = dataset.u, []
    if u.is_categorical:
        pairs = constant_within(dataset.x, u.codes, looked_at)
    constant = len({column for column, _ in pairs})
    values = {"index": np.flatnonzero(index).tolist(), "tells_u": np.flatnonzero(tells).tolist()}
    values |= {"constant_within": constant}
    names = dataset.columns
    found = on_columns(kinds, names)
    advice = ["Leave them out of x: a model finds them and nothing else."] if found else []
    if pairs:
        found.append(_still(constant, named([pairs[0][0]], names)[0], u.levels[pairs[0][1]]))
        advice.append("Keep columns that vary in all levels, or levels that share their columns.")
    if not found:
        sentence = "No column of x tells u, or the row number, by itself."
        return Finding("telling", "fine", sentence, values=values)
    sentence = counting(names, f"{'; '.join(found)}.")
    return Finding("telling", "warn", sentence, " ".join(advice), values)


def _still(count: int, column: object, level: object) -> str:
    """That columns are constant within levels, with the first example."""
    is_, vary = ("is", "varies") if count == 1 else ("are", "vary")
    return (
        f"{counted(count, 'column')} of x {is_} constant within some levels of u and {vary} in "
        f"others, such as column {column} in level {level}: what is missing gives u away"
    )


def alike(
    x: Float[np.ndarray, "rows dim_x"], other: Float[np.ndarray, "rows columns"]
) -> Bool[np.ndarray, " dim_x"]:
    """Which columns are another one but for offset and scale."""
    centred = [each - each.mean(axis=0) for each in (x, other)]
    x, other = (each / np.maximum(np.sqrt(np.square(each).sum(axis=0)), 1e-300) for each in centred)
    return np.asarray((np.abs(x.T @ other) > SAME).any(axis=1))


def follows(
    x: Float[np.ndarray, "rows dim_x"], other: Float[np.ndarray, "rows columns"]
) -> Bool[np.ndarray, " dim_x"]:
    """Which columns are another one, or rise or fall with it: times with gaps, logarithms."""
    from scipy.stats import rankdata

    return alike(x, other) | alike(rankdata(x, axis=0), rankdata(other, axis=0))


def tells_u(
    x: Float[np.ndarray, "rows dim_x"],
    u: Int[np.ndarray, " rows"] | Float[np.ndarray, "rows dim_u"],
) -> Bool[np.ndarray, " dim_x"]:
    """Which columns are one of a continuous u, or have levels in separate places.

    Of rows sorted by a column, those of one level then stand side by side. Rows come in random
    order, so that equal values tell nothing.
    """
    if not are_codes(u):
        return follows(x, u.astype(float))
    counts = np.unique(u, return_counts=True)[1]
    chance, most = np.square(counts / len(u)).sum(), 1 - len(counts) / len(u)
    if most <= chance:
        return np.zeros(x.shape[1], bool)
    by_column = u[np.argsort(x, axis=0, kind="stable")]
    beside = (by_column[1:] == by_column[:-1]).mean(axis=0)
    sure = (beside - chance) * np.sqrt(len(u) / (chance * (1 - chance)))
    return np.asarray(((beside - chance) / (most - chance) > TOLD) & (sure > SURE))


def constant_within(
    x: Real[np.ndarray, "rows dim_x"],
    u: Int[np.ndarray, " rows"],
    looked_at: Bool[np.ndarray, " dim_x"],
) -> list[tuple[int, int]]:
    """Pairs (column, level code) where a column that varies has one value in all of a level."""
    levels, counts = np.unique(u, return_counts=True)
    order, starts = np.argsort(u, kind="stable"), np.cumsum(counts) - counts
    large, columns = counts >= FEW_ROWS, np.flatnonzero(looked_at)
    step = max(1, VALUES_AT_ONCE // len(x))
    pairs = []
    for first in range(0, len(columns), step):
        chosen = columns[first : first + step]
        sorted_x = x[np.ix_(order, chosen)]
        low = np.minimum.reduceat(sorted_x, starts, axis=0)
        still = (low == np.maximum.reduceat(sorted_x, starts, axis=0)) & large[:, None]
        for at in np.flatnonzero(still.any(axis=0)):
            value = low[np.argmax(still[:, at]), at]
            share = np.mean(sorted_x[:, at] == value)
            rare = len(levels) * len(columns) * share ** counts.astype(float) < CHANCE
            pairs += [(int(chosen[at]), int(level)) for level in levels[still[:, at] & rare]]
    return sorted(pairs)
