"""From trained states to states with a linear map behind them, run by run, and results that say so.

It is a function of the trained states and the data alone: checkpoints hold what was trained, and a
study that was stopped takes the same step.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh
from jaxtyping import Int

from ivaegan_jax.data import Part
from ivaegan_jax.evaluation.results import LinearStep, Stamp
from ivaegan_jax.evaluation.scoring import Trained, in_parts
from ivaegan_jax.evaluation.side_by_side import side_by_side
from ivaegan_jax.evaluation.unmixing.refit import refit_priors
from ivaegan_jax.metrics import (
    Unmixing,
    active_units,
    evenly,
    find_unmixing,
    levels_or_cells,
    some_rows,
)
from ivaegan_jax.models import INVERSE, MATRIX, PRIOR, UNMIXED, Model, in_batches
from ivaegan_jax.training import Run, as_batch, default_how, over_runs, pad_runs, shard_runs, share
from ivaegan_jax.types import Params

CELLS = 20
"""Cells that a continuous u is cut into, at most."""

MOST_ROWS = 100_000
"""Training rows that covariances and the prior are fitted on; of more, whole levels of them."""

CONSTANT = 1e-6
"""Largest range of a log variance of the prior that is none but for rounding."""

MEANS = "The prior moves means with u and no variances, which leave the axes of a linear map open."
LOST = "The latents of this run are not finite."


class Latents(NamedTuple):
    """What a run says of training and validation rows, and how far its prior moves variances."""

    train: tuple[Any, Any]
    valid: tuple[Any, Any]
    moved: Any


class Rows(NamedTuple):
    """The rows of all data seeds that the step sees.

    Attributes:
      arrays: x and u of training rows, x and u of validation rows, each `[data_seeds, rows, ...]`;
        u has an entry for every run instead where runs have a u of their own.
      train: level of u, or cell of a continuous one, of each training row, for each entry of u.
      valid: the same of validation rows.
    """

    arrays: tuple[np.ndarray, ...]
    train: Sequence[Int[np.ndarray, " train"]]
    valid: Sequence[Int[np.ndarray, " valid"]]


def unmix_runs(
    trained: Trained, train: Part, valid: Part, dim_u: int, mesh: Mesh
) -> tuple[Trained, list[Unmixing]]:
    """The runs with a linear map behind those that take one.

    Args:
      trained: the runs.
      train: the rows that they were trained on.
      valid: validation rows, which decide.
      dim_u: features of u as the networks see it.
      mesh: devices that the runs are split over.

    Returns:
      The runs, unchanged where none takes a map, and what was found of each; of models without
      p(z|u) nothing.
    """
    if "prior" not in trained.states.params:
        return trained, []
    rows = _rows(train, valid, dim_u)
    blocks, found = [], []
    for some in in_parts(trained, mesh):
        block, own = _unmix(some, rows, dim_u, mesh)
        blocks.append(block)
        found += own
    if not any(each.taken for each in found):
        return trained, found
    block = jax.tree.map(lambda *leaves: np.concatenate(leaves), *blocks)
    params = trained.states.params | {UNMIXED: block}
    return trained._replace(states=trained.states.replace(params=params)), found


def step_rows(found: Sequence[Unmixing], stamp: Stamp) -> Iterator[LinearStep]:
    """What was decided of every run."""
    for i, each in enumerate(found):
        numbers = (each.before, each.after, each.alike)
        before, after, alike = (value if np.isfinite(value) else None for value in numbers)
        yield LinearStep(
            **stamp(i), code=each.code, text=each.text, before=before, after=after, alike=alike
        )


def _rows(train: Part, valid: Part, dim_u: int) -> Rows:
    own = len(train.u) // len(train.x)
    chosen = [some_rows(u, dim_u, MOST_ROWS) for u in train.u[::own]]
    least = min(map(len, chosen))
    chosen = [rows[evenly(len(rows), least)] for rows in chosen]
    x = np.stack([x[rows] for x, rows in zip(train.x, chosen, strict=True)])
    u = np.stack([u[chosen[i // own]] for i, u in enumerate(train.u)])
    levels = ([levels_or_cells(each, CELLS) for each in some] for some in (u, valid.u))
    return Rows((x, u, valid.x, valid.u), *levels)


def _unmix(some: Trained, rows: Rows, dim_u: int, mesh: Mesh) -> tuple[Params, list[Unmixing]]:
    stacked = shard_runs(pad_runs((some.states.evaluated, some.runs), mesh, some.at_once), mesh)
    lifted = _over_encoding(some.model, dim_u, mesh)
    count = len(some.runs.seed)
    latents = lifted(*stacked, share(rows.arrays, mesh))
    latents = jax.tree.map(lambda leaf: np.asarray(leaf)[:count], latents)

    def decide(i: int) -> Unmixing:
        of_u, own = int(some.runs.of_u[i]), jax.tree.map(lambda leaf: leaf[i], latents)
        return _decide(own, rows.train[of_u], rows.valid[of_u])

    found = [*side_by_side(decide, range(count))]
    matrix = np.stack([each.matrix for each in found])
    both = (each.astype(np.float32) for each in (matrix, np.linalg.inv(matrix)))
    block = {**dict(zip((MATRIX, INVERSE), both, strict=True)), PRIOR: some.states.evaluated[PRIOR]}
    taken = np.array([each.taken for each in found])
    if not taken.any():
        return block, found
    fitted = refit_priors(some, latents.train, block, rows.arrays[1], dim_u, mesh)

    def chosen(new: np.ndarray, old: np.ndarray) -> np.ndarray:
        return np.where(taken.reshape(-1, *[1] * (new.ndim - 1)), new, old)

    return block | {PRIOR: jax.tree.map(chosen, fitted, block[PRIOR])}, found


def _decide(latents: Latents, train_level: np.ndarray, valid_level: np.ndarray) -> Unmixing:
    (train, log_var), (valid, _) = latents.train, latents.valid
    whole = np.eye(train.shape[1])
    if not all(np.isfinite(each).all() for each in (train, log_var, valid)):
        return Unmixing(whole, "diverged", LOST)
    if not latents.moved > CONSTANT:
        return Unmixing(whole, "means_only", MEANS)
    active = active_units(train, log_var)
    train, valid = train.astype(float), valid.astype(float)
    return find_unmixing(train, train_level, valid, valid_level, active)


@lru_cache(maxsize=1)  # configurations of one structure are encoded by one program
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
