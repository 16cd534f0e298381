"""What runs say of the rows that the linear step looks at, those of all sessions together."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh
from jaxtyping import Int

from ivaegan_jax.data import Part
from ivaegan_jax.evaluation.scoring import Trained
from ivaegan_jax.metrics import evenly, levels_or_cells, some_rows
from ivaegan_jax.models import Model, in_batches
from ivaegan_jax.training import KEPT, Call, Run, as_batch, default_how, over_runs
from ivaegan_jax.types import Params

CELLS = 20
"""Cells that a continuous u is cut into, at most."""

MOST_ROWS = 100_000
"""Training rows that covariances and the prior are fitted on; of more, whole levels of them."""


class Latents(NamedTuple):
    """What a run says of training and validation rows, and how far its prior moves variances."""

    train: tuple[Any, Any]
    valid: tuple[Any, Any]
    moved: Any


class Rows(NamedTuple):
    """The rows of all data seeds that the step sees.

    Attributes:
      arrays: of each session x and u of training rows, x and u of validation rows, each
        `[data_seeds, rows, ...]`; u has an entry for every run instead where runs have a u of their
        own.
      u: of training rows, those of all sessions one after another.
      train: level of u, or cell of a continuous one, of each of these rows, for each entry of u.
      valid: the same of validation rows.
    """

    arrays: Sequence[tuple[np.ndarray, ...]]
    u: np.ndarray
    train: Sequence[Int[np.ndarray, " train"]]
    valid: Sequence[Int[np.ndarray, " valid"]]


def rows_of(parts: Sequence[tuple[Part, Part]], dim_u: int) -> Rows:
    """The rows of sessions, training and validation part of each; one is a table alone."""
    arrays = [_arrays(*each, dim_u, MOST_ROWS // len(parts)) for each in parts]
    u, u_valid = (np.concatenate([own[place] for own in arrays], axis=1) for place in (1, 3))
    levels = ([levels_or_cells(each, CELLS) for each in some] for some in (u, u_valid))
    return Rows(arrays, u, *levels)


def _arrays(train: Part, valid: Part, dim_u: int, most: int) -> tuple[np.ndarray, ...]:
    own = len(train.u) // len(train.x)
    chosen = [some_rows(u, dim_u, most) for u in train.u[::own]]
    least = min(map(len, chosen))
    chosen = [rows[evenly(len(rows), least)] for rows in chosen]
    x = np.stack([x[rows] for x, rows in zip(train.x, chosen, strict=True)])
    u = np.stack([u[chosen[i // own]] for i, u in enumerate(train.u)])
    return x, u, valid.x, valid.u


def latents_of(sessions: Sequence[Trained], rows: Rows, dim_u: int, mesh: Mesh) -> Latents:
    """Of every run, rows of all sessions one after another, each by its own encoder."""
    each = [
        encoding_call(some, arrays, dim_u, mesh)()
        for some, arrays in zip(sessions, rows.arrays, strict=True)
    ]

    def joined(place: int) -> tuple[np.ndarray, np.ndarray]:
        mu, log_var = (np.concatenate([own[place][i] for own in each], axis=1) for i in (0, 1))
        return mu, log_var

    return Latents(joined(0), joined(1), np.max([own.moved for own in each], axis=0))


def encoding_call(some: Trained, arrays: tuple[np.ndarray, ...], dim_u: int, mesh: Mesh) -> Call:
    """What says of every run `Latents` of these rows of one session, see `Rows`."""
    program = _over_encoding(some.model, dim_u, mesh)
    return Call(program, some.parameters, arrays, mesh, some.at_once)


@lru_cache(maxsize=KEPT)  # sessions are encoded in turn, each by a program of its own
def _over_encoding(model: Model, dim_u: int, mesh: Mesh) -> Callable[..., Latents]:
    def one(params: Params, run: Run, shared: Any) -> Latents:
        x, x_valid = (each[run.data_index] for each in shared[::2])
        u, u_valid = (each[run.of_u] for each in shared[1::2])

        def encode(x: jax.Array, u: jax.Array) -> tuple[jax.Array, jax.Array]:
            batch = as_batch(x, u, dim_u)
            return model.encode(params, batch.x, batch.u)

        def log_variances(u: jax.Array) -> jax.Array:
            return model.prior(params, as_batch(u, u, dim_u).u)[1]

        moved = jnp.ptp(in_batches(log_variances, u_valid), axis=0).max()
        return Latents(in_batches(encode, x, u), in_batches(encode, x_valid, u_valid), moved)

    return over_runs(one, mesh, default_how())
