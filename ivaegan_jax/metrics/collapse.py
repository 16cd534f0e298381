"""Posterior collapse: latents that ignore x, because they follow the prior or u alone."""

import numpy as np
from jaxtyping import Bool, Float, Num

from ivaegan_jax.metrics.estimates import conditional_mean
from ivaegan_jax.metrics.rows import centred, held_out_split, r2_per_column


def active_units(
    mu: Num[np.ndarray, "rows dim_z"],
    log_var: Num[np.ndarray, "rows dim_z"],
    threshold: float = 0.01,
) -> Bool[np.ndarray, " dim_z"]:
    """Latents whose posterior mean moves with the data.

    Active where Var(mu) exceeds `threshold` times the total variance Var(mu) + E[exp(log_var)].
    Burda et al. (2016) compare Var(mu) with .01 outright, which supposes a prior of variance 1;
    the scale of a learned conditional prior is arbitrary. An active unit may still ignore x and
    follow u alone: see `label_r2`.

    Examples:
      >>> import numpy as np
      >>> mu = np.random.default_rng(0).normal(size=(1000, 2)) * [1.0, 0.001]
      >>> active_units(mu, np.zeros_like(mu)).tolist()
      [True, False]
    """
    explained = (centred(mu) ** 2).mean(axis=0)
    noise = np.exp(np.asarray_chkfinite(log_var, dtype=float)).mean(axis=0)
    return explained > threshold * (explained + noise)


def label_r2(
    mu: Num[np.ndarray, "rows dim_z"], u: Num[np.ndarray, "rows ..."]
) -> Float[np.ndarray, " dim_z"]:
    """Held-out R^2 of each latent given u alone; near 1 where the latent only repeats u.

    E[mu given u] is fitted on the even rows, scored on the odd ones and not clipped. A constant
    latent gives 0. High values are right where the sources themselves follow u closely: compare
    with the same number for x or, where known, for s.

    Examples:
      >>> import numpy as np
      >>> u = np.arange(1000) // 2 % 5
      >>> mu = np.stack([u * 1.0, np.random.default_rng(0).normal(size=1000)], axis=1)
      >>> label_r2(mu, u).round(1) + 0.0
      array([1., 0.])
    """
    fit, score = held_out_split(len(mu))
    return r2_per_column(conditional_mean(u[fit], mu[fit], u[score]), mu[score])


def conditional_residual(
    mu: Num[np.ndarray, "rows dim_z"], u: Num[np.ndarray, "rows ..."]
) -> Float[np.ndarray, "scored dim_z"]:
    """What u does not explain of the latents on the odd rows, E[mu given u] from the even ones."""
    fit, score = held_out_split(len(mu))
    return mu[score] - conditional_mean(u[fit], mu[fit], u[score])
