"""Baselines and ceilings: the MCC that no identification at all already reaches.

An MCC means nothing before it is set beside these. All are scored as the model is: same rows,
same held-out convention.
"""

import functools
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from jaxtyping import Int, Num
from scipy.stats import ortho_group

from ivaegan_jax.metrics.affine import linear_prediction
from ivaegan_jax.metrics.estimates import (
    conditional_mean,
    diagonalised_sources,
    fastica_sources,
    pca_sources,
)
from ivaegan_jax.metrics.mcc import mcc, within_level_mcc
from ivaegan_jax.metrics.rows import centred
from ivaegan_jax.types import Auxiliary

Score: TypeAlias = Callable[[np.ndarray, np.ndarray], float]
"""(latents, sources) -> score; `mcc` unless a within-level version is asked for."""


def random_rotation_baseline(
    s: Num[np.ndarray, "rows dim_s"], draws: int = 200, seed: int = 0, score: Score = mcc
) -> tuple[float, float]:
    """Mean and 95th percentile of the score of randomly rotated, standardised true sources.

    What a model scores that has unmixed everything but the last rotation. Rotations are drawn
    from the Haar measure on the orthogonal group.

    Examples:
      >>> import numpy as np
      >>> s = np.random.default_rng(0).normal(size=(2000, 5))
      >>> mean, p95 = random_rotation_baseline(s)
      >>> f"{mean:.1f}, {p95:.1f}"  # what an MCC must exceed with five sources
      '0.7, 0.8'
    """
    z = centred(s)
    scale = z.std(axis=0)
    z = np.divide(z, scale, out=np.zeros_like(z), where=scale > 0)
    dim_s = s.shape[1]
    if dim_s == 1:  # a single source has no rotation
        rotations = np.ones((1, 1, 1))
    else:
        rotations = ortho_group.rvs(dim_s, size=draws, random_state=seed).reshape(-1, dim_s, dim_s)
    scores = [score(z @ rotation, s) for rotation in rotations]
    return float(np.mean(scores)), float(np.quantile(scores, 0.95))


def raw_x_baseline(
    x: Num[np.ndarray, "rows dim_x"], s: Num[np.ndarray, "rows dim_s"], score: Score = mcc
) -> float:
    """The observations themselves taken as latents."""
    return score(x, s)


def pca_baseline(
    x_train: Num[np.ndarray, "train dim_x"],
    x: Num[np.ndarray, "rows dim_x"],
    s: Num[np.ndarray, "rows dim_s"],
    score: Score = mcc,
) -> float:
    """Principal components of the training observations."""
    return score(pca_sources(x_train, x, s.shape[1]), s)


def fastica_baseline(
    x_train: Num[np.ndarray, "train dim_x"],
    x: Num[np.ndarray, "rows dim_x"],
    s: Num[np.ndarray, "rows dim_s"],
    score: Score = mcc,
) -> float:
    """Linear ICA fitted on the training observations."""
    return score(fastica_sources(x_train, x, s.shape[1]), s)


def joint_diagonalisation_baseline(
    x_train: Num[np.ndarray, "train dim_x"],
    u_train: Num[np.ndarray, "train ..."],
    x: Num[np.ndarray, "rows dim_x"],
    s: Num[np.ndarray, "rows dim_s"],
    score: Score = mcc,
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
    return score(diagonalised_sources(x_train, u_train, x, s.shape[1]), s)


def label_only_baseline(
    u_train: Num[np.ndarray, "train ..."],
    s_train: Num[np.ndarray, "train dim_s"],
    u: Num[np.ndarray, "rows ..."],
    s: Num[np.ndarray, "rows dim_s"],
    score: Score = mcc,
) -> float:
    """E[s given u], learned with the truth: what a model scores that reads u and ignores x.

    Examples:
      >>> import numpy as np
      >>> u = np.arange(1000) % 4
      >>> s = 10 * u[:, None] + np.random.default_rng(0).normal(size=(1000, 1))
      >>> bool(label_only_baseline(u, s, u, s) > 0.99)  # the label alone nearly is the source
      True
    """
    return score(conditional_mean(u_train, s_train, u), s)


def linear_ceiling(
    x_train: Num[np.ndarray, "train dim_x"],
    s_train: Num[np.ndarray, "train dim_s"],
    x: Num[np.ndarray, "rows dim_x"],
    s: Num[np.ndarray, "rows dim_s"],
    score: Score = mcc,
) -> float:
    """The best linear map from x to s, learned with the truth: only nonlinearity is left out."""
    return score(linear_prediction(x_train, s_train, x), s)


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
      `label_only`, `linear_ceiling`; where u is discrete also `within_level_` versions (no
      label_only: it is 0 by construction).
    """
    rotation, rotation_p95 = random_rotation_baseline(s)
    values = {
        "rotation": rotation,
        "rotation_p95": rotation_p95,
        "raw_x": raw_x_baseline(x, s),
        "pca": pca_baseline(x_train, x, s),
        "fastica": fastica_baseline(x_train, x, s),
        "joint_diagonalisation": joint_diagonalisation_baseline(x_train, u_train, x, s),
        "label_only": label_only_baseline(u_train, s_train, u, s),
        "linear_ceiling": linear_ceiling(x_train, s_train, x, s),
    }
    if Auxiliary.of(u_train).is_categorical:
        within = within_level_baselines(x_train, u_train, s_train, x, u, s)
        values |= {f"within_level_{name}": value for name, value in within.items()}
    return values


def within_level_baselines(
    x_train: Num[np.ndarray, "train dim_x"],
    u_train: Int[np.ndarray, " train"],
    s_train: Num[np.ndarray, "train dim_s"],
    x: Num[np.ndarray, "rows dim_x"],
    u: Int[np.ndarray, " rows"],
    s: Num[np.ndarray, "rows dim_s"],
) -> dict[str, float]:
    """The baselines under `within_level_mcc`; the linear map is fitted within levels as well."""
    score = functools.partial(within_level_mcc, u=u)
    rotation, rotation_p95 = random_rotation_baseline(s, score=score)
    return {
        "rotation": rotation,
        "rotation_p95": rotation_p95,
        "raw_x": raw_x_baseline(x, s, score),
        "pca": pca_baseline(x_train, x, s, score),
        "fastica": fastica_baseline(x_train, x, s, score),
        "joint_diagonalisation": joint_diagonalisation_baseline(x_train, u_train, x, s, score),
        "linear_ceiling": linear_ceiling(
            centred(x_train, u_train), centred(s_train, u_train), x, s, score
        ),
    }
