"""Cheap methods, each as three runs on a benchmark; none trains a model of this package.

Those called truth, turned, bent and rotated make latents out of the true sources, so that every
quality between right and wrong occurs; the others see x and u, or learn from true sources.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from jaxtyping import Float, Int
from scipy.linalg import expm
from scipy.stats import ortho_group
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsRegressor

from ivaegan_jax.metrics import diagonalised_sources, fastica_sources

Runs: TypeAlias = Sequence[Float[np.ndarray, "rows dim_z"]]
Method: TypeAlias = Callable[
    [
        Float[np.ndarray, "rows dim_s"],
        Float[np.ndarray, "rows dim_x"],
        Int[np.ndarray, " rows"],
        np.random.Generator,
    ],
    Runs,
]

RUNS = 3
SHARE, NEIGHBOURS = 0.7, 10
"""Rows that a run of a method learns from, and neighbours of a regression."""


def truth(noise: float) -> Method:
    """The sources with noise of every run's own."""
    return lambda s, x, u, rng: [s + noise * rng.normal(size=s.shape) for _ in range(RUNS)]


def turned(angle: float, shared: bool) -> Method:
    """The sources under a rotation by some angle, one for all runs or one for each, and noise."""

    def make(s: np.ndarray, x: np.ndarray, u: np.ndarray, rng: np.random.Generator) -> Runs:
        turns = [small_rotation(s.shape[1], angle, rng) for _ in range(RUNS)]
        turns = turns[:1] * RUNS if shared else turns
        return [s @ turn + 0.05 * rng.normal(size=s.shape) for turn in turns]

    return make


def small_rotation(dim: int, angle: float, rng: np.random.Generator) -> np.ndarray:
    """The exponential of a skew matrix with entries of this size."""
    skew = np.triu(rng.normal(size=(dim, dim)), 1)
    return expm(angle * (skew - skew.T))


def rotated(shared: bool) -> Method:
    """The sources under a rotation at random."""

    def make(s: np.ndarray, x: np.ndarray, u: np.ndarray, rng: np.random.Generator) -> Runs:
        turns = [ortho_group.rvs(s.shape[1], random_state=rng) for _ in range(RUNS)]
        turns = turns[:1] * RUNS if shared else turns
        return [s @ turn + 0.05 * rng.normal(size=s.shape) for turn in turns]

    return make


def bent(strength: float) -> Method:
    """The sources seen through a nonlinear mixture that all runs share, and noise."""

    def make(s: np.ndarray, x: np.ndarray, u: np.ndarray, rng: np.random.Generator) -> Runs:
        turn = ortho_group.rvs(s.shape[1], random_state=rng)
        seen = np.tanh(strength * s @ turn) @ turn.T
        seen = seen / seen.std(axis=0)
        return [seen + 0.1 * rng.normal(size=s.shape) for _ in range(RUNS)]

    return make


def fitted(estimate: Callable[..., np.ndarray]) -> Method:
    """A method that learns from some rows of each run's own and is applied to all."""

    def make(s: np.ndarray, x: np.ndarray, u: np.ndarray, rng: np.random.Generator) -> Runs:
        some = [rng.permutation(len(x))[: int(SHARE * len(x))] for _ in range(RUNS)]
        return [estimate(x[rows], u[rows], s[rows], x) for rows in some]

    return make


def _linear(x: np.ndarray, u: np.ndarray, s: np.ndarray, whole: np.ndarray) -> np.ndarray:
    coefficients = np.linalg.lstsq(np.c_[x, np.ones(len(x))], s)[0]
    return np.c_[whole, np.ones(len(whole))] @ coefficients


def _neighbours(x: np.ndarray, u: np.ndarray, s: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.asarray(KNeighborsRegressor(NEIGHBOURS).fit(x, s).predict(whole))


METHODS: Mapping[str, Method] = {
    **{f"truth, noise {noise:g}": truth(noise) for noise in (0.01, 0.2, 0.4, 0.6, 1.0)},
    **{f"turned together by {angle:g}": turned(angle, True) for angle in (0.1, 0.3)},
    **{f"turned each by {angle:g}": turned(angle, False) for angle in (0.1, 0.3)},
    "rotated together": rotated(shared=True),
    "rotated each": rotated(shared=False),
    **{f"bent by {strength:g}": bent(strength) for strength in (0.5, 1.5)},
    "PCA": fitted(lambda x, u, s, whole: PCA(s.shape[1], random_state=0).fit(x).transform(whole)),
    "FastICA": fitted(lambda x, u, s, whole: fastica_sources(x, whole, s.shape[1])),
    "joint diagonalisation": fitted(lambda x, u, s, w: diagonalised_sources(x, u, w, s.shape[1])),
    "linear, supervised": fitted(_linear),
    "neighbours, supervised": fitted(_neighbours),
}
"""By name: `(s at variance 1, x, level of u, rng) -> latents of every run`."""
