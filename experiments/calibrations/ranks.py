"""How many independent directions u moves the latents in: false ones, and true ones found."""

import dataclasses
import functools
from collections.abc import Iterator

import numpy as np

from experiments.calibrations._case import AT_MOST, FALSE_ALARMS, POWER, Case
from ivaegan_jax.metrics.modulation import LEVEL, Levels, Rank, by_level, modulated_rank

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


def moments(z: np.ndarray, levels: Levels) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of each level of these rows, as training on them would leave a prior."""
    mean = levels.means(z)
    return mean, levels.means(np.square(z - mean[levels.code]))


def rank_of(latents: Latents, rng: np.random.Generator) -> Rank:
    """Rank found on held-out rows for a prior with the moments of four times as many others."""
    tables = latents.tables(rng)
    train, of_train = latents.draw(*tables, 4 * latents.rows, rng)
    loc, variance = moments(train, by_level(of_train))
    z, code = latents.draw(*tables, latents.rows, rng)
    return modulated_rank(z, loc[code], variance[code], by_level(code))


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
        ("the same, 6 levels", Latents(6, 1000, modulated="nothing"), 0),
        ("the same, 60 levels of 12 rows", Latents(60, 12, modulated="nothing"), 0),
        ("the same, 1,000 levels of 2 rows", Latents(1000, 2, modulated="nothing"), 0),
    ]:
        happens = functools.partial(rank_above, latents, rank)
        yield Case(FALSE_ALARMS, "rank", setting, happens, AT_MOST, 250, LEVEL)
    for rows, least in ((200, 0.95), (30, 0.95), (12, 0.9)):
        happens = functools.partial(rank_whole, Latents(rows=rows))
        yield Case(POWER, "rank", f"5 directions, {rows} rows", happens, (least, 1.0), 100)
