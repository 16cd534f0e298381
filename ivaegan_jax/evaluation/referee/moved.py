"""In how many independent directions u moves the variances of latents, beyond its null."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from ivaegan_jax.evaluation.referee.layout import Layout
from ivaegan_jax.metrics import Levels, by_level, modulated_rank, power_of_rank

FEWEST = 3
"""Rows that a level must have on either side."""

PSEUDO_ROWS = 1
"""Rows of average variance that are added to those of each level that variances are learned of."""

ENOUGH_POWER = 0.8
"""Chance to find what is there below which a test that finds nothing says nothing."""


class Moved(NamedTuple):
    """What held-out rows confirm of the variances that other rows show at each level of u.

    Attributes:
      rank: independent directions.
      singular: singular values, falling.
      noise: what the first that does not stand out would reach in 95 % of draws of noise.
      inflation: variance of what rows say over that of as many independent rows.
      levels: values of u with rows enough.
      rows: held-out rows of the middle one of them.
      power: chance to find all directions where log variances differ by half between levels.
    """

    rank: int
    singular: Float[np.ndarray, " dim_z"]
    noise: float
    inflation: float
    levels: int
    rows: int
    power: float


def moved_by_u(z: Float[np.ndarray, "rows dim_z"], rows: Layout) -> Moved:
    """Variances learned from one part of the rows of each level, held against the other part."""
    dim_z, kept, code = z.shape[1], *with_both(rows)
    if not kept.any() or np.ptp(code) == 0:
        return Moved(0, np.zeros(0), np.nan, 1.0, int(kept.any()), 0, 0.0)
    z, seen = z[kept], rows.seen[kept]
    learned, own = by_level(code[~seen]), by_level(code[seen])
    loc = learned.means(z[~seen])
    counts = learned.counts[:, None]
    square = np.square(z[~seen] - loc[learned.code]) * (counts / (counts - 1))[learned.code]
    variance = (counts * learned.means(square) + PSEUDO_ROWS * square.mean(axis=0)) / (
        counts + PSEUDO_ROWS
    )
    found = modulated_rank(z[seen], loc[own.code], variance[own.code], own)
    ratio = float((~seen).sum() / seen.sum())
    inflation = max(1.0, found.inflation / (1 + 1 / ratio))  # both sides have noise
    effective = Levels(own.code, np.maximum(1, own.counts / inflation).astype(int))
    power = 1.0 if found.rank == dim_z else power_of_rank(effective, ratio, dim_z)
    return Moved(found.rank, found.singular, found.noise, inflation, len(own.counts),
                 int(np.median(own.counts)), power)  # fmt: skip


def with_both(rows: Layout) -> tuple[np.ndarray, Int[np.ndarray, " kept"]]:
    """Rows of levels that have rows enough on either side, and their levels numbered anew."""
    most = rows.code.max() + 1
    sides = [np.bincount(rows.code[side], minlength=most) for side in (rows.seen, ~rows.seen)]
    kept = (np.minimum(*sides) >= FEWEST)[rows.code]
    return kept, np.unique(rows.code[kept], return_inverse=True)[1]
