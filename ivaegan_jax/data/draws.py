"""What the synthetic benchmarks share: sources, their modulation by segment, rows in order."""

from typing import Literal

import numpy as np
from jaxtyping import Float
from scipy import stats

from ivaegan_jax.data.mixing import Rows
from ivaegan_jax.types import Dataset

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
    return Dataset(name=name, x=x, u=u, s=s, levels=np.arange(segments))
