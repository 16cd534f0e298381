"""Statistics over seeds and runs: intervals, paired comparisons, corrections.

Convention for `[data_seeds, seeds]` tables: a data seed draws the data set, a seed the model.
Data seeds are the independent units. NaN and infinity raise ValueError everywhere (`holm`
excepted), so that a failed run cannot be dropped by accident: score it as what it reached.
"""

from ivaegan_jax.metrics.statistics.agreements import agreement_interval, mean_agreement_interval
from ivaegan_jax.metrics.statistics.comparisons import Paired, holm, paired_comparison
from ivaegan_jax.metrics.statistics.means import Interval, hierarchical_interval, interquartile_mean
from ivaegan_jax.metrics.statistics.shares import success_rate

__all__ = [
    "Interval",
    "Paired",
    "agreement_interval",
    "hierarchical_interval",
    "holm",
    "interquartile_mean",
    "mean_agreement_interval",
    "paired_comparison",
    "success_rate",
]
