"""What the linear step will call, from shapes alone: to compile it while models still train."""

from collections.abc import Iterator, Sequence

import jax
import jax.numpy as jnp
from jax.sharding import Mesh

from ivaegan_jax.data import Part
from ivaegan_jax.evaluation.scoring import Trained, in_parts
from ivaegan_jax.evaluation.unmixing.latents import encoding_call, rows_of
from ivaegan_jax.evaluation.unmixing.refit import refit_call
from ivaegan_jax.models import INVERSE, MATRIX, PRIOR, UNMIXED
from ivaegan_jax.training import Call
from ivaegan_jax.types import Params


def foresee_step(
    sessions: Sequence[Trained],
    parts: Sequence[tuple[Part, Part]],
    dim_u: int,
    dim_z: int,
    mesh: Mesh,
) -> Iterator[Call]:
    """The calls of `unmix_together`, should a run take a map; none of models without p(z|u).

    Args:
      sessions: the runs as each session has them, with shapes for states.
      parts: training and validation rows of each.
      dim_u: features of u as the networks see it.
      dim_z: latents.
      mesh: devices that the runs are split over.
    """
    if "prior" not in sessions[0].states.params:
        return
    rows, some = rows_of(parts, dim_u), [next(in_parts(each, mesh)) for each in sessions]
    for each, arrays in zip(some, rows.arrays, strict=True):
        yield encoding_call(each, arrays, dim_u, mesh)
    first = some[0]
    mean = jax.ShapeDtypeStruct((first.at_once, rows.u.shape[1], dim_z), jnp.float32)
    yield refit_call(first, (mean, mean), _block(first, dim_z), rows.u, mesh)


def foresee_mapped(trained: Trained, dim_z: int) -> Trained:
    """The runs as `unmix_together` gives them where one takes a map, with shapes for states."""
    if "prior" not in trained.states.params:
        return trained
    params = trained.states.params | {UNMIXED: _block(trained, dim_z)}
    return trained._replace(states=trained.states.replace(params=params))


def _block(trained: Trained, dim_z: int) -> Params:
    runs = trained.runs.seed.shape[0]
    matrix = jax.ShapeDtypeStruct((runs, dim_z, dim_z), jnp.float32)
    return {MATRIX: matrix, INVERSE: matrix, PRIOR: trained.states.evaluated[PRIOR]}
