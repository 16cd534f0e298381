"""Few levels of uneven size, whose means may lie far apart and whose variances differ little."""

from typing import Literal, TypeAlias

import numpy as np
from jaxtyping import Float, Int

from ivaegan_jax.data.benchmarks.draws import Source, Table, draw_sources
from ivaegan_jax.data.benchmarks.mixing import ACTIVATIONS, Activation, Mixing, conditioned
from ivaegan_jax.data.benchmarks.options import check_data_seed, checked
from ivaegan_jax.data.benchmarks.truth import Truth
from ivaegan_jax.types import Auxiliary, Dataset

Sizes: TypeAlias = Literal["uneven", "even"]

TRIES = 1000
"""Draws of all levels' means, of which the one is taken whose closest two lie farthest apart."""

EVENNESS, FEWEST = 5.0, 20
"""Concentration of the Dirichlet law of uneven sizes, and the rows that a level has at least."""


@checked
def few_levels(
    data_seed: int,
    /,
    *,
    segments: int = 11,
    per_segment: int = 1000,
    dim: int = 5,
    layers: int = 4,
    spread: float = 0.3,
    separation: float = 4.0,
    sizes: Sizes = "uneven",
    source: Source = "gaussian",
    activation: Activation = "leaky",
) -> Dataset:
    """Draws few levels, as states of a hidden Markov model are.

    Means lie on a sphere, as far from each other as random ones can; logarithms of standard
    deviations are normal. The recipe follows the states of Hälvä and Hyvärinen (2020), "Hidden
    Markov nonlinear ICA", whose two nearest means are 3.9 standard deviations of the widest level
    apart; the numbers, the mixing without shifts and the order of the draws are our own.

    Args:
      data_seed: draws the mixing, the modulation and the samples.
      segments: number of levels of u; means and variances need 2 dim + 1.
      per_segment: rows of a level, on average.
      dim: number of sources and of observed columns.
      layers: number of matrix products, a fresh matrix in each, chosen as those of `b1` are.
      spread: standard deviation over levels of the logarithm of a source's standard deviation.
      separation: distance of the nearest two means, in typical standard deviations of a level;
        close to 0 levels differ in variances alone.
      sizes: whether levels have equally many rows.
      source: as in `b1`.
      activation: as in `b1`.

    Returns:
      x and s `[segments * per_segment, dim]`, u the level, rows ordered by it.

    Raises:
      InputError: for an option out of range.
    """
    rng = np.random.RandomState(check_data_seed(data_seed))
    mean = separation * _apart(rng, segments, dim)
    std = np.exp(spread * rng.standard_normal((segments, dim)))
    u = _codes(rng, segments, segments * per_segment, sizes)
    s = draw_sources(rng, source, len(u), dim) * std[u] + mean[u]
    mixing = Mixing(conditioned(rng, dim, dim, layers, same=False), ACTIVATIONS[activation])
    s = s.astype(np.float32)
    means, stds = (table[u].astype(np.float32) for table in (mean, std))
    return Dataset(
        name="few_levels",
        x=mixing(s).astype(np.float32),
        u=Auxiliary.categorical(u, np.arange(segments)),
        s=s,
        truth=Truth(s, means, stds, source, mixing),
    )


def _apart(rng: np.random.RandomState, levels: int, dim: int) -> Table:
    """Points of a sphere around 0 whose closest two are a distance of 1 apart."""
    tried = rng.standard_normal((TRIES, levels, dim))
    tried /= np.linalg.norm(tried, axis=2, keepdims=True)
    nearest = np.array([closest(each) for each in tried])
    best = int(nearest.argmax())
    return tried[best] / nearest[best]


def closest(points: Float[np.ndarray, "points dim"]) -> float:
    """Distance of the closest two."""
    apart = np.linalg.norm(points[:, None] - points, axis=2)
    return float(apart[np.triu_indices(len(points), 1)].min())


def _codes(
    rng: np.random.RandomState, levels: int, rows: int, sizes: Sizes
) -> Int[np.ndarray, " rows"]:
    """The level of each row, in order; uneven sizes follow a Dirichlet law."""
    shares = np.full(levels, 1 / levels)
    if sizes == "uneven":
        shares = rng.dirichlet(np.full(levels, EVENNESS))
    least = min(FEWEST, rows // levels)
    counts = least + np.floor(shares * (rows - least * levels)).astype(int)
    counts[counts.argmax()] += rows - counts.sum()
    return np.repeat(np.arange(levels, dtype=np.int32), counts)
