"""Scores of one evaluated run, each row with its convention."""

from collections.abc import Callable, Sized
from typing import Any

import numpy as np

from ivaegan_jax.data import Preprocessing
from ivaegan_jax.evaluation.evaluate import Evaluation, scored_every
from ivaegan_jax.metrics import (
    DEFAULT,
    OF_SOURCES,
    active_units,
    columns_within,
    coverage,
    distinct_columns,
    evenly,
    label_r2,
    within_level_mcc,
)
from ivaegan_jax.models import DRAWS
from ivaegan_jax.types import Row, are_codes

RECORDED = (
    "recon_r2", "kl", "active_units", "label_r2", "information_on_u", "log_likelihood", "elbo",
    "critic_accuracy", "mcc_within", "mcc_clean", "noise_ratio", "noise_within_tenth",
    "coverage_90",
    "verdict", "consensus", "agreement_mcc", "agreement_affine_r2", "levels", "levels_needed",
    "levels_looked_at", "natural_rank_quadratic", "natural_weakest", "natural_inflation",
    "natural_power", "informative_units", "slope_p05", "slope_median", "information_on_u_p",
    "gate", "c2st", "c2st_real", "c2st_wrong_u", "mmd2", "mmd2_real", "mmd2_wrong_u",
    "energy_distance", "energy_distance_real", "energy_distance_wrong_u",
    "samples_accuracy", "samples_accuracy_real",
    *(metric for each in OF_SOURCES for metric in each.metrics),
)  # fmt: skip
"""What results of the package are called; a metric from outside has another name."""

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
    mu = run.mu
    rows = [row for each in OF_SOURCES for row in each.rows(mu, run.z, s[:, kept])]
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


def some_of(name: str, used: Sized, there: Sized) -> Row:
    """Says how many of what there is were used, unless all were."""
    return {} if len(used) == len(there) else {name: f"{len(used)} of {len(there)}"}


def _scored(metric: str, value: float, **convention: str | None) -> Row:
    return {"metric": metric, "value": value, **DEFAULT, **convention}
