"""Conditional priors, one entry per family.

A prior is described by `loc` and `log_var`, the logarithm of its *variance*, whatever the family,
so that families can be exchanged without rescaling anything else; a family may have numbers beside
them that say the shape of its law, alike for all u. All log densities are in nats, elementwise over
dimensions.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ivaegan_jax.types import fields_of

LOG_2PI = 1.8378770664093453

Latent = Float[Array, "*batch dim_z"]
Broadcast = Float[Array, "*#shape"]


ORDER_AND_SCALE, ROTATION = "order and scale", "rotation"
ORDER_AND_FUNCTION = "order and a function of each latent"
"""What a theorem leaves open of the latents."""


class Known(NamedTuple):
    """What is proved of a family when u moves certain parameters of every latent.

    Attributes:
      statistics: k, how many sufficient statistics of each latent u moves; of a family that is no
        exponential one 2, the first two derivatives of its log density; 0 where that is not known.
      leaves: what stays open where u takes n k + 1 values, one of the constants above; empty where
        nothing is proved.
    """

    statistics: int = 0
    leaves: str = ""


class Theory(NamedTuple):
    """What is proved of a family, by what u moves (`ModelConfig.modulation`); else nothing."""

    both: Known = Known()
    variance: Known = Known()
    mean: Known = Known()


class PriorFamily(NamedTuple):
    """One family Q of `p(z_i|u)` (Khemakhem et al. 2020, eq. 7).

    Its functions take the shapes of the law after log_var, `[..., dim_z]` each, where it has some.

    Attributes:
      log_prob: `(z, loc, log_var) -> log p(z_i|u)`.
      sample: `(key, loc, log_var) -> z`, reparameterised in loc and log_var.
      log_prob_pairs: `(z [rows, dim_z], loc [priors, dim_z], log_var [priors, dim_z]) ->`
        log density of every row under every prior, `[rows, priors]`, summed over dimensions.
      kl: `(mu, log_var_q, loc, log_var) -> KL(N(mu, exp log_var_q) || p(z_i|u))`, or a bound from
        above.
      theory: what is proved of it.
      shapes: how many numbers of each latent say its law's shape, any real ones, 0 to begin with;
        they are learned and alike for all u.
    """

    log_prob: Callable[..., jax.Array]
    log_prob_pairs: Callable[..., jax.Array]
    sample: Callable[..., jax.Array]
    kl: Callable[..., jax.Array]
    theory: Theory = Theory()
    shapes: int = 0


def gaussian_log_prob(z: Broadcast, loc: Broadcast, log_var: Broadcast) -> Broadcast:
    """Log density of `N(loc, exp(log_var))`."""
    return -0.5 * (LOG_2PI + log_var + jnp.square(z - loc) * jnp.exp(-log_var))


def pairs_of(log_prob: Callable[..., jax.Array]) -> Callable[..., jax.Array]:
    """`PriorFamily.log_prob_pairs` from `log_prob`.

    A sum over all pairs, which the compiler does not hold dimension by dimension. The product
    `T(z) . lambda` of sufficient statistics and natural parameters is the same on paper, but its
    terms cancel where a prior is narrow and far from 0: 5.6 nats were lost at `log_var = -12` in
    float32.
    """

    def log_prob_pairs(z: jax.Array, *prior: jax.Array) -> jax.Array:
        return jnp.sum(log_prob(z[:, None], *(each[None] for each in prior)), axis=-1)

    return log_prob_pairs


def gaussian_sample(key: jax.Array, loc: Latent, log_var: Latent) -> Latent:
    """Reparameterised draw from `N(loc, exp(log_var))`."""
    return loc + jnp.exp(0.5 * log_var) * jax.random.normal(key, jnp.shape(loc))


def gaussian_kl(mu: Latent, log_var_q: Latent, loc: Latent, log_var: Latent) -> Latent:
    """`KL(N(mu, exp log_var_q) || N(loc, exp log_var))`, closed form."""
    squared = jnp.exp(log_var_q) + jnp.square(mu - loc)
    return 0.5 * (log_var - log_var_q - 1.0 + squared * jnp.exp(-log_var))


def gaussian_product(
    first: tuple[Latent, Latent], second: tuple[Latent, ...]
) -> tuple[Latent, Latent]:
    """`(mean, log variance)` of the normalised product of two Gaussians: precisions add."""
    (mu_1, log_var_1), (mu_2, log_var_2) = first, second
    log_var = -jnp.logaddexp(-log_var_1, -log_var_2)
    mu = mu_1 * jnp.exp(log_var - log_var_1) + mu_2 * jnp.exp(log_var - log_var_2)
    return mu, log_var


NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(32)
"""Of Gauss-Hermite quadrature under a standard normal."""


def as_prior_family(piece: Any) -> PriorFamily:
    """A family from `log_prob` and `sample` at least.

    What else there is follows from `log_prob`: pairs by a sum over dimensions, the divergence by
    Gauss-Hermite quadrature over each latent, exact for polynomials of degree 63.
    """

    def kl(mu: jax.Array, log_var_q: jax.Array, *prior: jax.Array) -> jax.Array:
        z = mu[..., None] + jnp.exp(0.5 * log_var_q)[..., None] * NODES
        log_prob = piece.log_prob(z, *(each[..., None] for each in prior))
        mean = log_prob @ jnp.asarray(WEIGHTS / WEIGHTS.sum(), log_prob.dtype)
        return -0.5 * (LOG_2PI + 1.0 + log_var_q) - mean

    return fields_of(PriorFamily, piece, log_prob_pairs=pairs_of(piece.log_prob), kl=kl)
