"""How many independent ways u moves x: the rank of its per-level means and log variances."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from scipy import sparse

from ivaegan_jax.doctor.dependence import LEVEL
from ivaegan_jax.doctor.finding import Finding, counted
from ivaegan_jax.doctor.sample import Sample

PERMUTATIONS = 99
TINY = 1e-12
"""Variance of a component that is constant within a level."""


class Ranks(NamedTuple):
    """Independent directions in which u moves means, log variances, and both side by side."""

    means: int
    log_variances: int
    both: int

    @property
    def ways(self) -> int:
        """The rank of both, which is at least that of each: alone, each may show more of it."""
        return max(self) if self.both else 0


def moments(
    x: Float[np.ndarray, "rows components"], u: Int[np.ndarray, " rows"]
) -> dict[str, Float[np.ndarray, "levels columns"]]:
    """Means and log variances per level, less their averages, in units of their standard errors.

    x has mean 0 and variance 1 in every column. The standard errors are those of rows drawn from
    x as a whole, with its own kurtosis; their sizes weigh levels and columns, no more.
    """
    counts = np.bincount(u)[:, None]
    levels = sparse.csr_array((np.ones(len(u)), u, np.arange(len(u) + 1))).T
    mean = levels @ x / counts
    log_variance = np.log(np.maximum(levels @ x**2 / counts - mean**2, TINY))
    kurtosis = np.maximum((x**4).mean(axis=0), 1 + TINY)
    # of a mean and of a log variance, times the root of the number of rows
    errors = np.hstack([np.ones(len(kurtosis)), np.sqrt(kurtosis - 1)])
    both = np.hstack([mean, log_variance])
    both = (both - np.average(both, axis=0, weights=counts[:, 0])) * np.sqrt(counts) / errors
    return {"means": both[:, : x.shape[1]], "log_variances": both[:, x.shape[1] :], "both": both}


def modulation_ranks(sample: Sample, seed: int = 0) -> Ranks:
    """Ranks of the matrices of `moments`, each against what shuffling u makes of it.

    False alarms and power are measured in `results/calibration`. Of the five ways of B1 it finds
    4.6 on average with 125 rows per segment, 5.0 with 500 (20 draws each).
    """
    rng = np.random.default_rng(seed)
    found = moments(sample.x, sample.u)
    shuffled = [moments(sample.x, rng.permutation(sample.u)) for _ in range(PERMUTATIONS)]
    return Ranks(
        **{
            name: rank_beyond_chance(matrix, np.stack([each[name] for each in shuffled]))
            for name, matrix in found.items()
        }
    )


def rank_beyond_chance(
    matrix: Float[np.ndarray, "levels columns"],
    chance: Float[np.ndarray, "draws levels columns"],
) -> int:
    """How many singular values are larger than chance makes them.

    Each is held against the 95 % quantile of the largest singular value of `chance` outside of
    the singular vectors already found. The first test is exact where rows are exchangeable; the
    later ones take the vectors found for the true ones.

    Source: parallel analysis (Horn 1965) by permutation (Buja and Eyuboglu 1992), with deflation
    (Dobriban and Owen 2019).
    """
    left, values, right = np.linalg.svd(matrix)
    rotated = left.T @ chance @ right.T
    # less one: what the average over levels takes away
    for rank, value in enumerate(values[: len(matrix) - 1]):
        largest = np.linalg.norm(rotated[:, rank:, rank:], ord=2, axis=(1, 2))
        # of 99 draws this is the fifth largest, which a draw like the others exceeds in 5 %
        if value <= np.quantile(largest, 1 - LEVEL, method="higher"):
            return rank
    return min(len(values), len(matrix) - 1)


def check_modulation(sample: Sample, dim_z: int, continuous_u: bool) -> Finding:
    """Whether u moves the data in as many ways as there are latents."""
    ranks, most = modulation_ranks(sample), min(2 * sample.x.shape[1], int(sample.u.max()))
    values = ranks._asdict() | {
        "ways": ranks.ways,
        "most": most,
        "latents": dim_z,
        "explained": sample.explained,
    }
    where = "cells" if continuous_u else "levels"
    sentence = (
        f"Between {where} of u, x moves in {counted(ranks.ways, 'independent way')} beyond chance "
        f"(means in {ranks.means}, variances in {ranks.log_variances}; in the "
        f"{counted(sample.x.shape[1], 'principal component')} that hold {sample.explained:.0%} "
        "of x)."
    )
    if ranks.ways == 0:
        advice = "Without modulation there is nothing to identify latents by: see to u first."
        return Finding("modulation", "blocks", sentence, advice, values)
    if ranks.ways < dim_z:
        advice = (
            f"Fewer than the {dim_z} latents: some will stay mixed, unless u moves them in ways "
            "that means and variances do not show. More values of u, more rows, or fewer latents "
            "(--config.model.dim_z) help."
        )
        return Finding("modulation", "warn", sentence, advice, values)
    return Finding("modulation", "fine", sentence, values=values)
