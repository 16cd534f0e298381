"""What the synthetic benchmarks share: sources, modulation by segment, rows in order."""

from typing import Literal, TypeAlias

import numpy as np
from jaxtyping import Float
from scipy import stats

from ivaegan_jax.data.benchmarks.mixing import Rows
from ivaegan_jax.types import Auxiliary, Dataset, Known

Source: TypeAlias = Literal["gaussian", "laplace", "hypsec", "uniform"]
UNIT_STD: dict[Source, float] = {
    "gaussian": 1.0, "laplace": 1.0, "hypsec": np.pi / 2, "uniform": 1.0
}  # fmt: skip
"""Standard deviations of unmodulated sources."""

Table = Float[np.ndarray, "segments dim"]


def draw_sources(
    rng: np.random.RandomState, source: Source, rows: int, dim: int, dtype: type = np.float32
) -> Rows:
    """Unmodulated sources `[rows, dim]`, independent, of mean 0 and `UNIT_STD`."""
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
    truth: Known | None = None,
    clean: Float[np.ndarray, "rows dim_x"] | None = None,
) -> Dataset:
    """A data set whose u is the segment, rows ordered by it and equally many in each."""
    u = np.repeat(np.arange(segments, dtype=np.int32), len(x) // segments)
    x, s = x.astype(np.float32), s.astype(np.float32)
    clean = None if clean is None else clean.astype(np.float32)
    u = Auxiliary.categorical(u, np.arange(segments))
    return Dataset(name=name, x=x, u=u, s=s, clean=clean, truth=truth)
