"""Whether latents are independent where u is held fixed, as sources are and mixtures are not.

Runs of one method may agree on axes that are no sources: whatever does not depend on a seed agrees.
Sources are independent given u; a mixture of them is not where u moves their variances.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from ivaegan_jax.evaluation.referee.layout import Layout
from ivaegan_jax.metrics import (
    excess_correlation,
    find_unmixing,
    jointly_diagonal,
    mcc,
    within_covariances,
)

FEWEST_LEVELS, FLAT = 2, 1e-8
"""Levels that have axes at least, and the smallest variance of any mixture within one."""

DEPENDENT, WORTH = 0.2, 0.9
"""Dependence within levels of u that leaves latents worth so much, as an MCC, and the least."""


class Within(NamedTuple):
    """How far latents of one run depend on each other within levels of u; beyond sampling.

    Attributes:
      linear: root mean square correlation of two latents.
      magnitudes: the same of their distances from the mean of the level.
      singled_out: MCC of the latents, on held-out rows, with the axes along which u's levels leave
        them uncorrelated; NaN where too few levels have rows enough to find these.
      rest: dependence of both kinds along those axes, which no linear map mends.
    """

    linear: float
    magnitudes: float
    singled_out: float = np.nan
    rest: float = np.nan

    @property
    def dependence(self) -> float:
        """Of both kinds, in one number."""
        return float(np.hypot(self.linear, self.magnitudes))

    @property
    def worth(self) -> float:
        """On the scale of an MCC: what a linear mixture leaves, and of that what the rest does."""
        known = np.isfinite(self.singled_out)
        linear, rest = (self.singled_out, self.rest) if known else (1.0, self.dependence)
        return float(linear * max(0.0, 1 - (1 - WORTH) * (rest / DEPENDENT) ** 2))

    @property
    def holds(self) -> bool:
        """Whether they are independent for practical purposes."""
        return self.worth >= WORTH


def look_within(z: Float[np.ndarray, "rows dim_z"], rows: Layout, inflation: float = 1.0) -> Within:
    """Dependence of the latents of one run on each other where u is held fixed.

    Args:
      z: latents at variance 1.
      rows: of the same.
      inflation: as many times fewer rows are counted, where they depend on each other.
    """
    if z.shape[1] < 2:
        return Within(0.0, 0.0)
    found = Within(*dependence(z[rows.shown], rows.code[rows.shown], inflation))
    covariances, counts = within_covariances(z[~rows.seen], rows.code[~rows.seen])
    if len(counts) < FEWEST_LEVELS or np.linalg.eigvalsh(covariances).min() < FLAT:
        return found
    turned = z @ jointly_diagonal(covariances, counts).T
    rest = np.hypot(*dependence(turned[rows.shown], rows.code[rows.shown], inflation))
    return found._replace(singled_out=mcc(turned[rows.seen], z[rows.seen]), rest=float(rest))


def is_mended(z: Float[np.ndarray, "rows dim_z"], rows: Layout) -> bool:
    """Whether a linear map found from u is one to take (`metrics.find_unmixing`)."""
    learn = ~rows.seen
    parts = (z[learn], rows.code[learn], z[rows.seen], rows.code[rows.seen])
    return find_unmixing(*parts, np.ones(z.shape[1], bool)).taken


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
