"""What trained runs say of x: decoded latents, samples, and how likely rows are."""

from collections.abc import Callable
from functools import lru_cache

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from ivaegan_jax.data import Split
from ivaegan_jax.evaluation import evaluation_key, make_evaluate
from ivaegan_jax.models import LEARNED, LIKELIHOODS, LOG_NOISE, Hyperparameters, Model
from ivaegan_jax.studies.fitted import Fitted, in_chunks, warn_of_other_rows
from ivaegan_jax.training import as_batch
from ivaegan_jax.types import Auxiliary, Coded, Dataset, InputError, Params

TEST = Split._fields.index("test")
"""Draws of a likelihood are those of the test rows of a study."""


def decode(
    fitted: Fitted, z: Float[np.ndarray, "seeds rows dim_z"]
) -> Float[np.ndarray, "seeds rows dim_x"]:
    """E[x|z] of every run for its own latents, in the user's units.

    Raises:
      InputError: for another number of latents.
    """
    if z.shape[2] != fitted.dims.dim_z:
        raise InputError(f"the model has {fitted.dims.dim_z} latents, this z has {z.shape[2]}")
    over, params = _decoder(fitted.model), fitted.params_by_seed
    by_row = np.swapaxes(np.asarray(z, np.float32), 0, 1)
    parts = [np.asarray(over(params, np.swapaxes(rows, 0, 1))) for (rows,) in in_chunks(by_row)]
    return _in_units(fitted, parts, len(by_row))


def draw(fitted: Fitted, u: Coded, seed: int) -> Float[np.ndarray, "seeds rows dim_x"]:
    """Decoded draws of p(z|u) of every run, without the noise of x, in the user's units.

    Args:
      fitted: the runs.
      u: of every row, as `coded_u` gives it.
      seed: of the draws.
    """
    over, key = _sampler(fitted.model, fitted.dims.dim_u), jax.random.key(seed)
    keys = jax.vmap(lambda run: jax.random.fold_in(key, run))(jnp.asarray(fitted.seeds))
    params, chunks = fitted.params_by_seed, enumerate(in_chunks(u))
    parts = [np.asarray(over(params, keys, rows, i)) for i, (rows,) in chunks]
    drawn = _in_units(fitted, parts, len(u))
    config = fitted.config
    counts = LIKELIHOODS[config.likelihood].values == "counts" and config.noise != "none"
    return np.rint(drawn) if counts else drawn  # but for rounding they are whole already


def log_likelihood(fitted: Fitted, dataset: Dataset) -> Float[np.ndarray, " seeds"]:
    """Mean log p(x|u) of every run, nats per row of standardised x, as results have it.

    The noise is fitted on the even rows, and the odd ones are scored. Rows that are far from the
    training rows are named in one warning.

    Raises:
      InputError: for fewer than two rows, other columns, or a u that is missing or was never seen.
    """
    if len(dataset.x) < 2:
        raise InputError("a likelihood takes two rows at least: noise is fitted on half of them")
    x, u = fitted.preprocessing.transform_x(dataset.x), coded_u(fitted, dataset.u)
    warn_of_other_rows(fitted, dataset, not dataset.u.is_absent)
    keys = [evaluation_key(int(seed), fitted.data_seed, TEST) for seed in fitted.seeds]
    hyperparameters = jax.tree.map(jnp.float32, fitted.hyperparameters)
    score = _score(fitted.model, fitted.dims.dim_u)
    found = np.asarray(score(fitted.params_by_seed, jnp.stack(keys), x, u, hyperparameters))
    return fitted.preprocessing.log_volume - found


def learned_noise(fitted: Fitted) -> Float[np.ndarray, "seeds dim_x"]:
    """The standard deviation of each column's noise that every run learned, in the user's units.

    Raises:
      InputError: where none was learned, or not of the columns of x.
    """
    config, seen = fitted.config, fitted.preprocessing
    if config.noise not in LEARNED or LIKELIHOODS[config.likelihood].values == "counts":
        raise InputError(
            f"{fitted.label} learned no noise of real numbers; train with config.model.noise=column"
        )
    if seen.codec is not None:
        raise InputError(f"{fitted.label} sees x as codes, whose noise is not that of columns")
    learned = np.exp(np.asarray(fitted.params_by_seed["generator"][LOG_NOISE], float))
    return learned.reshape(len(fitted.seeds), -1) * seen.x_std / seen.scale


def coded_u(fitted: Fitted, u: Auxiliary) -> Coded:
    """U as the networks take it; any, where nothing of the model reads it."""
    if not (fitted.needs_u or fitted.config.prior == "conditional"):
        return np.zeros(len(u), np.int32)
    if u.is_absent:
        raise InputError("this model is one of x given u: give u, one value for each row")
    return fitted.preprocessing.encode_u(u)


def _in_units(fitted: Fitted, parts: list[np.ndarray], rows: int) -> np.ndarray:
    return fitted.preprocessing.inverse_x(np.concatenate(parts, axis=1)[:, :rows])


@lru_cache(maxsize=8)
def _decoder(model: Model) -> Callable[..., jax.Array]:
    return jax.jit(lambda params, z: jax.lax.map(lambda own: model.decode(*own), (params, z)))


@lru_cache(maxsize=8)
def _sampler(model: Model, dim_u: int) -> Callable[..., jax.Array]:
    def over(params: Params, keys: jax.Array, u: jax.Array, chunk: jax.Array) -> jax.Array:
        seen = as_batch(jnp.zeros((len(u), 0)), u, dim_u).u

        def one(own: tuple[Params, jax.Array]) -> jax.Array:
            return model.sample(own[0], jax.random.fold_in(own[1], chunk), seen)

        return jax.lax.map(one, (params, keys))

    return jax.jit(over)


@lru_cache(maxsize=8)
def _score(model: Model, dim_u: int) -> Callable[..., jax.Array]:
    evaluate = make_evaluate(model, dim_u)

    def over(
        params: Params, keys: jax.Array, x: jax.Array, u: jax.Array, h: Hyperparameters
    ) -> jax.Array:
        def one(own: tuple[Params, jax.Array]) -> jax.Array:
            return evaluate(own[0], x, u, own[1], h).terms["iwae"]

        return jax.lax.map(one, (params, keys))

    return jax.jit(over)
