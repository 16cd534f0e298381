"""Laws of counts. Networks see a count through its square root (`counts_as_seen`).

The generator's raw output has the unit of what is seen; the expected count is its `rate`. Here
`exp(log_var)` is the dispersion: a count's variance is the mean plus so much of the squared mean.
"""

import jax
import jax.numpy as jnp
from jax.scipy.special import gammaln
from jax.scipy.stats import norm
from jaxtyping import Array, Float

from ivaegan_jax.types import counts_as_seen, counts_of

Columns = Float[Array, "*shape"]
LogVar = Float[Array, "..."]

SMALLEST_COUNTS = 24
"""Counts below it are drawn by adding up their probabilities, the others by an expansion."""

SHARPNESS = 3.0
"""Of the bend of a rate at zero, per unit of the raw output."""


def rate(x_logit: Columns) -> Columns:
    """The expected count: a square far above zero, an exponential far below.

    `(1 + w / 2)^2 - 1` of the softplus w, so that the raw output has the unit of what is seen.
    """
    w = jax.nn.softplus(SHARPNESS * x_logit) / SHARPNESS
    return w * (1.0 + 0.25 * w) + 1e-6


def rate_slope(x_logit: Columns) -> Columns:
    """Of the expected count by the raw output."""
    w = jax.nn.softplus(SHARPNESS * x_logit) / SHARPNESS
    return (1.0 + 0.5 * w) * jax.nn.sigmoid(SHARPNESS * x_logit)


def poisson_nll(x: Columns, x_logit: Columns, log_var: LogVar) -> Columns:
    """`-log Poisson(k; rate)` of the counts that are seen as x."""
    del log_var
    counts, mean = counts_of(x), rate(x_logit)
    return mean - counts * jnp.log(mean) + gammaln(counts + 1.0)


def poisson_draw(key: jax.Array, x_logit: Columns, log_var: LogVar) -> Columns:
    """Counts as they are seen; see `count_draw`."""
    del log_var
    mean = rate(x_logit)
    return counts_as_seen(count_draw(key, mean, jnp.zeros_like(mean)))


def poisson_information(x_logit: Columns, log_var: LogVar) -> Columns:
    """`rate'^2 / rate`."""
    del log_var
    return jnp.square(rate_slope(x_logit)) / rate(x_logit)


def negative_binomial_nll(x: Columns, x_logit: Columns, log_var: LogVar) -> Columns:
    """`-log p(k)` with mean m and variance `m + exp(log_var) m^2`."""
    counts, mean, size = counts_of(x), rate(x_logit), jnp.exp(-log_var)
    spread = jnp.log1p(mean / size)
    chosen = gammaln(counts + size) - gammaln(size) - gammaln(counts + 1.0)
    return size * spread + counts * (spread + jnp.log(size) - jnp.log(mean)) - chosen


def negative_binomial_draw(key: jax.Array, x_logit: Columns, log_var: LogVar) -> Columns:
    """Counts as they are seen; see `count_draw`."""
    mean = rate(x_logit)
    return counts_as_seen(count_draw(key, mean, jnp.broadcast_to(jnp.exp(log_var), mean.shape)))


def negative_binomial_information(x_logit: Columns, log_var: LogVar) -> Columns:
    """`rate'^2 / (m + exp(log_var) m^2)`."""
    mean = rate(x_logit)
    return jnp.square(rate_slope(x_logit)) / (mean * (1.0 + jnp.exp(log_var) * mean))


def zero_inflated_poisson_nll(x: Columns, x_logit: Columns, log_var: LogVar) -> Columns:
    """`-log p(k)` where a count is 0 with odds `exp(log_var)`, and else of a Poisson law.

    The rate is the mean of all counts, so that their variance is that of a negative binomial law.
    """
    counts, odds = counts_of(x), jnp.exp(log_var)
    mean = rate(x_logit) * (1.0 + odds)
    some = counts * jnp.log(mean) - mean - gammaln(counts + 1.0)
    return jnp.log1p(odds) - jnp.where(counts < 0.5, jnp.logaddexp(log_var, -mean), some)


def zero_inflated_poisson_draw(key: jax.Array, x_logit: Columns, log_var: LogVar) -> Columns:
    """Counts as they are seen; see `moving`."""
    mean, odds = rate(x_logit), jnp.broadcast_to(jnp.exp(log_var), x_logit.shape)
    of_counts, of_zeros = jax.random.split(key)
    unit = jax.random.normal(of_counts, mean.shape)
    drawn = count_quantile(unit, mean * (1.0 + odds), jnp.zeros_like(mean))
    kept = jax.random.bernoulli(of_zeros, 1.0 / (1.0 + odds))
    return counts_as_seen(moving(jnp.where(kept, drawn, 0.0), mean, odds))


def zero_inflated_poisson_information(x_logit: Columns, log_var: LogVar) -> Columns:
    """`rate'^2 (1 + w) (1 / m - w exp(-m) / (w + exp(-m)))`, with odds w and `m = (1 + w) rate`."""
    odds = jnp.exp(log_var)
    mean = rate(x_logit) * (1.0 + odds)
    of_zero = odds * jax.nn.sigmoid(-mean - log_var)
    return jnp.square(rate_slope(x_logit)) * (1.0 + odds) * (1.0 / mean - of_zero)


def count_draw(key: jax.Array, mean: Columns, dispersion: Columns) -> Columns:
    """Whole numbers of variance `mean + dispersion mean^2`; Poisson without a dispersion."""
    unit = jax.random.normal(key, mean.shape)
    return moving(count_quantile(unit, mean, dispersion), mean, dispersion)


def moving(drawn: Columns, mean: Columns, dispersion: Columns) -> Columns:
    """The counts that were drawn, with the gradient of `mean + sqrt(variance) e`.

    The variance is `mean + dispersion mean^2`, and the deviation e that was drawn is held fixed:
    numbers stay whole, and both parameters learn.
    """
    spread = jnp.sqrt(mean * (1.0 + dispersion * mean))
    return mean + spread * jax.lax.stop_gradient((drawn - mean) / spread)


def count_quantile(unit: Columns, mean: Columns, dispersion: Columns) -> Columns:
    """The count that has the rank of a standard normal number.

    Probabilities are added up from 0 by `p(k + 1) / p(k) = m (1 + a k) / (1 + a m) / (k + 1)`, and
    what lies beyond is expanded around the normal law (Cornish & Fisher 1938), first order in the
    skewness. Nothing is drawn again, as it is where counts are drawn by rejection.
    """
    odds, skewed = mean / (1.0 + dispersion * mean), 1.0 + 2.0 * dispersion * mean
    spread = jnp.sqrt(mean * (1.0 + dispersion * mean))
    # log p(0) = -log(1 + a m) / a, which is -m without dispersion
    size = jnp.maximum(dispersion, 1e-6)
    p = jnp.exp(-jnp.where(dispersion > 1e-6, jnp.log1p(size * mean) / size, mean))
    rank, reached, found = norm.cdf(unit), p, jnp.zeros_like(mean)
    for k in range(SMALLEST_COUNTS):
        found = found + (rank > reached)
        p = p * odds * (1.0 + dispersion * k) / (k + 1.0)
        reached = reached + p
    beyond = mean + spread * unit + skewed * (jnp.square(unit) - 1.0) / 6.0
    beyond = jnp.maximum(jnp.floor(beyond + 0.5), float(SMALLEST_COUNTS))
    return jnp.where(found < SMALLEST_COUNTS, found, beyond)


def count_mean(x_logit: Columns) -> Columns:
    """The expected count, as a count would be seen: in the user's unit it is the rate."""
    return counts_as_seen(rate(x_logit))
