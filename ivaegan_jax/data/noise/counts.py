"""Counts: whether x holds them, and how far they are spread beyond a Poisson law."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

FACTORS, ROUNDS = 12, 50
"""Factors, at most, by which columns are taken to go together, and rounds of fitting them."""

FEWEST_COLUMNS, ROWS_PER_COLUMN = 3, 10
"""Below which covariances tell nothing of what columns share."""

LAW_OF_COUNTS = "poisson"
"""What models take counts for, over-dispersed ones as well: a dispersion that is learned finds the
sources no better where counts have one, and far worse where zeros are inflated."""

NARROW = 0.5
"""Variance over the mean that most columns of counts have at least: a Poisson law has 1."""

OVER = 0.2
"""Dispersion from which counts are over-dispersed: bent log rates look like up to half of it."""


class Counted(NamedTuple):
    """What counts are like.

    Attributes:
      zeros: share of them that are 0.
      mean: of all.
      dispersion: share of the squared mean that the variance of a middle column has beyond a
        Poisson law and beyond what columns share; an upper bound but for sampling noise.
      ratios: variance of every column's rate over that of its counts around it.
      sure: whether there are columns and rows enough for the last two.
    """

    zeros: float
    mean: float
    dispersion: float
    ratios: Float[np.ndarray, " columns"]
    sure: bool

    @property
    def over_dispersed(self) -> bool:
        """Whether a Poisson law is too narrow, as far as x shows it."""
        return self.sure and self.dispersion > OVER


def are_counts(x: Float[np.ndarray, "rows columns"]) -> bool:
    """Whether x holds whole numbers of 0 or more that spread as counts do.

    Most columns are more than codes of 0 and 1, and vary by about their mean or more, as counts of
    any rate do: readings of a converter, or times, that lie far from 0 do not.
    """
    if not x.size or x.min() < 0 or not (x == np.round(x)).all():
        return False
    several = x.max(axis=0) > 1
    spread = x.var(axis=0) >= NARROW * x.mean(axis=0)
    return bool(several.mean() > 0.5 and spread[several].mean() > 0.5)


def look_at_counts(x: Float[np.ndarray, "rows columns"]) -> Counted:
    """Splits the variances of columns into what they share, Poisson noise, and the rest.

    Covariances over products of means are those of the rates relative to their means, since counts
    are independent given the rates. Factors of what lies beside the diagonal tell how much of the
    diagonal is shared.
    """
    mean = x.mean(axis=0)
    relative = (np.cov(x.T).reshape(len(mean), -1) - np.diag(mean)) / np.outer(mean, mean)
    own, beside = np.diag(relative), relative - np.diag(np.diag(relative))
    shared = np.abs(beside).max(axis=1)
    factors = max(1, min(FACTORS, len(mean) // 2))
    for _ in range(ROUNDS):
        values, vectors = np.linalg.eigh(beside + np.diag(shared))
        shared = vectors[:, -factors:] ** 2 @ np.maximum(values[-factors:], 0)
    extra = np.maximum((own - shared) / (1 + shared), 0)
    ratios = shared * mean / (1 + extra * (1 + shared) * mean)
    sure = len(mean) >= FEWEST_COLUMNS and len(x) >= ROWS_PER_COLUMN * len(mean)
    zeros, middle = float((x == 0).mean()), float(np.median(extra))
    return Counted(zeros, float(mean.mean()), middle, ratios, sure)
