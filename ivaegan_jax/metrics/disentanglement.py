"""Measures of the disentanglement literature, under one convention each.

They reward axes, as the MCC does, and see other things of them: DCI how a linear regression spreads
over latents, MIG how much one latent tells of a source beyond the next.
"""

import warnings
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Num

PENALTY = 0.01
"""Of the absolute weights, in a lasso of standardised latents and sources."""

ROUNDS = 10_000
"""Of coordinate descent, at most."""

BINS = 20
"""Equally filled, of every latent and source."""


class Spread(NamedTuple):
    """Disentanglement and completeness, 0 to 1.

    Attributes:
      disentanglement: how far each latent serves one source alone, weighted by how much it serves.
      completeness: how far each source is served by one latent alone.
    """

    disentanglement: float
    completeness: float


def dci(z: Num[np.ndarray, "rows dim_z"], s: Num[np.ndarray, "rows dim_s"]) -> Spread:
    """Disentanglement and completeness of the weights that a lasso of s on z has.

    Eastwood and Williams (2018), "A Framework for the Quantitative Evaluation of Disentangled
    Representations", whose informativeness is the `affine_r2` here. Latents that serve no source,
    as all do where there is nothing to learn, count with 0.

    Args:
      z: latents.
      s: true sources.

    Examples:
      >>> import numpy as np
      >>> s = np.random.default_rng(0).normal(size=(1000, 3))
      >>> min(dci(-2 * s[:, ::-1], s)) > 0.98
      True
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import Lasso

    with (
        warnings.catch_warnings()
    ):  # of latents that nearly repeat each other the weights go slowly
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = Lasso(alpha=PENALTY, max_iter=ROUNDS).fit(_standardised(z), _standardised(s))
    weights = np.abs(np.atleast_2d(model.coef_)).T
    total = weights.sum()
    if not total:
        return Spread(0.0, 0.0)
    by_latent, by_source = weights.sum(axis=1) / total, weights.sum(axis=0) > 0
    complete = np.where(by_source, _sharpness(weights.T), 0.0).mean()
    return Spread(float(by_latent @ _sharpness(weights)), float(complete))


def mutual_information_gap(
    z: Num[np.ndarray, "rows dim_z"], s: Num[np.ndarray, "rows dim_s"]
) -> float:
    """How much the best latent tells of a source beyond the next, over its entropy: 0 to 1.

    Chen et al. (2018), "Isolating Sources of Disentanglement in Variational Autoencoders", eq. 6,
    with the information between bins that hold equally many rows; the mean over sources. One latent
    alone has no next.

    Args:
      z: latents.
      s: true sources.

    Examples:
      >>> import numpy as np
      >>> s = np.random.default_rng(0).normal(size=(4000, 3))
      >>> bool(mutual_information_gap(s, s) > 0.9 > 0.1 > mutual_information_gap(s[::-1], s))
      True
    """
    from sklearn.metrics import mutual_info_score

    latents, gaps = [_binned(column) for column in z.T], []
    for source in map(_binned, s.T):
        found = sorted((mutual_info_score(source, latent) for latent in latents), reverse=True)
        gaps.append((found[0] - [*found, 0.0][1]) / mutual_info_score(source, source))
    return float(np.mean(gaps))


def _sharpness(weights: Float[np.ndarray, "one other"]) -> Float[np.ndarray, " one"]:
    """1 less the entropy of every row, in units of the largest; 0 of rows without weight."""
    total = weights.sum(axis=1, keepdims=True)
    share = np.divide(weights, total, out=np.full_like(weights, 1 / weights.shape[1]),
                      where=total > 0)  # fmt: skip
    if weights.shape[1] == 1:
        return (total[:, 0] > 0).astype(float)
    logs = np.log(share, out=np.zeros_like(share), where=share > 0)
    return 1 + (share * logs).sum(axis=1) / np.log(weights.shape[1])


def _standardised(columns: Num[np.ndarray, "rows dim"]) -> Float[np.ndarray, "rows dim"]:
    spread = columns.std(axis=0)
    return (columns - columns.mean(axis=0)) / np.where(spread > 0, spread, 1.0)


def _binned(column: Num[np.ndarray, " rows"]) -> Num[np.ndarray, " rows"]:
    edges = np.quantile(column, np.linspace(0, 1, BINS + 1)[1:-1])
    return np.searchsorted(edges, column, side="right")
