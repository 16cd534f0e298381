"""Gaussian and Laplace distributions by mean and log variance; nats, elementwise."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

LOG_2PI = 1.8378770664093453

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
