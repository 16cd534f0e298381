"""What is left of x once its mean and spread given u are taken away, on whole runs of rows."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int, Real, Shaped

from ivaegan_jax.metrics import levels_or_cells
from ivaegan_jax.types import Auxiliary, Coded

MOST_ROWS, MOST_VALUES = 20_000, 8_000_000
"""Rows, and numbers of x, that are looked at; at least `FEWEST` rows whatever their width."""

FEWEST = 2_000
PIECES = 8
"""Runs of neighbouring rows that are taken from a larger table, evenly spread."""

LARGE_LEVEL = 3
"""Rows from which on a level has a mean of its own; smaller ones are cut into cells in order."""

CELLS = 40
CLIP = 5.0
"""Standard deviations at which values end: one outlier would outweigh all others."""


class Residuals(NamedTuple):
    """Some rows of a table in order.

    Attributes:
      x: less its mean and over its spread given u, ended at `CLIP`.
      cell: rows of one cell have the same u and group.
      part: rows of one part are neighbours: they follow each other within one group.
    """

    x: Float[np.ndarray, "rows dim_x"]
    cell: Int[np.ndarray, " rows"]
    part: Int[np.ndarray, " rows"]


def whole_runs(
    rows: int, columns: int, groups: Shaped[np.ndarray, " rows"] | None
) -> tuple[Int[np.ndarray, " some"], Int[np.ndarray, " some"]]:
    """Row numbers, ordered by group, and which of them are neighbours; see `Residuals`."""
    code = np.zeros(rows, int) if groups is None else np.unique(groups, return_inverse=True)[1]
    order = np.argsort(code, kind="stable")
    most = min(rows, MOST_ROWS, max(FEWEST, MOST_VALUES // columns))
    pieces = 1 if most == rows else PIECES
    starts = np.linspace(0, rows - most // pieces, pieces).astype(int)
    places = (starts[:, None] + np.arange(most // pieces)).ravel()
    piece = np.repeat(np.arange(pieces), most // pieces)
    taken = order[places]
    return taken, code[taken] * pieces + piece


def residuals(
    x: Real[np.ndarray, "rows dim_x"],
    u: Auxiliary | Coded,
    part: Int[np.ndarray, " rows"],
) -> Residuals:
    """X less a linear function of u within each level or cell, over its spread there."""
    u = numbered(Auxiliary.of(u))
    cell = np.unique(levels_or_cells(u, CELLS), return_inverse=True)[1]
    ones = np.ones((len(u), 1))
    design = ones if u.is_categorical else np.hstack([ones, u.values])
    left = np.zeros(x.shape)
    order = np.argsort(cell, kind="stable")
    for rows in np.split(order, np.cumsum(np.bincount(cell))[:-1]):
        fitted = design[rows] @ np.linalg.lstsq(design[rows], x[rows].astype(float), rcond=None)[0]
        rest = x[rows] - fitted
        spread = np.sqrt(np.square(rest).mean(axis=0))
        real = spread > 1e-6 * np.maximum(np.abs(x[rows]).max(axis=0), 1e-30)
        left[rows] = np.divide(rest, spread, out=np.zeros_like(rest), where=real)
    both = np.unique(np.stack([cell, part]), axis=1, return_inverse=True)[1].ravel()
    return Residuals(np.clip(left, -CLIP, CLIP), both, part)


def numbered(u: Auxiliary) -> Auxiliary:
    """U as it is, or levels of too few rows as one column of numbers in the order of the levels."""
    if not u.is_categorical:
        return u
    count = np.bincount(np.unique(u.codes, return_inverse=True)[1])
    large = count[count >= LARGE_LEVEL].sum()
    return u if 2 * large >= len(u) else Auxiliary.continuous(u.codes.astype(np.float32))
