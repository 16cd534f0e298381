"""What a trained run is worth: one jittable function per run, then rows with their convention."""

from collections.abc import Callable, Sized
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.nn import logsumexp

from ivaegan_jax.metrics import (
    active_units,
    affine_r2,
    canonical_correlation,
    columns_within,
    distinct_columns,
    evenly,
    label_r2,
    mcc,
    within_level_mcc,
)
from ivaegan_jax.models import DRAWS, FIT_ROWS, Hypers, Model, gaussian_sample, in_batches
from ivaegan_jax.training import as_batch
from ivaegan_jax.types import Batch, HostOrDevice, Params, Row, Terms, are_codes

NEIGHBOURS_ROWS = 20_000
"""Rows, evenly spread, on which latents are predicted from the neighbours of a continuous u."""

EVALUATION_STEP = 2**32 - 2
"""Stands for the step in the key of an evaluation's draws; no training step reaches it."""


REPORTED = {"nll": "nll", "kl": "divergence"}
"""Terms of every model by what results call them: no free bits, weights, ramps or mixtures."""

REFERENCES = 256
"""Values of u, at most, that each row's own is told from."""

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
        else was asked for.
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
    """Returns `(params, x, u, key, hypers) -> Evaluation` of one run, pure and jittable.

    Rows are taken in blocks, so that what is held beside the results does not grow with them.

    Args:
      model: whose runs are evaluated.
      dim_u: features of u as the networks see it; `u` itself are level codes or features.
      watched: terms that are evaluated beside those of every model.
    """
    named = REPORTED | {name: name for name in watched}

    def evaluate(
        params: Params, x: jax.Array, u: jax.Array, key: jax.Array, hypers: Hypers
    ) -> Evaluation:
        fit = 2 * max(1, len(x) // 2 // FIT_ROWS)
        key_fit, key_rows, key_score = jax.random.split(key, 3)
        noise = model.noise(params, as_batch(x[::fit], u[::fit], dim_u), key_fit, hypers)

        def of_rows(*rows: jax.Array) -> Evaluation:
            batch, key = as_batch(rows[0], rows[1], dim_u), jax.random.fold_in(key_rows, rows[2][0])
            return _evaluate_block(model, named, params, batch, key, hypers)

        def score(*rows: jax.Array) -> jax.Array:
            batch = as_batch(rows[0], rows[1], dim_u)
            key = jax.random.fold_in(key_score, rows[2][0])
            return model.log_prob(params, batch, noise, key, hypers)

        rows, size = (x, u, jnp.arange(len(x))), rows_at_once(model, params, x, u, dim_u)
        found = in_batches(of_rows, *rows, at_once=size)
        scored = in_batches(score, *(each[1::2] for each in rows), at_once=size)
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
    hypers: Hypers,
) -> Evaluation:
    """A block of rows; terms are those of every row, as the last block may be filled up."""
    key_z, key_x, key_terms = jax.random.split(key, 3)
    mu, log_var = model.encode(params, batch.x, batch.u)

    def terms(x: jax.Array, u: jax.Array, key: jax.Array) -> Terms:
        return model.terms(params, Batch(x[None], u[None]), key, hypers, tuple(named.values()))

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


def known(score: Callable[[], Any], *needed: np.ndarray) -> float:
    """The score; NaN where what it is computed from is not finite, which is a result as well."""
    return float(score()) if all(np.isfinite(each).all() for each in needed) else np.nan


def likelihood_rows(run: Evaluation, x: np.ndarray, u: np.ndarray, elbo: bool) -> list[Row]:
    """Rows that need no true sources; NaN where there is no number.

    Args:
      run: host arrays of one run.
      x: standardised observations `[rows, dim_x]`.
      u: level codes or features of the same rows.
      elbo: whether the model is trained on a likelihood, so that its ELBO means something.
    """
    some = slice(None) if are_codes(u) else evenly(len(u), NEIGHBOURS_ROWS)
    unit = "nats per row of standardised x"
    rows = [
        {"metric": "recon_r2", "value": _recon_r2(run.x_recon, x), "latent": "posterior_mean"},
        {"metric": "kl", "value": run.terms["kl"], "unit": "nats per row"},
        {"metric": "active_units", "value": known(
            lambda: active_units(run.mu, run.log_var).sum(), run.mu, run.log_var)},
        {"metric": "label_r2", "latent": "posterior_mean", "value": known(
            lambda: np.mean(label_r2(run.mu[some], u[some])), run.mu)},
        {"metric": "information_on_u", "value": run.terms["information"], "unit": "nats per row"},
        {"metric": "log_likelihood", "value": -run.terms["iwae"],
         "unit": f"{unit}, {DRAWS} weighted draws, noise fitted on other rows"},
    ]  # fmt: skip
    if "critic_accuracy" in run.terms:
        rows.append({"metric": "critic_accuracy", "value": run.terms["critic_accuracy"]})
    if elbo:
        bound = -(run.terms["nll"] + run.terms["kl"])
        rows.append({"metric": "elbo", "value": bound, "unit": f"{unit}, one posterior draw"})
    return rows


def _recon_r2(x_recon: np.ndarray, x: np.ndarray) -> float:
    x, x_recon = np.asarray(x, float), np.asarray(x_recon, float)
    total = np.mean(np.square(x - x.mean(0))) or np.nan  # a constant x has no variance to explain
    return known(lambda: 1.0 - np.mean(np.square(x - x_recon)) / total, x_recon)


def source_rows(run: Evaluation, s: np.ndarray, u: np.ndarray) -> list[Row]:
    """Rows that compare latents with the true sources, each stamped with its convention.

    Sources that are constant, or copies of others, are left out, and rows say so; there are none
    where no source is left.

    Args:
      run: host arrays of one run.
      s: true sources `[rows, dim_s]`.
      u: level codes or features of the same rows.
    """
    kept = distinct_columns(s)
    if not len(kept):
        return []
    mu, z, true = run.mu, run.z, s[:, kept]
    rows = [
        _scored("mcc", known(lambda: mcc(mu, true), mu)),
        _scored("mcc", known(lambda: mcc(mu, true, corr="spearman"), mu), corr="spearman"),
        _scored("mcc", known(lambda: mcc(mu, true, held_out=False), mu), assignment="in_sample"),
        _scored("mcc", known(lambda: mcc(z, true), z), latent="posterior_sample"),
        _scored("affine_r2", known(lambda: affine_r2(mu, true), mu), corr=None),
        _scored("affine_r2_z_given_s", known(lambda: affine_r2(true, mu), mu), corr=None),
        _scored("cca", known(lambda: canonical_correlation(mu, true), mu)),
    ]
    rows = [row | some_of("sources", kept, s.T) for row in rows]
    within = kept[np.isin(kept, columns_within(s, u))] if are_codes(u) else kept[:0]
    if len(within):
        value = known(lambda: within_level_mcc(mu, s[:, within], u), mu)
        rows.append(_scored("mcc_within", value) | some_of("sources", within, s.T))
    return rows


def some_of(name: str, used: Sized, there: Sized) -> Row:
    """Says how many of what there is were used, unless all were."""
    return {} if len(used) == len(there) else {name: f"{len(used)} of {len(there)}"}


def _scored(metric: str, value: float, **convention: str | None) -> Row:
    default = {"latent": "posterior_mean", "corr": "pearson", "assignment": "held_out"}
    return {"metric": metric, "value": value, **default, **convention}
