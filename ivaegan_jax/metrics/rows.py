"""Rows of a table: the held-out split, centring, and means per level of u."""

import numpy as np
from jaxtyping import Bool, Float, Int, Num

from ivaegan_jax.types import are_codes


def held_out_split(rows: int, held_out: bool = True) -> tuple[slice, slice]:
    """Rows to fit on and rows to score on: even and odd ones, or all of them twice.

    Alternate rows, since tables often come sorted by segment. A table of repeated measurements
    in which neighbouring rows belong together needs shuffling first, by group.

    Raises:
      ValueError: fewer than four rows, where a half has no correlation to speak of.
    """
    if rows < 4:
        raise ValueError(f"at least 4 rows are needed to fit and to score, got {rows}")
    return (slice(0, None, 2), slice(1, None, 2)) if held_out else (slice(None), slice(None))


def level_means(
    y: Float[np.ndarray, "rows dim"], code: Int[np.ndarray, " rows"]
) -> Float[np.ndarray, "levels dim"]:
    """Mean of y per level; `code` runs from 0 to levels - 1 and every level has a row."""
    sums = np.zeros((code.max() + 1, y.shape[1]))
    np.add.at(sums, code, y)
    return sums / np.bincount(code)[:, None]


def centred(
    a: Num[np.ndarray, "rows dim"], u: Num[np.ndarray, " rows"] | None = None
) -> Float[np.ndarray, "rows dim"]:
    """A minus its column means, or minus its means per level of u; float64.

    What only rounding left over is set to 0, so that a constant column is 0 exactly and is not
    mistaken for a signal after standardising.

    Raises:
      ValueError: NaN or infinity in `a`, or no rows.
    """
    a = np.asarray_chkfinite(a, dtype=float)
    if u is None:
        residual = a - a.mean(axis=0)
    else:
        code = np.unique(u, return_inverse=True)[1]
        residual = a - level_means(a, code)[code]
    return np.where(np.abs(residual) > 1e-12 * np.abs(a).max(axis=0), residual, 0.0)


def without_single_rows(u: Num[np.ndarray, " rows"]) -> Bool[np.ndarray, " rows"]:
    """Whether each row's level has another row, so that something varies within it.

    Raises:
      ValueError: where no level has.
    """
    _, code, counts = np.unique(u, return_inverse=True, return_counts=True)
    keep = counts[code] > 1
    if not keep.any():
        raise ValueError("no level of u has two rows: nothing varies within a level")
    return keep


def r2_per_column(
    prediction: Float[np.ndarray, "rows dim"], y: Num[np.ndarray, "rows dim"]
) -> Float[np.ndarray, " dim"]:
    """1 - residual / total sum of squares; not clipped below; 0 for a constant column of y."""
    residual = ((y - prediction) ** 2).sum(axis=0)
    total = (centred(y) ** 2).sum(axis=0)
    return 1 - np.divide(residual, total, out=np.ones_like(total), where=total > 0)


def evenly(rows: int, most: int) -> Int[np.ndarray, " some"]:
    """All row numbers, or `most` of them evenly spread."""
    return np.arange(rows) if rows <= most else np.linspace(0, rows - 1, most).astype(int)


FEWEST_PER_LEVEL = 20
"""Rows of a level that a sample takes, where there are as many, before it takes other levels."""


def some_rows(u: Num[np.ndarray, "rows ..."], levels: int, most: int) -> Int[np.ndarray, " some"]:
    """All row numbers, or about `most`: of many levels some, each with rows enough; in order.

    Levels are taken in one order, whatever the table, so that samples of two tables share them.

    Args:
      u: level codes from 0 to `levels - 1`, or features.
      levels: how many there are.
      most: rows.
    """
    rng = np.random.default_rng(0)
    if len(u) <= most:
        return np.arange(len(u))
    if not are_codes(u):
        return np.sort(rng.permutation(len(u))[:most])
    each = max(min(FEWEST_PER_LEVEL, -(-len(u) // levels)), most // levels)
    rank = rng.permutation(levels)[u]
    order = rng.permutation(len(u))
    order = order[np.argsort(rank[order], kind="stable")]
    starts = np.searchsorted(rank[order], rank[order])
    kept = (np.arange(len(u)) - starts < each) & (rank[order] < max(1, most // each))
    return np.sort(order[kept])
