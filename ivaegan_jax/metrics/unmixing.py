"""Whether one linear map, found from u alone, may be put behind an encoder; no truth is needed.

Where what is left of the mixing is linear, one matrix makes the covariances of the latents diagonal
within all levels of u (`diagonalisation`). That these covariances become *more* diagonal says
little: they always do. So the map is taken only where u settles its axes, where levels that it was
not fitted on settle the same ones, and where it leaves validation rows nearly uncorrelated within
levels, which one matrix cannot do for a residue that is another matrix at each level.
"""

import itertools
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.optimize import linear_sum_assignment

from ivaegan_jax.metrics.diagonalisation import jointly_diagonal, within_covariances

FEWEST_LEVELS = 4
"""Levels with rows enough: two halves of two each, the least that has axes."""

MOVED = 3.0
"""How many times more the ratio of two latents' variances must vary between levels than that of two
Gaussian samples of equal variances would; a Laplace law reaches 2.5 by sampling."""

ALIKE = 0.8
"""Mean correlation that the axes of two halves of the levels must have."""

LEFT = 0.25
"""Correlation within levels, beyond that of a sample, that the map may leave in validation rows."""

HALVINGS = 3
"""Random halvings of the levels behind the agreement of axes."""

FLAT = 1e-8
"""Smallest eigenvalue of correlations within a level below which latents repeat each other."""


class Unmixing(NamedTuple):
    """A linear map of the latents, and why it is taken or not.

    Attributes:
      matrix: B of `z' = B z`; the identity where it is not taken.
      code: `taken`, or the reason against it.
      text: that as a sentence with its numbers.
      before: correlation within levels of validation rows, beyond sampling, without the map.
      after: the same with it.
      alike: mean correlation of the axes that two halves of the levels settle.
    """

    matrix: Float[np.ndarray, "dim dim"]
    code: str
    text: str
    before: float = np.nan
    after: float = np.nan
    alike: float = np.nan

    @property
    def taken(self) -> bool:
        """Whether the map is to be put behind the encoder."""
        return self.code == "taken"


def find_unmixing(
    train: Float[np.ndarray, "train dim"],
    train_level: Int[np.ndarray, " train"],
    valid: Float[np.ndarray, "valid dim"],
    valid_level: Int[np.ndarray, " valid"],
    active: Bool[np.ndarray, " dim"],
) -> Unmixing:
    """The map that training rows give, taken or refused by what validation rows say.

    Args:
      train: latents of training rows, finite.
      train_level: level of u of each, or cell of a continuous u.
      valid: latents of validation rows, finite.
      valid_level: of the same rows.
      active: latents that are used at all; the others stay as they are.

    Examples:
      >>> import numpy as np
      >>> rng, u = np.random.default_rng(0), np.arange(4000) % 8
      >>> s = rng.normal(size=(4000, 2)) * rng.uniform(0.3, 3, size=(8, 2))[u]
      >>> z, used = s @ np.array([[1.0, 0.6], [0.5, 1.0]]), np.ones(2, bool)
      >>> find_unmixing(z[:3000], u[:3000], z[3000:], u[3000:], used).code
      'taken'
    """
    whole = np.eye(len(active))
    refused = _refused_before(train[:, active], train_level, int(active.sum()))
    if refused:
        return Unmixing(whole, *refused)
    held_out = within_covariances(valid[:, active], valid_level, 2 / active.sum())
    if not len(held_out[1]):
        return Unmixing(whole, "few_rows", "No level of u has three validation rows to decide by.")
    covariances, rows = within_covariances(train[:, active], train_level)
    own = jointly_diagonal(covariances, rows)
    found = whole.copy()
    found[np.ix_(active, active)] = own
    before, after = (excess_correlation(b, *held_out) for b in (np.eye(len(own)), own))
    alike = agreement_of_halves(covariances, rows)
    code, text = _judged(_moved(own, covariances, rows), alike, before, after)
    return Unmixing(found if code == "taken" else whole, code, text, before, after, alike)


def _refused_before(
    z: Float[np.ndarray, "rows dim"], level: Int[np.ndarray, " rows"], dim: int
) -> tuple[str, str] | None:
    """Why there is nothing to diagonalise; None where there is."""
    if dim < 2:
        return "single", f"A linear map needs two latents that are used, this run has {dim}."
    covariances, rows = within_covariances(z, level)
    if len(rows) < FEWEST_LEVELS:
        return "few_levels", (
            f"Covariances need {FEWEST_LEVELS} levels of u with more than {2 * dim} training rows "
            f"each, {len(rows)} have them."
        )
    if min(np.linalg.eigvalsh(_correlations(covariances))[:, 0]) < FLAT:
        return "repeated", "Within some levels of u latents repeat each other or are constant."
    return None


def _judged(moved: float, alike: float, before: float, after: float) -> tuple[str, str]:
    if not moved >= MOVED:
        return "equal", (
            "u moves the variances of two latents alike: their ratio varies between levels "
            f"{moved:.1f} times as much as by sampling, and {MOVED:g} times are needed."
        )
    if not alike >= ALIKE:
        return "unstable", (
            f"Two halves of the levels of u settle different axes: they agree at {alike:.2f}, and "
            f"{ALIKE:g} is needed."
        )
    if not after < before:
        return "no_gain", (
            f"It leaves validation rows as correlated within levels as they were: {after:.3f}, "
            f"before {before:.3f}."
        )
    if not after <= LEFT:
        return "not_linear", (
            f"It leaves correlations of {after:.2f} within levels of validation rows, above "
            f"{LEFT:g}: what is left of the mixing is not linear."
        )
    return "taken", (
        f"Correlations within levels of validation rows fall from {before:.3f} to {after:.3f}."
    )


def excess_correlation(
    b: Float[np.ndarray, "dim dim"],
    covariances: Float[np.ndarray, "levels dim dim"],
    rows: Float[np.ndarray, " levels"],
) -> float:
    """Root mean square correlation of two of `b z` within levels, less what sampling gives.

    Examples:
      >>> import numpy as np
      >>> covariances = np.array([[[1.0, 0.5], [0.5, 1.0]]])
      >>> value = excess_correlation(np.eye(2), covariances, np.array([1e6]))
      >>> round(value, 3)
      0.5
    """
    squared = np.square(_correlations(b @ covariances @ b.T))
    dim = len(b)
    mean = (squared.sum(axis=(1, 2)) - dim) / (dim * (dim - 1))
    excess = (rows - 1) @ (mean - 1 / (rows - 1)) / (rows - 1).sum()
    return round(float(np.sqrt(max(excess, 0.0))), 6)


def agreement_of_halves(
    covariances: Float[np.ndarray, "levels dim dim"], rows: Float[np.ndarray, " levels"]
) -> float:
    """Mean correlation of the axes that one half of the levels settles with those of the other."""
    rng, pooled, found = np.random.default_rng(0), np.average(covariances, 0, rows), []
    for _ in range(HALVINGS):
        order = rng.permutation(len(rows))
        one, other = (jointly_diagonal(covariances[h], rows[h]) for h in np.array_split(order, 2))
        scale = (1 / np.sqrt(np.diag(b @ pooled @ b.T)) for b in (one, other))
        left, right = scale
        alike = np.abs(left[:, None] * (one @ pooled @ other.T) * right)
        found.append(alike[linear_sum_assignment(alike, maximize=True)].mean())
    return float(np.mean(found))


def _moved(
    b: Float[np.ndarray, "dim dim"],
    covariances: Float[np.ndarray, "levels dim dim"],
    rows: Float[np.ndarray, " levels"],
) -> float:
    """How far u moves the ratio of two variances, over sampling, for the pair it moves least.

    The logarithm of a Gaussian sample's variance has variance `2 / (rows - 1)`.
    """
    logs = np.log(np.einsum("ki,lij,kj->lk", b, covariances, b))
    weights = (rows - 1) / 4
    found = []
    for i, j in itertools.combinations(range(len(b)), 2):
        ratio = logs[:, i] - logs[:, j]
        apart = ratio - np.average(ratio, weights=weights)
        found.append(weights @ np.square(apart) / (len(rows) - 1))
    return float(min(found))


def _correlations(
    covariances: Float[np.ndarray, "levels dim dim"],
) -> Float[np.ndarray, "levels dim dim"]:
    scale = np.sqrt(np.einsum("kii->ki", covariances))
    scale = np.where(scale > 0, scale, np.inf)  # a constant has no correlation, with itself either
    return covariances / scale[:, :, None] / scale[:, None]
