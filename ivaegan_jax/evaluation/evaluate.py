"""What a trained run is worth: one jittable function per run, then rows with their convention."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.nn import logsumexp

from ivaegan_jax.models import FIT_ROWS, Hyperparameters, Model, gaussian_sample, in_batches
from ivaegan_jax.training import as_batch
from ivaegan_jax.types import Batch, HostOrDevice, Params, Terms

EVALUATION_STEP = 2**32 - 2
"""Stands for the step in the key of an evaluation's draws; no training step reaches it."""


REPORTED = {"nll": "distortion", "kl": "divergence"}
"""Terms of every model by what results call them: no scales, free bits, weights or mixtures."""

REFERENCES = 256
"""Values of u, at most, among which each row's own is to be recognised."""

LIKELIHOOD_ROWS = 20_000
"""Rows, evenly spread, on which log p(x|u) is estimated, at most: each takes many draws."""

BLOCK, MOST_ROWS = 2**22, 256
"""Numbers that the Jacobians of a block of rows hold, and rows of a block, at most. Both are part
of what is drawn: every block draws for itself."""


class Evaluation(NamedTuple):
    """One run on one part of the data; device arrays in a program, host arrays after it.

    Attributes:
      mu: posterior means `[rows, dim_z]`.
      log_var: posterior log variances `[rows, dim_z]`.
      z: one posterior draw per row `[rows, dim_z]`.
      x_recon: `E[x|mu]`, `[rows, dim_x]`.
      x_fake: decoded prior draws for the rows' own u, `[rows, dim_x]`.
      terms: those of `REPORTED`, iwae and information, nats per row of standardised x; and what
        else was requested.
    """

    mu: Any
    log_var: Any
    z: Any
    x_recon: Any
    x_fake: Any
    terms: dict[str, Any]


def make_evaluate(
    model: Model, dim_u: int, watched: tuple[str, ...] = ()
) -> Callable[..., Evaluation]:
    """Returns `(params, x, u, key, hyperparameters) -> Evaluation` of one run, pure and jittable.

    Rows are taken in blocks, so that what is held beside the results does not grow with them.

    Args:
      model: whose runs are evaluated.
      dim_u: features of u as the networks see it; `u` itself are level codes or features.
      watched: terms that are evaluated beside those of every model.
    """
    named = REPORTED | {name: name for name in watched}

    def evaluate(
        params: Params, x: jax.Array, u: jax.Array, key: jax.Array, hyperparameters: Hyperparameters
    ) -> Evaluation:
        fit = 2 * max(1, len(x) // 2 // FIT_ROWS)
        key_fit, key_rows, key_score = jax.random.split(key, 3)
        noise = model.noise(params, as_batch(x[::fit], u[::fit], dim_u), key_fit, hyperparameters)

        def of_rows(*rows: jax.Array) -> Evaluation:
            batch, key = as_batch(rows[0], rows[1], dim_u), jax.random.fold_in(key_rows, rows[2][0])
            return _evaluate_block(model, named, params, batch, key, hyperparameters)

        def score(*rows: jax.Array) -> jax.Array:
            batch = as_batch(rows[0], rows[1], dim_u)
            key = jax.random.fold_in(key_score, rows[2][0])
            return model.log_prob(params, batch, noise, key, hyperparameters)

        rows, size = (x, u, jnp.arange(len(x))), rows_at_once(model, params, x, u, dim_u)
        found = in_batches(of_rows, *rows, at_once=size)
        scored = in_batches(
            score, *(each[1 :: scored_every(len(x))] for each in rows), at_once=size
        )
        some = slice(None, None, -(-len(x) // REFERENCES))
        known = as_batch(x[some], u[some], dim_u).u

        def inform(mu: jax.Array, u: jax.Array) -> jax.Array:
            return information(model, params, mu, as_batch(mu, u, dim_u).u, known)

        informed = in_batches(inform, found.mu, u, at_once=size)
        terms = {name: jnp.mean(each) for name, each in found.terms.items()}
        terms |= {"iwae": -jnp.mean(scored), "information": jnp.mean(informed)}
        return found._replace(terms=terms)

    return evaluate


def information(
    model: Model, params: Params, mu: jax.Array, u: jax.Array, references: jax.Array
) -> jax.Array:
    """Lower bound on the mutual information of z and u by the densities p(z|u), nats of each row.

    Each row's own u is classified among those of other rows (van den Oord et al. 2018, eq. 4).

    Args:
      model: whose prior it is.
      params: of one run.
      mu: posterior means `[rows, dim_z]`.
      u: their own, as networks see it.
      references: that of others.
    """

    def own(z: jax.Array, u: jax.Array) -> jax.Array:
        return model.log_prior(params, z[None], u[None])[0]

    alone, others = jax.vmap(own)(mu, u), model.log_prior(params, mu, references)
    together = jnp.concatenate([alone, others], axis=1)
    return alone[:, 0] - logsumexp(together, axis=1) + jnp.log(together.shape[1])


def scored_every(rows: int) -> int:
    """Every which row log p(x|u) is estimated on: even, as its noise is fitted on other rows."""
    return 2 * max(1, -(-(rows // 2) // LIKELIHOOD_ROWS))


def rows_at_once(model: Model, params: Params, x: jax.Array, u: jax.Array, dim_u: int) -> int:
    """Rows of a block: fewer where x and z have many columns, as every row has a Jacobian."""
    row = as_batch(x[:1], u[:1], dim_u)
    dim_z = jax.eval_shape(model.encode, params, row.x, row.u)[0].shape[1]
    return int(np.clip(BLOCK // (x.shape[1] * dim_z), 16, MOST_ROWS))


def _evaluate_block(
    model: Model,
    named: dict[str, str],
    params: Params,
    batch: Batch,
    key: jax.Array,
    hyperparameters: Hyperparameters,
) -> Evaluation:
    """A block of rows; terms are those of every row, as the last block may be filled up."""
    key_z, key_x, key_terms = jax.random.split(key, 3)
    mu, log_var = model.encode(params, batch.x, batch.u)

    def terms(x: jax.Array, u: jax.Array, key: jax.Array) -> Terms:
        return model.terms(
            params, Batch(x[None], u[None]), key, hyperparameters, tuple(named.values())
        )

    found = jax.vmap(terms)(batch.x, batch.u, jax.random.split(key_terms, len(batch.x)))
    return Evaluation(
        mu=mu,
        log_var=log_var,
        z=gaussian_sample(key_z, mu, log_var),
        x_recon=model.decode(params, mu),
        x_fake=model.sample(params, key_x, batch.u),
        terms={name: found[term] for name, term in named.items()},
    )


def evaluation_key(
    seed: HostOrDevice | int, data_seed: HostOrDevice | int, split: HostOrDevice | int
) -> jax.Array:
    """The key of the draws of one run on one part of its data.

    All three count. Parts are ordered alike by u, so that equal draws make row i of one a copy of
    row i of the other; and the errors of equal draws on all data seeds would not average out.

    Args:
      seed: of the model.
      data_seed: of its data.
      split: the part's place in `Split._fields`.
    """
    key = jax.random.fold_in(jax.random.key(seed), EVALUATION_STEP)
    return jax.random.fold_in(jax.random.fold_in(key, data_seed), split)
