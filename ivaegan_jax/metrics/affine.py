"""Agreement up to an affine map: held-out R^2 and canonical correlations.

What a model recovers up to an invertible linear map scores 1 here and less under MCC; the gap
between the two is the rotation that identifiability theory is about.
"""

import numpy as np
from jaxtyping import Float, Num

from ivaegan_jax.metrics.rows import centred, held_out_split, r2_per_column


def linear_prediction(
    x_train: Num[np.ndarray, "train dim_x"],
    y_train: Num[np.ndarray, "train dim_y"],
    x: Num[np.ndarray, "rows dim_x"],
) -> Float[np.ndarray, "rows dim_y"]:
    """Least squares with intercept, minimum norm where x is rank deficient, evaluated at x."""
    x_train, y_train, x = (np.asarray_chkfinite(a, dtype=float) for a in (x_train, y_train, x))
    x_mean, y_mean = x_train.mean(axis=0), y_train.mean(axis=0)
    coefficients = np.linalg.lstsq(centred(x_train), y_train - y_mean)[0]
    return (x - x_mean) @ coefficients + y_mean


def affine_r2_per_column(
    z: Num[np.ndarray, "rows dim_z"], s: Num[np.ndarray, "rows dim_s"]
) -> Float[np.ndarray, " dim_s"]:
    """Held-out R^2 of each column of s; see `affine_r2`."""
    fit, score = held_out_split(len(z))
    return r2_per_column(linear_prediction(z[fit], s[fit], z[score]), s[score])


def affine_r2(z: Num[np.ndarray, "rows dim_z"], s: Num[np.ndarray, "rows dim_s"]) -> float:
    """Held-out R^2 of the best affine map from z to s, averaged over the columns of s.

    Fitted on the even rows, scored on the odd ones, nothing clipped: independent noise scores
    slightly below 0. A constant column of s counts 0. Both ways are two calls: z to s measures
    whether the sources are there, s to z whether anything else is.

    Examples:
      >>> import numpy as np
      >>> s = np.random.default_rng(0).normal(size=(1000, 2))
      >>> round(affine_r2(s @ np.array([[1.0, 2.0], [0.0, 1.0]]) + 3, s), 6)
      1.0
    """
    return float(affine_r2_per_column(z, s).mean())


def _whitening(a: Float[np.ndarray, "rows dim"]) -> Float[np.ndarray, "dim rank"]:
    """Map to uncorrelated columns of length 1 that drops directions without variance."""
    length = np.linalg.norm(a, axis=0)
    scale = np.divide(1, length, out=np.zeros_like(length), where=length > 0)
    _, singular, vt = np.linalg.svd(a * scale, full_matrices=False)
    keep = singular > 1e-6 * singular[0] if singular[0] > 0 else np.zeros(len(singular), bool)
    return scale[:, None] * vt[keep].T / singular[keep]


def canonical_correlation(
    z: Num[np.ndarray, "rows dim_z"], s: Num[np.ndarray, "rows dim_s"], held_out: bool = True
) -> float:
    """Mean canonical correlation of z and s; in-sample where `held_out` is False.

    Canonical directions, signs included, come from the even rows; the correlation of each pair
    of canonical variates from the odd ones, so it may be negative. Pairs that a deficient rank of
    z or a small dim_z leaves out count 0: the mean is over the rank of s. Hotelling (1936).

    Examples:
      >>> import numpy as np
      >>> s = np.random.default_rng(0).normal(size=(1000, 2))
      >>> round(canonical_correlation(s @ np.array([[1.0, 2.0], [0.0, 1.0]]), s), 6)
      1.0
    """
    fit, score = held_out_split(len(z), held_out)
    z_fit, s_fit = centred(z[fit]), centred(s[fit])
    z_map, s_map = _whitening(z_fit), _whitening(s_fit)
    left, _, right_t = np.linalg.svd((z_fit @ z_map).T @ (s_fit @ s_map), full_matrices=False)
    z_variates = centred(centred(z[score]) @ z_map @ left)
    s_variates = centred(centred(s[score]) @ s_map @ right_t.T)
    lengths = np.linalg.norm(z_variates, axis=0) * np.linalg.norm(s_variates, axis=0)
    products = (z_variates * s_variates).sum(axis=0)
    pairs = np.divide(products, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    return float(pairs.sum() / max(s_map.shape[1], 1))
