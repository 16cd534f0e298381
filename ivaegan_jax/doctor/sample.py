"""The rows that tests look at: x whitened, u as levels with rows enough in each."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from ivaegan_jax.doctor.auxiliary import FEW_ROWS

MOST_ROWS = 20_000
"""Rows looked at; enough for every test, and quick."""

MOST_COMPONENTS = 30
"""Principal components looked at, unless more latents are asked for."""

MOST_CELLS, ROWS_PER_CELL = 40, 100
"""Into how many cells a continuous u is cut at most, and the rows that each holds on average."""

SMALLEST_SHARE = 1e-10
"""Share of x's largest variance below which a direction is taken for rounding errors."""


class Sample(NamedTuple):
    """Rows in random order.

    Attributes:
      x: principal components of x, each of variance 1.
      u: level codes from 0, each with at least `FEW_ROWS` rows; cells of a continuous u.
      explained: share of x's variance that the components hold.
      left_out: rows of smaller levels.
    """

    x: Float[np.ndarray, "rows components"]
    u: Int[np.ndarray, " rows"]
    explained: float
    left_out: int


def some_rows(rows: int) -> Int[np.ndarray, " sampled"]:
    """At most `MOST_ROWS` row numbers in random order, always the same.

    The order matters: halves of a table whose u repeats with a period would see different u.
    """
    return np.random.default_rng(0).permutation(rows)[:MOST_ROWS]


def draw_sample(
    x: Float[np.ndarray, "rows dim_x"],
    u: Int[np.ndarray, " rows"] | Float[np.ndarray, "rows dim_u"],
    components: int = MOST_COMPONENTS,
) -> Sample:
    """Whitens some rows of x and turns u into levels with rows enough.

    x is whitened without a look at u, and levels are formed without a look at x: where they are
    independent, they stay so.
    """
    rows = some_rows(len(x))
    white, explained = whiten(x[rows], components)
    codes = u[rows] if u.ndim == 1 else cells(u[rows])
    kept = np.bincount(codes)[codes] >= FEW_ROWS
    renumbered = np.unique(codes[kept], return_inverse=True)[1]
    return Sample(white[kept], renumbered, explained, int(np.sum(~kept)))


def whiten(
    x: Float[np.ndarray, "rows dim_x"], components: int
) -> tuple[Float[np.ndarray, "rows components"], float]:
    """Principal components of variance 1, the largest first, and their share of the variance."""
    from sklearn.decomposition import PCA

    total = x.var(axis=0, dtype=float).sum()
    if total == 0:
        return np.zeros((len(x), 0)), 0.0
    pca = PCA(min(components, *x.shape), random_state=0)
    scores, variance = pca.fit_transform(x.astype(float)), pca.explained_variance_
    real = variance > SMALLEST_SHARE * variance[0]
    share = float(min(1.0, variance[real].sum() / total))
    return scores[:, real] / np.sqrt(variance[real]), share


def cells(u: Float[np.ndarray, "rows dim_u"]) -> Int[np.ndarray, " rows"]:
    """The k-means cell of every row of a continuous u, whose columns are of one scale."""
    from sklearn.cluster import KMeans

    wanted = int(np.clip(len(u) // ROWS_PER_CELL, 2, MOST_CELLS))
    # never more cells than values: k-means would warn
    number = min(wanted, len(np.unique(u, axis=0)))
    return KMeans(number, random_state=0).fit_predict(u)
