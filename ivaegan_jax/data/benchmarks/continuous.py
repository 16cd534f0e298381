"""Benchmark B1 with a continuous u in place of segments; our own."""

import numpy as np
from jaxtyping import Float

from ivaegan_jax.data.benchmarks.draws import Source, draw_sources
from ivaegan_jax.data.benchmarks.mixing import (
    ACTIVATIONS,
    Activation,
    Mixing,
    Rows,
    conditioned,
)
from ivaegan_jax.data.benchmarks.options import check_data_seed, checked
from ivaegan_jax.data.benchmarks.truth import Truth
from ivaegan_jax.types import Auxiliary, Dataset

DIM_U = 2
WAVES = 4
"""Plane waves in the standard deviation of one source."""
FREQUENCY = 2.0
"""Standard deviation of their wave numbers: about one oscillation from end to end of u."""
LOWEST_STD, HIGHEST_STD = 0.5, 3.0


@checked
def continuous_u(
    data_seed: int,
    /,
    *,
    per_segment: int = 40_000,
    dim: int = 5,
    layers: int = 3,
    source: Source = "gaussian",
    activation: Activation = "xtanh",
) -> Dataset:
    """Draws B1 with u ~ U(-1, 1)^2: standard deviations are smooth random functions of u.

    They lie in B1's range of .5 to 3, means are 0, and the mixing is B1's.

    Args:
      data_seed: draws the functions, u, the sources and the mixing.
      per_segment: number of rows.
      dim: number of sources and of observed columns.
      layers: number of matrix products.
      source: as in `b1`.
      activation: as in `b1`.

    Returns:
      x and s `[per_segment, dim]`, u `[per_segment, 2]`.

    Raises:
      InputError: for an option out of range.
    """
    rng = np.random.RandomState(check_data_seed(data_seed))
    u = rng.uniform(-1, 1, (per_segment, DIM_U))
    std = random_std(rng, u, dim)
    s = draw_sources(rng, source, per_segment, dim, np.float64) * std
    matrices = conditioned(rng, dim, dim, layers, same=True)
    u, s, std = (array.astype(np.float32) for array in (u, s, std))
    mixing = Mixing(matrices, ACTIVATIONS[activation])
    truth = Truth(s, np.zeros_like(s), std, source, mixing)
    return Dataset(name="continuous_u", x=mixing(s), u=Auxiliary.continuous(u), s=s, truth=truth)


def random_std(rng: np.random.RandomState, u: Float[np.ndarray, "rows dim_u"], dim: int) -> Rows:
    """Smooth random functions of u, from `LOWEST_STD` to `HIGHEST_STD`; u draws none of them.

    The logarithm of each is a bounded sum of plane waves of random direction, length and phase.
    """
    wave_numbers = FREQUENCY * rng.standard_normal((u.shape[1], WAVES, dim))
    phases = rng.uniform(0, 2 * np.pi, (WAVES, dim))
    waves = np.cos(np.tensordot(u, wave_numbers, 1) + phases)
    share = (1 + np.tanh(np.sqrt(2 / WAVES) * waves.sum(axis=1))) / 2
    return LOWEST_STD * (HIGHEST_STD / LOWEST_STD) ** share
