"""How many natural parameters of p(z|u) the auxiliary variable moves by more than sampling noise.

Identifiability requires that the natural parameters differ between levels of u in enough directions
(Khemakhem et al. 2020, theorem 1, (iv): an invertible matrix L). A learned matrix always has full
rank, by noise alone. Here the parameters that a model learned from its training rows are held
against what held-out rows say of the same levels: noise of the one knows nothing of the other, so
that many levels of few rows tell as much as few levels of many.
"""

import threading
from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int, Num

from ivaegan_jax.metrics.cells import cells_of, told_apart
from ivaegan_jax.types import Auxiliary

LEVEL = 0.05
"""Of each of the successive tests of rank."""

DRAWS = 200

FEWEST_ROWS_PER_CELL = 50
"""Of a continuous u, which is cut into cells for the comparison with noise."""

PSEUDO_ROWS = 5
"""Rows of average variance added to the held-out rows of each level, which may be one."""

REFERENCE = 0.5
"""Standard deviation of log variances between levels, for which power is computed: standard
deviations of latents that differ by a quarter."""

SIMULATIONS = 60
FEW_SIMULATIONS, MANY_LATENTS = 10, 20
"""Of more latents, whose tests take as long as the fourth power of their number."""


class Rank(NamedTuple):
    """Singular values against noise.

    Attributes:
      rank: how many stand out.
      singular: all of them, falling.
      noise: what the first one that does not stand out, or else the last one, would reach in 95 %
        of draws if it were noise.
      inflation: how many times larger the variance of what a level's rows say is than that of as
        many independent rows, 1 or more; of the latent where it is largest.
    """

    rank: int
    singular: Float[np.ndarray, " columns"]
    noise: float
    inflation: float = 1.0


class Levels(NamedTuple):
    """Held-out rows by level of u, or by cell of a continuous one.

    Attributes:
      code: level of each row, from 0.
      counts: rows of each level.
    """

    code: Int[np.ndarray, " rows"]
    counts: Int[np.ndarray, " levels"]

    def means(self, values: Float[np.ndarray, "rows columns"]) -> np.ndarray:
        """Mean of each column in each level, `[levels, columns]`."""
        sums = [np.bincount(self.code, column, len(self.counts)) for column in values.T]
        return np.stack(sums, axis=1) / self.counts[:, None]


def levels_or_cells(
    u: Auxiliary | Num[np.ndarray, "rows ..."], cells: int
) -> Int[np.ndarray, " rows"]:
    """Level codes; of a continuous u `cells` or fewer, by `cells_of` and k-means."""

    def cut(columns: np.ndarray, rows: int, others: int) -> np.ndarray:
        from sklearn.cluster import KMeans

        count = min(cells // others, rows // FEWEST_ROWS_PER_CELL, told_apart(columns))
        count = max(1, count)
        return np.asarray(KMeans(count, random_state=0).fit_predict(columns))

    return Auxiliary.of(u).levels_or(partial(cells_of, fewest=FEWEST_ROWS_PER_CELL, cut=cut))


def by_level(code: Int[np.ndarray, " rows"]) -> Levels:
    """Numbers the levels that rows have from 0."""
    _, code, counts = np.unique(code, return_inverse=True, return_counts=True)
    return Levels(code, counts)


def modulated_rank(
    z: Float[np.ndarray, "rows dim_z"],
    loc: Float[np.ndarray, "rows dim_z"],
    variance: Float[np.ndarray, "rows dim_z"],
    levels: Levels,
) -> Rank:
    """Rank of the learned natural parameters of z^2, `-1 / (2 variance)`, over the levels of u.

    Args:
      z: encoded held-out rows.
      loc: of the learned prior at each row's u.
      variance: of the same.
      levels: of the same rows.

    A factor that all levels share is taken out of each latent first: a model may spread its
    latents as it likes.
    """
    z, loc, variance = (np.asarray(each, float) for each in (z, loc, variance))
    square = np.square(z - loc)
    variance = variance * (square / variance).mean(axis=0)
    spread = np.atleast_2d(np.cov((square / variance).T))
    return rank_of_moments(levels.means(variance), levels.means(square), spread, levels.counts)


def rank_of_moments(
    learned: Float[np.ndarray, "levels dim_z"],
    seen: Float[np.ndarray, "levels dim_z"],
    spread: Float[np.ndarray, "dim_z dim_z"],
    counts: Int[np.ndarray, " levels"],
    draws: int = DRAWS,
) -> Rank:
    """Tests how many directions of the learned natural parameters held-out rows confirm.

    The matrix is `A'X`: A the learned natural parameters, X those of held-out rows alone, which
    the noise of A knows nothing of. If some direction of A were noise, its part of `A'X` would be
    noise times X, with the noise that A is seen to have: what held-out rows say of a level less
    what the prior says, which counts their own noise as well. Where neighbouring rows resemble
    each other, or the prior learned another u, this is larger than the rows within a level
    suggest, and the noise is inflated to match.

    How often the rank is too high, at a nominal 5 %, and how often all true directions are found
    is measured in `results/calibration`.

    Args:
      learned: variances of the prior by level.
      seen: mean squared distance of held-out rows from the prior's mean.
      spread: covariance of squared distances within levels, relative to the variances.
      counts: held-out rows of each level.
      draws: of the noise.
    """
    share = counts / counts.sum()
    overall = share @ seen
    instrument = -0.5 / (
        (counts[:, None] * seen + PSEUDO_ROWS * overall) / (counts[:, None] + PSEUDO_ROWS)
    )
    instrument = (instrument - share @ instrument) * share[:, None]
    natural = -0.5 / learned
    inflation = np.maximum(
        1,
        (counts[:, None] * np.square(seen / learned - 1)).mean(axis=0)
        / np.maximum(np.diag(spread), 1e-12),
    )
    half = _root(spread * np.sqrt(np.outer(inflation, inflation)))
    rng = np.random.default_rng(0)
    noise = np.stack(
        [
            (natural * (rng.normal(size=natural.shape) @ half) / np.sqrt(counts)[:, None]).T
            @ instrument
            for _ in range(draws)
        ]
    )
    found = rank_above_noise(natural.T @ instrument, noise, most=len(counts) - 1)
    return found._replace(inflation=float(inflation.max()))


def _root(covariance: Float[np.ndarray, "dim dim"]) -> Float[np.ndarray, "dim dim"]:
    values, vectors = np.linalg.eigh(covariance)
    return (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T


def rank_above_noise(
    matrix: Float[np.ndarray, "dim dim"], noise: Float[np.ndarray, "draws dim dim"], most: int
) -> Rank:
    """Tests rank 0, 1, 2, ... until one is not rejected (a parametric bootstrap).

    Under rank r the matrix is its own best approximation of rank r plus noise, and the singular
    value after the r-th of such sums is the null of the observed one. That is never more than the
    largest singular value of the noise (Weyl), so that what stands out of the noise as a whole
    needs no test of its own. No rank above `most` is found.
    """
    left, singular, right = np.linalg.svd(matrix)
    last = min(len(singular), most) - 1
    limit = (
        float(np.quantile(np.linalg.norm(noise, 2, axis=(1, 2)), 1 - LEVEL)) if last >= 0 else 0.0
    )
    for rank in range(min(int((singular > limit).sum()), last), last + 1):
        under_null = (left[:, :rank] * singular[:rank]) @ right[:rank] + noise
        null = np.linalg.svd(under_null, compute_uv=False)[:, rank]
        limit = float(np.quantile(null, 1 - LEVEL))
        if singular[rank] <= limit:
            return Rank(rank, singular, limit)
    return Rank(last + 1, singular, limit)


def power_of_rank(levels: Levels, ratio: float, dim_z: int) -> float:
    """Chance that `modulated_rank` finds all directions where there are all, by simulation.

    Latents are Gaussian within levels, and their log variances differ by `REFERENCE` between them.

    Args:
      levels: of the held-out rows.
      ratio: training rows for each held-out row.
      dim_z: latents.
    """
    with _ONE_AT_A_TIME:  # runs that are looked at side by side mostly need the same number
        return _power(tuple(levels.counts.tolist()), float(ratio), dim_z)


_ONE_AT_A_TIME = threading.Lock()


@lru_cache(maxsize=64)
def _power(counts: tuple[int, ...], ratio: float, dim_z: int) -> float:
    rng, rows = np.random.default_rng(0), np.array(counts)
    shape, spread = (len(rows), dim_z), 2 * np.eye(dim_z)

    def of_rows(number: np.ndarray) -> np.ndarray:
        half = np.maximum(number, 1)[:, None] / 2
        return rng.gamma(half, 1 / half, shape)

    found, simulations = 0, FEW_SIMULATIONS if dim_z > MANY_LATENTS else SIMULATIONS
    for _ in range(simulations):
        true = np.exp(REFERENCE * rng.normal(size=shape))
        learned, seen = true * of_rows(ratio * rows), true * of_rows(rows)
        found += rank_of_moments(learned, seen, spread, rows, draws=DRAWS // 2).rank == dim_z
    return found / simulations
