"""Baselines and ceilings: the MCC that no identification at all already reaches.

An MCC means nothing before it is set beside these. All are scored as the model is: same rows,
same held-out convention.
"""

import functools

import numpy as np
from jaxtyping import Float, Int, Num
from scipy.stats import ortho_group

from ivaegan_jax.metrics.affine import linear_prediction
from ivaegan_jax.metrics.estimates import (
    conditional_mean,
    diagonalised_sources,
    fastica_sources,
    pca_sources,
)
from ivaegan_jax.metrics.mcc import matched, mcc, within_level_mcc
from ivaegan_jax.metrics.rows import centred, held_out_split, without_single_rows
from ivaegan_jax.metrics.truth import columns_within
from ivaegan_jax.types import Auxiliary


def random_rotation_baseline(
    s: Num[np.ndarray, "rows dim_s"],
    draws: int = 200,
    seed: int = 0,
    u: Int[np.ndarray, " rows"] | None = None,
) -> tuple[float, float]:
    """Mean and 95th percentile of the MCC of randomly rotated, standardised true sources.

    What a model scores that has unmixed everything but the last rotation. Rotations are drawn
    from the Haar measure on the orthogonal group. They turn the second moments of the sources,
    whose rows are read once.

    Args:
      s: true sources.
      draws: rotations.
      seed: draws them.
      u: levels, for the MCC within them.

    Examples:
      >>> import numpy as np
      >>> s = np.random.default_rng(0).normal(size=(2000, 5))
      >>> mean, p95 = random_rotation_baseline(s)
      >>> f"{mean:.1f}, {p95:.1f}"  # what an MCC must exceed with five sources
      '0.7, 0.8'
    """
    s = centred(s)
    scale = s.std(axis=0)
    s = np.divide(s, scale, out=np.zeros_like(s), where=scale > 0)
    dim_s = s.shape[1]
    if dim_s == 1:  # a single source has no rotation
        rotations = np.ones((1, 1, 1))
    else:
        rotations = ortho_group.rvs(dim_s, size=draws, random_state=seed).reshape(-1, dim_s, dim_s)
    levels = np.zeros(len(s), int) if u is None else u
    fit, score = (_second_moments(s[half], levels[half]) for half in held_out_split(len(s)))
    scores = [
        matched(_correlation_of_map(fit, each), _correlation_of_map(score, each)).mean()
        for each in rotations
    ]
    return float(np.mean(scores)), float(np.quantile(scores, 0.95))


def _second_moments(
    s: Float[np.ndarray, "rows dim_s"], u: Int[np.ndarray, " rows"]
) -> Float[np.ndarray, "dim_s dim_s"]:
    """Sums of products of the columns of s around their means per level of u."""
    kept = without_single_rows(u)
    residual = centred(s[kept], u[kept])
    return residual.T @ residual


def _correlation_of_map(
    moments: Float[np.ndarray, "dim_s dim_s"], matrix: Float[np.ndarray, "dim_s dim_z"]
) -> Float[np.ndarray, "dim_z dim_s"]:
    """Correlation of `s @ matrix` with s, from the second moments of s; 0 where one is constant."""
    covariance = matrix.T @ moments
    variance = np.einsum("zs,sz->z", covariance, matrix)[:, None] * np.diag(moments)
    scale = np.sqrt(variance.clip(min=0))
    return np.divide(covariance, scale, out=np.zeros_like(covariance), where=scale > 0)


def raw_x_baseline(x: Num[np.ndarray, "rows dim_x"], s: Num[np.ndarray, "rows dim_s"]) -> float:
    """The observations themselves taken as latents."""
    return mcc(x, s)


def pca_baseline(
    x_train: Num[np.ndarray, "train dim_x"],
    x: Num[np.ndarray, "rows dim_x"],
    s: Num[np.ndarray, "rows dim_s"],
) -> float:
    """Principal components of the training observations."""
    return mcc(pca_sources(x_train, x, s.shape[1]), s)


def fastica_baseline(
    x_train: Num[np.ndarray, "train dim_x"],
    x: Num[np.ndarray, "rows dim_x"],
    s: Num[np.ndarray, "rows dim_s"],
) -> float:
    """Linear ICA fitted on the training observations."""
    return mcc(fastica_sources(x_train, x, s.shape[1]), s)


def joint_diagonalisation_baseline(
    x_train: Num[np.ndarray, "train dim_x"],
    u_train: Num[np.ndarray, "train ..."],
    x: Num[np.ndarray, "rows dim_x"],
    s: Num[np.ndarray, "rows dim_s"],
) -> float:
    """Linear unmixing by u: joint diagonalisation of the covariances within its levels.

    Examples:
      >>> import numpy as np
      >>> rng, u = np.random.default_rng(0), np.arange(4000) % 8
      >>> s = rng.normal(size=(4000, 2)) * rng.uniform(0.3, 3, size=(8, 2))[u]
      >>> x = s @ np.array([[1.0, 0.6], [0.5, 1.0]])
      >>> bool(joint_diagonalisation_baseline(x, u, x, s) > 0.99)
      True
    """
    return mcc(diagonalised_sources(x_train, u_train, x, s.shape[1]), s)


def label_only_baseline(
    u_train: Num[np.ndarray, "train ..."],
    s_train: Num[np.ndarray, "train dim_s"],
    u: Num[np.ndarray, "rows ..."],
    s: Num[np.ndarray, "rows dim_s"],
) -> float:
    """E[s given u], learned with the truth: what a model scores that reads u and ignores x.

    Examples:
      >>> import numpy as np
      >>> u = np.arange(1000) % 4
      >>> s = 10 * u[:, None] + np.random.default_rng(0).normal(size=(1000, 1))
      >>> bool(label_only_baseline(u, s, u, s) > 0.99)  # the label alone nearly is the source
      True
    """
    return mcc(conditional_mean(u_train, s_train, u), s)


def linear_ceiling(
    x_train: Num[np.ndarray, "train dim_x"],
    s_train: Num[np.ndarray, "train dim_s"],
    x: Num[np.ndarray, "rows dim_x"],
    s: Num[np.ndarray, "rows dim_s"],
) -> float:
    """The best linear map from x to s, learned with the truth: only nonlinearity is left out."""
    return mcc(linear_prediction(x_train, s_train, x), s)


def baselines(
    x_train: Num[np.ndarray, "train dim_x"],
    u_train: Num[np.ndarray, "train ..."],
    s_train: Num[np.ndarray, "train dim_s"],
    x: Num[np.ndarray, "rows dim_x"],
    u: Num[np.ndarray, "rows ..."],
    s: Num[np.ndarray, "rows dim_s"],
) -> dict[str, float]:
    """Every baseline and ceiling of one data seed, as held-out MCC on the rows (x, u, s).

    Returns:
      `rotation`, `rotation_p95`, `raw_x`, `pca`, `fastica`, `joint_diagonalisation`,
      `label_only`, `linear_ceiling`; where u is discrete, and sources vary within levels that have
      two rows in either half, also `within_level_` versions of these sources, whose linear map is
      fitted within levels (no label_only: it is 0 by construction).
    """
    dim_s = s.shape[1]
    unsupervised = {
        "raw_x": x,
        "pca": pca_sources(x_train, x, dim_s),
        "fastica": fastica_sources(x_train, x, dim_s),
        "joint_diagonalisation": diagonalised_sources(x_train, u_train, x, dim_s),
    }
    values = dict(zip(("rotation", "rotation_p95"), random_rotation_baseline(s), strict=True))
    values |= {name: mcc(z, s) for name, z in unsupervised.items()}
    values["label_only"] = label_only_baseline(u_train, s_train, u, s)
    values["linear_ceiling"] = linear_ceiling(x_train, s_train, x, s)
    kept = columns_within(s, u) if Auxiliary.of(u_train).is_categorical else []
    if not len(kept):
        return values
    s, s_train = s[:, kept], s_train[:, kept]
    score = functools.partial(within_level_mcc, s=s, u=u)
    rotation, rotation_p95 = random_rotation_baseline(s, u=u)
    inside = centred(x_train, u_train), centred(s_train, u_train)
    within = {"rotation": rotation, "rotation_p95": rotation_p95}
    within |= {name: score(z) for name, z in unsupervised.items()}
    within["linear_ceiling"] = score(linear_prediction(*inside, x))
    return values | {f"within_level_{name}": value for name, value in within.items()}
