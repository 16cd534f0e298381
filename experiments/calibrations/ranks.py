"""How many independent directions u moves the latents in: false ones, and true ones found."""

import dataclasses
import functools
from collections.abc import Iterator

import numpy as np

from experiments.calibrations._case import AT_MOST, FALSE_ALARMS, POWER, Case
from ivaegan_jax.metrics.modulation import (
    LEVEL,
    Rank,
    bootstrap_counts,
    moments,
    natural_parameters,
    rank_above_noise,
    sampling_noise,
)

DIM = 5


@dataclasses.dataclass(frozen=True)
class Latents:
    """How u moves the latents, level by level.

    Attributes:
      levels: values of u.
      rows: of each level, held out.
      modulated: `nothing`, `means`, `variances`, `proportion` (two variances in proportion),
        `average` (one precision the average of the others).
      laplace: instead of Gaussian.
    """

    levels: int = 40
    rows: int = 200
    modulated: str = "variances"
    laplace: bool = False

    def tables(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Means and standard deviations `[levels, DIM]`."""
        mean, std = np.zeros((self.levels, DIM)), np.ones((self.levels, DIM))
        if self.modulated == "means":
            mean = rng.uniform(-3, 3, mean.shape)
        elif self.modulated != "nothing":
            std = rng.uniform(0.5, 3, std.shape)
        if self.modulated == "proportion":
            std[:, 1] = 2 * std[:, 0]
        elif self.modulated == "average":
            std[:, 0] = np.mean(std[:, 1:] ** -2, axis=1) ** -0.5
        return mean, std

    def draw(
        self, mean: np.ndarray, std: np.ndarray, rows: int, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """Latents `[levels * rows, DIM]` and their levels."""
        code = np.repeat(np.arange(self.levels), rows)
        shape = (len(code), DIM)
        noise = rng.laplace(scale=0.5**0.5, size=shape) if self.laplace else rng.normal(size=shape)
        return mean[code] + std[code] * noise, code


def once(code: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Every row counted once, for the moments of a sample as it is."""
    return [(rows, np.ones((1, len(rows)))) for rows, _ in bootstrap_counts(code, draws=1)]


def rank_of(latents: Latents, rng: np.random.Generator) -> Rank:
    """Rank of the block of z^2, the matrix and its noise of the same size."""
    tables = latents.tables(rng)
    z, code = latents.draw(*tables, latents.rows, rng)
    z = z / z.std(axis=0)
    matrix = natural_parameters(*moments(z, once(code)))[0]
    noise = sampling_noise(z, bootstrap_counts(code, seed=int(rng.integers(2**31))))
    return rank_above_noise(matrix[:, DIM:], noise[..., DIM:])


def rank_above(latents: Latents, true_rank: int, rng: np.random.Generator) -> bool:
    """Whether more directions are found than there are."""
    return rank_of(latents, rng).rank > true_rank


def rank_whole(latents: Latents, rng: np.random.Generator) -> bool:
    """Whether all directions are found."""
    return rank_of(latents, rng).rank == DIM


def cases() -> Iterator[Case]:
    """All of them."""
    for setting, latents, rank in [
        ("two variances in proportion", Latents(modulated="proportion"), 4),
        ("the same, 12 levels", Latents(12, modulated="proportion"), 4),
        ("the same, Laplace latents", Latents(modulated="proportion", laplace=True), 4),
        ("the same, 30 rows", Latents(rows=30, modulated="proportion"), 4),
        ("one precision the average of the others", Latents(modulated="average"), 4),
        ("u moves means alone", Latents(modulated="means"), 0),
        ("u moves nothing", Latents(modulated="nothing"), 0),
    ]:
        happens = functools.partial(rank_above, latents, rank)
        yield Case(FALSE_ALARMS, "rank", setting, happens, AT_MOST, 250, LEVEL)
    for rows, least in ((200, 0.95), (30, 0.85)):
        happens = functools.partial(rank_whole, Latents(rows=rows))
        yield Case(POWER, "rank", f"5 directions, {rows} rows", happens, (least, 1.0), 100)
