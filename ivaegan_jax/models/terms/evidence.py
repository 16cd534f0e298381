"""Held-out likelihood, measured alike for every model that has an encoder and a generator."""

import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax.nn import logsumexp
from jaxtyping import Array, Float

from ivaegan_jax.models.distributions import gaussian_log_prob
from ivaegan_jax.models.linalg import half_log_det, solve_upper, triangular
from ivaegan_jax.models.terms.forward import Pass, rows_and_jacobian, terms_of
from ivaegan_jax.types import Scalar

DRAWS = 64

FIT_DRAWS, FIT_ROWS = 16, 1024
"""Draws and, at most, rows behind the choice of the noise."""

FACTORS = (1.0, 2.0, 4.0)
"""Of the mean squared residual: what the noise may be, beside what its degrees of freedom say."""

ROUNDING = 8 * float(jnp.finfo(jnp.float32).eps)
"""Of x, relative: smaller noise cannot be distinguished from rounding."""


class Rows(NamedTuple):
    """Observations, their posterior means, and their prior: location, log variance, shapes."""

    x: Float[Array, "rows dim_x"]
    mu: Float[Array, "rows dim_z"]
    prior: tuple[Float[Array, "rows dim_z"], ...]

    def some(self, start: int, step: int) -> "Rows":
        """Every `step`-th of them."""
        return jax.tree.map(lambda each: each[start::step], self)


def iwae(run: Pass) -> Scalar:
    """`-log p(x|u)`: the importance-weighted bound of `DRAWS` draws (Burda et al. 2016, eq. 8).

    The draws come from a Gaussian at the posterior mean with the precision of the linearised
    model, so that a model that trains no posterior variance, or no likelihood at all, is measured
    like the others. For the same reason a Gaussian likelihood's variance is not the model's: it
    is fitted to the even rows. The odd rows are scored. For evaluation.
    """
    fit, scored = (rows_of(run).some(start, 2) for start in (0, 1))
    return -jnp.mean(log_prob(run, scored, fitted_noise(run, fit), DRAWS))


def rows_of(run: Pass) -> Rows:
    """All rows of a pass."""
    return Rows(run.batch.x, run.posterior[0], run.prior)


def fitted_noise(run: Pass, rows: Rows) -> Float[Array, "*dim_x"]:
    """Log variance of the noise under which the bound of these rows is highest.

    One number, or one per column for models that have one per column; counts have the model's own.
    Candidates are multiples of the mean squared residual. It is too small by itself: means of n
    latents explain n of the d columns' noise as well, for which `d / (d - n)` is exact in a linear
    model that determines its latents.
    """
    if run.nets.likelihood.values == "counts":
        return run.nets.log_noise(run.params)
    dim_x, dim_z = rows.x.shape[1], rows.mu.shape[1]
    rows = rows.some(0, max(1, len(rows.x) // FIT_ROWS))
    over = 0 if run.nets.noise == "column" else None
    residual = jnp.mean(jnp.square(rows.x - run.nets.generate(run.params, rows.mu)), axis=over)
    smallest = ROUNDING**2 * jnp.mean(jnp.square(rows.x), axis=over)
    freedom = (dim_x / (dim_x - dim_z),) if dim_z < dim_x else ()
    factors = jnp.log(jnp.array(FACTORS + freedom)).reshape(-1, *(1,) * residual.ndim)
    candidates = jnp.log(jnp.maximum(residual, smallest)) + factors
    bounds = jax.lax.map(lambda noise: jnp.mean(log_prob(run, rows, noise, FIT_DRAWS)), candidates)
    return candidates[jnp.argmax(jnp.where(jnp.isnan(bounds), -jnp.inf, bounds))]


def log_prob(
    run: Pass, rows: Rows, noise: Float[Array, "*dim_x"], draws: int
) -> Float[Array, " rows"]:
    """The bound of each row under noise of this log variance."""
    nets, x = run.nets, rows.x

    def raw(z: jax.Array) -> jax.Array:
        return nets.decode(run.params, z, run.hyperparameters)[0]

    x_logit, jacobian = rows_and_jacobian(raw, rows.mu)
    scaled = jacobian * jnp.sqrt(nets.likelihood.information(x_logit, noise))[..., None]
    prior = jax.vmap(jnp.diag)(jnp.exp(-0.5 * rows.prior[1]))
    factor = triangular(jnp.concatenate([scaled, prior], axis=1))

    def log_weight(key: jax.Array) -> Float[Array, " rows"]:
        z, log_q = _gaussian_draw(key, rows.mu, factor)
        log_prior = jnp.sum(nets.family.log_prob(z, *rows.prior), axis=-1)
        return log_prior - jnp.sum(nets.likelihood.nll(x, raw(z), noise), axis=-1) - log_q

    log_weights = jax.lax.map(log_weight, jax.random.split(run.key_evidence, draws))
    return logsumexp(log_weights, axis=0) - math.log(draws)


def _gaussian_draw(
    key: jax.Array, mu: Float[Array, "rows dim_z"], factor: Float[Array, "rows dim_z dim_z"]
) -> tuple[Float[Array, "rows dim_z"], Float[Array, " rows"]]:
    """A draw of precision `factor^T factor` for every row, and its log density."""
    unit = jax.random.normal(key, mu.shape)
    step = solve_upper(factor, unit)
    log_density = jnp.sum(gaussian_log_prob(unit, jnp.zeros(()), jnp.zeros(())), axis=-1)
    return mu + step, log_density + half_log_det(factor)


TERMS = terms_of(iwae)
