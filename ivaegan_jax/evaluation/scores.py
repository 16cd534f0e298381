"""Scores of one evaluated run, each row with its convention."""

from collections.abc import Callable, Sized
from typing import Any

import numpy as np

from ivaegan_jax.data import Preprocessing
from ivaegan_jax.evaluation.evaluate import Evaluation, scored_every
from ivaegan_jax.metrics import (
    Spread,
    active_units,
    affine_r2,
    canonical_correlation,
    columns_within,
    coverage,
    dci,
    distinct_columns,
    evenly,
    label_r2,
    mcc,
    mutual_information_gap,
    within_level_mcc,
)
from ivaegan_jax.models import DRAWS
from ivaegan_jax.types import Row, are_codes

NEIGHBOURS_ROWS = 20_000
"""Rows, evenly spread, on which latents are predicted from the neighbours of a continuous u."""


def known(score: Callable[[], Any], *needed: np.ndarray) -> float:
    """The score; NaN where what it is computed from is not finite, which is a result as well."""
    return float(score()) if all(np.isfinite(each).all() for each in needed) else np.nan


def likelihood_rows(
    run: Evaluation, x: np.ndarray, u: np.ndarray, elbo: bool, seen: Preprocessing | None = None
) -> list[Row]:
    """Rows that need no true sources; NaN where there is no number.

    Args:
      run: host arrays of one run.
      x: standardised observations `[rows, dim_x]`.
      u: level codes or features of the same rows.
      elbo: whether the model is trained on a likelihood, so that its ELBO means something.
      seen: what makes x of the user's rows; None where x is standardised and no more.
    """
    recon, volume = run.x_recon, 0.0
    if seen is not None:
        recon, x, volume = seen.standardised(recon), seen.standardised(x), seen.log_volume
    some = slice(None) if are_codes(u) else evenly(len(u), NEIGHBOURS_ROWS)
    unit, every = "nats per row of standardised x", scored_every(len(x))
    fitted = "noise fitted on other rows" + (f", of one row in {every}" if every > 2 else "")
    rows = [
        {"metric": "recon_r2", "value": _recon_r2(recon, x), "latent": "posterior_mean"},
        {"metric": "kl", "value": run.terms["kl"], "unit": "nats per row"},
        {"metric": "active_units", "value": known(
            lambda: active_units(run.mu, run.log_var).sum(), run.mu, run.log_var)},
        {"metric": "label_r2", "latent": "posterior_mean", "value": known(
            lambda: np.mean(label_r2(run.mu[some], u[some])), run.mu)},
        {"metric": "information_on_u", "value": run.terms["information"], "unit": "nats per row"},
        {"metric": "log_likelihood", "value": volume - run.terms["iwae"],
         "unit": f"{unit}, {DRAWS} weighted draws, {fitted}"},
    ]  # fmt: skip
    if "critic_accuracy" in run.terms:
        rows.append({"metric": "critic_accuracy", "value": run.terms["critic_accuracy"]})
    if elbo:
        bound = volume - (run.terms["nll"] + run.terms["kl"])
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
    rows += disentanglement_rows(mu, true)
    rows = [row | some_of("sources", kept, s.T) for row in rows]
    within = kept[np.isin(kept, columns_within(s, u))] if are_codes(u) else kept[:0]
    if len(within):
        value = known(lambda: within_level_mcc(mu, s[:, within], u), mu)
        rows.append(_scored("mcc_within", value) | some_of("sources", within, s.T))
    return rows


def coverage_rows(run: Evaluation, s: np.ndarray) -> list[Row]:
    """How many of the true sources lie within 90 % intervals of the posteriors."""
    kept = distinct_columns(s)
    if not len(kept):
        return []
    value = known(lambda: coverage(run.mu, run.log_var, s[:, kept]), run.mu, run.log_var)
    convention = {"latent": "posterior", "corr": None}
    return [_scored("coverage_90", value, **convention) | some_of("sources", kept, s.T)]


def disentanglement_rows(mu: np.ndarray, s: np.ndarray) -> list[Row]:
    """Measures of another literature, whose conventions are in their names and docstrings."""
    finite = np.isfinite(mu).all()
    spread = dci(mu, s) if finite else Spread(np.nan, np.nan)
    found = {f"dci_{name}": value for name, value in spread._asdict().items()}
    found["mig"] = known(lambda: mutual_information_gap(mu, s), mu)
    return [_scored(name, value, corr=None, assignment=None) for name, value in found.items()]


def some_of(name: str, used: Sized, there: Sized) -> Row:
    """Says how many of what there is were used, unless all were."""
    return {} if len(used) == len(there) else {name: f"{len(used)} of {len(there)}"}


def _scored(metric: str, value: float, **convention: str | None) -> Row:
    default = {"latent": "posterior_mean", "corr": "pearson", "assignment": "held_out"}
    return {"metric": metric, "value": value, **default, **convention}
