"""Two-sample measures of generated data that need no pretrained network.

Samples are cut to `MAX_ROWS` random rows each, since all cost the square of the rows.
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from jaxtyping import Float, Int, Num
from scipy.spatial.distance import cdist, pdist

from ivaegan_jax.metrics.cells import told_apart
from ivaegan_jax.types import Auxiliary

MAX_ROWS = 1000
MIN_ROWS_PER_LEVEL = 10
MAX_LEVELS = 100
"""Levels of u that are compared; of more, some are drawn."""

Comparisons: TypeAlias = dict[str, dict[str, float]]
"""{measure: {"fake": value, "real": its calibration, "wrong_u": its null}}."""


def _same_size(
    x: np.ndarray, y: np.ndarray, seed: int
) -> tuple[Float[np.ndarray, "rows dim"], Float[np.ndarray, "rows dim"]]:
    """Random rows of both samples, as many of one as of the other, float64."""
    rng = np.random.default_rng(seed)
    rows = min(len(x), len(y), MAX_ROWS)
    x, y = x[rng.permutation(len(x))[:rows]], y[rng.permutation(len(y))[:rows]]
    return np.asarray_chkfinite(x, dtype=float), np.asarray_chkfinite(y, dtype=float)


def mmd2_unbiased(
    x: Num[np.ndarray, "rows dim"], y: Num[np.ndarray, "other dim"], seed: int = 0
) -> float:
    """Unbiased squared maximum mean discrepancy, kernel exp(-|x - y|^2 / (2 h^2)).

    h is the median distance of the pooled sample. The mean is 0 for equal distributions, so
    values below 0 are to be expected. Gretton et al. (2012), "A Kernel Two-Sample Test", eq. 3.

    Examples:
      >>> import numpy as np
      >>> x, y = np.random.default_rng(0).normal(size=(2, 500, 3))
      >>> bool(abs(mmd2_unbiased(x, y)) < 0.01 < mmd2_unbiased(x, y + 1))
      True
    """
    x, y = _same_size(x, y, seed)
    xx, yy, xy = (d**2 for d in (pdist(x), pdist(y), cdist(x, y).ravel()))
    bandwidth2 = np.median(np.concatenate([xx, yy, xy])) or 1.0  # 1 where most rows are equal
    xx, yy, xy = (np.exp(-d2 / (2 * bandwidth2)) for d2 in (xx, yy, xy))
    return float(xx.mean() + yy.mean() - 2 * xy.mean())


def energy_distance(
    x: Num[np.ndarray, "rows dim"], y: Num[np.ndarray, "other dim"], seed: int = 0
) -> float:
    """2 E|x - y| - E|x - x'| - E|y - y'|, unbiased, in units of x.

    Pairs of a row with itself are left out, so the mean is 0 for equal distributions. Székely
    and Rizzo (2013), "Energy statistics".

    Examples:
      >>> import numpy as np
      >>> x, y = np.random.default_rng(0).normal(size=(2, 500, 3))
      >>> bool(abs(energy_distance(x, y)) < 0.05 < energy_distance(x, y + 1))
      True
    """
    x, y = _same_size(x, y, seed)
    return float(2 * cdist(x, y).mean() - pdist(x).mean() - pdist(y).mean())


def c2st(x: Num[np.ndarray, "rows dim"], y: Num[np.ndarray, "other dim"], seed: int = 0) -> float:
    """Classifier two-sample test: cross-validated accuracy of telling x from y.

    .5 for equal distributions, 1 for disjoint ones; Lopez-Paz and Oquab (2017), "Revisiting
    Classifier Two-Sample Tests". Five folds, RBF support vectors on standardised columns.
    Nearest neighbours stayed at .5 on digits against their ten-component PCA reconstructions,
    and in 64 dimensions on a sample 1.2 times as wide; these reach 1 and .85.

    Examples:
      >>> import numpy as np
      >>> x, y = np.random.default_rng(0).normal(size=(2, 500, 3))
      >>> bool(c2st(x, y) < 0.6 < c2st(x, y + 2))  # .5 where no classifier can tell them apart
      True
    """
    from sklearn import config_context
    from sklearn.model_selection import StratifiedKFold
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    x, y = _same_size(x, y, seed)
    both, label = np.concatenate([x, y]), np.repeat([0, 1], [len(x), len(y)])
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    right = []
    # by hand, as checks of one small fold after the other take longer than its classifier
    with config_context(assume_finite=True, skip_parameter_validation=True):
        for train, test in folds.split(both, label):
            scale = StandardScaler().fit(both[train])
            classifier = SVC().fit(scale.transform(both[train]), label[train])
            found = classifier.predict(scale.transform(both[test]))
            right.append(np.mean(found == label[test]))
    return float(np.mean(right))


DISTANCES = {"mmd2": mmd2_unbiased, "energy_distance": energy_distance}
"""The measures that train nothing, a hundred times faster than the rest."""
MEASURES = {**DISTANCES, "c2st": c2st}


def _as_levels(u: np.ndarray, seed: int) -> Int[np.ndarray, " rows"]:
    """Level codes as they are; a continuous u cut into ten cells by k-means."""

    def cells(columns: np.ndarray) -> np.ndarray:
        from sklearn.cluster import KMeans

        columns = np.asarray(columns, dtype=float)
        count = min(10, told_apart(columns))
        return np.asarray(KMeans(count, random_state=seed).fit_predict(columns))

    return Auxiliary.of(u).levels_or(cells)


def _compared(
    code: Int[np.ndarray, " rows"], seed: int
) -> tuple[Int[np.ndarray, " rows"], Int[np.ndarray, " levels"]]:
    """The codes to compare rows within, and those of them that are compared."""
    found, counts = np.unique(code, return_counts=True)
    levels = found[counts >= 2 * MIN_ROWS_PER_LEVEL]
    if not len(levels) and len(code) >= 2 * MIN_ROWS_PER_LEVEL:
        return np.zeros(len(code), int), np.zeros(1, int)
    if len(levels) > MAX_LEVELS:
        levels = np.sort(np.random.default_rng(seed).permutation(levels)[:MAX_LEVELS])
    return code, levels


def levels_compared(u: Num[np.ndarray, "rows ..."], seed: int = 0) -> str:
    """`100 of 500` where `conditional_sample_quality` leaves out levels of u, else empty."""
    if not Auxiliary.of(u).is_categorical:
        return ""
    code, levels = _compared(u, seed)
    total = len(np.unique(u))
    pooled = "all rows as one" if len(np.unique(code)) == 1 < total else f"{len(levels)}"
    return f"{pooled} of {total}" if len(levels) < total else ""


def conditional_sample_quality(
    x: Num[np.ndarray, "rows dim_x"],
    x_fake: Num[np.ndarray, "rows dim_x"],
    u: Num[np.ndarray, "rows ..."],
    seed: int = 0,
    measures: Sequence[str] = tuple(MEASURES),
    known: Comparisons | None = None,
) -> Comparisons:
    """How far generated x given u is from real x given u, and what to hold the numbers against.

    Within each level of u the rows are halved at random. The real x of the first half is compared
    with the fakes of the second (`fake`), with the real x of the second (`real`: the best to hope
    for) and with as many fakes under permuted u (`wrong_u`: a generator that ignores u scores no
    better); then the mean over levels. So fakes are never held against the real rows whose u they
    were drawn at: what they share with these, a continuous u or levels put together, would make
    them look nearer than other real rows do. Levels with fewer rows than twice
    `MIN_ROWS_PER_LEVEL` are left out; where none has as many, all rows count as one level, and u
    plays no part. Of more than `MAX_LEVELS` levels as many are drawn. x is taken as it is:
    standardise it first. A continuous u is cut into ten cells.

    Args:
      x: real rows.
      x_fake: a fake drawn at the u of each real row.
      u: level codes or features of both.
      seed: of the halves, the subsamples and the permutation.
      measures: keys of `MEASURES`.
      known: what this function found for other fakes of the same rows, seed and measures, whose
        `real` is taken over; None where there is nothing.

    Returns:
      {"mmd2" | "energy_distance" | "c2st": {"fake" | "real" | "wrong_u": value}}.

    Raises:
      ValueError: NaN or infinity; fewer rows than twice `MIN_ROWS_PER_LEVEL` in all.
    """
    rng = np.random.default_rng(seed)
    code, levels = _compared(_as_levels(u, seed), seed)
    if not len(levels):
        raise ValueError(f"{len(x)} rows are fewer than {2 * MIN_ROWS_PER_LEVEL}")
    cap = max(MAX_ROWS // len(levels), 2 * MIN_ROWS_PER_LEVEL)
    permuted = rng.permutation(code)
    values = []
    for level in levels:
        rows = rng.permutation(np.flatnonzero(code == level))
        wrong = rng.permutation(np.flatnonzero(permuted == level))
        most = min(len(rows) // 2, cap)
        first, second = rows[::2][:most], rows[1::2][:most]
        others = {"fake": x_fake[second], "real": x[second], "wrong_u": x_fake[wrong[:most]]}
        if known:
            del others["real"]
        values.append([[MEASURES[name](x[first], y) for y in others.values()] for name in measures])
    found = {
        name: dict(zip(others, map(float, row), strict=True))
        for name, row in zip(measures, np.mean(values, axis=0), strict=True)
    }
    return {name: {**known[name], **own} if known else own for name, own in found.items()}
