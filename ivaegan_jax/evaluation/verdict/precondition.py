"""What a trained run says about its own identifiability, without the truth: the device part."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
from jax.nn import logsumexp
from jaxtyping import Array, Float

from ivaegan_jax.models import Model, rows_and_jacobian, triangular
from ivaegan_jax.training import MOST_ONE_HOT, as_batch
from ivaegan_jax.types import Batch, Params

JACOBIAN_ROWS = 256
"""Held-out rows at which the generator's slope is looked at, evenly spread."""

BLOCK = 2**22
"""Numbers that a block of rows may hold at once, one-hot or against the references."""


class Precondition(NamedTuple):
    """One run on held-out rows; device arrays in a program, host arrays after it.

    Attributes:
      mu: posterior means `[rows, dim_z]`.
      log_var: posterior log variances `[rows, dim_z]`.
      loc: of p(z|u) at the rows' own u, `[rows, dim_z]`.
      prior_log_var: its log variances `[rows, dim_z]`.
      log_prior: `log p(mu|u)` at the rows' own u, nats, `[rows]`.
      log_marginal: `log E p(mu|u')` over the references, nats, `[rows]`.
      slope: triangular factor of the generator's Jacobian at some of the means, `R^T R = J^T J`,
        `[some, dim_z, dim_z]`.
    """

    mu: Any
    log_var: Any
    loc: Any
    prior_log_var: Any
    log_prior: Any
    log_marginal: Any
    slope: Any


def make_precondition(model: Model, dim_u: int) -> Callable[..., Precondition]:
    """Returns `(params, x, u, references, log_weights) -> Precondition`, pure and jittable.

    `u [rows]` or `[rows, dim_u]` and `references` are level codes or features, and `log_weights
    [references]` the logarithms of their shares: together p(u). Rows are taken in blocks, so that
    rows x levels are never held at once.
    """

    def precondition(
        params: Params,
        x: Float[Array, "rows dim_x"],
        u: Array,
        references: Array,
        log_weights: Float[Array, " references"],
    ) -> Precondition:
        known = as_batch(x[:1], references, dim_u).u
        dim_z = jax.eval_shape(model.prior, params, known)[0].shape[1]
        size = max(1, BLOCK // max(min(dim_u, MOST_ONE_HOT), len(references) * dim_z))

        def of(row: tuple[Array, Array]) -> tuple[Array, ...]:
            return _of_rows(model, params, as_batch(row[0], row[1], dim_u), known, log_weights)

        step = max(1, len(x) // JACOBIAN_ROWS)
        some = as_batch(x[::step], u[::step], dim_u)
        mu, _ = model.encode(params, some.x, some.u)
        _, jacobian = rows_and_jacobian(lambda z: model.decode(params, z), mu)
        slope = triangular(jacobian)
        return Precondition(*in_blocks(of, (x, u), size), slope=slope)

    return precondition


def _of_rows(
    model: Model, params: Params, batch: Batch, known: Array, log_weights: Array
) -> tuple[Array, ...]:
    """Every field of `Precondition` but the slope."""
    mu, log_var = model.encode(params, batch.x, batch.u)
    loc, prior_log_var = model.prior(params, batch.u)[:2]

    def own(z: Array, u: Array) -> Array:
        return model.log_prior(params, z[None], u[None])[0, 0]

    pairs = model.log_prior(params, mu, known)
    log_prior = jax.vmap(own)(mu, batch.u)
    return mu, log_var, loc, prior_log_var, log_prior, logsumexp(pairs + log_weights, axis=1)


def in_blocks(of: Callable[..., Any], rows: Any, size: int) -> Any:
    """`of(rows)`, block by block where they are more than `size`."""
    count = len(rows[0])
    if count <= size:
        return of(rows)
    blocks = -(-count // size)
    # the last block begins earlier rather than being filled up
    starts = jax.numpy.minimum(jax.numpy.arange(blocks) * size, count - size)

    def one(start: Array) -> Any:
        return of(jax.tree.map(lambda each: jax.lax.dynamic_slice_in_dim(each, start, size), rows))

    found = jax.lax.map(one, starts)
    last = count - (blocks - 1) * size

    def joined(each: Array) -> Array:
        whole = each[:-1].reshape(-1, *each.shape[2:])
        return jax.numpy.concatenate([whole, each[-1, size - last :]])

    return jax.tree.map(joined, found)
