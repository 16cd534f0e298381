"""Two methods on the same data seeds, and many tests at once."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Num
from scipy.stats import t, wilcoxon

from ivaegan_jax.metrics.statistics.means import Interval, hierarchical_interval


class Paired(NamedTuple):
    """Comparison of method a with method b on the same data seeds.

    Attributes:
      difference: mean of a - b with its interval.
      probability_better: share of pairs in which a > b, ties counted half.
      p_value: two-sided Wilcoxon signed-rank test, or the corrected t-test of re-splits; NaN for
        fewer than two pairs.
      pairs: their number; five or fewer can never reach p < .05.
    """

    difference: Interval
    probability_better: float
    p_value: float
    pairs: int


def paired_comparison(
    a: Num[np.ndarray, "data_seeds seeds_a"],
    b: Num[np.ndarray, "data_seeds seeds_b"],
    confidence: float = 0.95,
    shared: float = 0.0,
) -> Paired:
    """Compare two methods over the data seeds both were run on.

    Model seeds are averaged first, so that each data seed counts once. With one data seed the
    pairs are the model seeds, which supposes that a seed means the same for both methods. Data
    seeds that are re-splits of one table are no independent pairs: where they are `shared`, as in
    `hierarchical_interval`, both the interval and the p-value are those of the resampled t-test
    (Nadeau and Bengio 2003, eq. 9).

    Raises:
      ValueError: NaN or infinity, or different data seeds (different seeds where those pair).

    Examples:
      >>> import numpy as np
      >>> easy = np.linspace(0.5, 0.9, 8)[:, None]  # of eight data seeds
      >>> found = paired_comparison(easy + 0.05, easy)
      >>> f"{found.difference.estimate:.2f}, {found.probability_better:.0f}"
      '0.05, 1'
    """
    a, b = np.asarray_chkfinite(a, dtype=float), np.asarray_chkfinite(b, dtype=float)
    shared = shared if len(a) > 1 else 0.0
    a, b = (v[0] if len(v) == 1 else v.mean(axis=1) for v in (a, b))
    if a.shape != b.shape:
        raise ValueError(f"a and b are to be paired, but have {len(a)} and {len(b)} units")
    difference = a - b
    if len(difference) < 2:
        p_value = np.nan
    elif not difference.any():
        p_value = 1.0  # the statistic is 0 / 0
    elif shared:
        error = np.sqrt(np.var(difference, ddof=1) * (1 / len(difference) + shared))
        p_value = 2 * t.sf(abs(difference.mean()) / error, len(difference) - 1) if error else 0.0
    else:
        p_value = wilcoxon(difference).pvalue  # pyright: ignore[reportAttributeAccessIssue]
    better = float(np.mean((difference > 0) + (difference == 0) / 2))
    interval = hierarchical_interval(difference[:, None], confidence=confidence, shared=shared)
    return Paired(interval, better, float(p_value), len(difference))


def holm(p_values: Float[np.ndarray, " tests"]) -> Float[np.ndarray, " tests"]:
    """Holm's (1979) step-down correction: p-values adjusted for the number of tests.

    NaN stays NaN and does not count as a test.

    Examples:
      >>> import numpy as np
      >>> holm(np.array([0.01, 0.04])).tolist()
      [0.02, 0.04]
    """
    p_values = np.asarray(p_values, dtype=float)
    order = np.argsort(p_values)[: (~np.isnan(p_values)).sum()]  # NaN sorts last
    stepped = p_values[order] * np.arange(len(order), 0, -1)
    adjusted = np.full_like(p_values, np.nan)
    adjusted[order] = np.minimum(np.maximum.accumulate(stepped), 1)
    return adjusted
