"""Cells of a u that is no single category: groups of rows that tests compare."""

from collections.abc import Callable, Iterable

import numpy as np
from jaxtyping import Bool, Int, Num

Cut = Callable[[Num[np.ndarray, "rows features"], int, int], Int[np.ndarray, " rows"]]
"""`(features, rows of the smallest cell to cut, how many such cells) -> code of every row`."""


def cells_of(
    u: Num[np.ndarray, "rows features"], fewest: int, cut: Cut
) -> Int[np.ndarray, " rows"]:
    """Cells of features of u: categories among them first, then cells of what else there is.

    Rows of one combination of categories are one cell, as far as every cell keeps `fewest` rows;
    quantities cut these further, as far as rows suffice. k-means over all features would see little
    but the quantities, whose scale is larger.

    Args:
      u: features, of which those that hold nothing but 0 and 1 belong to categories.
      fewest: rows of a cell of categories at least.
      cut: cuts quantities; see `Cut`.
    """
    flags = np.asarray(((u == 0) | (u == 1)).all(axis=0))
    code = categories_in(u[:, flags] == 1, fewest)
    counts = np.bincount(code)
    if len(counts) == 1:
        return cut(u, len(u), 1)
    if flags.all():
        return code
    within = cut(u[:, ~flags], int(counts.min()), len(counts))
    return np.asarray(np.unique(code * (1 + within.max()) + within, return_inverse=True)[1])


def told_apart(columns: Num[np.ndarray, "rows columns"]) -> int:
    """Values that k-means tells apart, whose distances it takes from squares."""
    scale = np.maximum(columns.std(axis=0, dtype=float), 1e-300)
    return len(np.unique(np.round((columns - columns.mean(axis=0)) / scale, 3), axis=0))


def categories_in(flags: Bool[np.ndarray, "rows flags"], fewest: int) -> Int[np.ndarray, " rows"]:
    """The finest cells that flags make, one after the other, of which each keeps enough rows.

    The flags of a first column of u may leave no room for those of a second one, so they are gone
    through in both directions, and the more cells are taken.
    """
    found = [_split(order, len(flags), fewest) for order in (flags.T, flags.T[::-1])]
    return max(found, key=lambda code: int(code.max(initial=0)))


def _split(
    flags: Iterable[Bool[np.ndarray, " rows"]], rows: int, fewest: int
) -> Int[np.ndarray, " rows"]:
    code = np.zeros(rows, int)
    for flag in flags:
        finer = 2 * code + flag
        counts = np.bincount(finer)
        if counts[counts > 0].min() >= fewest:
            code = np.unique(finer, return_inverse=True)[1]
    return code
