"""A case: an interval or a test on simulated data, and how often it is right."""

import dataclasses
import zlib
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ivaegan_jax.metrics.statistics import Interval, success_rate
from ivaegan_jax.report.render import to_json

INTERVALS, FALSE_ALARMS, POWER = "Intervals", "False alarms", "Power"

COVERAGE = (0.92, 0.98)
"""Where the coverage of an interval of nominal 95 % is expected."""

EXACT = (0.03, 0.07)
"""The same for false alarms of a test whose level is 5 % by construction."""

AT_MOST = (0.0, 0.07)
"""The same where a test may reject less often than its level, but not more."""


@dataclasses.dataclass(frozen=True)
class Case:
    """One simulation.

    Attributes:
      kind: `INTERVALS`, `FALSE_ALARMS` or `POWER`.
      name: the interval or test; several cases share it.
      setting: what is simulated.
      happens: one draw: whether the interval covers the truth, or the test rejects.
      band: where the rate is expected.
      repeats: draws.
      nominal: the rate that is promised; None for power.
      limit: why the band is known to be missed; empty where it is expected to hold.
      reference: one draw of what power is held against: the band begins where the interval of
        its rate does.
    """

    kind: str
    name: str
    setting: str
    happens: Callable[[np.random.Generator], bool]
    band: tuple[float, float]
    repeats: int
    nominal: float | None = None
    limit: str = ""
    reference: Callable[[np.random.Generator], bool] | None = None


class Measured(NamedTuple):
    """A case and its rate, with the 95 % interval of the simulation's own error (Wilson)."""

    case: Case
    rate: Interval
    repeats: int

    @property
    def holds(self) -> bool:
        """Whether the rate can lie in its band: the band meets the rate's interval."""
        low, high = self.case.band
        return bool(self.rate.low <= high and self.rate.high >= low)

    @property
    def verdict(self) -> str:
        """`ok`, `ok within error` where only the interval reaches the band, or `MISSED`."""
        low, high = self.case.band
        if low <= self.rate.estimate <= high:
            return "ok"
        missed = f"MISSED: {self.case.limit}" if self.case.limit else "MISSED"
        return "ok within error" if self.holds else missed

    def as_json(self) -> dict[str, Any]:
        """What is kept of it."""
        case = self.case
        found = {"kind": case.kind, "name": case.name, "setting": case.setting,
                 "nominal": case.nominal, "measured": self.rate, "repeats": self.repeats,
                 "band": list(case.band), "holds": self.holds, "limit": case.limit}  # fmt: skip
        return to_json(found)


class Counts(NamedTuple):
    """In how many draws a case happened, and its reference; None without one."""

    happened: int
    reference: int | None = None


def count(case: Case, repeats: int) -> Counts:
    """Draws 0 to `repeats` - 1, each a function of the case and its number alone."""
    key = f"{case.name}: {case.setting}"
    known = _happened(f"{key}: reference", case.reference, repeats) if case.reference else None
    return Counts(_happened(key, case.happens, repeats), known)


def judge(case: Case, repeats: int, counts: Counts) -> Measured:
    """The rate of what was counted, held against its band."""
    if counts.reference is not None:
        known = _rate(counts.reference, repeats)
        case = dataclasses.replace(case, band=(round(float(known.low), 2), 1.0), reference=None)
    return Measured(case, _rate(counts.happened, repeats), repeats)


def measure(case: Case, repeats: int) -> Measured:
    """Counts and judges."""
    return judge(case, repeats, count(case, repeats))


def _happened(key: str, happens: Callable[[np.random.Generator], bool], repeats: int) -> int:
    seed = zlib.crc32(key.encode())
    return sum(bool(happens(np.random.default_rng((seed, repeat)))) for repeat in range(repeats))


def _rate(happened: int, repeats: int) -> Interval:
    return success_rate(np.arange(repeats) < happened)


def covers(interval: Interval, truth: float) -> bool:
    """Whether the interval holds the truth; one that is not there does not."""
    return bool(interval.low <= truth <= interval.high)
