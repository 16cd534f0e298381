"""Benchmarks whose few sources are mixed into many columns by a random coupling flow.

The laws are the published ones. Published are not the weights of the flows, which the frameworks
of the time drew; here a data seed draws them too, on the same private legacy `RandomState`.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from ivaegan_jax.data.benchmarks.coupling import GLOW, PI_VAE, Flow, random_flow
from ivaegan_jax.data.benchmarks.densities import Noise
from ivaegan_jax.data.benchmarks.draws import by_row, in_segments
from ivaegan_jax.data.benchmarks.mixing import Observed, Rows
from ivaegan_jax.data.benchmarks.options import check_data_seed, checked
from ivaegan_jax.data.benchmarks.truth import Truth
from ivaegan_jax.types import Auxiliary, Dataset

NUISANCE_STD = 0.01
Column = Float[np.ndarray, "rows 1"]
Plane = Float[np.ndarray, "rows 2"]


class Curve(NamedTuple):
    """What the sources are drawn around, row by row.

    Attributes:
      u: what a model sees of them.
      mean: of the sources given u.
      variance: the same for both sources.
    """

    u: Float[np.ndarray, "rows dim_u"]
    mean: Plane
    variance: Column


class Surface(NamedTuple):
    """Two sources in many columns: zeros beside them, and a flow of all.

    Attributes:
      flow: of all columns.
      columns: how many they are.
    """

    flow: Flow
    columns: int

    def __call__(self, s: Rows) -> Observed:
        """Of rows of sources."""
        return self.flow.forward(np.pad(s, ((0, 0), (0, self.columns - s.shape[1]))))


@checked
def b5_sine(
    data_seed: int, /, *, per_segment: int = 30_000, dim: int = 100, layers: int = 4
) -> Dataset:
    """Draws benchmark B5: two sources around a period of a sine, seen through 100 noisy columns.

    u ~ U(-pi/2, pi/2) is continuous. With t = 2 u + pi the sources have means (t, 2 sin t) and
    the variance (pi/2 + u) / (2 pi), so that they spread along the curve. They are padded with
    zeros, mixed by a flow, and N(0, 1) noise is added to every column.

    Both sources have the same variance at every u. Rotated sources are then independent given u
    as well, so that x and u do not settle the axes: read R², not the MCC.

    Args:
      data_seed: draws u, the sources (both as the published generator), the flow and the noise.
      per_segment: number of rows.
      dim: number of observed columns.
      layers: blocks of the flow.

    Returns:
      x `[per_segment, dim]`, s `[per_segment, 2]`, u `[per_segment, 1]`.

    Raises:
      InputError: for an option out of range.

    Source: Kim et al. 2023, "Covariate-informed representation learning to prevent posterior
    collapse of iVAE", and its code.
    """
    rng, u = _begin(data_seed, per_segment)
    t = 2 * u + np.pi
    curve = Curve(u, np.hstack([t, 2 * np.sin(t)]), (np.pi / 2 + u) / (2 * np.pi))
    return _observed("b5_sine", rng, curve, dim, layers)


@checked
def b5_quadratic(
    data_seed: int, /, *, per_segment: int = 30_000, dim: int = 100, layers: int = 4
) -> Dataset:
    """Draws benchmark B5 around a parabola: as `b5_sine`, with means (u, u^2)."""
    rng, u = _begin(data_seed, per_segment)
    curve = Curve(u, np.hstack([u, u**2]), (np.pi / 2 + u) / (2 * np.pi))
    return _observed("b5_quadratic", rng, curve, dim, layers)


@checked
def b5_two_circles(
    data_seed: int, /, *, per_segment: int = 30_000, dim: int = 100, layers: int = 4
) -> Dataset:
    """Draws benchmark B5 around two circles: as `b5_sine`, with a radius r of 1 or 2 as likely.

    Means r (cos 2u, sin 2u), variance (pi/2 - abs(u)) / (5 pi). The first column of
    u `[per_segment, 3]` is the angle u, the others say which radius it is.
    """
    rng, u = _begin(data_seed, per_segment)
    outer = rng.choice(np.arange(2), size=per_segment)
    mean = (1 + outer)[:, None] * np.hstack([np.cos(2 * u), np.sin(2 * u)])
    curve = Curve(np.hstack([u, np.eye(2)[outer]]), mean, (np.pi / 2 - np.abs(u)) / (5 * np.pi))
    return _observed("b5_two_circles", rng, curve, dim, layers)


@checked
def b6(
    data_seed: int,
    /,
    *,
    segments: int = 5,
    per_segment: int = 2000,
    dim: int = 10,
    layers: int = 8,
) -> Dataset:
    """Draws benchmark B6: five clusters in two dimensions, hidden in ten.

    Per cluster and source a Gaussian of mean U(-5, 5) and standard deviation U(.5, 3). Beside
    the two sources there are dim - 2 dimensions of standard deviation .01, the same in all
    clusters: noise, and no part of s. A flow mixes all of them. Clusters are equally large, since
    all data seeds must split alike; the publication draws the cluster of each row.

    Args:
      data_seed: draws clusters, rows and flow.
      segments: number of clusters.
      per_segment: rows per cluster.
      dim: number of dimensions, and of observed columns.
      layers: blocks of the flow.

    Returns:
      x `[segments * per_segment, dim]`, s `[segments * per_segment, 2]`, u the cluster.

    Raises:
      InputError: for an option out of range.

    Source: Sorrenson et al. 2020, "Disentanglement by nonlinear ICA with general incompressible-
    flow networks (GIN)", and its code.
    """
    rng = np.random.RandomState(check_data_seed(data_seed))
    mean, std = rng.uniform(-5, 5, (segments, 2)), rng.uniform(0.5, 3, (segments, 2))
    rows = segments * per_segment
    s = rng.standard_normal((rows, 2)) * by_row(std, per_segment) + by_row(mean, per_segment)
    z = np.hstack([s, NUISANCE_STD * rng.standard_normal((rows, dim - 2))])
    return in_segments("b6", random_flow(rng, dim, layers, GLOW).forward(z), s, segments)


def _begin(data_seed: int, rows: int) -> tuple[np.random.RandomState, Column]:
    """The generator, and its first draws: u in one column."""
    rng = np.random.RandomState(check_data_seed(data_seed))
    return rng, rng.uniform(-np.pi / 2, np.pi / 2, (rows, 1))


def _observed(
    name: str, rng: np.random.RandomState, curve: Curve, dim: int, layers: int
) -> Dataset:
    """Draws the sources around the curve, and what is seen of them."""
    std = np.broadcast_to(np.sqrt(curve.variance), curve.mean.shape)
    s = rng.standard_normal(std.shape) * std + curve.mean
    surface = Surface(random_flow(rng, dim, layers, PI_VAE), dim)
    clean = surface(s)
    x = clean + rng.standard_normal(clean.shape)
    clean, x, u, s = (array.astype(np.float32) for array in (clean, x, curve.u, s))
    truth = Truth(s, curve.mean, std, "gaussian", surface).seen(x, Noise("gaussian", np.ones(dim)))
    return Dataset(name=name, x=x, u=Auxiliary.continuous(u), s=s, clean=clean, truth=truth)
