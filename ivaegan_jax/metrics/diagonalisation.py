"""Joint diagonalisation of covariances within levels of u: the axes that second moments settle.

Where x is a linear mixture of sources whose variances u moves, one matrix makes the covariances of
all levels diagonal, and its rows are the sources up to order and scale. It has a closed criterion,
needs no truth and takes a second.

Source: Pham (2001), "Joint approximate diagonalization of positive definite Hermitian matrices",
SIAM J. Matrix Anal. Appl. 22.
"""

import itertools

import numpy as np
from jaxtyping import Float, Int

SWEEPS, ENOUGH = 200, 1e-10
"""Sweeps over all pairs at most, and the step after which no further one is taken."""


def jointly_diagonal(
    covariances: Float[np.ndarray, "levels dim dim"], weights: Float[np.ndarray, " levels"]
) -> Float[np.ndarray, "dim dim"]:
    """B such that `B C_k B'` are as diagonal as can be, in the Gaussian likelihood's measure.

    It minimises `sum_k w_k [log det diag(B C_k B') - log det B C_k B']` by steps on pairs of rows.

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
    weights, dim = weights / weights.sum(), covariances.shape[1]
    turned, b = covariances.astype(float), np.eye(dim)
    for _ in range(SWEEPS):
        largest = 0.0
        for i, j in itertools.combinations(range(dim), 2):
            step = _pair_step(turned[:, [i, j]][:, :, [i, j]], weights)
            for rows in (b[None], turned, turned.swapaxes(1, 2)):
                rows[:, [i, j]] = step @ rows[:, [i, j]]
            largest = max(largest, np.abs(step - np.eye(2)).max())
        if largest < ENOUGH:
            break
    before, after = (np.einsum("k,kii->i", weights, each) for each in (covariances, turned))
    return b * np.sqrt(before.mean() / after)[:, None]


def _pair_step(
    pair: Float[np.ndarray, "levels 2 2"], weights: Float[np.ndarray, " levels"]
) -> Float[np.ndarray, "2 2"]:
    """The step on two rows that lowers the criterion (Pham 2001, section 3)."""
    first, second, both = pair[:, 0, 0], pair[:, 1, 1], pair[:, 0, 1]
    g_first, g_second = weights @ (both / first), weights @ (both / second)
    ratio_first, ratio_second = weights @ (second / first), weights @ (first / second)
    omega, scale = np.sqrt(ratio_first * ratio_second), np.sqrt(ratio_second / ratio_first)
    even = (scale * g_first + g_second) / (omega + 1)
    # equal ratios in all levels: their covariances say nothing of a rotation of the two
    odd = (scale * g_first - g_second) / max(omega - 1, 1e-9)
    h_first, h_second = even + odd, (even - odd) / scale
    root = 1 + np.sqrt(max(1 - h_first * h_second, 0.0))
    return np.array([[1, -h_first / root], [-h_second / root, 1]])


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
    found = [np.atleast_2d(np.cov(z[code == level].T)) for level in kept]
    return np.reshape(found, (len(kept), z.shape[1], z.shape[1])), counts[kept].astype(float)
