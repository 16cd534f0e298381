"""Whether x follows u beyond what rows that depend on each other show by themselves.

Evidence of a trained model cannot say so: its latents have learned the u they were trained with.
Here x as it is, before any training, is held against pairings with u that keep the structure of
the rows (`data.nulls`).
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int, Num
from scipy import sparse

from ivaegan_jax.data import Null, Structure, make_null
from ivaegan_jax.evaluation.verdict.stretches import DRAWS, dealt_out, stretches_of
from ivaegan_jax.metrics import LEVEL, levels_or_cells
from ivaegan_jax.types import are_codes

MOST_ROWS, MOST_LEVELS = 20_000, 1000
"""Rows looked at, evenly spread over the series, and levels whose correlations are looked at."""

COMPONENTS, CELLS = 6, 20
"""Leading principal components of x, and cells of a continuous u."""

PRIOR_ROWS = 2
"""Rows of average covariance that are added to those of each level, per component and one more."""


class Tested(NamedTuple):
    """What a table shows of u and x before training.

    Attributes:
      kind: how pairings of x and u that tell nothing are made, see `data.nulls.Kind`.
      length: rows until neighbours no longer resemble each other.
      carries: p-value of x having nothing to do with u.
      modulates: p-value of u moving neither spread nor correlations of x.
      least: the smallest p-value that there can be.
    """

    kind: str
    length: int
    carries: float
    modulates: float
    least: float

    @property
    def passed(self) -> bool:
        """Whether x follows u, and its spread does, beyond such pairings."""
        return max(self.carries, self.modulates) <= LEVEL


def hold_against_null(
    x: Float[np.ndarray, "rows dim_x"], u: Num[np.ndarray, "rows ..."], structure: Structure
) -> Tested:
    """Tests x against u by pairings that keep what rows have in common.

    Both tests have to find something, each at 5 %: together they pass in 5 % at most where u
    plays no part (`results/calibration`). Where x slides under a u whose values come again,
    each must also exceed what u does when it is dealt out anew to its own stretches.

    Args:
      x: observations in the order in which they were taken, at most about `MOST_ROWS`.
      u: of the same rows.
      structure: its groups those of the same rows.
    """
    null = make_null(u, structure)
    code = np.unique(levels_or_cells(u, CELLS), return_inverse=True)[1]
    statistics = np.array(list(_statistics(leading(x), code, null)))
    p_values = np.array([null.p_value(each.tolist()) for each in statistics.T])
    if null.kind == "shifts" and are_codes(u):
        p_values = np.maximum(p_values, _over_stretches(x, code, structure.groups))
    carries, modulates = map(float, p_values)
    return Tested(null.kind, structure.length, carries, modulates, null.least)


def _over_stretches(
    x: np.ndarray, code: np.ndarray, groups: np.ndarray | None
) -> Float[np.ndarray, " 2"]:
    """P-values against u dealt out anew to its own stretches; 0 where there are too few."""
    stretch = stretches_of(code, groups)
    if stretch is None:
        return np.zeros(2)
    components = leading(x)
    found = gains(components, code)
    others = np.array([gains(components, dealt) for dealt in dealt_out(code, stretch)])
    return (1 + np.sum(others >= found, axis=0)) / (1 + DRAWS)


def _statistics(x: np.ndarray, code: np.ndarray, null: Null) -> Iterator[tuple[float, float]]:
    for number in range(null.draws + 1):
        of_x, of_u = null.pair(number)
        yield gains(x[of_x], code[of_u])


def leading(x: Float[np.ndarray, "rows dim_x"]) -> Float[np.ndarray, "rows components"]:
    """Leading principal components of standardised columns, each of variance 1."""
    from sklearn.decomposition import PCA

    varying = x[:, x.std(axis=0) > 0].astype(float)
    varying = (varying - varying.mean(axis=0)) / varying.std(axis=0)
    found = PCA(min(COMPONENTS, *varying.shape), random_state=0).fit_transform(varying)
    return found / np.maximum(found.std(axis=0), 1e-12)


def gains(
    x: Float[np.ndarray, "rows components"], code: Int[np.ndarray, " rows"]
) -> tuple[float, float]:
    """Log-likelihood ratios of Gaussians, nats per row.

    Returns:
      Of levels with means and covariances of their own against one Gaussian, and of covariances
      of their own against a common one.
    """
    counts = np.bincount(code)
    code, counts = np.cumsum(counts > 0)[code] - 1, counts[counts > 0]
    levels = sparse.csr_array((np.ones(len(code)), code, np.arange(len(code) + 1))).T
    mean = levels @ x / counts[:, None]
    within = levels @ _products(x, len(counts)) / counts[:, None] - _products(mean, len(counts))
    share = counts / len(code)
    common, whole = share @ within, np.cov(x.T, bias=True).reshape(-1, x.shape[1], x.shape[1])
    few = PRIOR_ROWS * (x.shape[1] + 1)
    weight = (counts / (counts + few))[:, None]
    own = _log_det(weight * within + (1 - weight) * common, x.shape[1])
    both = _log_det(common[None], x.shape[1])[0]
    alone = np.linalg.slogdet(whole)[1][0]
    return float(alone - share @ own) / 2, float(both - share @ own) / 2


def _products(x: np.ndarray, levels: int) -> np.ndarray:
    """All products of two columns, or squares alone for many levels, `[rows, products]`."""
    if levels > MOST_LEVELS:
        return np.square(x)
    return np.einsum("ri,rj->rij", x, x).reshape(len(x), -1)


def _log_det(covariance: np.ndarray, dim: int) -> np.ndarray:
    if covariance.shape[1] == dim:  # for one component both are the same
        return np.log(np.maximum(covariance, 1e-12)).sum(axis=1)
    matrices = covariance.reshape(-1, dim, dim) + 1e-9 * np.eye(dim)
    return np.linalg.slogdet(matrices)[1]
