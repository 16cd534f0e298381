"""Two columns that stand under each other's names, found by how they go with all others."""

import numpy as np
from jaxtyping import Float

FEWEST, MANY = 5, 8
"""Columns below which a pair is not looked for, and from which many others show it."""

LEFT_OF_FEW, LEFT_OF_MANY = 0.05, 0.15
"""Share of what does not fit that may be left once a pair has changed places."""

LARGEST = 0.999
"""Correlation beyond which all are alike."""


def find_swapped(
    seen: Float[np.ndarray, "columns columns"], new: Float[np.ndarray, "columns columns"]
) -> tuple[int, int] | None:
    """The two columns whose change of places undoes how correlations differ; None if none does.

    What does not fit is the sum of squared differences of Fisher's z between the columns of the
    pair and all others. Levels change correlations too, but not to those of another column.

    Args:
      seen: correlations of the training rows.
      new: of the new rows.
    """
    if len(seen) < FEWEST:
        return None
    old, now = _fisher(seen), _fisher(new)
    off = np.square(now - old)
    each, same = off.sum(axis=1), (old * now).sum(axis=1)
    unfit = each[:, None] + each - 2 * off
    gain = same[:, None] + same - now @ old.T - old @ now.T - 2 * old * now
    left = unfit + 2 * gain
    limit = LEFT_OF_MANY if len(seen) >= MANY else LEFT_OF_FEW
    share = np.where(unfit > 0, left / np.where(unfit > 0, unfit, 1), 1.0)
    np.fill_diagonal(share, 1.0)
    first, second = np.unravel_index(share.argmin(), share.shape)
    return (int(first), int(second)) if share[first, second] < limit else None


def _fisher(
    correlation: Float[np.ndarray, "columns columns"],
) -> Float[np.ndarray, "columns columns"]:
    z = np.arctanh(np.clip(correlation, -LARGEST, LARGEST))
    np.fill_diagonal(z, 0.0)
    return z
