"""Held-out rows of one data seed, prepared once for all runs on them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from ivaegan_jax.data.prepare import Part
from ivaegan_jax.metrics.modulation import bootstrap_counts, levels_or_cells
from ivaegan_jax.metrics.rows import is_discrete

REFERENCES = 256
"""Values of a continuous u that stand for p(u)."""


class HeldOut(NamedTuple):
    """Held-out rows of one data seed, and what all runs on them share.

    Attributes:
      x: standardised observations `[rows, dim_x]`.
      u: level codes `[rows]` or features `[rows, dim_u]`.
      levels: values that u can take: its levels, or as many as there are rows.
      references: rows of u that stand for p(u), level codes or features.
      weights: their shares, `[references]`.
      counts: see `metrics.modulation.bootstrap_counts`.
    """

    x: np.ndarray
    u: np.ndarray
    levels: int
    references: np.ndarray
    weights: np.ndarray
    counts: list[tuple[Int[np.ndarray, " members"], Int[np.ndarray, "draws members"]]]


def hold_out(x: np.ndarray, u: np.ndarray, dim_u: int, dim_z: int) -> HeldOut:
    """Prepares the held-out rows of one data seed."""
    counts = bootstrap_counts(levels_or_cells(u, cells=4 * dim_z + 2))
    if is_discrete(u):
        weights = np.bincount(u, minlength=dim_u) / len(u)
        return HeldOut(x, u, dim_u, np.arange(dim_u, dtype=u.dtype), weights, counts)
    references = u[np.linspace(0, len(u) - 1, min(REFERENCES, len(u))).astype(int)]
    weights = np.full(len(references), 1 / len(references))
    return HeldOut(x, u, len(np.unique(u, axis=0)), references, weights, counts)


def held_out_rows(parts: Sequence[Part], index: int) -> tuple[np.ndarray, np.ndarray]:
    """The x and u of one data seed, all parts together."""
    x, u = (np.concatenate([getattr(part, name)[index] for part in parts]) for name in "xu")
    return x, u
