"""What the synthetic benchmarks share: sources, modulation by segment, rows in order, noise."""

import dataclasses
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from jaxtyping import Float
from scipy import stats

from ivaegan_jax.data.benchmarks.mixing import Rows
from ivaegan_jax.data.benchmarks.options import is_number
from ivaegan_jax.types import Auxiliary, Dataset, InputError

Source: TypeAlias = Literal["gaussian", "laplace", "hypsec", "uniform"]
NoiseLaw: TypeAlias = Literal["gaussian", "laplace", "student_t", "uniform"]

FREEDOM = 5
"""Degrees of freedom of Student-t noise."""

Table = Float[np.ndarray, "segments dim"]


def draw_sources(
    rng: np.random.RandomState, source: Source, rows: int, dim: int, dtype: type = np.float32
) -> Rows:
    """Unmodulated sources `[rows, dim]`, independent, of variance 1 but for hypsec."""
    if source == "gaussian":
        s = rng.standard_normal((rows, dim))
    elif source == "laplace":
        s = rng.laplace(0, 1 / np.sqrt(2), (rows, dim))
    elif source == "uniform":
        s = rng.uniform(-np.sqrt(3), np.sqrt(3), (rows, dim))
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
    clean: Float[np.ndarray, "rows dim_x"] | None = None,
) -> Dataset:
    """A data set whose u is the segment, rows ordered by it and equally many in each."""
    u = np.repeat(np.arange(segments, dtype=np.int32), len(x) // segments)
    x, s = x.astype(np.float32), s.astype(np.float32)
    clean = None if clean is None else clean.astype(np.float32)
    u = Auxiliary.categorical(u, np.arange(segments))
    return Dataset(name=name, x=x, u=u, s=s, clean=clean)


def add_noise(dataset: Dataset, noise: Any, data_seed: int, law: Any = "gaussian") -> Dataset:
    """Adds independent noise to x, from a generator of its own, and keeps the noiseless x.

    The benchmark's own draws stay as they are: the same rows are seen through more or less noise.

    Args:
      dataset: a benchmark; u and s are kept.
      noise: standard deviation relative to that of the column; 0 keeps x bit by bit.
      data_seed: draws the noise.
      law: of the noise, one of `NoiseLaw`; Student-t noise has five degrees of freedom.

    Raises:
      InputError: if the noise is no finite number of 0 or more, or of an unknown law.
    """
    if not (is_number(noise) and 0 <= noise < np.inf):
        raise InputError(f"noise must be a finite number of 0 or more, not {noise!r}")
    if law not in (known := get_args(NoiseLaw)):
        raise InputError(f"noise_law must be one of {', '.join(known)}, not {law!r}")
    if noise == 0:
        return dataset
    std = noise * dataset.x.std(axis=0, dtype=np.float64)
    draws = draw_noise(np.random.default_rng((data_seed, 2)), law, dataset.x.shape)
    clean = dataset.x if dataset.clean is None else dataset.clean
    x = (dataset.x + std * draws).astype(np.float32)
    return dataclasses.replace(dataset, x=x, clean=clean)


def draw_noise(rng: np.random.Generator, law: NoiseLaw, shape: tuple[int, ...]) -> np.ndarray:
    """Independent draws of mean 0 and variance 1."""
    if law == "laplace":
        return rng.laplace(0, 1 / np.sqrt(2), shape)
    if law == "student_t":
        return rng.standard_t(FREEDOM, shape) * np.sqrt((FREEDOM - 2) / FREEDOM)
    if law == "uniform":
        return rng.uniform(-np.sqrt(3), np.sqrt(3), shape)
    return rng.standard_normal(shape)
