"""Where a study expects its means, and whether they lie there."""

import dataclasses
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ivaegan_jax.evaluation import Result
from ivaegan_jax.report.estimates import differences, interval
from ivaegan_jax.report.recorded import labels, scores
from ivaegan_jax.report.render import Table, decimal
from ivaegan_jax.report.selection import selection_gain
from ivaegan_jax.studies import Band


class Checked(NamedTuple):
    """A band and the mean that was found; nan where no run has a number."""

    band: Band
    value: float

    @property
    def holds(self) -> bool:
        """Whether the mean lies in the band, which no missing number does."""
        return self.band.low <= self.value <= self.band.high

    def __str__(self) -> str:
        """Such as `igan mcc .971 in [.95, 1]: ok`."""
        return f"{self.band} {decimal(self.value)} in {_range(self.band)}: {_verdict(self)}"


def check_bands(bands: Sequence[Band], results: Sequence[Result]) -> list[Checked]:
    """Every band whose arms have runs among these results, checked."""
    ran = {"", *labels(results)}
    return [Checked(b, _value(b, results)) for b in bands if {b.arm, b.minus} <= ran]


def bands_table(checked: Sequence[Checked]) -> Table:
    """One line per band."""
    records = [
        {"band": str(c.band), "mean": c.value, "expected": _range(c.band), "held": _verdict(c)}
        for c in checked
    ]
    columns = {"band": "mean of", "mean": "found", "expected": "expected", "held": "held"}
    notes = ["Means over data seeds; differences are paired by data seed."]
    return Table("Expected and found", columns, records, (), notes)


def bands_json(checked: Sequence[Checked]) -> list[dict[str, Any]]:
    """The same for a JSON file."""
    return [
        dataclasses.asdict(c.band)
        | {"value": c.value if np.isfinite(c.value) else None, "holds": c.holds}
        for c in checked
    ]


def _value(band: Band, results: Sequence[Result]) -> float:
    if band.metric == "selection_gain":
        return selection_gain(results, band.arm)
    if not band.minus:
        found = interval(results, band.metric, band.arm)
        return float("nan") if found is None else float(found.estimate)
    a, b = (scores(results, band.metric, arm) for arm in (band.arm, band.minus))
    by_seed = differences(a, b)
    return float(np.mean(list(by_seed.values()))) if by_seed else float("nan")


def _range(band: Band) -> str:
    return f"[{_short(band.low)}, {_short(band.high)}]"


def _short(value: float) -> str:
    text = f"{value:g}"
    return text.replace("0.", ".", 1) if 0 < abs(value) < 1 else text


def _verdict(checked: Checked) -> str:
    return "ok" if checked.holds else "MISSED"
