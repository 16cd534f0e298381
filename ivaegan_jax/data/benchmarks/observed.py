"""Benchmarks of what is measured: more columns than sources, noise, counts, and other laws.

Our own: sources, modulation and mixing are drawn as in B1, B2 or B3, and the first matrix widens
from the sources to the columns (see `mixing.Mixing`). With as many columns as sources, and
without noise, `noisy` and `laws` are those benchmarks to the bit.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from jaxtyping import Float
from scipy.optimize import root_scalar

from ivaegan_jax.data.benchmarks.densities import Counts
from ivaegan_jax.data.benchmarks.draws import Source, in_segments
from ivaegan_jax.data.benchmarks.mixing import Activation, Observed, Rows
from ivaegan_jax.data.benchmarks.options import check_data_seed, checked
from ivaegan_jax.data.benchmarks.recipes import (
    Drawn,
    Modulation,
    Recipe,
    Size,
    draw,
    recipe_b1,
    recipe_b2,
)
from ivaegan_jax.types import Dataset, InputError

Counted: TypeAlias = Literal["poisson", "negative_binomial"]
Rates = Float[np.ndarray, "rows columns"]

LARGEST_EXPOSURE = 50.0
"""Bound on the logarithm of what makes the share of zeros."""


@checked
def noisy(
    data_seed: int,
    /,
    *,
    segments: int = 40,
    per_segment: int = 1000,
    dim: int = 4,
    columns: int = 0,
    layers: int = 3,
    recipe: Recipe = "b1",
    source: Source = "gaussian",
    activation: Activation = "xtanh",
) -> Dataset:
    """Draws few sources in many columns, each with noise of .316 of its standard deviation.

    The noise is an option that every benchmark has: `noise`, `noise_law`, see `add_noise`.

    Args:
      data_seed: draws the mixing, the modulation, the samples and the noise.
      segments: number of levels of u.
      per_segment: rows per segment.
      dim: number of sources.
      columns: number of observed columns; 0 takes four for each source.
      layers: number of matrix products; in B3's recipe one more than that.
      recipe: b1 or b2, or b3 for its TCL data, of the sources, the modulation and the mixing.
      source: as in `b1`.
      activation: as in `b1`; B3's recipe has its own.

    Returns:
      x `[segments * per_segment, columns]`, s `[segments * per_segment, dim]`, u the segment.

    Raises:
      InputError: for an option out of range, or fewer columns than sources.
    """
    rng = np.random.RandomState(check_data_seed(data_seed))
    size = _wide("noisy", Size(segments, per_segment, dim, columns or 4 * dim, layers))
    return draw(recipe, rng, size, source, activation).seen("noisy")


@checked
def laws(
    data_seed: int,
    /,
    *,
    segments: int = 40,
    per_segment: int = 1000,
    dim: int = 4,
    columns: int = 0,
    layers: int = 3,
    source: Source = "laplace",
    activation: Activation = "xtanh",
) -> Dataset:
    """Draws B1 with sources that are not Gaussian: Laplace, hyperbolic secant or uniform.

    Options, result and errors are those of `noisy`, but 0 `columns` are as many as sources.
    """
    rng = np.random.RandomState(check_data_seed(data_seed))
    size = _wide("laws", Size(segments, per_segment, dim, columns or dim, layers))
    return recipe_b1(rng, size, source, activation).seen("laws")


@checked
def counts(
    data_seed: int,
    /,
    *,
    segments: int = 40,
    per_segment: int = 1000,
    dim: int = 4,
    columns: int = 0,
    layers: int = 3,
    source: Source = "gaussian",
    activation: Activation = "xtanh",
    modulation: Modulation = "variance",
    counted: Counted = "poisson",
    dispersion: float = 0.5,
    zeros: float = 0.5,
    gain: float = 0.7,
) -> Dataset:
    """Draws counts whose logarithmic rates are few sources, mixed into many columns.

    The rate of a column is exposure * exp(gain * y), with y the mixed sources standardised over
    all rows, and one exposure for the table, such that a given share of counts is expected to be
    0. Other options, result and errors are those of `noisy`.

    Args:
      data_seed: draws the mixing, the modulation, the samples and the counts.
      segments: number of levels of u.
      per_segment: rows per segment.
      dim: number of sources.
      columns: number of observed columns; 0 takes ten for each source.
      layers: number of matrix products.
      source: as in `b1`.
      activation: as in `b1`.
      modulation: variance draws as B1 does, mean or both as B2 does.
      counted: poisson or negative_binomial.
      dispersion: of the latter, variance = mean + dispersion * mean^2.
      zeros: share of the counts that are 0.
      gain: standard deviation of a column's logarithmic rate.

    Returns:
      Whole numbers x, expected counts as `clean`.
    """
    rng = np.random.RandomState(check_data_seed(data_seed))
    size = _wide("counts", Size(segments, per_segment, dim, columns or 10 * dim, layers))
    if modulation == "variance":
        drawn = recipe_b1(rng, size, source, activation)
    else:
        drawn = recipe_b2(rng, size, source, activation, modulation)
    over = dispersion if counted == "negative_binomial" else 0.0
    log_rate = log_rate_of(drawn, gain, zeros, over)
    rates = np.exp(log_rate(drawn.s))
    x = draw_counts(np.random.default_rng((data_seed, 3)), rates, over)
    truth = drawn.truth()._replace(mixing=log_rate).seen(x, Counts(over))
    return in_segments("counts", x, drawn.s, segments, truth, rates)


class LogRate(NamedTuple):
    """From sources to logarithmic rates.

    Attributes:
      mixing: from sources to many columns.
      scale: of every column.
      shift: of every column.
    """

    mixing: Callable[[Rows], Observed]
    scale: Float[np.ndarray, " columns"]
    shift: Float[np.ndarray, " columns"]

    def __call__(self, s: Rows) -> Rates:
        """Of rows of sources."""
        return self.scale * self.mixing(s).astype(np.float64) + self.shift


def log_rate_of(drawn: Drawn, gain: float, zeros: float, dispersion: float) -> LogRate:
    """Makes the rates, by which the given share of counts is expected to be 0."""
    y = drawn.mixing(drawn.s).astype(np.float64)
    scale = gain / y.std(axis=0)
    rates = np.exp(scale * (y - y.mean(axis=0)))

    def excess(log_exposure: float) -> float:
        return float(chance_of_zero(np.exp(log_exposure) * rates, dispersion).mean()) - zeros

    found = root_scalar(excess, bracket=(-LARGEST_EXPOSURE, LARGEST_EXPOSURE), xtol=1e-6)
    return LogRate(drawn.mixing, scale, found.root - scale * y.mean(axis=0))


def chance_of_zero(rates: Rates, dispersion: float) -> Rates:
    """Of a Poisson law, or of a negative binomial one where it is over-dispersed."""
    if not dispersion:
        return np.exp(-rates)
    return np.exp(-np.log1p(dispersion * rates) / dispersion)


def draw_counts(rng: np.random.Generator, rates: Rates, dispersion: float) -> Rates:
    """Counts of these means; a negative binomial law is a Poisson law of a Gamma rate."""
    if dispersion:
        rates = rates * rng.gamma(1 / dispersion, dispersion, rates.shape)
    return rng.poisson(rates).astype(np.float32)


def _wide(name: str, size: Size) -> Size:
    if size.columns < size.dim:
        raise InputError(
            f"{name}: columns must be at least as many as sources, {size.dim}, not {size.columns}"
        )
    return size
