"""Which true sources a score can be taken of: those that vary, each of them once."""

import numpy as np
from jaxtyping import Int, Num

from ivaegan_jax.metrics.rows import centred, held_out_split

SAME = 1 - 1e-6
"""|Correlation| from which a source is a copy of another but for rounding."""


def distinct_columns(s: Num[np.ndarray, "rows dim_s"]) -> Int[np.ndarray, " kept"]:
    """Columns that vary in both halves of the held-out split, less copies of earlier ones.

    A constant source cannot be recovered, and only one of several copies can have a latent of its
    own, so a perfect solution would not score 1 on them.
    """
    varying = np.stack([centred(s[half]).any(axis=0) for half in held_out_split(len(s))])
    columns = np.flatnonzero(varying.all(axis=0))
    unit = centred(s[:, columns])
    unit /= np.linalg.norm(unit, axis=0)
    copies = np.triu(np.abs(unit.T @ unit) > SAME, 1).any(axis=0)
    return columns[~copies]


def columns_within(
    s: Num[np.ndarray, "rows dim_s"], u: Int[np.ndarray, " rows"]
) -> Int[np.ndarray, " kept"]:
    """Columns that vary within levels of u in both halves, by levels with two rows there."""
    found = np.ones(s.shape[1], bool)
    for half in held_out_split(len(s)):
        _, code, counts = np.unique(u[half], return_inverse=True, return_counts=True)
        several = counts[code] > 1
        rows, codes = s[half][several], u[half][several]
        found &= centred(rows, codes).any(axis=0) if several.any() else False
    return np.flatnonzero(found)
