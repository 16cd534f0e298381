"""What the synthetic benchmarks share: sources, modulation by segment, rows in order, noise."""

import dataclasses
import numbers
from typing import Any, Literal

import numpy as np
from jaxtyping import Float
from scipy import stats

from ivaegan_jax.data.benchmarks.mixing import Rows
from ivaegan_jax.types import Auxiliary, Dataset, InputError

Source = Literal["gaussian", "laplace", "hypsec"]
Table = Float[np.ndarray, "segments dim"]


def draw_sources(
    rng: np.random.RandomState, source: Source, rows: int, dim: int, dtype: type = np.float32
) -> Rows:
    """Unmodulated sources `[rows, dim]`, independent."""
    if source == "gaussian":
        s = rng.standard_normal((rows, dim))
    elif source == "laplace":
        s = rng.laplace(0, 1 / np.sqrt(2), (rows, dim))
    else:
        s = stats.hypsecant.rvs(size=(rows, dim), random_state=rng)
    return np.asarray(s, dtype)


def modulated(
    rng: np.random.RandomState, source: Source, std: Table, mean: Table, per_segment: int
) -> Rows:
    """Sources `[segments * per_segment, dim]` of these standard deviations and means."""
    s = draw_sources(rng, source, len(std) * per_segment, std.shape[1])
    return s * by_row(std, per_segment) + by_row(mean, per_segment)


def by_row(table: Table, per_segment: int) -> Rows:
    """Each segment's values once per row."""
    return np.repeat(table, per_segment, axis=0)


def in_segments(
    name: str,
    x: Float[np.ndarray, "rows dim_x"],
    s: Float[np.ndarray, "rows dim_s"],
    segments: int,
) -> Dataset:
    """A data set whose u is the segment, rows ordered by it and equally many in each."""
    u = np.repeat(np.arange(segments, dtype=np.int32), len(x) // segments)
    x, s = x.astype(np.float32), s.astype(np.float32)
    return Dataset(name=name, x=x, u=Auxiliary.categorical(u, np.arange(segments)), s=s)


def add_noise(dataset: Dataset, noise: Any, data_seed: int) -> Dataset:
    """Adds Gaussian noise to x, from a generator of its own.

    The benchmark's own draws stay as they are: the same rows are seen through more or less noise.

    Args:
      dataset: a benchmark; u and s are kept.
      noise: standard deviation relative to that of the column; 0 keeps x bit by bit.
      data_seed: draws the noise.

    Raises:
      InputError: if the noise is no finite number of 0 or more.
    """
    is_number = isinstance(noise, numbers.Real) and not isinstance(noise, bool)
    if not (is_number and 0 <= float(noise) < np.inf):
        raise InputError(f"noise must be a finite number of 0 or more, not {noise!r}")
    if noise == 0:
        return dataset
    std = noise * dataset.x.std(axis=0, dtype=np.float64)
    draws = np.random.default_rng((data_seed, 2)).standard_normal(dataset.x.shape)
    return dataclasses.replace(dataset, x=(dataset.x + std * draws).astype(np.float32))
