"""Joint diagonalisation of covariances within levels of u: the axes that second moments settle.

Where x is a linear mixture of sources whose variances u moves, one matrix makes the covariances of
all levels diagonal, and its rows are the sources up to order and scale. It has a closed criterion,
needs no truth and takes seconds.

Source: the criterion is that of Pham (2001), "Joint approximate diagonalization of positive
definite Hermitian matrices", SIAM J. Matrix Anal. Appl. 22; the steps those of Ablin, Cardoso and
Gramfort (2019), "Beyond Pham's algorithm for joint diagonalization", ESANN.
"""

import numpy as np
from jaxtyping import Float, Int

STEPS, ENOUGH = 200, 1e-11
"""Steps at most, and the largest entry of the relative gradient at which no further is taken."""

CURVED = 1e-3
"""Least curvature of a pair; two variances that all levels scale alike have none."""

HALVINGS, ROUNDING = 12, 1e-12
"""Of a step until the criterion falls, and what it may rise by, of hundreds of sums."""


def jointly_diagonal(
    covariances: Float[np.ndarray, "levels dim dim"], weights: Float[np.ndarray, " levels"]
) -> Float[np.ndarray, "dim dim"]:
    """B such that `B C_k B'` are as diagonal as can be, in the Gaussian likelihood's measure.

    It minimises `sum_k w_k [log det diag(B C_k B') - log det B C_k B']` over B.

    Args:
      covariances: positive definite, one for each level.
      weights: of the levels, rows of each by convention.

    Returns:
      B, each row scaled so that the weighted mean of the variances stays that of x.

    Examples:
      >>> import numpy as np
      >>> mixing = np.array([[1.0, 0.5], [0.3, 1.0]])
      >>> variances = np.array([[1.0, 4.0], [3.0, 1.0], [0.5, 2.0]])
      >>> found = jointly_diagonal(mixing * variances[:, None] @ mixing.T, np.ones(3)) @ mixing
      >>> bool((np.abs(found).min(axis=1) < 1e-6).all())  # one source in each row
      True
    """
    weights, b = weights / weights.sum(), np.eye(covariances.shape[1])
    turned = covariances.astype(float)
    value = _spread(b, turned, weights)
    for _ in range(STEPS):
        gradient, direction = _newton_step(turned, weights)
        if np.abs(gradient).max() < ENOUGH:
            break
        for halved in range(HALVINGS):
            moved = b + 0.5**halved * direction @ b
            seen = moved @ covariances @ moved.T
            if (lower := _spread(moved, seen, weights)) < value + ROUNDING:
                break
        else:  # no step lowers it
            break
        b, turned, value = moved, seen, lower
    before, after = (np.einsum("k,kii->i", weights, each) for each in (covariances, turned))
    return b * np.sqrt(before.mean() / after)[:, None]


def _spread(
    b: Float[np.ndarray, "dim dim"],
    turned: Float[np.ndarray, "levels dim dim"],
    weights: Float[np.ndarray, " levels"],
) -> float:
    """The criterion, less what does not depend on B."""
    variances = np.diagonal(turned, axis1=1, axis2=2)
    return float(weights @ np.log(variances).sum(axis=1) - 2 * np.linalg.slogdet(b)[1])


def _newton_step(
    turned: Float[np.ndarray, "levels dim dim"], weights: Float[np.ndarray, " levels"]
) -> tuple[Float[np.ndarray, "dim dim"], Float[np.ndarray, "dim dim"]]:
    """Relative gradient, and the step by the curvature that exactly diagonal matrices have.

    That curvature couples an entry with its mirror image alone: one 2 x 2 system for each pair.
    """
    variances = np.diagonal(turned, axis1=1, axis2=2)
    gradient = np.einsum("k,kij,ki->ij", weights, turned, 1 / variances, optimize=True)
    np.fill_diagonal(gradient, 0.0)
    curvature = np.einsum("k,kj,ki->ij", weights, variances, 1 / variances, optimize=True)
    mean, half = (curvature + curvature.T) / 2, (curvature - curvature.T) / 2
    least = mean - np.sqrt(half**2 + 1)
    curvature += np.maximum(CURVED - least, 0.0)
    determinant = curvature * curvature.T - 1
    np.fill_diagonal(determinant, 1.0)
    return gradient, (gradient.T - curvature.T * gradient) / determinant


def within_covariances(
    z: Float[np.ndarray, "rows dim"], code: Int[np.ndarray, " rows"], fewest: float = 2.0
) -> tuple[Float[np.ndarray, "levels dim dim"], Float[np.ndarray, " levels"]]:
    """Covariance and rows of each level of u that has more than `fewest` rows for each column.

    Args:
      z: finite, of full rank within levels.
      code: level of each row.
      fewest: rows for each column; twice as many make a covariance that can be inverted.
    """
    counts = np.bincount(code)
    kept = np.flatnonzero(counts > fewest * z.shape[1])
    of_levels = np.split(z[np.argsort(code, kind="stable")], np.cumsum(counts)[:-1])
    found = [np.atleast_2d(np.cov(of_levels[level].T)) for level in kept]
    return np.reshape(found, (len(kept), z.shape[1], z.shape[1])), counts[kept].astype(float)
