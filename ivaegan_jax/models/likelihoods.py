"""Laws of the observations, `p(x|z)` given the generator's raw output, one entry per law.

Noise of real numbers adds to the generator's output, and its variance is `exp(log_var)`, one
number or one per column, whatever the law. Counts are seen through a square root, which makes
their noise alike at all rates (`counts_as_seen`); there `exp(log_var)` is the dispersion.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float
from optax.losses import sigmoid_binary_cross_entropy

from ivaegan_jax.models.counting import (
    count_mean,
    negative_binomial_draw,
    negative_binomial_information,
    negative_binomial_nll,
    poisson_draw,
    poisson_information,
    poisson_nll,
    zero_inflated_poisson_draw,
    zero_inflated_poisson_information,
    zero_inflated_poisson_nll,
)
from ivaegan_jax.models.distributions import (
    gaussian_log_prob,
    gaussian_sample,
    laplace_log_prob,
    laplace_sample,
)
from ivaegan_jax.types import Registry, fields_of

Columns = Float[Array, "*shape"]
LogVar = Float[Array, "..."]


class Likelihood(NamedTuple):
    """`p(x|z)` given the generator's raw output.

    Attributes:
      nll: `(x, x_logit, log_var) -> -log p(x_i|z)`, nats.
      mean: `x_logit -> E[x|z]`, as networks see x.
      information: `(x_logit, log_var) -> ` Fisher information of each raw output.
      draw: `(key, x_logit, log_var) -> x`, differentiable in both; None where the game sees
        `E[x|z]` alone.
      noise: what the game sees of it unless another choice is made; see `ModelConfig`.
      values: what x must hold: `standardised` takes any numbers and standardises them, `unit` takes
        them as they are, between 0 and 1, and `counts` takes whole numbers from 0.
      parameter: whether `log_var` is a parameter of this law.
    """

    nll: Callable[..., jax.Array]
    mean: Callable[[jax.Array], jax.Array]
    information: Callable[..., jax.Array]
    draw: Callable[..., jax.Array] | None = None
    noise: str = "none"
    values: str = "standardised"
    parameter: bool = True


def as_likelihood(piece: Any) -> Likelihood:
    """A likelihood from its attributes; `standardised = False` is an older name of `unit`."""
    values = "standardised" if getattr(piece, "standardised", True) else "unit"
    return fields_of(Likelihood, piece, values=values)


def gaussian_nll(x: Columns, x_logit: Columns, log_var: LogVar) -> Columns:
    """`-log N(x; x_logit, exp(log_var))`; the generator's output is the mean itself."""
    return -gaussian_log_prob(x, x_logit, log_var)


def gaussian_draw(key: jax.Array, x_logit: Columns, log_var: LogVar) -> Columns:
    """`x_logit` and Gaussian noise."""
    return gaussian_sample(key, x_logit, jnp.broadcast_to(log_var, x_logit.shape))


def gaussian_information(x_logit: Columns, log_var: LogVar) -> Columns:
    """Precision of every output."""
    return jnp.broadcast_to(jnp.exp(-log_var), x_logit.shape)


def laplace_nll(x: Columns, x_logit: Columns, log_var: LogVar) -> Columns:
    """`-log Laplace(x; x_logit)` of variance `exp(log_var)`."""
    return -laplace_log_prob(x, x_logit, log_var)


def laplace_draw(key: jax.Array, x_logit: Columns, log_var: LogVar) -> Columns:
    """`x_logit` and Laplace noise."""
    return laplace_sample(key, x_logit, jnp.broadcast_to(log_var, x_logit.shape))


def laplace_information(x_logit: Columns, log_var: LogVar) -> Columns:
    """`1 / b^2` of the scale b, which is half the variance's square."""
    return jnp.broadcast_to(2.0 * jnp.exp(-log_var), x_logit.shape)


def student_t_nll(x: Columns, x_logit: Columns, log_var: LogVar) -> Columns:
    """`-log p(x)` of Student's t with four degrees of freedom and variance `exp(log_var)`.

    Its scale is `sqrt(var / 2)`, and its density `3 / (8 scale) (1 + t^2 / 4)^(-5/2)`.
    """
    log_scale = 0.5 * (log_var - jnp.log(2.0))
    t = (x - x_logit) * jnp.exp(-log_scale)
    return log_scale + jnp.log(8.0 / 3.0) + 2.5 * jnp.log1p(jnp.square(t) / 4.0)


def student_t_draw(key: jax.Array, x_logit: Columns, log_var: LogVar) -> Columns:
    """`x_logit` and noise by the inverse distribution function, which has a closed form.

    With `a = 4 p (1 - p)`, `t = sign(p - 1/2) 2 sqrt(cos(arccos(sqrt a) / 3) / sqrt a - 1)`.
    """
    tiny = jnp.finfo(x_logit.dtype).eps
    p = jax.random.uniform(key, x_logit.shape, x_logit.dtype, tiny, 1.0 - tiny)
    root = jnp.sqrt(4.0 * p * (1.0 - p))
    beyond = jnp.maximum(jnp.cos(jnp.arccos(root) / 3.0) / root - 1.0, 0.0)
    t = jax.lax.stop_gradient(jnp.sign(p - 0.5) * 2.0 * jnp.sqrt(beyond))
    return x_logit + jnp.exp(0.5 * (log_var - jnp.log(2.0))) * t


def student_t_information(x_logit: Columns, log_var: LogVar) -> Columns:
    """`(v + 1) / (v + 3) / scale^2` for v = 4."""
    return jnp.broadcast_to(5.0 / 7.0 * 2.0 * jnp.exp(-log_var), x_logit.shape)


def bernoulli_nll(x: Columns, x_logit: Columns, log_var: LogVar) -> Columns:
    """`-log Bernoulli(x; sigmoid(x_logit))` for x in [0, 1]; there is no variance."""
    del log_var
    return sigmoid_binary_cross_entropy(x_logit, x)


def bernoulli_draw(key: jax.Array, x_logit: Columns, log_var: LogVar) -> Columns:
    """Zeros and ones; the gradient is that of the probability (Bengio et al. 2013)."""
    del log_var
    chance = jax.nn.sigmoid(x_logit)
    drawn = jax.random.bernoulli(key, chance).astype(x_logit.dtype)
    return chance + jax.lax.stop_gradient(drawn - chance)


def bernoulli_information(x_logit: Columns, log_var: LogVar) -> Columns:
    """Variance of every pixel."""
    del log_var
    return jax.nn.sigmoid(x_logit) * jax.nn.sigmoid(-x_logit)


LIKELIHOODS = Registry[Likelihood]("likelihood", as_likelihood, {
    "gaussian": Likelihood(gaussian_nll, lambda x: x, gaussian_information, gaussian_draw),
    "laplace": Likelihood(laplace_nll, lambda x: x, laplace_information, laplace_draw),
    "student_t": Likelihood(student_t_nll, lambda x: x, student_t_information, student_t_draw),
    "bernoulli": Likelihood(
        bernoulli_nll, jax.nn.sigmoid, bernoulli_information, bernoulli_draw, values="unit",
        parameter=False,
    ),
    "poisson": Likelihood(
        poisson_nll, count_mean, poisson_information, poisson_draw, "fixed", "counts",
        False,
    ),
    "negative_binomial": Likelihood(
        negative_binomial_nll, count_mean, negative_binomial_information, negative_binomial_draw,
        "column", "counts",
    ),
    "zero_inflated_poisson": Likelihood(
        zero_inflated_poisson_nll, count_mean, zero_inflated_poisson_information,
        zero_inflated_poisson_draw, "column", "counts",
    ),
})  # fmt: skip
