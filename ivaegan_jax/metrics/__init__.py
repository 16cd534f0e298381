"""Identifiability and sample-quality measures on host arrays.

Every measure is held out unless its arguments say otherwise: what is fitted (an assignment, a
linear map, a conditional mean) is fitted on the even rows and scored on the odd ones. NaN and
infinity raise ValueError: a failed run is the caller's to count, never dropped here.
"""

from ivaegan_jax.metrics.affine import affine_r2, canonical_correlation
from ivaegan_jax.metrics.agreement import Agreement, aligned, pairwise_agreement
from ivaegan_jax.metrics.collapse import active_units, conditional_residual, label_r2
from ivaegan_jax.metrics.consensus import Consensus, consensus
from ivaegan_jax.metrics.floors import (
    fastica_floor,
    floors,
    label_only_floor,
    linear_ceiling,
    pca_floor,
    random_rotation_floor,
    raw_x_floor,
)
from ivaegan_jax.metrics.mcc import (
    Assignment,
    assign,
    correlation_matrix,
    matched_correlation,
    mcc,
    within_level_mcc,
)
from ivaegan_jax.metrics.sample_quality import (
    c2st,
    conditional_sample_quality,
    energy_distance,
    mmd2_unbiased,
)

__all__ = [
    "Agreement",
    "Assignment",
    "Consensus",
    "active_units",
    "affine_r2",
    "aligned",
    "assign",
    "c2st",
    "canonical_correlation",
    "conditional_residual",
    "conditional_sample_quality",
    "consensus",
    "correlation_matrix",
    "energy_distance",
    "fastica_floor",
    "floors",
    "label_only_floor",
    "label_r2",
    "linear_ceiling",
    "matched_correlation",
    "mcc",
    "mmd2_unbiased",
    "pairwise_agreement",
    "pca_floor",
    "random_rotation_floor",
    "raw_x_floor",
    "within_level_mcc",
]
