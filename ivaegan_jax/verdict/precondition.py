"""What a trained run says about its own identifiability, without the truth: the device part."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
from jax.nn import logsumexp
from jaxtyping import Array, Float

from ivaegan_jax.model import Model
from ivaegan_jax.terms.forward import rows_and_jacobian
from ivaegan_jax.types import Batch, Params

JACOBIAN_ROWS = 256
"""Held-out rows at which the generator's slope is looked at, evenly spread."""


class Precondition(NamedTuple):
    """One run on held-out rows; device arrays in a program, host arrays after it.

    Attributes:
      mu: posterior means `[rows, dim_z]`.
      log_var: posterior log variances `[rows, dim_z]`.
      loc: of p(z|u) at the rows' own u, `[rows, dim_z]`.
      prior_log_var: its log variances `[rows, dim_z]`.
      log_prior: `log p(mu|u)` at the rows' own u, nats, `[rows]`.
      log_marginal: `log E p(mu|u')` over the references, nats, `[rows]`.
      slope: `J^T J` of the generator at some of the means, `[some, dim_z, dim_z]`.
    """

    mu: Any
    log_var: Any
    loc: Any
    prior_log_var: Any
    log_prior: Any
    log_marginal: Any
    slope: Any


def make_precondition(model: Model) -> Callable[..., Precondition]:
    """Returns `(params, batch, references, log_weights) -> Precondition`, pure and jittable.

    `references [references, dim_u]` are values of u, and `log_weights [references]` the logarithms
    of their shares: together p(u).
    """

    def precondition(
        params: Params,
        batch: Batch,
        references: Float[Array, "references dim_u"],
        log_weights: Float[Array, " references"],
    ) -> Precondition:
        mu, log_var = model.encode(params, batch.x, batch.u)
        loc, prior_log_var = model.prior(params, batch.u)
        step = max(1, len(batch.x) // JACOBIAN_ROWS)
        _, jacobian = rows_and_jacobian(lambda z: model.decode(params, z), mu[::step])

        def own(z: jax.Array, u: jax.Array) -> jax.Array:
            return model.log_prior(params, z[None], u[None])[0, 0]

        pairs = model.log_prior(params, mu, references)
        return Precondition(
            mu=mu,
            log_var=log_var,
            loc=loc,
            prior_log_var=prior_log_var,
            log_prior=jax.vmap(own)(mu, batch.u),
            log_marginal=logsumexp(pairs + log_weights, axis=1),
            slope=jax.numpy.einsum("rxi,rxj->rij", jacobian, jacobian),
        )

    return precondition
