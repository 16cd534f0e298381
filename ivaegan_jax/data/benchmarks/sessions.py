"""A benchmark of several sessions: the same sources given u, seen through other columns in each."""

import numpy as np

from ivaegan_jax.data.benchmarks.draws import Source, modulated
from ivaegan_jax.data.benchmarks.mixing import ACTIVATIONS, Activation, Mixing, conditioned
from ivaegan_jax.data.benchmarks.options import check_data_seed, checked
from ivaegan_jax.data.benchmarks.recipes import Drawn, Modulation, moments_b2
from ivaegan_jax.types import Dataset, InputError


@checked
def sessions(
    data_seed: int,
    /,
    *,
    session: int = 1,
    segments: int = 20,
    per_segment: int = 500,
    dim: int = 4,
    columns: int = 0,
    layers: int = 3,
    source: Source = "gaussian",
    activation: Activation = "xtanh",
    modulation: Modulation = "both",
) -> Dataset:
    """Draws one session of several: means and standard deviations given u are those of all.

    Our own. A data seed draws the moments of every source at every level as B2 does; a session
    draws rows, mixing and number of columns of its own.

    Args:
      data_seed: draws the moments, and with the session everything else.
      session: which one, from 1; there is no last one.
      segments: number of levels of u.
      per_segment: rows per segment.
      dim: number of sources.
      columns: number of observed columns; 0 takes two more than sources in session 1, and two more
        in each after it.
      layers: number of matrix products, as in B2.
      source: as in `b1`.
      activation: as in `b1`.
      modulation: as in `b2`.

    Returns:
      x `[segments * per_segment, columns]`, s `[segments * per_segment, dim]`, u the segment.

    Raises:
      InputError: for an option out of range, or fewer columns than sources.
    """
    columns = columns or dim + 2 * session
    if columns < dim:
        raise InputError(f"sessions: columns must be {dim} or more, one per source, not {columns}")
    std, mean = moments_b2(
        np.random.RandomState(check_data_seed(data_seed)), segments, dim, modulation
    )
    rng = np.random.RandomState([data_seed, session])
    s = modulated(rng, source, std, mean, per_segment).astype(np.float32)
    matrices = conditioned(rng, dim, columns, layers, same=False)
    drawn = Drawn(s, Mixing(matrices, ACTIVATIONS[activation]), source, mean, std)
    return drawn.seen("sessions")
