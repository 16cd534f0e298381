"""Whether the rows of a table are exchangeable: likeness of neighbouring rows, and repeated rows.

Everything is measured on what is left of x once the mean and the spread that belong to a row's u
are taken away: rows in which x follows u alone are exchangeable given u.
"""

import hashlib
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int, Real, Shaped

from ivaegan_jax.data.dependence.likeness import likeness_length
from ivaegan_jax.data.dependence.repeated import repeats
from ivaegan_jax.data.dependence.residuals import Residuals, residuals, whole_runs

DRAWS = 199
"""Permutations of rows within levels; a table is called dependent if it is beyond all of them."""

SPANS = (2, 8, 32)
"""Numbers of neighbouring rows whose sums are looked at; two are the correlation at lag 1."""

COMPONENTS = 8
"""Leading principal components of x in which likeness is looked for."""


class Dependence(NamedTuple):
    """What neighbouring rows have in common beyond u.

    Attributes:
      lag1: correlation of neighbouring rows, column by column of x; 0 for a constant column.
      length: the lag from which on rows no longer resemble each other; 1 where they never do.
      repeated: share of the rows whose x occurs more than once.
      dependent: whether neighbours are alike beyond chance (false alarms: 1 in 200).
    """

    lag1: Float[np.ndarray, " dim_x"]
    length: int
    repeated: float
    dependent: bool


FOUND: dict[str, Dependence] = {}
"""What was measured before, by what the rows hold: a study looks at one table several times."""


def dependence(
    x: Real[np.ndarray, "rows dim_x"],
    u: Int[np.ndarray, " rows"] | Float[np.ndarray, "rows dim_u"],
    groups: Shaped[np.ndarray, " rows"] | None = None,
) -> Dependence:
    """Measures how alike neighbouring rows are.

    Args:
      x: observations in the order in which they were taken.
      u: level codes, or columns of a continuous u.
      groups: of rows that belong together (subject, session); rows of different groups are no
        neighbours. None takes all rows for one group.

    Returns:
      The same for the same table: of a large one, whole runs of rows are looked at.
    """
    known = _contents(x, u, groups)
    if known not in FOUND:
        FOUND[known] = _measured(x, u, groups)
    return FOUND[known]


def _contents(*arrays: np.ndarray | None) -> str:
    """What tells arrays from others."""
    digest = hashlib.sha256()
    for array in arrays:
        if array is not None:
            array = array.astype(str) if array.dtype.hasobject else array
            digest.update(f"{array.dtype} {array.shape}".encode())
            digest.update(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def _measured(x: np.ndarray, u: np.ndarray, groups: np.ndarray | None) -> Dependence:
    rows, part = whole_runs(len(x), x.shape[1], groups)
    left = residuals(x[rows], u[rows], part)
    dependent = is_dependent(left)
    length = likeness_length(components(left.x, COMPONENTS), left.part) if dependent else 1
    return Dependence(lag1(left), length, float(np.mean(repeats(x))), dependent)


def lag1(left: Residuals) -> Float[np.ndarray, " dim_x"]:
    """Correlation of neighbouring rows in each column."""
    next_to = left.part[1:] == left.part[:-1]
    product = (left.x[1:] * left.x[:-1])[next_to].sum(axis=0, dtype=float)
    square = np.square(left.x).sum(axis=0, dtype=float)
    share = next_to.sum() / len(left.x)
    return np.divide(product, share * square, out=np.zeros_like(square), where=square * share > 0)


def is_dependent(left: Residuals) -> bool:
    """Whether sums of neighbouring rows vary otherwise than sums of any rows of their levels.

    The test is exact where rows are exchangeable within level and group. Magnitudes are looked
    at beside values, since in some recordings (prices, bursts) they alone resemble each other.
    """
    values = components(left.x, COMPONENTS)
    if not values.shape[1]:
        return False
    features = np.hstack([values, np.abs(values)])
    features = (features - features.mean(axis=0)) / np.maximum(features.std(axis=0), 1e-12)
    windows = [np.flatnonzero(left.part[span - 1 :] == left.part[: -span + 1]) for span in SPANS]
    place = np.argsort(left.cell, kind="stable")
    rng, shuffled = np.random.default_rng(0), np.empty_like(features)
    found = [spans(features, windows)]
    for _ in range(DRAWS):
        shuffled[place] = features[np.lexsort((rng.random(len(features)), left.cell))]
        found.append(spans(shuffled, windows))
    found = np.stack(found)
    spread = found.std(axis=0)
    far = np.abs(found - found.mean(axis=0)) / np.where(spread > 0, spread, np.inf)
    largest = far.max(axis=(1, 2))
    return bool(largest[0] > largest[1:].max())


def spans(
    features: Float[np.ndarray, "rows columns"], windows: list[np.ndarray]
) -> Float[np.ndarray, "spans columns"]:
    """Mean square of the sums over each span, of all windows within one part."""
    total = np.vstack([np.zeros(features.shape[1]), np.cumsum(features, axis=0, dtype=float)])
    sums = [total[start + span] - total[start] for span, start in zip(SPANS, windows, strict=True)]
    return np.stack([np.square(each).sum(axis=0) for each in sums])


def components(x: Float[np.ndarray, "rows columns"], most: int) -> np.ndarray:
    """Leading principal components `[rows, components]` of columns of mean 0."""
    from sklearn.decomposition import PCA

    varying = x[:, x.std(axis=0) > 0]
    if varying.shape[1] <= most:
        return varying
    return PCA(min(most, len(x)), random_state=0).fit_transform(varying)
