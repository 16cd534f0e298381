"""Posterior means of any rows by every run."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jax
import numpy as np
from jax.sharding import Mesh
from jaxtyping import Float

from ivaegan_jax.evaluation.scoring import Trained
from ivaegan_jax.models import Model, in_batches
from ivaegan_jax.training import KEPT, Call, Run, as_batch, default_how, over_runs


def encode_runs(
    trained: Trained, x: np.ndarray, u: np.ndarray, dim_u: int, mesh: Mesh
) -> Float[np.ndarray, "runs rows dim_z"]:
    """Posterior means by every run of the rows of its own data seed.

    Args:
      trained: the runs.
      x: `[data_seeds, rows, dim_x]`.
      u: of the same rows; an entry for every run where runs have a u of their own.
      dim_u: features of u as the networks see it.
      mesh: devices that the runs are split over.
    """
    return encoding_call(trained, x, u, dim_u, mesh)()


def encoding_call(trained: Trained, x: np.ndarray, u: np.ndarray, dim_u: int, mesh: Mesh) -> Call:
    """The call behind `encode_runs`, to be compiled alone as well."""
    program = _over_encoding(trained.model, dim_u, mesh)
    return Call(program, trained.parameters, (x, u), mesh, trained.at_once)


@lru_cache(maxsize=KEPT)
def _over_encoding(model: Model, dim_u: int, mesh: Mesh) -> Callable[..., jax.Array]:
    def one(params: Any, run: Run, shared: Any) -> jax.Array:
        def encode(x: jax.Array, u: jax.Array) -> jax.Array:
            batch = as_batch(x, u, dim_u)
            return model.encode(params, batch.x, batch.u)[0]

        x, u = shared[0][run.data_index], shared[1][run.of_u]
        return in_batches(encode, x, u)

    return over_runs(one, mesh, default_how())
