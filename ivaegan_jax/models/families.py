"""The table of prior families: Gaussian, Laplace, and a mixture of both whose share is learned."""

import jax
import jax.numpy as jnp

from ivaegan_jax.models.distributions import (
    LOG_2PI,
    ORDER_AND_FUNCTION,
    ORDER_AND_SCALE,
    ROTATION,
    Broadcast,
    Known,
    Latent,
    PriorFamily,
    Theory,
    as_prior_family,
    gaussian_kl,
    gaussian_log_prob,
    gaussian_sample,
    pairs_of,
)
from ivaegan_jax.types import Registry

SHARE_RATE = 3.0
"""Of a share's logit per unit of the parameter, so that it settles within some thousand steps."""


def _laplace_log_scale(log_var: Broadcast) -> Broadcast:
    """A Laplace with scale b has variance 2 b^2."""
    return 0.5 * (log_var - jnp.log(2.0))


def laplace_log_prob(z: Broadcast, loc: Broadcast, log_var: Broadcast) -> Broadcast:
    """Log density of the Laplace distribution with variance `exp(log_var)`."""
    log_scale = _laplace_log_scale(log_var)
    return -jnp.log(2.0) - log_scale - jnp.abs(z - loc) * jnp.exp(-log_scale)


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
