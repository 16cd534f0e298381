"""Mean correlation coefficient (MCC) between latents and sources.

MCC forgives what nonlinear ICA leaves open: order, sign, scale and shift of the latents.
Convention: |correlation|, one-to-one assignment fitted on the even rows and scored on the odd
ones, mean over the sources. Khemakhem et al. (2020), "Variational Autoencoders and Nonlinear
ICA", fit and score on the same rows, which `held_out=False` does.
"""

from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from jaxtyping import Float, Int, Num
from scipy.optimize import linear_sum_assignment
from scipy.stats import rankdata

from ivaegan_jax.metrics.rows import centred, held_out_split, without_single_rows

Correlation: TypeAlias = Literal["pearson", "spearman"]
"""Pearson for sources known up to scale; Spearman for sources known up to a monotone map."""


class Assignment(NamedTuple):
    """One-to-one pairs: latent `latent[i]` stands for source `source[i]`, with `sign[i]`.

    Sources are in ascending order; there are min(dim_z, dim_s) pairs.
    """

    latent: Int[np.ndarray, " pairs"]
    source: Int[np.ndarray, " pairs"]
    sign: Float[np.ndarray, " pairs"]


def _unit_columns(a: Num[np.ndarray, "rows dim"], corr: Correlation) -> np.ndarray:
    """Columns centred and of length 1 (constant ones 0), after ranking for Spearman."""
    if corr not in ("pearson", "spearman"):
        raise ValueError(f"corr is 'pearson' or 'spearman', got {corr!r}")
    a = np.asarray_chkfinite(a, dtype=float)
    a = centred(rankdata(a, axis=0) if corr == "spearman" else a)
    length = np.linalg.norm(a, axis=0)
    return np.divide(a, length, out=np.zeros_like(a), where=length > 0)


def correlation_matrix(
    a: Num[np.ndarray, "rows dim_a"],
    b: Num[np.ndarray, "rows dim_b"],
    corr: Correlation = "pearson",
) -> Float[np.ndarray, "dim_a dim_b"]:
    """Correlation of each column of a with each column of b; 0 where either is constant.

    Examples:
      >>> import numpy as np
      >>> s = np.random.default_rng(0).normal(size=(1000, 2))
      >>> correlation_matrix(s[:, ::-1], s).round(1).tolist() == [[0.0, 1.0], [1.0, 0.0]]
      True
    """
    return _unit_columns(a, corr).T @ _unit_columns(b, corr)


def assign(correlation: Float[np.ndarray, "dim_z dim_s"]) -> Assignment:
    """The assignment with the largest sum of |correlation| (Hungarian method).

    Examples:
      >>> import numpy as np
      >>> pairs = assign(np.array([[0.1, -0.9], [0.8, 0.2]]))
      >>> pairs.latent.tolist(), pairs.source.tolist(), pairs.sign.tolist()
      ([1, 0], [0, 1], [1.0, -1.0])
    """
    source, latent = linear_sum_assignment(np.abs(correlation.T), maximize=True)
    return Assignment(latent, source, np.where(correlation[latent, source] < 0, -1.0, 1.0))


def matched(
    fit: Float[np.ndarray, "dim_z dim_s"], score: Float[np.ndarray, "dim_z dim_s"]
) -> Float[np.ndarray, " dim_s"]:
    """|score| at the assignment fitted on `fit`; 0 for a source that no latent is left for."""
    pairs = assign(fit)
    result = np.zeros(fit.shape[1])
    result[pairs.source] = np.abs(score[pairs.latent, pairs.source])
    return result


def matched_correlation(
    z: Num[np.ndarray, "rows dim_z"],
    s: Num[np.ndarray, "rows dim_s"],
    corr: Correlation = "pearson",
    held_out: bool = True,
) -> Float[np.ndarray, " dim_s"]:
    """|correlation| of each source with the latent assigned to it; its mean is the MCC.

    Args:
      z: latents, posterior means by convention; fewer or more columns than s are fine.
      s: true sources, same rows.
      corr: kind of correlation, for the assignment and for the score.
      held_out: fit the assignment on the even rows and score the odd ones; else all rows twice.

    Raises:
      ValueError: NaN or infinity, fewer than four rows, or an unknown `corr`.

    Examples:
      >>> import numpy as np
      >>> s = np.random.default_rng(0).normal(size=(1000, 2))
      >>> matched_correlation(s[:, :1], s).round(2)  # no latent is left for the second source
      array([1., 0.])
    """
    fit, score = held_out_split(len(z), held_out)
    return matched(
        correlation_matrix(z[fit], s[fit], corr), correlation_matrix(z[score], s[score], corr)
    )


def mcc(
    z: Num[np.ndarray, "rows dim_z"],
    s: Num[np.ndarray, "rows dim_s"],
    corr: Correlation = "pearson",
    held_out: bool = True,
) -> float:
    """Mean over the sources of `matched_correlation`; in [0, 1].

    Examples:
      >>> import numpy as np
      >>> s = np.random.default_rng(0).normal(size=(1000, 2))
      >>> round(mcc(s[:, ::-1] * [-2, 5] + 1, s), 6)  # another order, sign, scale and shift
      1.0
    """
    return float(matched_correlation(z, s, corr, held_out).mean())


def _within_levels(
    z: np.ndarray, s: np.ndarray, u: np.ndarray, corr: Correlation
) -> Float[np.ndarray, "dim_z dim_s"]:
    """Correlation, pooled over levels, after removing the means of these rows per level."""
    keep = without_single_rows(u)
    z, s, u = z[keep], s[keep], u[keep]
    return correlation_matrix(centred(z, u), centred(s, u), corr)


def within_level_mcc(
    z: Num[np.ndarray, "rows dim_z"],
    s: Num[np.ndarray, "rows dim_s"],
    u: Int[np.ndarray, " rows"],
    corr: Correlation = "pearson",
    held_out: bool = True,
) -> float:
    """MCC after the means per level of u are removed from z and s alike.

    On sources whose mean moves with u, knowing u alone scores a high MCC; this one it scores 0.
    Each half loses its own means, so the scored rows see nothing of the fitted ones; in each
    half, levels with a single row are dropped, as their residual is 0 whatever z is. Residuals
    are pooled, so levels with a larger variance weigh more.

    Examples:
      >>> import numpy as np
      >>> u = np.arange(1000) % 4
      >>> s = u[:, None] + np.random.default_rng(0).normal(size=(1000, 1))
      >>> bool(mcc(u[:, None] * 1.0, s) > 0.7), within_level_mcc(u[:, None] * 1.0, s, u)
      (True, 0.0)
    """
    fit, score = held_out_split(len(z), held_out)
    return float(
        matched(
            _within_levels(z[fit], s[fit], u[fit], corr),
            _within_levels(z[score], s[score], u[score], corr),
        ).mean()
    )
