"""Triangular factors of many small matrices, in plain array operations.

On CPU the LAPACK calls behind `jnp.linalg` share one thread pool among the devices of a process,
and jaxlib 0.10 can wait there for ever when several devices factor batches at the same time,
which is what seeds spread over CPU devices do. The matrices here have one row per latent.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

Matrices = Float[Array, "rows dim dim"]
Vectors = Float[Array, "rows dim"]

TINY = 1e-30
"""Keeps a quotient finite."""


def triangular(matrices: Float[Array, "rows long dim"]) -> Matrices:
    """Upper factors R of `A = Q R`, `R^T R = A^T A`; a column of zeros leaves a row of zeros.

    Columns are made orthogonal one after the other (modified Gram-Schmidt). A^T A is not formed:
    it would have the square of A's condition number, which float32 cannot hold where some columns
    nearly repeat others.
    """
    index = jnp.arange(matrices.shape[-1])

    def remove(i: jax.Array, carry: tuple[jax.Array, Matrices]) -> tuple[jax.Array, Matrices]:
        left, upper = carry
        norm = jnp.sqrt(jnp.sum(jnp.square(left[..., i]), axis=-1))
        unit = left[..., i] / jnp.maximum(norm, TINY)[..., None]
        along = jnp.where(index > i, jnp.einsum("rlc,rl->rc", left, unit), 0.0)
        row = along + jnp.where(index == i, norm[..., None], 0.0)
        return left - unit[..., None] * along[..., None, :], upper.at[..., i, :].set(row)

    zeros = jnp.zeros((*matrices.shape[:-2], len(index), len(index)), matrices.dtype)
    return jax.lax.fori_loop(0, len(index), remove, (matrices, zeros))[1]


def half_log_det(factor: Matrices) -> Float[Array, " rows"]:
    """`1/2 log det(R^T R)` of a triangular factor."""
    return jnp.sum(jnp.log(jnp.diagonal(factor, axis1=-2, axis2=-1)), axis=-1)


def log_volume(rows: Float[Array, "batch dim columns"]) -> Float[Array, " batch"]:
    """`1/2 log det(A A^T)` of each A, without forming A A^T.

    Rows are made orthogonal one after the other (modified Gram-Schmidt), and the logarithms of
    what is left of each are summed. The product would have the square of A's condition number,
    which float32 cannot hold where an encoder is nearly flat in one direction.
    """

    def remove(i: jax.Array, carry: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        left, total = carry
        norm = jnp.sqrt(jnp.sum(jnp.square(left[:, i]), axis=-1))
        unit = left[:, i] / norm[:, None]
        along = jnp.einsum("brc,bc->br", left, unit)
        return left - along[..., None] * unit[:, None], total + jnp.log(norm)

    return jax.lax.fori_loop(0, rows.shape[1], remove, (rows, jnp.zeros(len(rows), rows.dtype)))[1]


def solve_upper(upper: Matrices, vectors: Vectors) -> Vectors:
    """Solves `R y = v` from the last row upwards."""
    dim = upper.shape[-1]

    def substitute(step: jax.Array, solved: Vectors) -> Vectors:
        i = dim - 1 - step
        known = jnp.sum(upper[..., i, :] * solved, axis=-1)
        return solved.at[..., i].set((vectors[..., i] - known) / upper[..., i, i])

    return jax.lax.fori_loop(0, dim, substitute, jnp.zeros_like(vectors))
