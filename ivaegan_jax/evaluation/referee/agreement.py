"""Whether runs agree axis by axis, or only as a space."""

import itertools
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from ivaegan_jax.metrics import (
    Interval,
    agreement_of_rotations,
    assign,
    canonical_correlation,
    correlation_matrix,
    mean_agreement_interval,
    pairwise_agreement,
)

ROTATED_ROWS, ROTATIONS = 2000, 200
"""Rows and rotations behind the agreement that mere rotations reach."""

AGREED = 0.81
"""Agreement that is needed: what two runs reach with errors of their own that are each at .9
of the truth."""

SPACE = 0.9
"""R^2 of linear maps between runs from which on they are one space."""


class Agreed(NamedTuple):
    """How far runs agree.

    Attributes:
      medoid: the run that agrees best with all others.
      mcc: MCC of each pair of runs.
      by_axis: its mean over pairs, with an interval for new runs where there are three or more.
      by_space: mean R^2 of the best linear maps between runs.
      canonical: mean canonical correlation of two runs.
      rotation: mean MCC of pairs of as many runs that are rotations of the medoid's latents.
      rotation_p95: what 5 % of such sets of runs exceed.
      axes: of each axis of the medoid, mean correlation of the axes matched to it in every two
        runs, with an interval as that of `by_axis`.
    """

    medoid: int
    mcc: Float[np.ndarray, "runs runs"]
    by_axis: Interval
    by_space: float
    canonical: float
    rotation: float
    rotation_p95: float
    axes: tuple[Interval, ...]

    @property
    def lowest(self) -> float:
        """The end of the interval, or the mean where there is none."""
        return self.by_axis.estimate if np.isnan(self.by_axis.low) else self.by_axis.low

    @property
    def holds(self) -> bool:
        """Whether runs agree beyond rotations, and as well as is needed."""
        return self.by_axis.estimate >= AGREED and self.lowest > self.rotation_p95

    @property
    def is_space(self) -> bool:
        """Whether runs agree up to a linear map, and no further."""
        return not self.holds and self.by_space >= SPACE


def agree(z: Float[np.ndarray, "runs rows dim_z"]) -> Agreed | None:
    """How far runs agree on these rows; None for one run."""
    if len(z) < 2:
        return None
    pairs = pairwise_agreement(z)
    medoid = int(pairs.mcc.sum(axis=0).argmax())
    upper = np.triu_indices(len(z), 1)
    some = z[medoid][:ROTATED_ROWS]  # a single latent has no rotation to be taken for
    alone = z.shape[2] == 1
    rotated = (0.0, 0.0) if alone else agreement_of_rotations(some, len(z), ROTATIONS)
    return Agreed(
        medoid=medoid,
        mcc=pairs.mcc,
        by_axis=mean_agreement_interval([pairs.mcc]),
        by_space=float(pairs.affine_r2[upper].mean()),
        canonical=float(np.mean([canonical_correlation(z[i], z[j])
                                 for i, j in itertools.combinations(range(len(z)), 2)])),
        rotation=rotated[0],
        rotation_p95=rotated[1],
        axes=of_axes(z, medoid),
    )  # fmt: skip


def of_axes(z: Float[np.ndarray, "runs rows dim_z"], medoid: int) -> tuple[Interval, ...]:
    """Mean correlation of each axis of the medoid over pairs of runs: matched, then scored."""
    fit, score = z[:, ::2], z[:, 1::2]
    lined = []
    for run in range(len(z)):
        pairs = assign(correlation_matrix(fit[run], fit[medoid]))
        lined.append(score[run][:, pairs.latent])
    dim_z = z.shape[2]
    corr = np.ones((dim_z, len(z), len(z)))
    for i, j in itertools.combinations(range(len(z)), 2):
        corr[:, i, j] = corr[:, j, i] = np.abs(np.diag(correlation_matrix(lined[i], lined[j])))
    return tuple(mean_agreement_interval([each]) for each in corr)
