"""What runs agree on by chance, where each is a rotation of one solution."""

import itertools

import numpy as np
from jaxtyping import Float, Num
from scipy.stats import ortho_group

from ivaegan_jax.metrics.mcc import matched
from ivaegan_jax.metrics.rows import centred, held_out_split

MOST_RUNS = 8
"""Runs that are drawn; more would agree by chance even less."""


def agreement_of_rotations(
    z: Num[np.ndarray, "rows dim_z"], runs: int, draws: int = 200, seed: int = 0
) -> tuple[float, float]:
    """Mean and 95th percentile of the mean MCC over pairs of runs that are rotations of z.

    Two rotations may be near each other by chance, and of two latents they often are; several are
    not near each other all at once.

    Args:
      z: latents of one run.
      runs: how many are rotated, each by itself, two or more.
      draws: sets of rotations.
      seed: draws them.

    Examples:
      >>> import numpy as np
      >>> z = np.random.default_rng(0).normal(size=(2000, 2))
      >>> [round(agreement_of_rotations(z, runs)[1], 2) for runs in (2, 3, 5)]
      [1.0, 0.99, 0.97]
    """
    z = centred(z)
    scale = z.std(axis=0)
    z = np.divide(z, scale, out=np.zeros_like(z), where=scale > 0)
    if (dim_z := z.shape[1]) == 1:  # a single latent has no rotation
        return 1.0, 1.0
    moments = [z[half].T @ z[half] for half in held_out_split(len(z))]
    count = min(runs, MOST_RUNS)
    rotations = ortho_group.rvs(dim_z, size=draws * count, random_state=seed)
    sets = np.asarray(rotations).reshape(draws, count, dim_z, dim_z)
    found = [
        float(
            np.mean([_mcc(moments, one, other) for one, other in itertools.combinations(each, 2)])
        )
        for each in sets
    ]
    return float(np.mean(found)), float(np.quantile(found, 0.95))


def _mcc(
    moments: list[Float[np.ndarray, "dim_z dim_z"]],
    one: Float[np.ndarray, "dim_z dim_z"],
    other: Float[np.ndarray, "dim_z dim_z"],
) -> float:
    """MCC of z @ one with z @ other, from the second moments of z."""
    fit, score = (_correlation(each, one, other) for each in moments)
    return float(matched(fit, score).mean())


def _correlation(
    moments: Float[np.ndarray, "dim_z dim_z"],
    one: Float[np.ndarray, "dim_z dim_z"],
    other: Float[np.ndarray, "dim_z dim_z"],
) -> Float[np.ndarray, "dim_z dim_z"]:
    sizes = [np.sqrt(np.einsum("ij,ik,kj->j", each, moments, each)) for each in (one, other)]
    size = np.outer(*sizes)
    product = one.T @ moments @ other
    return np.divide(product, size, out=np.zeros_like(product), where=size > 0)
