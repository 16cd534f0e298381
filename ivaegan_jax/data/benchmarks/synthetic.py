"""Nonlinear-ICA benchmarks whose true sources are known.

Each but B4 follows the published generator draw by draw, on a private legacy `RandomState`: data
seed k means here what it means in the literature, and numpy's global generator is left alone.
A data seed draws the mixing, the modulation and the samples. Rows are ordered by segment.
"""

import numpy as np
from jaxtyping import Float
from scipy import stats

from ivaegan_jax.data.benchmarks.draws import Source, in_segments, modulated
from ivaegan_jax.data.benchmarks.mixing import (
    Activation,
    Mixing,
    bounded_matrix,
    leaky,
    rotations,
)
from ivaegan_jax.data.benchmarks.options import check_data_seed, checked
from ivaegan_jax.data.benchmarks.recipes import (
    Drawn,
    Modulation,
    Size,
    recipe_b1,
    recipe_b2,
    recipe_b3,
)
from ivaegan_jax.types import Dataset


@checked
def b1(
    data_seed: int,
    /,
    *,
    segments: int = 40,
    per_segment: int = 1000,
    dim: int = 5,
    layers: int = 3,
    source: Source = "gaussian",
    activation: Activation = "xtanh",
) -> Dataset:
    """Draws benchmark B1: the data set of iVAE's reference code.

    Zero-mean sources whose standard deviation is U(.5, 3) per segment and source, mixed by
    one matrix used in every layer; the activation follows all layers but the last.

    Args:
      data_seed: draws the mixing, the modulation and the samples.
      segments: number of levels of u.
      per_segment: rows per segment.
      dim: number of sources and of observed columns.
      layers: number of matrix products.
      source: distribution within a segment before modulation; hypsec keeps its own
        standard deviation, pi / 2, the others have 1.
      activation: xtanh is tanh(x) + .1 x, leaky is leaky ReLU of slope .1.

    Returns:
      x and s `[segments * per_segment, dim]`, u the segment.

    Raises:
      InputError: for an option out of range.

    Source: Khemakhem et al. 2020, "Variational autoencoders and nonlinear ICA", and its code.
    """
    rng = np.random.RandomState(check_data_seed(data_seed))
    size = Size(segments, per_segment, dim, dim, layers)
    return recipe_b1(rng, size, source, activation).seen("b1")


@checked
def b2(
    data_seed: int,
    /,
    *,
    segments: int = 40,
    per_segment: int = 1000,
    dim: int = 5,
    layers: int = 3,
    source: Source = "gaussian",
    activation: Activation = "xtanh",
    modulation: Modulation = "both",
) -> Dataset:
    """Draws benchmark B2: B1 with means U(-5, 5) and a fresh matrix in every layer.

    Options, result and errors are those of `b1`; with `modulation="mean"` every standard deviation
    is 1, and Gaussian sources are known up to a rotation at best.

    Source: Li et al. 2020, "Identifying through flows for recovering latent representations".
    """
    rng = np.random.RandomState(check_data_seed(data_seed))
    size = Size(segments, per_segment, dim, dim, layers)
    return recipe_b2(rng, size, source, activation, modulation).seen("b2")


@checked
def b3_tcl(
    data_seed: int,
    /,
    *,
    segments: int = 20,
    per_segment: int = 500,
    dim: int = 5,
    layers: int = 2,
    source: Source = "gaussian",
) -> Dataset:
    """Draws benchmark B3, TCL data: standardised sources times U(.01, 3) per segment.

    Options, result and errors are those of `b1`, but `layers` counts as in the publication:
    layers - 1 times a leaky ReLU of slope .2 and then a random orthogonal matrix.

    Source: Khemakhem et al. 2020, "ICE-BeeM", and its code.
    """
    rng = np.random.RandomState(check_data_seed(data_seed))
    size = Size(segments, per_segment, dim, dim, layers)
    return recipe_b3(rng, size, source).seen("b3_tcl")


@checked
def b3_imca(
    data_seed: int,
    /,
    *,
    segments: int = 20,
    per_segment: int = 500,
    dim: int = 5,
    layers: int = 2,
) -> Dataset:
    """Draws benchmark B3, IMCA data: sources that depend on each other given the segment.

    Per segment a Gaussian of mean 0 and precision inv(Sigma0) / (2 dim) + diag(1 / std^2),
    with std ~ U(.01, 3) and Sigma0 a random correlation matrix shared by all segments.
    Options, result and errors are those of `b3_tcl`.

    Source: Khemakhem et al. 2020, "ICE-BeeM", and its code.
    """
    base = np.linalg.inv(_correlation(data_seed, dim)) * 0.5 / dim
    # The published generator seeds again here: the modulation repeats the first draws.
    rng = np.random.RandomState(check_data_seed(data_seed))
    variances = rng.uniform(0.01, 3, (dim, segments)).T ** 2
    covariances = np.linalg.inv(base + np.stack([np.diag(1 / v) for v in variances]))
    draw = rng.multivariate_normal
    s = np.concatenate([draw(np.zeros(dim), c, per_segment) for c in covariances])
    mixing = Mixing(rotations(rng, dim, dim, layers), leaky, before=True)
    return in_segments("b3_imca", mixing(s), s, segments)


@checked
def b4(
    data_seed: int,
    /,
    *,
    segments: int = 20,
    per_segment: int = 1000,
    dim: int = 5,
    layers: int = 4,
    source: Source = "gaussian",
) -> Dataset:
    """Draws benchmark B4: means U(-3, 3), standard deviations U(.1, 3), a deeper mixing.

    A fresh matrix of condition number below 5 in every layer; a leaky ReLU of slope .2 follows
    all layers but the last. Published with 200 and with 1,000 rows per segment. Our own are the
    law of the matrices (U(-1, 1), columns of norm 1) and the order of the draws. Options, result
    and errors are those of `b1`, but `dim` ends at 10.
    """
    rng = np.random.RandomState(check_data_seed(data_seed))
    std = rng.uniform(0.1, 3, (segments, dim))
    mean = rng.uniform(-3, 3, (segments, dim))
    s = modulated(rng, source, std, mean, per_segment).astype(np.float32)
    mixing = Mixing(tuple(bounded_matrix(rng, dim) for _ in range(layers)), leaky)
    return Drawn(s, mixing, source, mean, std).seen("b4")


def _correlation(data_seed: int, dim: int) -> Float[np.ndarray, "dim dim"]:
    rng = np.random.RandomState(check_data_seed(data_seed))
    eigenvalues = rng.uniform(size=dim)
    eigenvalues /= eigenvalues.sum() / dim
    return stats.random_correlation.rvs(eigenvalues, random_state=rng)
