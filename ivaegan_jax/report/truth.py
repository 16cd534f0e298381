"""What the true sources say of each model, where they are known."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ivaegan_jax.evaluation import Result
from ivaegan_jax.metrics import Interval
from ivaegan_jax.report import recorded
from ivaegan_jax.report.controls import without_controls
from ivaegan_jax.report.estimates import interval
from ivaegan_jax.report.render import decimal

RECOVERED = "recovered"
LINEAR = "recovered, as by a linear map"
OPEN = "not shown"
MISSED = "not recovered"
UNKNOWN = "no sources"


FOUND = 0.95
"""MCC from which sources are recovered though a linear map recovers them as well."""

LINEAR_MAPS = frozenset({"raw_x", "pca", "fastica", "joint_diagonalisation", "linear_supervised"})
"""Baselines that are linear maps of x: where x hardly mixes nonlinearly they are as good."""


class Truth(NamedTuple):
    """The MCC of one model against every baseline.

    Attributes:
      mcc: held-out, with its 95 % interval; None where there are no true sources.
      baselines: the means of all.
      missed: the baselines that an interval for all models of the data at once does not clear.
    """

    mcc: Interval | None = None
    baselines: Mapping[str, float] = {}
    missed: Mapping[str, float] = {}

    @property
    def says(self) -> str:
        """What the sources say of the model.

        `RECOVERED`: above every baseline. `LINEAR`: high, and above all that are no linear maps of
        x. `MISSED`: below one. `OPEN`: neither is certain.
        """
        if self.mcc is None:
            return UNKNOWN
        if self.baselines and not self.missed:
            return RECOVERED
        if self.missed and self.mcc.low >= FOUND and LINEAR_MAPS.issuperset(self.missed):
            return LINEAR
        # an interval that is no number lies below nothing
        return MISSED if self.above else OPEN

    @property
    def above(self) -> dict[str, float]:
        """The baselines that the whole 95 % interval lies below."""
        high = float("inf") if self.mcc is None else float(self.mcc.high)
        return {name: value for name, value in self.missed.items() if high < value}

    @property
    def in_the_way(self) -> str:
        """The baselines that the sentence on the truth names."""
        ordered = sorted((self.above or self.missed).items(), key=lambda each: each[1])
        names = ", ".join(f"{name} ({decimal(value, 2)})" for name, value in ordered)
        return f"the baseline {names}" if names else "any baseline, as none was recorded"


def truths(results: Sequence[Result]) -> dict[str, Truth]:
    """By model. The best of several is picked, so intervals hold for all models at once."""
    names = without_controls(recorded.labels(results))
    scored = {name: mcc for name in names if (mcc := interval(results, "mcc", name)) is not None}
    known = recorded.baselines(results)
    found = dict.fromkeys(names, Truth())
    for name, mcc in scored.items():
        sure = interval(results, "mcc", name, confidence=1 - 0.05 / len(scored))
        missed = {n: value for n, value in known.items() if sure is None or not sure.low > value}
        found[name] = Truth(mcc, known, missed)
    return found
