"""Metrics from outside the package: functions of one run on held-out rows."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Num

from ivaegan_jax.types import InputError, Registry, Row, a_function

RECORDED = (
    "recon_r2", "kl", "active_units", "label_r2", "information_on_u", "log_likelihood", "elbo",
    "critic_accuracy", "mcc", "mcc_within", "mcc_clean", "affine_r2", "affine_r2_z_given_s", "cca",
    "noise_ratio", "noise_within_tenth", "coverage_90",
    "verdict", "consensus", "agreement_mcc", "agreement_affine_r2", "levels", "levels_needed",
    "levels_looked_at", "natural_rank_quadratic", "natural_weakest", "natural_inflation",
    "natural_power", "informative_units", "slope_p05", "slope_median", "information_on_u_p",
    "gate", "c2st", "c2st_real", "c2st_wrong_u", "mmd2", "mmd2_real", "mmd2_wrong_u",
    "energy_distance", "energy_distance_real", "energy_distance_wrong_u",
    "samples_accuracy", "samples_accuracy_real",
    "dci_disentanglement", "dci_completeness", "mig",
)  # fmt: skip
"""What results of the package are called; a metric from outside has another name."""


class HeldOutRun(NamedTuple):
    """One run on one held-out part of the data, all rows in the same order; host arrays.

    Attributes:
      mu: posterior means.
      log_var: posterior log variances.
      z: one posterior draw per row.
      x: standardised observations.
      x_recon: `E[x|mu]`.
      x_fake: decoded prior draws for the rows' own u.
      u: level codes `[rows]`, or features `[rows, dim_u]`.
      s: true sources; None where they are not known.
    """

    mu: Float[np.ndarray, "rows dim_z"]
    log_var: Float[np.ndarray, "rows dim_z"]
    z: Float[np.ndarray, "rows dim_z"]
    x: Float[np.ndarray, "rows dim_x"]
    x_recon: Float[np.ndarray, "rows dim_x"]
    x_fake: Float[np.ndarray, "rows dim_x"]
    u: Num[np.ndarray, "rows ..."]
    s: Float[np.ndarray, "rows dim_s"] | None


Metric = Callable[[HeldOutRun], float | None]
"""A number, or None where there is none for such data."""

METRICS = Registry[Metric]("metric", a_function, dict.fromkeys(RECORDED, lambda run: None))


def own_metric_rows(run: HeldOutRun) -> Iterator[Row]:
    """A row per registered metric, which says who brought it; a value that is not finite is NaN.

    Raises:
      InputError: where a metric fails.
    """
    for name, origin in METRICS.origins.items():
        try:
            value = METRICS[name](run)
            value = None if value is None else float(value)
        except Exception as error:
            raise InputError(
                f"metric {name!r} of {origin} fails: {type(error).__name__}: {error}; mend it and "
                "give the same command again"
            ) from error
        if value is not None:
            yield {"metric": name, "value": value, "brought_by": origin.module}
