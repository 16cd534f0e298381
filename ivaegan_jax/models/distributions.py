"""Conditional exponential-family priors, one entry per family.

A prior is described by `loc` and `log_var`, the logarithm of its *variance*, whatever the family,
so that families can be exchanged without rescaling anything else. All log densities are in nats,
elementwise over dimensions.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ivaegan_jax.types import Registry, fields_of

LOG_2PI = 1.8378770664093453

Latent = Float[Array, "*batch dim_z"]
Broadcast = Float[Array, "*#shape"]


ORDER_AND_SCALE, ROTATION = "order and scale", "rotation"
"""What a theorem leaves open of the latents."""


class Known(NamedTuple):
    """What is proved of a family when u moves certain parameters of every latent.

    Attributes:
      statistics: k, how many sufficient statistics of each latent u moves; 0 where that is not
        known, or the family is no exponential one.
      leaves: what stays open where u takes n k + 1 values, `ORDER_AND_SCALE` or `ROTATION`; empty
        where nothing is proved.
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

    Attributes:
      log_prob: `(z, loc, log_var) -> log p(z_i|u)`.
      sample: `(key, loc, log_var) -> z`, reparameterised.
      log_prob_pairs: `(z [rows, dim_z], loc [priors, dim_z], log_var [priors, dim_z]) ->`
        log density of every row under every prior, `[rows, priors]`, summed over dimensions.
      kl: `(mu, log_var_q, loc, log_var) -> KL(N(mu, exp log_var_q) || p(z_i|u))`.
      theory: what is proved of it.
    """

    log_prob: Callable[..., jax.Array]
    log_prob_pairs: Callable[..., jax.Array]
    sample: Callable[..., jax.Array]
    kl: Callable[..., jax.Array]
    theory: Theory = Theory()


def gaussian_log_prob(z: Broadcast, loc: Broadcast, log_var: Broadcast) -> Broadcast:
    """Log density of `N(loc, exp(log_var))`."""
    return -0.5 * (LOG_2PI + log_var + jnp.square(z - loc) * jnp.exp(-log_var))


def gaussian_log_prob_pairs(
    z: Float[Array, "rows dim_z"],
    loc: Float[Array, "priors dim_z"],
    log_var: Float[Array, "priors dim_z"],
) -> Float[Array, "rows priors"]:
    """A sum over all pairs, which the compiler does not hold dimension by dimension.

    The product `T(z) . lambda` of sufficient statistics and natural parameters is the same on
    paper, but its terms cancel where a prior is narrow and far from 0: 5.6 nats were lost at
    `log_var = -12` in float32.
    """
    return jnp.sum(gaussian_log_prob(z[:, None], loc[None], log_var[None]), axis=-1)


def gaussian_sample(key: jax.Array, loc: Latent, log_var: Latent) -> Latent:
    """Reparameterised draw from `N(loc, exp(log_var))`."""
    return loc + jnp.exp(0.5 * log_var) * jax.random.normal(key, jnp.shape(loc))


def gaussian_kl(mu: Latent, log_var_q: Latent, loc: Latent, log_var: Latent) -> Latent:
    """`KL(N(mu, exp log_var_q) || N(loc, exp log_var))`, closed form."""
    squared = jnp.exp(log_var_q) + jnp.square(mu - loc)
    return 0.5 * (log_var - log_var_q - 1.0 + squared * jnp.exp(-log_var))


def gaussian_product(
    first: tuple[Latent, Latent], second: tuple[Latent, Latent]
) -> tuple[Latent, Latent]:
    """`(mean, log variance)` of the normalised product of two Gaussians: precisions add."""
    (mu_1, log_var_1), (mu_2, log_var_2) = first, second
    log_var = -jnp.logaddexp(-log_var_1, -log_var_2)
    mu = mu_1 * jnp.exp(log_var - log_var_1) + mu_2 * jnp.exp(log_var - log_var_2)
    return mu, log_var


def _laplace_log_scale(log_var: Broadcast) -> Broadcast:
    """A Laplace with scale b has variance 2 b^2."""
    return 0.5 * (log_var - jnp.log(2.0))


def laplace_log_prob(z: Broadcast, loc: Broadcast, log_var: Broadcast) -> Broadcast:
    """Log density of the Laplace distribution with variance `exp(log_var)`."""
    log_scale = _laplace_log_scale(log_var)
    return -jnp.log(2.0) - log_scale - jnp.abs(z - loc) * jnp.exp(-log_scale)


def laplace_log_prob_pairs(
    z: Float[Array, "rows dim_z"],
    loc: Float[Array, "priors dim_z"],
    log_var: Float[Array, "priors dim_z"],
) -> Float[Array, "rows priors"]:
    """A sum over all pairs: where loc moves, the Laplace distribution is no exponential family."""
    return jnp.sum(laplace_log_prob(z[:, None], loc[None], log_var[None]), axis=-1)


def laplace_sample(key: jax.Array, loc: Latent, log_var: Latent) -> Latent:
    """Reparameterised draw from the Laplace distribution with variance `exp(log_var)`."""
    noise = jax.random.laplace(key, jnp.shape(loc))
    return loc + jnp.exp(_laplace_log_scale(log_var)) * noise


def laplace_kl(mu: Latent, log_var_q: Latent, loc: Latent, log_var: Latent) -> Latent:
    """`KL(N(mu, exp log_var_q) || Laplace)`, closed form.

    The cross entropy needs `E|z - loc|` under the Gaussian, the mean of a folded normal:
    `sd sqrt(2/pi) exp(-t^2/2) + d erf(t/sqrt 2)` with `d = mu - loc`, `t = d/sd`.
    """
    sd, distance = jnp.exp(0.5 * log_var_q), mu - loc
    ratio = distance / sd
    folded = sd * jnp.sqrt(2.0 / jnp.pi) * jnp.exp(-0.5 * jnp.square(ratio))
    folded = folded + distance * jax.lax.erf(ratio / jnp.sqrt(2.0))
    log_scale = _laplace_log_scale(log_var)
    negative_entropy = -0.5 * (LOG_2PI + 1.0 + log_var_q)
    return negative_entropy + jnp.log(2.0) + log_scale + folded * jnp.exp(-log_scale)


NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(32)
"""Of Gauss-Hermite quadrature under a standard normal."""


def as_prior_family(piece: Any) -> PriorFamily:
    """A family from `log_prob` and `sample` at least.

    What else there is follows from `log_prob`: pairs by a sum over dimensions, the divergence by
    Gauss-Hermite quadrature over each latent, exact for polynomials of degree 63.
    """

    def pairs(z: jax.Array, loc: jax.Array, log_var: jax.Array) -> jax.Array:
        return jnp.sum(piece.log_prob(z[:, None], loc[None], log_var[None]), axis=-1)

    def kl(mu: jax.Array, log_var_q: jax.Array, loc: jax.Array, log_var: jax.Array) -> jax.Array:
        z = mu[..., None] + jnp.exp(0.5 * log_var_q)[..., None] * NODES
        log_prob = piece.log_prob(z, loc[..., None], log_var[..., None])
        mean = log_prob @ jnp.asarray(WEIGHTS / WEIGHTS.sum(), log_prob.dtype)
        return -0.5 * (LOG_2PI + 1.0 + log_var_q) - mean

    return fields_of(PriorFamily, piece, log_prob_pairs=pairs, kl=kl)


PRIOR_FAMILIES = Registry[PriorFamily]("prior family", as_prior_family, {
    "gaussian": PriorFamily(
        gaussian_log_prob, gaussian_log_prob_pairs, gaussian_sample, gaussian_kl,
        Theory(Known(2, ORDER_AND_SCALE), Known(1, ORDER_AND_SCALE), Known(1, ROTATION)),
    ),
    # where the centre moves it is no exponential family: its width is the one statistic there is
    "laplace": PriorFamily(
        laplace_log_prob, laplace_log_prob_pairs, laplace_sample, laplace_kl,
        Theory(Known(1), Known(1, ORDER_AND_SCALE), Known(1)),
    ),
})  # fmt: skip
