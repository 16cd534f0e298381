"""What several runs agree on: the most central run, groups of runs, and latents with stability."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int, Num
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from scipy.stats import skew

from ivaegan_jax.metrics.agreement import aligned, pairwise_mcc
from ivaegan_jax.metrics.mcc import matched_correlation

SAME = 0.85
"""Mean agreement from which groups of runs are one solution.

Above what rotations of one solution reach (95th percentile .82 in five dimensions), and what two
runs with independent errors reach that are each at .92 of the truth.
"""


class Consensus(NamedTuple):
    """Latents in the order of their information, signs such that their skewness is positive.

    Attributes:
      medoid: the run that agrees best with all others.
      cluster: group of each run, from 1; the medoid's own need not be the largest.
      information: of the medoid's latents on x, nats.
      vanished: latents of the medoid that carry less than `VANISHED` nats.
      stability: mean held-out |correlation| of each latent with its partners in all other runs;
        nan for a single run.
      z: mean of the standardised latents of the runs in the medoid's group.
    """

    medoid: int
    cluster: Int[np.ndarray, " runs"]
    information: Float[np.ndarray, " dim_z"]
    vanished: Bool[np.ndarray, " dim_z"]
    stability: Float[np.ndarray, " dim_z"]
    z: Float[np.ndarray, "rows dim_z"]


VANISHED = 0.005
"""Nats that a latent carries whose mean has 1 % of its total variance, as in `active_units`."""


def consensus(
    mu: Num[np.ndarray, "runs rows dim_z"], log_var: Num[np.ndarray, "runs rows dim_z"]
) -> Consensus:
    """Aligns the runs on the same rows of one data set.

    Args:
      mu: posterior means, finite.
      log_var: posterior log variances; they order the latents and mark vanished ones.

    Stability is high by chance too: runs that are rotations of each other reach .7 in five
    dimensions, as the baseline `random_rotation_baseline` says of the latents themselves.

    Examples:
      >>> import numpy as np
      >>> z = np.random.default_rng(0).normal(size=(1000, 2))
      >>> mu = np.stack([z, -z[:, ::-1], 2 * z])
      >>> consensus(mu, np.full_like(mu, -4.0)).stability.round(2)
      array([1., 1.])
    """
    agreement = pairwise_mcc(mu)
    medoid = int(np.argmax(agreement.sum(axis=0)))
    cluster = clusters(agreement)
    information = information_on_x(mu[medoid], log_var[medoid])
    order = np.argsort(-information, kind="stable")
    reference = mu[medoid][:, order]
    reference = reference * np.where(skew(reference, axis=0) < 0, -1.0, 1.0)
    others = [matched_correlation(z, reference) for i, z in enumerate(mu) if i != medoid]
    blank = np.full(len(order), np.nan)
    return Consensus(
        medoid=medoid,
        cluster=cluster,
        information=information[order],
        vanished=information[order] < VANISHED,
        stability=np.mean(others, axis=0) if others else blank,
        z=np.mean(
            [_standardised(aligned(z, reference)) for z in mu[cluster == cluster[medoid]]], 0
        ),
    )


def clusters(agreement: Float[np.ndarray, "runs runs"]) -> Int[np.ndarray, " runs"]:
    """Groups of runs from 1, by average linkage (`scipy.cluster.hierarchy`) at `SAME`."""
    if len(agreement) < 2:
        return np.ones(len(agreement), int)
    distance = squareform(np.maximum(1 - agreement, 0.0), checks=False)
    return fcluster(linkage(distance, "average"), 1 - SAME, "distance").astype(int)


def information_on_x(
    mu: Num[np.ndarray, "rows dim_z"], log_var: Num[np.ndarray, "rows dim_z"]
) -> Float[np.ndarray, " dim_z"]:
    """`1/2 log(1 + Var(mu) / E exp(log_var))`: nats on x that a Gaussian channel would carry."""
    noise = np.exp(np.asarray(log_var, float)).mean(axis=0)
    return 0.5 * np.log1p(np.asarray(mu, float).var(axis=0) / noise)


def _standardised(z: Float[np.ndarray, "rows dim"]) -> Float[np.ndarray, "rows dim"]:
    scale = z.std(axis=0)
    return np.divide(z - z.mean(axis=0), scale, out=np.zeros_like(z, float), where=scale > 0)
