"""What is known of the sources without the model: estimates that baselines are scored on."""

import warnings

import numpy as np
from jaxtyping import Float, Num

from ivaegan_jax.metrics.diagonalisation import jointly_diagonal, within_covariances
from ivaegan_jax.metrics.modulation import levels_or_cells
from ivaegan_jax.metrics.rows import level_means
from ivaegan_jax.types import Auxiliary

CELLS = 20
"""Cells that a continuous u is cut into, at most."""

FLAT = 1e-8
"""Least variance of a direction within a level, where all rows have variance 1."""


def fastica_sources(
    x_train: Num[np.ndarray, "train dim_x"], x: Num[np.ndarray, "rows dim_x"], dim_s: int
) -> Float[np.ndarray, "rows components"]:
    """Linear ICA fitted on training rows, min(rank of x, dim_s) components, fixed seed.

    Convergence is not demanded: on nonlinear mixtures FastICA often has none, and where it
    stops is as fair a baseline as any.
    """
    from sklearn.decomposition import PCA, FastICA
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.pipeline import make_pipeline

    x_train, x = (np.asarray_chkfinite(a, dtype=float) for a in (x_train, x))
    # PCA first, since FastICA's own whitening divides by zero where x has constant columns
    components = PCA(min(_rank(x_train), dim_s), random_state=0)
    ica = make_pipeline(components, FastICA(max_iter=500, random_state=0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return ica.fit(x_train).transform(x)


def pca_sources(
    x_train: Num[np.ndarray, "train dim_x"], x: Num[np.ndarray, "rows dim_x"], dim_s: int
) -> Float[np.ndarray, "rows components"]:
    """Principal components fitted on training rows, at most dim_s of them."""
    from sklearn.decomposition import PCA

    x_train, x = (np.asarray_chkfinite(a, dtype=float) for a in (x_train, x))
    return PCA(min(dim_s, *x_train.shape), random_state=0).fit(x_train).transform(x)


def diagonalised_sources(
    x_train: Num[np.ndarray, "train dim_x"],
    u_train: Num[np.ndarray, "train ..."],
    x: Num[np.ndarray, "rows dim_x"],
    dim_s: int,
) -> Float[np.ndarray, "rows components"]:
    """Principal components turned to the axes along which u moves the variances of training rows.

    Where fewer than two levels, or cells of a continuous u, have rows enough that vary in every
    direction these are the components themselves.
    """
    from sklearn.decomposition import PCA

    x_train, x = (np.asarray_chkfinite(a, dtype=float) for a in (x_train, x))
    components = PCA(min(_rank(x_train), dim_s), whiten=True, random_state=0).fit(x_train)
    z_train, z = components.transform(x_train), components.transform(x)
    covariances, weights = within_covariances(z_train, levels_or_cells(u_train, CELLS))
    regular = np.linalg.eigvalsh(covariances).min(axis=1, initial=np.inf) > FLAT
    if regular.sum() < 2:
        return z
    return z @ jointly_diagonal(covariances[regular], weights[regular]).T


def _rank(x: Float[np.ndarray, "rows dim"]) -> int:
    return int(np.linalg.matrix_rank(np.atleast_2d(np.cov(x.T)), hermitian=True))


def conditional_mean(
    u_train: Num[np.ndarray, "train ..."],
    y_train: Num[np.ndarray, "train dim"],
    u: Num[np.ndarray, "rows ..."],
) -> Float[np.ndarray, "rows dim"]:
    """E[y given u] from training rows: means per level, or nearest neighbours for continuous u."""
    y_train = np.asarray_chkfinite(y_train, dtype=float)
    known, new = Auxiliary.of(u_train), Auxiliary.of(u)
    mean = _mean_per_level if known.is_categorical else _mean_of_neighbours
    return mean(known.values, y_train, new.values)


def _mean_per_level(u_train: np.ndarray, y_train: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Means per level; a level that training never saw gets the overall mean."""
    levels, code = np.unique(u_train, return_inverse=True)
    nearest = np.searchsorted(levels, u).clip(max=len(levels) - 1)
    known = levels[nearest] == u
    return np.where(known[:, None], level_means(y_train, code)[nearest], y_train.mean(axis=0))


def _mean_of_neighbours(u_train: np.ndarray, y_train: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Mean over sqrt(rows) nearest neighbours in standardised u: less noise as rows grow."""
    from sklearn.neighbors import KNeighborsRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    neighbours = KNeighborsRegressor(max(1, round(len(u_train) ** 0.5)))
    regression = make_pipeline(StandardScaler(), neighbours)
    return regression.fit(u_train, y_train).predict(u)
