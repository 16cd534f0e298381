"""Held-out rows of one data seed, prepared once for all runs on them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Int, Num

from ivaegan_jax.data import Part
from ivaegan_jax.metrics import Levels, by_level, levels_or_cells
from ivaegan_jax.types import Auxiliary

REFERENCES = 256
"""Values of u that stand for p(u) where it has more, or is continuous."""

MOST_LEVELS = 2000
"""Levels of u that are looked at; of more, as many are drawn at random, with all of their rows."""

MOST_ROWS = 50_000
"""Held-out rows that are looked at; of more, evenly spread ones."""


class HeldOut(NamedTuple):
    """Held-out rows of one data seed, and what all runs on them share.

    Attributes:
      x: standardised observations `[rows, dim_x]`.
      u: level codes `[rows]` or features `[rows, dim_u]`.
      levels: values that u can take: its levels, or as many as there are rows.
      references: rows of u that stand for p(u), level codes or features.
      weights: their shares, `[references]`.
      sampled: whether the references are a sample of what u can be.
      by_level: the rows by level, or by cell of a continuous u.
      ratio: training rows for each held-out row.
    """

    x: np.ndarray
    u: np.ndarray
    levels: int
    references: np.ndarray
    weights: np.ndarray
    sampled: bool
    by_level: Levels
    ratio: float


def hold_out(x: np.ndarray, u: np.ndarray, dim_u: int, dim_z: int, ratio: float = 4.0) -> HeldOut:
    """Prepares the held-out rows of one data seed.

    Args:
      x: observations.
      u: of the same rows.
      dim_u: levels of a discrete u.
      dim_z: latents, which say into how many cells a continuous u is cut.
      ratio: training rows for each held-out row.
    """
    levels = by_level(levels_or_cells(u, cells=4 * dim_z + 2))
    kind = Auxiliary.of(u)
    if kind.is_categorical and dim_u <= REFERENCES:
        weights = np.bincount(u, minlength=dim_u) / len(u)
        known = np.arange(dim_u, dtype=u.dtype)
        return HeldOut(x, u, dim_u, known, weights, False, levels, ratio)
    references = u[np.linspace(0, len(u) - 1, min(REFERENCES, len(u))).astype(int)]
    weights = np.full(len(references), 1 / len(references))
    values = dim_u if kind.is_categorical else kind.distinct()
    return HeldOut(x, u, values, references, weights, True, levels, ratio)


def looked_at(held_out: Sequence[Num[np.ndarray, "rows ..."]]) -> list[Int[np.ndarray, " some"]]:
    """The held-out rows of each data seed that verdicts look at: all, or a sample of many.

    Levels are drawn whole, so that each keeps its rows. Every data seed has equally many.

    Args:
      held_out: u of each data seed.
    """
    drawn = [_some_levels(u) for u in held_out]
    most = min(MOST_ROWS, *map(len, drawn))
    return [rows[np.linspace(0, len(rows) - 1, most).astype(int)] for rows in drawn]


def _some_levels(u: Num[np.ndarray, "rows ..."]) -> Int[np.ndarray, " some"]:
    if not Auxiliary.of(u).is_categorical or len(values := np.unique(u)) <= MOST_LEVELS:
        return np.arange(len(u))
    drawn = np.random.default_rng(0).choice(values, MOST_LEVELS, replace=False)
    return np.flatnonzero(np.isin(u, drawn))


def held_out_rows(
    parts: Sequence[Part], index: int, of_u: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The x of one data seed and its u, or another by its index, all parts together."""
    x = np.concatenate([part.x[index] for part in parts])
    return x, np.concatenate([part.u[index if of_u is None else of_u] for part in parts])
