"""Gaussian, Laplace and flat distributions by mean and log variance; nats, elementwise."""

import math

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from scipy.special import gammainccinv, ndtr

LOG_2PI = 1.8378770664093453

EXPONENT = 8
SCALE = math.sqrt(math.gamma(1 / EXPONENT) / math.gamma(3 / EXPONENT))
FLAT_LOG_PEAK = math.log(EXPONENT / (2 * SCALE * math.gamma(1 / EXPONENT)))
FLAT_RATE = SCALE**-EXPONENT
"""Of the flat distribution with variance 1, `log p(t) = FLAT_LOG_PEAK - FLAT_RATE t^8`."""

FARTHEST, KNOTS = 6.0, 256
_BEYOND = 2.0 * ndtr(-np.linspace(0, FARTHEST, KNOTS + 1))
FLAT_OF_NORMAL = (SCALE * gammainccinv(1 / EXPONENT, _BEYOND) ** (1 / EXPONENT)).astype(np.float32)
"""What a standard normal number becomes in the flat distribution, at equally spaced knots."""

Latent = Float[Array, "*batch dim_z"]
Broadcast = Float[Array, "*#shape"]


def gaussian_log_prob(z: Broadcast, loc: Broadcast, log_var: Broadcast) -> Broadcast:
    """Log density of `N(loc, exp(log_var))`."""
    return -0.5 * (LOG_2PI + log_var + jnp.square(z - loc) * jnp.exp(-log_var))


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


def flat_log_prob(z: Broadcast, loc: Broadcast, log_var: Broadcast) -> Broadcast:
    """Log density of the flat distribution with variance `exp(log_var)`.

    It is the generalised normal distribution of exponent 8 (Nadarajah 2005): nearly uniform, and
    positive everywhere.
    """
    squared = jnp.square(z - loc) * jnp.exp(-log_var)
    return FLAT_LOG_PEAK - 0.5 * log_var - FLAT_RATE * jnp.square(jnp.square(squared))


def flat_sample(key: jax.Array, loc: Latent, log_var: Latent) -> Latent:
    """Reparameterised draw from the flat distribution with variance `exp(log_var)`."""
    normal = jax.random.normal(key, jnp.shape(loc))
    place = jnp.minimum(jnp.abs(normal) * (KNOTS / FARTHEST), KNOTS - 1e-3)
    knot = place.astype(jnp.int32)
    low, high = (jnp.asarray(FLAT_OF_NORMAL)[knot + i] for i in (0, 1))
    noise = jnp.sign(normal) * (low + (place - knot) * (high - low))
    return loc + jnp.exp(0.5 * log_var) * jax.lax.optimization_barrier(noise)


def flat_kl(mu: Latent, log_var_q: Latent, loc: Latent, log_var: Latent) -> Latent:
    """`KL(N(mu, exp log_var_q) || flat)`, closed form by the eighth moment of the Gaussian."""
    m, v = jnp.square(mu - loc) * jnp.exp(-log_var), jnp.exp(log_var_q - log_var)
    eighth = m**4 + 28.0 * m**3 * v + 210.0 * m**2 * v**2 + 420.0 * m * v**3 + 105.0 * v**4
    negative_entropy = -0.5 * (LOG_2PI + 1.0 + log_var_q)
    return negative_entropy - FLAT_LOG_PEAK + 0.5 * log_var + FLAT_RATE * eighth
