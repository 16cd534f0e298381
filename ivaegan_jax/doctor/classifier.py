"""A quadratic discriminant: which level of u a row of x most likely has."""

import numpy as np
from jaxtyping import Float, Int
from scipy import sparse
from scipy.special import softmax

COLUMNS = 10
"""Principal components that it sees; fewer than half of the rows of any level."""

REGULARISATION = 0.1


def level_sums(
    values: Float[np.ndarray, "rows columns"], u: Int[np.ndarray, " rows"], levels: int
) -> Float[np.ndarray, "levels columns"]:
    """Sums over the rows of each level."""
    ones = (np.ones(len(u)), u, np.arange(len(u) + 1))
    return sparse.csr_array(ones, shape=(len(u), levels)).T @ values


def products(x: Float[np.ndarray, "rows columns"]) -> Float[np.ndarray, "rows squares"]:
    """Every product of two columns."""
    return (x[:, :, None] * x[:, None, :]).reshape(len(x), -1)


def fit_and_predict(
    x: Float[np.ndarray, "rows columns"],
    u: Int[np.ndarray, " rows"],
    new: Float[np.ndarray, "new columns"],
    levels: int,
) -> Float[np.ndarray, "new levels"]:
    """Probability of every level for new rows; 0 for one that has no rows in the fit.

    Covariances are mixed with the unit matrix, as in scikit-learn's discriminant, but all levels
    are fitted at once, since a null of shifts fits hundreds of times.
    """
    dim, counts = x.shape[1], np.bincount(u, minlength=levels)
    rows = np.maximum(counts, 1)[:, None]
    mean = level_sums(x, u, levels) / rows
    second = (level_sums(products(x), u, levels) / rows).reshape(levels, dim, dim)
    covariance = second - mean[:, :, None] * mean[:, None, :]
    covariance = (1 - REGULARISATION) * covariance + REGULARISATION * np.eye(dim)
    precision = np.linalg.inv(covariance)
    pulled = (precision @ mean[:, :, None])[:, :, 0]
    constant = (mean * pulled).sum(axis=1) + np.linalg.slogdet(covariance)[1]
    with np.errstate(divide="ignore"):
        constant = np.log(counts / len(u)) - constant / 2
    quadratic = products(new) @ precision.reshape(levels, -1).T
    return softmax(new @ pulled.T - quadratic / 2 + constant, axis=1)
