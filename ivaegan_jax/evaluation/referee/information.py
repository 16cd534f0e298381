"""Information of latents on u, and whether they hold more of it than controls do."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from scipy.stats import t

from ivaegan_jax.evaluation.referee.layout import Layout
from ivaegan_jax.evaluation.referee.moved import with_both
from ivaegan_jax.metrics import Interval, by_level

PSEUDO_ROWS = 5
"""Rows of overall mean and variance that are added to those of each level."""


class Informed(NamedTuple):
    """Nats of u per row that the axes of latents hold, on rows that it was not learned from.

    Attributes:
      runs: of each run.
      controls: of each control.
      difference: mean of the runs less that of the best control, with its interval over rows.
    """

    runs: tuple[float, ...]
    controls: tuple[float, ...] = ()
    difference: Interval = Interval(np.nan, np.nan, np.nan)

    @property
    def holds(self) -> bool:
        """Whether every run holds more than every control."""
        return self.difference.low > 0 and min(self.runs) > max(self.controls)


def inform(
    runs: Float[np.ndarray, "runs rows dim_z"],
    controls: Sequence[tuple[np.ndarray, np.ndarray | None]],
    rows: Layout,
) -> Informed:
    """Information of all runs and all controls.

    Args:
      runs: latents at variance 1.
      controls: latents of each control, and the level of the u that it was trained with on the
        same rows, where it is known: it counts with that of the two on which it holds more.
      rows: of all.
    """
    kept, code = with_both(rows)
    if not kept.any() or np.ptp(code) == 0:
        return Informed(tuple(0.0 for _ in runs), tuple(0.0 for _ in controls))
    own = np.stack([gains(z[kept], code, rows.seen[kept]) for z in runs])
    values = tuple(own.mean(axis=1).tolist())
    if not controls:
        return Informed(values)
    others = np.stack([_of_control(z[kept], code, u, rows, kept) for z, u in controls])
    means = others.mean(axis=1)
    apart = own.mean(axis=0) - others[means.argmax()]
    unit = rows.unit[kept][rows.seen[kept]]
    return Informed(values, tuple(means.tolist()), over_units(apart, unit))


def _of_control(
    z: np.ndarray, code: np.ndarray, u: np.ndarray | None, rows: Layout, kept: np.ndarray
) -> Float[np.ndarray, " seen"]:
    found = [gains(z, code, rows.seen[kept])]
    if u is not None:
        found.append(gains(z, u[kept], rows.seen[kept]))
    return max(found, key=np.mean)


def gains(
    z: Float[np.ndarray, "rows dim_z"], code: Int[np.ndarray, " rows"], seen: np.ndarray
) -> Float[np.ndarray, " seen"]:
    """`log q(u|z) / p(u)` of the rows seen, nats; axes are independent and Gaussian at each level.

    Its mean is a lower bound of the mutual information for any q (Barber and Agakov 2003), and is
    larger along the axes of independent sources than along mixtures of them.
    """
    code = np.unique(code, return_inverse=True)[1]
    counts = np.bincount(code[~seen], minlength=code.max() + 1)[:, None].astype(float)
    learn, level = z[~seen], code[~seen]

    def mean(values: np.ndarray) -> np.ndarray:
        sums = np.stack([np.bincount(level, v, len(counts)) for v in values.T], axis=1)
        return (sums + PSEUDO_ROWS * values.mean(axis=0)) / (counts + PSEUDO_ROWS)

    loc = mean(learn)
    variance = mean(np.square(learn - loc[level])) + 1e-9
    prior = np.log((counts[:, 0] + 1) / (counts.sum() + len(counts)))
    shown = z[seen]
    log = prior - 0.5 * np.log(variance).sum(axis=1) - 0.5 * (
        np.square(shown) @ (1 / variance).T
        - 2 * shown @ (loc / variance).T
        + (np.square(loc) / variance).sum(axis=1)
    )  # fmt: skip
    top = log.max(axis=1, keepdims=True)
    log = log - top - np.log(np.exp(log - top).sum(axis=1, keepdims=True))
    own = code[seen]
    return log[np.arange(len(own)), own] - prior[own]


def over_units(
    values: Float[np.ndarray, " rows"], unit: Int[np.ndarray, " rows"], confidence: float = 0.95
) -> Interval:
    """Mean over rows, with an interval that lets rows of one unit depend on each other."""
    levels = by_level(unit)
    mean, count = float(values.mean()), len(levels.counts)
    if count < 2:
        return Interval(mean, np.nan, np.nan)
    sums = np.bincount(levels.code, values - mean)
    error = np.sqrt(count / (count - 1) * np.square(sums).sum()) / len(values)
    arm = float(t.ppf((1 + confidence) / 2, count - 1) * error)
    return Interval(mean, mean - arm, mean + arm)
