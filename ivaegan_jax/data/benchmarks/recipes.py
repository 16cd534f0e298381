"""How the sources of B1, B2 and B3 are drawn, modulated and mixed, into any number of columns.

With as many columns as sources these are the published generators, draw by draw. With more, the
first matrix widens (see `Mixing`), which the publications do not have.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from sklearn.preprocessing import scale

from ivaegan_jax.data.benchmarks.draws import (
    UNIT_STD,
    Source,
    Table,
    by_row,
    draw_sources,
    in_segments,
    modulated,
)
from ivaegan_jax.data.benchmarks.mixing import (
    ACTIVATIONS,
    Activation,
    Mixing,
    Observed,
    Rows,
    conditioned,
    leaky,
    rotations,
)
from ivaegan_jax.data.benchmarks.truth import Truth
from ivaegan_jax.types import Dataset, InputError

Recipe: TypeAlias = Literal["b1", "b2", "b3"]
Modulation: TypeAlias = Literal["both", "mean", "variance"]
"""What of the sources follows u."""


class Size(NamedTuple):
    """How large a data set is.

    Attributes:
      segments: number of levels of u.
      per_segment: rows per segment.
      dim: number of sources.
      columns: number of observed columns.
      layers: number of matrix products; of B3 one more than that.
    """

    segments: int
    per_segment: int
    dim: int
    columns: int
    layers: int


class Drawn(NamedTuple):
    """Sources and what they are seen through.

    Attributes:
      s: sources `[segments * per_segment, dim]`, ordered by segment.
      mixing: from them to noiseless observations.
      source: law of the unmodulated sources.
      mean: of every segment's sources.
      std: factor of every segment's unmodulated sources.
    """

    s: Rows
    mixing: Callable[[Rows], Observed]
    source: Source
    mean: Table
    std: Table

    def seen(self, name: str) -> Dataset:
        """The noiseless data set."""
        return in_segments(name, self.mixing(self.s), self.s, len(self.std), truth=self.truth())

    def truth(self) -> Truth:
        """What is known of every row."""
        each = len(self.s) // len(self.std)
        mean, std = (by_row(t.astype(np.float32), each) for t in (self.mean, self.std))
        return Truth(self.s.astype(np.float32), mean, std, self.source, self.mixing)


def recipe_b1(
    rng: np.random.RandomState, size: Size, source: Source, activation: Activation
) -> Drawn:
    """Standard deviations U(.5, 3) per segment and source, means 0, one matrix in all layers."""
    std = rng.uniform(0.5, 3, (size.segments, size.dim))
    mean = np.zeros_like(std)
    s = modulated(rng, source, std, mean, size.per_segment).astype(np.float32)
    matrices = conditioned(rng, size.dim, size.columns, size.layers, same=True)
    return Drawn(s, Mixing(matrices, ACTIVATIONS[activation]), source, mean, std)


def moments_b2(
    rng: np.random.RandomState, segments: int, dim: int, modulation: Modulation
) -> tuple[Table, Table]:
    """B2's standard deviations and means of every segment's sources, as far as they follow u."""
    std = rng.uniform(0.5, 3, (segments, dim))
    mean = rng.uniform(-5, 5, (segments, dim))
    std = np.ones_like(std) if modulation == "mean" else std
    mean = np.zeros_like(mean) if modulation == "variance" else mean
    return std, mean


def recipe_b2(
    rng: np.random.RandomState,
    size: Size,
    source: Source,
    activation: Activation,
    modulation: Modulation,
) -> Drawn:
    """B1 with means U(-5, 5) and a matrix for each layer.

    Means or standard deviations that do not follow u are 0 or 1.
    """
    std, mean = moments_b2(rng, size.segments, size.dim, modulation)
    s = modulated(rng, source, std, mean, size.per_segment).astype(np.float32)
    matrices = conditioned(rng, size.dim, size.columns, size.layers, same=False)
    return Drawn(s, Mixing(matrices, ACTIVATIONS[activation]), source, mean, std)


def recipe_b3(rng: np.random.RandomState, size: Size, source: Source) -> Drawn:
    """Standardised sources times U(.01, 3), a leaky ReLU of slope .2 before every rotation.

    Raises:
      InputError: for more columns than sources where no matrix could widen.
    """
    if size.layers == 1 and size.columns > size.dim:
        raise InputError("b3 of one layer has no matrix that could widen; use 2 layers or more")
    s = scale(draw_sources(rng, source, size.segments * size.per_segment, size.dim, np.float64))
    std = rng.uniform(0.01, 3, (size.dim, size.segments)).T
    matrices = rotations(rng, size.dim, size.columns, size.layers)
    mixing = Mixing(matrices, leaky, before=True)
    s = s * by_row(std, size.per_segment)
    return Drawn(s, mixing, source, np.zeros_like(std), std / UNIT_STD[source])


def draw(
    recipe: Recipe, rng: np.random.RandomState, size: Size, source: Source, activation: Activation
) -> Drawn:
    """Draws by a recipe's own modulation; B3 has its own activation."""
    if recipe == "b1":
        return recipe_b1(rng, size, source, activation)
    if recipe == "b2":
        return recipe_b2(rng, size, source, activation, "both")
    return recipe_b3(rng, size, source)
