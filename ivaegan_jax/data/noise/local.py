"""Noise of columns of real numbers, from what is left of neighbourhoods and of levels of u."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

NEIGHBOURHOODS, NEIGHBOURS = 100, 96
"""How many are looked at, and rows of each: half of them show the directions, half the noise."""

ROWS_PER_COLUMN = 10
"""Rows for each column that a level needs."""

ROUNDS, SMALLEST = 3, 0.01
"""Looks at the neighbourhoods, and the noise of a column that is taken for none."""


class Local(NamedTuple):
    """Noise as neighbourhoods show it.

    Attributes:
      std: of every column, as a share of the column's own.
      kurtosis: excess over a Gaussian law, of all columns together.
    """

    std: Float[np.ndarray, " columns"]
    kurtosis: float


def local_noise(x: Float[np.ndarray, "rows columns"], dim_z: int) -> Local:
    """Noise of every column by itself, from neighbourhoods along the leading components.

    Components are the directions of the signal where noise is alike in all columns, so that columns
    are divided by what noise was found in them, and looked at again.

    Args:
      x: with columns of variance 1.
      dim_z: number of latents.
    """
    std, kurtosis = np.ones(x.shape[1]), 0.0
    for _ in range(ROUNDS):
        found, kurtosis = beside_latents(x / std, dim_z)
        std = std * np.maximum(found, SMALLEST)
    return Local(np.minimum(std, 1), kurtosis)


def beside_latents(
    x: Float[np.ndarray, "rows columns"], dim_z: int
) -> tuple[Float[np.ndarray, " columns"], float]:
    """Standard deviations of what no latent explains nearby, and its excess kurtosis.

    Half of a neighbourhood shows the directions, the other half what is left beside them, so that
    no direction is fitted to the noise it is held against. The projection mixes the columns'
    variances linearly, which is undone.
    """
    rng = np.random.default_rng(1)
    near, unit = x @ np.linalg.eigh(np.cov(x.T))[1][:, -dim_z:], np.eye(x.shape[1])
    left, mixed, fourth = np.zeros(len(unit)), np.zeros_like(unit), []
    for centre in rng.permutation(len(x))[:NEIGHBOURHOODS]:
        distance = np.square(near - near[centre]).sum(axis=1)
        rows = rng.permutation(np.argpartition(distance, NEIGHBOURS)[:NEIGHBOURS])
        for shown, held in (np.split(rows, 2), np.split(rows, 2)[::-1]):
            centred = x[shown] - x[shown].mean(axis=0)
            directions = np.linalg.eigh(centred.T @ centred)[1][:, -dim_z:]
            beside = unit - directions @ directions.T
            residual = (x[held] - x[held].mean(axis=0)) @ beside
            variance = np.square(residual).sum(axis=0) / (len(held) - 1)
            left, mixed = left + variance, mixed + beside**2
            fourth.append(np.mean(residual**4, axis=0) / np.maximum(variance, SMALLEST) ** 2)
    variance = np.linalg.lstsq(mixed, left, rcond=1e-6)[0]
    return np.sqrt(np.maximum(variance, 0)), float(np.mean(fourth)) - 3


def least_within(x: Float[np.ndarray, "rows columns"], u: Int[np.ndarray, " rows"]) -> float:
    """The smallest spread of a middle column beside what the others explain linearly.

    Noise cannot be larger in any level of u; the least of all levels is taken.
    """
    found = []
    for level in np.unique(u):
        own = x[u == level]
        if len(own) >= ROWS_PER_COLUMN * x.shape[1]:
            precision = np.diag(np.linalg.pinv(np.cov(own.T).reshape(x.shape[1], -1)))
            found.append(1 / np.sqrt(np.maximum(precision, 1e-300)))
    return float(np.median(np.min(found, axis=0))) if found else np.nan
