"""How many independent ways u moves x: the rank of its per-level means and log variances."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from ivaegan_jax.data import Null
from ivaegan_jax.doctor.classifier import level_sums
from ivaegan_jax.doctor.dependence import LEVEL, compared
from ivaegan_jax.doctor.finding import Finding, counted
from ivaegan_jax.doctor.sample import Sample

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
    x: Float[np.ndarray, "rows components"], u: Int[np.ndarray, " rows"], levels: int
) -> Float[np.ndarray, "levels columns"]:
    """Means and then log variances per level, less their averages, over their standard errors.

    The standard errors are those of rows drawn from x as a whole, with its own kurtosis; their
    sizes weigh levels and columns, no more. A level without rows has zeros.
    """
    x = x - x.mean(axis=0)
    x = x / np.maximum(x.std(axis=0), TINY)
    rows = np.bincount(u, minlength=levels)[:, None]
    counts = np.maximum(rows, 1)
    mean = level_sums(x, u, levels) / counts
    log_variance = np.log(np.maximum(level_sums(x**2, u, levels) / counts - mean**2, TINY))
    kurtosis = np.maximum((x**4).mean(axis=0), 1 + TINY)
    # of a mean and of a log variance, times the root of the number of rows
    errors = np.hstack([np.ones(len(kurtosis)), np.sqrt(kurtosis - 1)])
    both = np.hstack([mean, log_variance])
    return (both - np.average(both, axis=0, weights=rows[:, 0])) * np.sqrt(rows) / errors


def modulation_ranks(sample: Sample) -> Ranks:
    """Ranks of the matrices of `moments`, each against what other pairings of u make of it.

    False alarms and power are measured in `results/calibration`. Of the five ways of B1 it finds
    4.6 on average with 125 rows per segment, 5.0 with 500 (20 draws each).
    """
    pairs = (sample.paired(number)[:2] for number in range(1 + sample.null.draws))
    found, *chance = (moments(x, u, sample.seen) for x, u in pairs)
    dim, chance = sample.x.shape[1], np.stack(chance)
    parts = {"means": slice(dim), "log_variances": slice(dim, None), "both": slice(None)}
    return Ranks(
        **{
            name: rank_beyond_chance(found[:, part], chance[..., part], sample.null)
            for name, part in parts.items()
        }
    )


def rank_beyond_chance(
    matrix: Float[np.ndarray, "levels columns"],
    chance: Float[np.ndarray, "draws levels columns"],
    null: Null,
) -> int:
    """How many singular values are larger than chance makes them.

    Each is held against the largest singular value of `chance` outside of the singular vectors
    already found. The first test is exact where the pairings of the null are as likely as the
    one found; the later ones take the vectors found for the true ones.

    Source: parallel analysis (Horn 1965) by permutation (Buja and Eyuboglu 1992), with deflation
    (Dobriban and Owen 2019).
    """
    left, values, right = np.linalg.svd(matrix)
    rotated = left.T @ chance @ right.T
    most = min(len(values), len(matrix) - 1)  # less one: what the average over levels takes away
    for rank, value in enumerate(values[:most]):
        rest = rotated[:, rank:, rank:]
        # the largest singular values by way of the small square, a tenth of the time
        largest = np.sqrt(np.linalg.eigvalsh(np.swapaxes(rest, 1, 2) @ rest)[:, -1])
        if null.p_value([float(value), *largest.tolist()]) > LEVEL:
            return rank
    return most


def check_modulation(sample: Sample, dim_z: int, continuous_u: bool) -> Finding:
    """Whether u moves the data in as many ways as there are latents."""
    if sample.null.least > LEVEL:
        sentence = "In how many ways u moves x is open, for the reason that u_in_x gives."
        return Finding("modulation", "warn", sentence, "See to u_in_x first.")
    ranks, most = modulation_ranks(sample), min(2 * sample.x.shape[1], sample.seen - 1)
    values = ranks._asdict() | {
        "ways": ranks.ways,
        "most": most,
        "latents": dim_z,
        "explained": sample.explained,
    }
    where = "cells" if continuous_u else "levels"
    sentence = (
        f"Between {where} of u, x moves in {counted(ranks.ways, 'independent way')} beyond chance "
        f"(means in {ranks.means}, variances in {ranks.log_variances}{compared(sample)}; in the "
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
