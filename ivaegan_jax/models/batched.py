"""Functions of rows applied to some rows at a time, so that memory does not grow with them."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

ROWS_AT_ONCE = 1024
"""Rows that hidden layers exist of at any time; batches of training are smaller, and stay whole.

With 8 runs of B1's nets on 4,000 rows an H100 would take 155 MiB for all rows at once.
"""

LEAST_AT_ONCE = 128
"""Rows, also where each takes more than one row's memory."""


def in_batches(function: Callable[..., Any], *rows: jax.Array, at_once: int = ROWS_AT_ONCE) -> Any:
    """`function(*rows)` of arrays that share their leading axis.

    Args:
      function: of rows that do not depend on one another; a pytree of arrays with a row for each.
      rows: arrays `[rows, ...]`.
      at_once: rows that it is given; fewer are given as they are.
    """
    count = len(rows[0])
    if count <= at_once:
        return function(*rows)
    batches = -(-count // at_once)
    size = -(-count // batches)

    def split(array: jax.Array) -> jax.Array:
        filled = [(0, batches * size - count), *[(0, 0)] * (array.ndim - 1)]
        return jnp.pad(array, filled, mode="edge").reshape(batches, size, *array.shape[1:])

    found = jax.lax.map(lambda batch: function(*batch), tuple(map(split, rows)))
    return jax.tree.map(lambda leaf: leaf.reshape(-1, *leaf.shape[2:])[:count], found)
