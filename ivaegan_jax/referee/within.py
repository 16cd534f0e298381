"""Whether latents are independent where u is held fixed, as sources are and mixtures are not.

Runs of one method may agree on axes that are nobody's: what does not depend on a seed always does.
Sources are independent given u; a mixture of them is not where u moves their variances.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from ivaegan_jax.metrics import (
    excess_correlation,
    find_unmixing,
    jointly_diagonal,
    mcc,
    within_covariances,
)
from ivaegan_jax.referee.layout import Layout

DEPENDENT = 0.2
"""Dependence within levels of u from which on latents are mixtures."""


class Within(NamedTuple):
    """How far latents depend on each other within levels of u; beyond sampling.

    Attributes:
      linear: root mean square correlation of two latents.
      magnitudes: the same of their distances from the mean of the level.
      singled_out: MCC of the latents with the axes that the variances of u's levels single out; 1
        where they are these; NaN where too few levels have rows enough.
      unmixed: `linear` along those axes.
      by_map: whether a linear map found from u would mend it (`metrics.find_unmixing`).
    """

    linear: float
    magnitudes: float
    singled_out: float
    unmixed: float
    by_map: bool

    @property
    def dependence(self) -> float:
        """Both kinds in one number."""
        return float(np.hypot(self.linear, self.magnitudes))

    @property
    def holds(self) -> bool:
        """Whether they are independent for practical purposes."""
        return self.dependence <= DEPENDENT


def look_within(z: Float[np.ndarray, "rows dim_z"], rows: Layout, inflation: float = 1.0) -> Within:
    """Dependence of the latents on each other where u is held fixed, of one run.

    Args:
      z: latents at variance 1.
      rows: of the same.
      inflation: as many times fewer rows are counted, where they depend on each other.
    """
    dim_z, shown = z.shape[1], rows.shown
    if dim_z < 2:
        return Within(0.0, 0.0, 1.0, 0.0, False)
    linear, magnitudes = dependence(z[shown], rows.code[shown], inflation)
    learn = ~rows.seen
    covariances, counts = within_covariances(z[learn], rows.code[learn])
    if len(counts) < 2:
        return Within(linear, magnitudes, np.nan, np.nan, False)
    turned = z @ jointly_diagonal(covariances, counts).T
    unmixed = dependence(turned[shown], rows.code[shown], inflation)[0]
    parts = (z[learn], rows.code[learn], z[rows.seen], rows.code[rows.seen])
    found = find_unmixing(*parts, np.ones(dim_z, bool))
    singled_out = mcc(turned[rows.seen], z[rows.seen])
    return Within(linear, magnitudes, singled_out, unmixed, found.taken)


def dependence(
    z: Float[np.ndarray, "rows dim_z"], code: Int[np.ndarray, " rows"], inflation: float
) -> tuple[float, float]:
    """Correlation of two latents within levels, and of their distances from the level's mean."""
    code = np.unique(code, return_inverse=True)[1]
    counts = np.bincount(code)
    means = np.stack([np.bincount(code, each) for each in z.T], axis=1) / counts[:, None]
    found = []
    for values in (z, np.abs(z - means[code])):
        covariances, rows = within_covariances(values, code, 2 / z.shape[1])
        if not len(rows):
            return np.nan, np.nan
        effective = np.maximum(rows / max(1.0, inflation), 2.0)
        found.append(excess_correlation(np.eye(z.shape[1]), covariances, effective))
    return found[0], found[1]
