"""Principal components of x: its independent directions, at a common scale."""

import numpy as np
from jaxtyping import Float

SMALLEST_SHARE = 1e-10
"""Share of x's largest variance below which a direction is taken for rounding errors."""


def whiten(
    x: Float[np.ndarray, "rows dim_x"], components: int
) -> tuple[Float[np.ndarray, "rows components"], float]:
    """Principal components of variance 1, the largest first, and their share of the variance."""
    from sklearn.decomposition import PCA

    total = x.var(axis=0, dtype=float).sum()
    if total == 0:
        return np.zeros((len(x), 0)), 0.0
    pca = PCA(min(components, *x.shape), random_state=0)
    scores, variance = pca.fit_transform(x.astype(float)), pca.explained_variance_
    real = variance > SMALLEST_SHARE * variance[0]
    share = float(min(1.0, variance[real].sum() / total))
    return scores[:, real] / np.sqrt(variance[real]), share


def directions(x: Float[np.ndarray, "rows dim_x"], most: int) -> int:
    """In how many independent directions x varies; of more than `most` no more are looked for."""
    return whiten(x, most)[0].shape[1]
