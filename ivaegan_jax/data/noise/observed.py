"""The observation model that x calls for, from its rows alone."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int, Real

from ivaegan_jax.data.noise.counts import LAW_OF_COUNTS, Counted, are_counts, look_at_counts
from ivaegan_jax.data.noise.local import NEIGHBOURS, Local, local_noise

MOST_ROWS, MOST_COLUMNS = 20_000, 100
"""Rows and columns that are looked at."""

FEWEST_VALUES = 20
"""Distinct values of a column that is taken for real numbers."""

FEWEST_ROWS = 10 * NEIGHBOURS
"""Rows for neighbourhoods."""

FEWEST_COLUMNS = 2
"""Columns for each latent, from which what no latent explains shows what noise there is."""

MOST_MEAN = 100.0
"""Of counts: where they are larger, a Gaussian law is theirs for all that matters."""

MUCH = 0.28
"""Of a column's standard deviation, from which a game that knows of noise gains by it."""

LITTLE = 0.2
"""Of a column's standard deviation: below it neighbourhoods bend by as much as noise moves them."""


class Observed(NamedTuple):
    """What x looks like.

    Attributes:
      columns: of x that were looked at.
      x: the rows and columns looked at, as real numbers.
      row: which rows these are.
      counted: what they are like, where they are counts; else None.
      local: their noise, where columns and rows are enough to tell; else None.
      few_values: whether the columns have too few values for real numbers.
    """

    columns: list[int]
    x: Float[np.ndarray, "some columns"]
    row: Int[np.ndarray, " some"]
    counted: Counted | None = None
    local: Local | None = None
    few_values: bool = False

    @property
    def typical(self) -> float:
        """Noise of a middle column of real numbers, as a share of its spread; 0 where untold."""
        return 0.0 if self.local is None else float(np.median(self.local.std))

    @property
    def chosen(self) -> tuple[str, str]:
        """The likelihood that x calls for, and the noise that the game should know of, or none."""
        if self.counted and self.counted.mean <= MOST_MEAN:
            return LAW_OF_COUNTS, ""
        return "gaussian", "column" if self.typical >= MUCH else ""


def observe(x: Real[np.ndarray, "rows columns"], dim_z: int) -> Observed:
    """Looks at some rows and columns of x.

    Args:
      x: as the user has it.
      dim_z: number of latents.
    """
    columns = some_columns(x)
    row = np.sort(np.random.default_rng(0).permutation(len(x))[:MOST_ROWS])
    seen = Observed(columns, x[np.ix_(row, np.array(columns, int))].astype(float), row)
    if are_counts(seen.x):
        return seen._replace(counted=look_at_counts(seen.x))
    if not seen.x.size or np.median([len(np.unique(c)) for c in seen.x.T]) < FEWEST_VALUES:
        return seen._replace(few_values=True)
    alike = (seen.x - seen.x.mean(axis=0)) / np.maximum(seen.x.std(axis=0), 1e-300)
    if alike.shape[1] < FEWEST_COLUMNS * dim_z or len(alike) < FEWEST_ROWS:
        return seen._replace(x=alike)
    return seen._replace(x=alike, local=local_noise(alike, dim_z))


def some_columns(x: Real[np.ndarray, "rows dim_x"]) -> list[int]:
    """Some columns that vary, evenly spread."""
    columns = np.flatnonzero(x.min(axis=0) < x.max(axis=0)).tolist()
    return columns[:: max(1, -(-len(columns) // MOST_COLUMNS))]
