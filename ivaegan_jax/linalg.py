"""Cholesky factors of many small matrices, in plain array operations.

On CPU the LAPACK calls behind `jnp.linalg` share one thread pool among the devices of a process,
and jaxlib 0.10 can wait there for ever when several devices factor batches at the same time,
which is what seeds spread over CPU devices do. The matrices here have one row per latent.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

Matrices = Float[Array, "rows dim dim"]
Vectors = Float[Array, "rows dim"]


def cholesky(matrices: Matrices) -> Matrices:
    """Lower factors L of positive definite `L L^T`, column by column (outer-product form)."""
    index = jnp.arange(matrices.shape[-1])

    def eliminate(j: jax.Array, carry: tuple[Matrices, Matrices]) -> tuple[Matrices, Matrices]:
        left, lower = carry
        column = jnp.where(index >= j, left[..., j], 0.0) / jnp.sqrt(left[..., j, j])[..., None]
        return left - column[..., :, None] * column[..., None, :], lower.at[..., j].set(column)

    zeros = jnp.zeros_like(matrices)
    return jax.lax.fori_loop(0, len(index), eliminate, (matrices, zeros))[1]


def half_log_det(lower: Matrices) -> Float[Array, " rows"]:
    """`1/2 log det(L L^T)`."""
    return jnp.sum(jnp.log(jnp.diagonal(lower, axis1=-2, axis2=-1)), axis=-1)


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


def solve_transposed(lower: Matrices, vectors: Vectors) -> Vectors:
    """Solves `L^T y = v` from the last row upwards."""
    dim = lower.shape[-1]

    def substitute(step: jax.Array, solved: Vectors) -> Vectors:
        i = dim - 1 - step
        known = jnp.sum(lower[..., i] * solved, axis=-1)
        return solved.at[..., i].set((vectors[..., i] - known) / lower[..., i, i])

    return jax.lax.fori_loop(0, dim, substitute, jnp.zeros_like(vectors))
