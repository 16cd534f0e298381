"""Nonlinear-ICA benchmarks whose true sources are known.

Each follows the published generator draw by draw, on a private legacy `RandomState`: data
seed k means here what it means in the literature, and numpy's global generator is left alone.
A data seed draws the mixing, the modulation and the samples. Rows are ordered by segment.
"""

from typing import Literal

import numpy as np
from jaxtyping import Float
from scipy import stats
from sklearn.preprocessing import scale

from ivaegan_jax.data.mixing import Activation, Rows, conditioned_matrix, mix, rotate
from ivaegan_jax.data.options import check_data_seed, checked
from ivaegan_jax.types import Dataset

Source = Literal["gaussian", "laplace", "hypsec"]


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
    std = rng.uniform(0.5, 3, (segments, dim))
    s = _sources(rng, source, segments * per_segment, dim) * _by_row(std, per_segment)
    matrices = [conditioned_matrix(rng, dim)] * layers
    return _dataset("b1", mix(s, matrices, activation), s, segments)


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
) -> Dataset:
    """Draws benchmark B2: B1 with means U(-5, 5) and a fresh matrix in every layer.

    Options, result and errors are those of `b1`.

    Source: Li et al. 2020, "Identifying through flows for recovering latent representations".
    """
    rng = np.random.RandomState(check_data_seed(data_seed))
    std = rng.uniform(0.5, 3, (segments, dim))
    mean = rng.uniform(-5, 5, (segments, dim))
    s = _sources(rng, source, segments * per_segment, dim)
    s = s * _by_row(std, per_segment) + _by_row(mean, per_segment)
    matrices = [conditioned_matrix(rng, dim) for _ in range(layers)]
    return _dataset("b2", mix(s, matrices, activation), s, segments)


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
    s = scale(_sources(rng, source, segments * per_segment, dim, np.float64))
    s = s * _by_row(rng.uniform(0.01, 3, (dim, segments)).T, per_segment)
    return _dataset("b3_tcl", rotate(rng, s, layers), s, segments)


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
    return _dataset("b3_imca", rotate(rng, s, layers), s, segments)


def _sources(
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


def _by_row(table: Float[np.ndarray, "segments dim"], per_segment: int) -> Rows:
    return np.repeat(table, per_segment, axis=0)


def _correlation(data_seed: int, dim: int) -> Float[np.ndarray, "dim dim"]:
    rng = np.random.RandomState(check_data_seed(data_seed))
    eigenvalues = rng.uniform(size=dim)
    eigenvalues /= eigenvalues.sum() / dim
    return stats.random_correlation.rvs(eigenvalues, random_state=rng)


def _dataset(name: str, x: Rows, s: Rows, segments: int) -> Dataset:
    u = np.repeat(np.arange(segments, dtype=np.int32), len(x) // segments)
    x, s = x.astype(np.float32), s.astype(np.float32)
    return Dataset(name=name, x=x, u=u, s=s, levels=np.arange(segments))
