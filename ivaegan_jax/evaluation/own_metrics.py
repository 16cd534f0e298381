"""Metrics from outside the package: functions of one run on held-out rows."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Num

from ivaegan_jax.evaluation.scores import RECORDED
from ivaegan_jax.types import InputError, Registry, Row, a_function


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
