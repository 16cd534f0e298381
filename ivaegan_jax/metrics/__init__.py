"""Scores of latents and of samples, and statistics over runs. numpy alone, on the host.

Belongs here: what two arrays say about each other, and what many such numbers say together.
Does not: anything that knows a model, a table's columns, or where results are kept.
"""

from ivaegan_jax.metrics.across import (
    Profile,
    align_profiles,
    mcc_across,
    profile_agreement,
    profile_correlation,
    profiles,
)
from ivaegan_jax.metrics.affine import affine_r2, canonical_correlation
from ivaegan_jax.metrics.agreement import Agreement, aligned, pairwise_agreement
from ivaegan_jax.metrics.baselines import (
    baselines,
    fastica_baseline,
    joint_diagonalisation_baseline,
    label_only_baseline,
    linear_ceiling,
    pca_baseline,
    random_rotation_baseline,
    raw_x_baseline,
)
from ivaegan_jax.metrics.cells import cells_of
from ivaegan_jax.metrics.collapse import active_units, conditional_residual, label_r2
from ivaegan_jax.metrics.consensus import Consensus, consensus
from ivaegan_jax.metrics.coverage import coverage
from ivaegan_jax.metrics.diagonalisation import jointly_diagonal, within_covariances
from ivaegan_jax.metrics.disentanglement import Spread, dci, mutual_information_gap
from ivaegan_jax.metrics.estimates import (
    conditional_mean,
    diagonalised_sources,
    fastica_sources,
)
from ivaegan_jax.metrics.learned_from_samples import accuracy_from_samples
from ivaegan_jax.metrics.mcc import (
    Assignment,
    Correlation,
    assign,
    correlation_matrix,
    matched_correlation,
    mcc,
    within_level_mcc,
)
from ivaegan_jax.metrics.modulation import (
    LEVEL,
    Levels,
    Rank,
    by_level,
    levels_or_cells,
    modulated_rank,
    power_of_rank,
)
from ivaegan_jax.metrics.of_sources import DEFAULT, OF_SOURCES
from ivaegan_jax.metrics.rotations import agreement_of_rotations
from ivaegan_jax.metrics.rows import evenly, some_rows
from ivaegan_jax.metrics.sample_quality import (
    DISTANCES,
    MEASURES,
    MIN_ROWS_PER_LEVEL,
    Comparisons,
    c2st,
    conditional_sample_quality,
    energy_distance,
    levels_compared,
    mmd2_unbiased,
)
from ivaegan_jax.metrics.statistics.agreements import mean_agreement_interval
from ivaegan_jax.metrics.statistics.comparisons import Paired, holm, paired_comparison
from ivaegan_jax.metrics.statistics.means import Interval, hierarchical_interval
from ivaegan_jax.metrics.statistics.shares import success_rate
from ivaegan_jax.metrics.truth import columns_within, distinct_columns
from ivaegan_jax.metrics.unmixing import Unmixing, excess_correlation, find_unmixing

__all__ = [
    "DEFAULT",
    "DISTANCES",
    "LEVEL",
    "MEASURES",
    "MIN_ROWS_PER_LEVEL",
    "OF_SOURCES",
    "Agreement",
    "Assignment",
    "Comparisons",
    "Consensus",
    "Correlation",
    "Interval",
    "Levels",
    "Paired",
    "Profile",
    "Rank",
    "Spread",
    "Unmixing",
    "accuracy_from_samples",
    "active_units",
    "affine_r2",
    "agreement_of_rotations",
    "align_profiles",
    "aligned",
    "assign",
    "baselines",
    "by_level",
    "c2st",
    "canonical_correlation",
    "cells_of",
    "columns_within",
    "conditional_mean",
    "conditional_residual",
    "conditional_sample_quality",
    "consensus",
    "correlation_matrix",
    "coverage",
    "dci",
    "diagonalised_sources",
    "distinct_columns",
    "energy_distance",
    "evenly",
    "excess_correlation",
    "fastica_baseline",
    "fastica_sources",
    "find_unmixing",
    "hierarchical_interval",
    "holm",
    "joint_diagonalisation_baseline",
    "jointly_diagonal",
    "label_only_baseline",
    "label_r2",
    "levels_compared",
    "levels_or_cells",
    "linear_ceiling",
    "matched_correlation",
    "mcc",
    "mcc_across",
    "mean_agreement_interval",
    "mmd2_unbiased",
    "modulated_rank",
    "mutual_information_gap",
    "paired_comparison",
    "pairwise_agreement",
    "pca_baseline",
    "power_of_rank",
    "profile_agreement",
    "profile_correlation",
    "profiles",
    "random_rotation_baseline",
    "raw_x_baseline",
    "some_rows",
    "success_rate",
    "within_covariances",
    "within_level_mcc",
]
