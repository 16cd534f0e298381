"""From trained states to states with a linear map behind them, run by run, and results that say so.

It is a function of the trained states and the data alone: checkpoints hold what was trained, and a
study that was stopped takes the same step.
"""

from collections.abc import Iterator, Sequence

import jax
import numpy as np
from jax.sharding import Mesh

from ivaegan_jax.data import Part
from ivaegan_jax.evaluation.results import LinearStep, Stamp
from ivaegan_jax.evaluation.scoring import Trained, in_parts
from ivaegan_jax.evaluation.side_by_side import side_by_side
from ivaegan_jax.evaluation.unmixing.latents import Latents, Rows, latents_of, rows_of
from ivaegan_jax.evaluation.unmixing.refit import refit_priors
from ivaegan_jax.metrics import Unmixing, active_units, find_unmixing
from ivaegan_jax.models import INVERSE, MATRIX, PRIOR, UNMIXED
from ivaegan_jax.types import Params

CONSTANT = 1e-6
"""Largest range of a log variance of the prior that is none but for rounding."""

MEANS = "The prior moves means with u and no variances, which leave the axes of a linear map open."
LOST = "The latents of this run are not finite."


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
    [trained], found = unmix_together([trained], [(train, valid)], dim_u, mesh)
    return trained, found


def unmix_together(
    sessions: Sequence[Trained], parts: Sequence[tuple[Part, Part]], dim_u: int, mesh: Mesh
) -> tuple[list[Trained], list[Unmixing]]:
    """The same of sessions that share a prior: one map for all, found on the rows of all.

    Args:
      sessions: the runs, as each session has them.
      parts: training and validation rows of each.
      dim_u: features of u as the networks see it.
      mesh: devices that the runs are split over.
    """
    if "prior" not in sessions[0].states.params:
        return [*sessions], []
    rows = rows_of(parts, dim_u)
    blocks, found = [], []
    for some in zip(*(in_parts(each, mesh) for each in sessions), strict=True):
        block, own = _unmix(some, rows, dim_u, mesh)
        blocks.append(block)
        found += own
    if not any(each.taken for each in found):
        return [*sessions], found
    block = jax.tree.map(lambda *leaves: np.concatenate(leaves), *blocks)
    return [_with(each, block) for each in sessions], found


def _with(trained: Trained, block: Params) -> Trained:
    params = trained.states.params | {UNMIXED: block}
    return trained._replace(states=trained.states.replace(params=params))


def step_rows(found: Sequence[Unmixing], stamp: Stamp) -> Iterator[LinearStep]:
    """What was decided of every run."""
    for i, each in enumerate(found):
        numbers = (each.before, each.after, each.alike)
        before, after, alike = (value if np.isfinite(value) else None for value in numbers)
        yield LinearStep(
            **stamp(i), code=each.code, text=each.text, before=before, after=after, alike=alike
        )


def _unmix(
    sessions: Sequence[Trained], rows: Rows, dim_u: int, mesh: Mesh
) -> tuple[Params, list[Unmixing]]:
    first, latents = sessions[0], latents_of(sessions, rows, dim_u, mesh)

    def decide(i: int) -> Unmixing:
        of_u, own = int(first.runs.of_u[i]), jax.tree.map(lambda leaf: leaf[i], latents)
        return _decide(own, rows.train[of_u], rows.valid[of_u])

    found = [*side_by_side(decide, range(len(first.runs.seed)))]
    matrix = np.stack([each.matrix for each in found])
    both = (each.astype(np.float32) for each in (matrix, np.linalg.inv(matrix)))
    block = {
        **dict(zip((MATRIX, INVERSE), both, strict=True)),
        PRIOR: first.states.evaluated[PRIOR],
    }
    taken = np.array([each.taken for each in found])
    if not taken.any():
        return block, found
    fitted = refit_priors(first, latents.train, block, rows.u, mesh)

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
