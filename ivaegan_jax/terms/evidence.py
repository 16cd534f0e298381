"""Held-out likelihood, measured alike for every model that has an encoder and a generator."""

import math

import jax
import jax.numpy as jnp
from jax.nn import logsumexp
from jaxtyping import Array, Float

from ivaegan_jax.distributions import gaussian_log_prob
from ivaegan_jax.linalg import cholesky, half_log_det, solve_transposed
from ivaegan_jax.terms.forward import Pass, rows_and_jacobian
from ivaegan_jax.types import Scalar

DRAWS = 64


def iwae(run: Pass) -> Scalar:
    """`-log p(x|u)`: the importance-weighted bound of `DRAWS` draws (Burda et al. 2016, eq. 8).

    The draws come from a Gaussian at the posterior mean with the precision of the linearised
    model, so that a model that trains no posterior variance, or no likelihood at all, is measured
    like the others. For the same reason a Gaussian likelihood's variance is not the model's: it
    is the mean squared residual of the even rows. The odd rows are scored. For evaluation.
    """
    nets, (loc, log_var) = run.nets, (each[1::2] for each in run.prior)
    mu, x = run.posterior[0], run.batch.x
    residual = jnp.square(x - nets.generate(run.params, mu))[::2]
    noise, mu, x = jnp.log(jnp.mean(residual)), mu[1::2], x[1::2]

    def raw(z: jax.Array) -> jax.Array:
        return nets.decode(run.params, z, run.hypers)[0]

    x_logit, jacobian = rows_and_jacobian(raw, mu)
    information = nets.likelihood.information(x_logit, noise)
    precision = jnp.einsum("rxi,rx,rxj->rij", jacobian, information, jacobian)
    factor = cholesky(precision + jax.vmap(jnp.diag)(jnp.exp(-log_var)))

    def log_weight(key: jax.Array) -> Float[Array, " rows"]:
        z, log_q = _gaussian_draw(key, mu, factor)
        log_prior = nets.family.log_prob(z, loc, log_var)
        return jnp.sum(log_prior, -1) - jnp.sum(nets.likelihood.nll(x, raw(z), noise), -1) - log_q

    log_weights = jax.lax.map(log_weight, jax.random.split(run.key_evidence, DRAWS))
    return math.log(DRAWS) - jnp.mean(logsumexp(log_weights, axis=0))


def _gaussian_draw(
    key: jax.Array, mu: Float[Array, "rows dim_z"], factor: Float[Array, "rows dim_z dim_z"]
) -> tuple[Float[Array, "rows dim_z"], Float[Array, " rows"]]:
    """A draw of precision `factor factor^T` for every row, and its log density."""
    unit = jax.random.normal(key, mu.shape)
    step = solve_transposed(factor, unit)
    log_density = jnp.sum(gaussian_log_prob(unit, jnp.zeros(()), jnp.zeros(())), axis=-1)
    return mu + step, log_density + half_log_det(factor)
