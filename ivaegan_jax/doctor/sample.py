"""The rows that tests look at: x whitened, u as levels with rows enough in each, and the null."""

import warnings
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int, Num, Shaped

from ivaegan_jax.data import (
    IN_TIME,
    Null,
    Structure,
    find_structure,
    make_null,
    rank_within,
    whiten,
)
from ivaegan_jax.doctor.auxiliary import FEW_ROWS
from ivaegan_jax.metrics import cells_of
from ivaegan_jax.types import Auxiliary, are_codes

MOST_ROWS = 20_000
"""Rows looked at; enough for every test, and quick."""

MOST_IN_TIME, MOST_VALUES = 200_000, 20_000_000
"""Rows, and numbers of x, that are held to slide x under u; a larger table is thinned evenly."""

MOST_SCORES = 500_000
"""Rows times levels that are scored in every pairing where the classifier is fitted each time."""

PERMUTATIONS = 99
"""Pairings of x with u drawn beside the one found, where x is not slid under u."""

ROWS_PER_LEVEL = 2 * FEW_ROWS
"""Rows that every level keeps, if it has them."""

MOST_COMPONENTS = 30
"""Principal components looked at, unless there are to be more latents."""

MOST_CELLS, ROWS_PER_CELL = 40, 100
"""Into how many cells a continuous u is cut at most, and the rows that each holds on average."""


class Sample(NamedTuple):
    """Rows that are looked at, and the pairings of x with u that they are held against.

    Attributes:
      x: principal components of x, each of variance 1; in random order, or in the order of time
        where rows resemble their neighbours.
      u: level codes from 0, each with at least `FEW_ROWS` rows; cells of a continuous u; -1 for
        rows whose u is not looked at.
      explained: share of x's variance that the components hold.
      row: number of every row in the table.
      structure: of these rows.
      null: pairs their x with their u.
      levels: of the table.
    """

    x: Float[np.ndarray, "rows components"]
    u: Int[np.ndarray, " rows"]
    explained: float
    row: Int[np.ndarray, " rows"]
    structure: Structure
    null: Null
    levels: int

    @property
    def seen(self) -> int:
        """Levels that are looked at."""
        return int(self.u.max(initial=-1)) + 1

    def paired(self, number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """X, u and the place in this sample of every row of x, in pairing `number` of the null."""
        of_x, of_u = self.null.pair(number)
        looked_at = self.u[of_u] >= 0
        return self.x[of_x[looked_at]], self.u[of_u[looked_at]], of_u[looked_at]


def draw_sample(
    x: Float[np.ndarray, "rows dim_x"],
    u: Int[np.ndarray, " rows"] | Float[np.ndarray, "rows dim_u"],
    components: int = MOST_COMPONENTS,
    groups: Shaped[np.ndarray, " rows"] | None = None,
    structure: Structure | None = None,
) -> Sample:
    """Whitens some rows of x and turns u into levels with rows enough.

    x is whitened without a look at u, and levels are formed without a look at x: where they are
    independent, they stay so. Rows are counted level by level before any is drawn.

    Args:
      x: observations in the order in which they were taken.
      u: level codes, or columns of a continuous u.
      components: principal components kept at most.
      groups: of rows that belong together; None where the user named none.
      structure: of the rows where it is known; None looks for it.
    """
    structure = structure or find_structure(x, u, groups)
    if structure.kind in IN_TIME:
        most = max(MOST_ROWS, min(MOST_IN_TIME, MOST_VALUES // x.shape[1]))
        row = np.arange(0, len(x), -(-len(x) // most))
    else:
        row = random_rows(u, MOST_ROWS)
    structure = structure.at(row)
    white, explained = whiten(x[row], components)
    codes = Auxiliary.of(u)[row].levels_or(cells)
    null = make_null(codes, structure, PERMUTATIONS)
    found = enough(codes, null.pair(0)[1], most_rows(codes, structure))
    if structure.origin == "blocks" and found.max() < 1:  # the gaps took too many rows
        return draw_sample(x, u, components, groups, Structure("shifts", length=structure.length))
    levels = len(np.unique(u)) if are_codes(u) else int(codes.max()) + 1
    return Sample(white, found, explained, row, structure, null, levels)


def most_rows(codes: Int[np.ndarray, " rows"], structure: Structure) -> int:
    """Rows that tests have time for: fewer of many levels where every pairing takes a fit."""
    if structure.kind == "rows" and structure.groups is None:
        return MOST_ROWS
    fits = MOST_SCORES // len(np.unique(codes))
    return int(np.clip(fits, np.sqrt(MOST_SCORES * ROWS_PER_LEVEL), MOST_ROWS))


def enough(
    codes: Int[np.ndarray, " rows"], paired: Int[np.ndarray, " paired"], most: int
) -> Int[np.ndarray, " rows"]:
    """Levels numbered from 0; -1 for rows that have no pair, are one too many, or of few rows."""
    counted = np.zeros(len(codes), bool)
    counted[paired[random_rows(codes[paired], most)]] = True
    counted &= np.bincount(codes[counted], minlength=codes.max() + 1)[codes] >= FEW_ROWS
    found = np.full(len(codes), -1)
    found[counted] = np.unique(codes[counted], return_inverse=True)[1]
    return found


def random_rows(u: Num[np.ndarray, "rows ..."], most: int) -> Int[np.ndarray, " sampled"]:
    """Row numbers in random order, always the same: all, or about `most` of them.

    No level that has rows enough is lost: each keeps its share of rows and at least
    `ROWS_PER_LEVEL`. Where there are more levels than that leaves room for, as many as have room
    are drawn; levels of fewer than `FEW_ROWS` rows are left out then. The order matters: halves
    of a table whose u repeats with a period would see different u.
    """
    rng = np.random.default_rng(0)
    rows = rng.permutation(len(u))
    if len(u) <= most:
        return rows
    if not are_codes(u):
        return rows[:most]
    counts = np.bincount(u)
    large = rng.permutation(np.flatnonzero(counts >= FEW_ROWS))[: most // ROWS_PER_LEVEL]
    wanted = np.zeros(len(counts), int)
    share = counts[large] / max(1, counts[large].sum())
    wanted[large] = np.maximum(ROWS_PER_LEVEL, np.rint(most * share))
    return rows[rank_within(u[rows]) < wanted[u[rows]]]


def cells(u: Float[np.ndarray, "rows dim_u"]) -> Int[np.ndarray, " rows"]:
    """The cell of every row of a u that is no single category, quantities cut by k-means."""
    return cells_of(u, FEW_ROWS, nearest)


def nearest(
    u: Float[np.ndarray, "rows quantities"], rows: int, others: int
) -> Int[np.ndarray, " rows"]:
    """The k-means cell of every row of quantities of one scale, or of their ranks.

    A few values far out would each have a cell to themselves, and all others one.
    """
    found = _by_distance(u, rows, others)
    if np.sort(np.bincount(found))[-2:].min() >= FEW_ROWS:
        return found
    return _by_distance(np.argsort(np.argsort(u, axis=0), axis=0) / len(u), rows, others)


def _by_distance(u: np.ndarray, rows: int, others: int) -> Int[np.ndarray, " rows"]:
    from sklearn.cluster import KMeans

    some = u[random_rows(u, MOST_ROWS)]
    least, most = 1 if others > 1 else 2, MOST_CELLS // others
    wanted = int(np.clip(min(rows, len(some)) // ROWS_PER_CELL, least, max(least, most)))
    number = min(wanted, len(np.unique(some, axis=0)))
    with warnings.catch_warnings():  # of fewer cells, where values differ by rounding alone
        warnings.simplefilter("ignore")
        return np.asarray(KMeans(number, random_state=0).fit(some).predict(u))
