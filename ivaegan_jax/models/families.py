"""Conditional priors, one entry per family: what a family is, a mixture, and the table.

A prior is described by `loc` and `log_var`, the logarithm of its *variance*, whatever the family,
so that families can be exchanged without rescaling anything else; a family may have numbers beside
them for the shape of its law, alike for all u. All log densities are in nats, elementwise over
dimensions.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ivaegan_jax.models.distributions import (
    LOG_2PI,
    Broadcast,
    Latent,
    gaussian_kl,
    gaussian_log_prob,
    gaussian_sample,
    laplace_kl,
    laplace_log_prob,
    laplace_sample,
)
from ivaegan_jax.types import Registry, fields_of

SHARE_RATE = 3.0
"""Of a share's logit per unit of the parameter, so that it settles within some thousand steps."""

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
      shapes: how many numbers describe the shape of each latent's law, any real ones, 0 to begin
        with; they are learned and alike for all u.
    """

    log_prob: Callable[..., jax.Array]
    log_prob_pairs: Callable[..., jax.Array]
    sample: Callable[..., jax.Array]
    kl: Callable[..., jax.Array]
    theory: Theory = Theory()
    shapes: int = 0


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


def log_shares(shape: Broadcast) -> tuple[Broadcast, Broadcast]:
    """Logarithms of the Laplace law's share of the mixture and of the Gaussian's; 0 is half."""
    return jax.nn.log_sigmoid(SHARE_RATE * shape), jax.nn.log_sigmoid(-SHARE_RATE * shape)


def mixed_log_prob(z: Broadcast, loc: Broadcast, log_var: Broadcast, shape: Broadcast) -> Broadcast:
    """Log density of a mixture of both laws, of the same mean and variance."""
    first, second = log_shares(shape)
    first = first + laplace_log_prob(z, loc, log_var)
    second = second + gaussian_log_prob(z, loc, log_var)
    # written out, since the compiler holds the whole result of `jnp.logaddexp`
    return jnp.maximum(first, second) + jnp.log1p(jnp.exp(-jnp.abs(first - second)))


def mixed_sample(key: jax.Array, loc: Latent, log_var: Latent, shape: Latent) -> Latent:
    """A draw from the mixture, reparameterised in mean and variance; the share has no gradient."""
    key_law, *keys = jax.random.split(key, 3)
    of_laplace = jnp.log(jax.random.uniform(key_law, jnp.shape(loc))) < log_shares(shape)[0]
    return jnp.where(
        of_laplace, laplace_sample(keys[0], loc, log_var), gaussian_sample(keys[1], loc, log_var)
    )


def mixed_kl(mu: Latent, log_var_q: Latent, loc: Latent, log_var: Latent, shape: Latent) -> Latent:
    """Mean of both divergences: no less than that from the mixture, since KL is convex."""
    laplace, gaussian = (jnp.exp(share) for share in log_shares(shape))
    q = mu, log_var_q
    return laplace * laplace_kl(*q, loc, log_var) + gaussian * gaussian_kl(*q, loc, log_var)


PRIOR_FAMILIES = Registry[PriorFamily]("prior family", as_prior_family, {
    "gaussian": PriorFamily(
        gaussian_log_prob, pairs_of(gaussian_log_prob), gaussian_sample, gaussian_kl,
        Theory(Known(2, ORDER_AND_SCALE), Known(1, ORDER_AND_SCALE), Known(1, ROTATION)),
    ),
    # where the centre moves it is no exponential family: its width is the one statistic there is
    "laplace": PriorFamily(
        laplace_log_prob, pairs_of(laplace_log_prob), laplace_sample, laplace_kl,
        Theory(Known(1), Known(1, ORDER_AND_SCALE), Known(1)),
    ),
    # no exponential family: Hyvärinen et al. 2019, theorem 1, see docs/mathematics.md; where means
    # alone move, the Gaussian that it may come near to leaves a rotation
    "gaussian_laplace": PriorFamily(
        mixed_log_prob, pairs_of(mixed_log_prob), mixed_sample, mixed_kl,
        Theory(Known(2, ORDER_AND_FUNCTION), Known(2, ORDER_AND_FUNCTION), Known()),
        shapes=1,
    ),
})  # fmt: skip
