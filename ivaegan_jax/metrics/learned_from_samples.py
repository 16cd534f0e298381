"""What a classifier of u learns from generated rows, held against what it learns from real ones."""

import numpy as np
from jaxtyping import Int, Num

MOST_ROWS = 2_000
"""Of the rows that a classifier is trained on."""

FEWEST_ROWS = 4
"""Of a level, so that both halves have two."""


def accuracy_from_samples(
    x: Num[np.ndarray, "rows dim_x"],
    x_fake: Num[np.ndarray, "rows dim_x"],
    u: Int[np.ndarray, " rows"],
    seed: int = 0,
    real: float | None = None,
) -> dict[str, float]:
    """Accuracy on real rows of a classifier of u that was trained on generated ones.

    The classification accuracy score (Ravuri and Vinyals 2019), by RBF support vectors on
    standardised columns. Rows of every level are halved at random. The classifier learns from the
    generated rows of the first halves (`fake`), or from the real ones (`real`: the best to hope
    for), and is tested on the real rows of the second. Levels of fewer than `FEWEST_ROWS` rows are
    left out.

    Args:
      x: real rows.
      x_fake: a fake drawn at the u of each real row.
      u: level codes of both.
      seed: of the halves.
      real: what this function found for other fakes of the same rows and seed; None computes it.

    Returns:
      {"fake" | "real": accuracy}; empty where fewer than two levels have rows enough.

    Examples:
      >>> import numpy as np
      >>> rng, u = np.random.default_rng(0), np.repeat(np.arange(3), 40)
      >>> x, fake = (u[:, None] + 0.1 * rng.normal(size=(120, 2)) for _ in range(2))
      >>> found = accuracy_from_samples(x, fake, u)
      >>> found["fake"] > 0.95
      True
    """
    rng = np.random.default_rng(seed)
    levels, counts = np.unique(u, return_counts=True)
    rows = rng.permutation(np.flatnonzero(np.isin(u, levels[counts >= FEWEST_ROWS])))
    if len(np.unique(u[rows])) < 2:
        return {}
    rows = rows[np.argsort(u[rows], kind="stable")]
    learned, tested = rows[::2], rows[1::2]
    learned = np.sort(rng.permutation(learned)[:MOST_ROWS])
    fake = _accuracy(x_fake[learned], u[learned], x[tested], u[tested])
    if real is None:
        real = _accuracy(x[learned], u[learned], x[tested], u[tested])
    return {"fake": fake, "real": real}


def _accuracy(
    x: Num[np.ndarray, "rows dim_x"],
    u: Int[np.ndarray, " rows"],
    x_test: Num[np.ndarray, "other dim_x"],
    u_test: Int[np.ndarray, " other"],
) -> float:
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    return float(make_pipeline(StandardScaler(), SVC()).fit(x, u).score(x_test, u_test))
