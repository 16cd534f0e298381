"""What the first page of a report rests on: verdicts on runs, and how well the runs agree."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ivaegan_jax.metrics import Interval
from ivaegan_jax.report import recorded
from ivaegan_jax.report.controls import Against, against_controls
from ivaegan_jax.report.dependent import against_support, gate_of, is_untestable
from ivaegan_jax.report.estimates import agreement
from ivaegan_jax.types import Row

SUPPORTED = "identification supported"
NOT_SUPPORTED = "not identified"
UNKNOWN = "cannot be told yet"

FEWEST_PAIRS = 3
"""Pairs of runs below which their agreement is too uncertain to speak of."""

UNSEEN = {"rank", "power", "information", "vanished", "some_repeating"}
"""Reasons of a run that may all be for want of rows, where `power` is one of them."""

NOT_KNOWN = {"unproved", "vanished", "some_repeating"}
"""Reasons of a run of whose prior nothing is proved, and against which nothing speaks."""


class Evidence(NamedTuple):
    """The rows of one preset that its verdict rests on.

    Attributes:
      runs: one row with a verdict per run.
      consensus: one row per data seed.
      agreement: mean over pairs of runs on the same data seed; None below `FEWEST_PAIRS`.
      rotation_p95: agreement that 5 % of mere rotations reach, mean over data seeds.
      controls: the preset against each of its negative controls that was trained.
      gate: what rows that depend on each other show of u before training; None where rows are
        exchangeable.
    """

    runs: Sequence[Row]
    consensus: Sequence[Row]
    agreement: Interval | None
    rotation_p95: float
    controls: Sequence[Against]
    gate: Row | None = None

    @property
    def objections(self) -> list[str]:
        """Why nothing can be supported on these rows, if so."""
        return against_support(self.gate, self.controls) if self.gate else []

    @property
    def agree(self) -> bool:
        """Whether the runs agree better than 95 % of rotations of one solution would."""
        if self.agreement is None:
            return False
        low, estimate = self.agreement.low, self.agreement.estimate
        return float(low if np.isfinite(low) else estimate) > self.rotation_p95


def gather(rows: Sequence[Row], preset: str) -> Evidence:
    """The rows of one preset of one data set."""
    consensus = recorded.select(rows, "consensus", preset, "consensus")
    pairs = recorded.select(rows, "agreement_mcc", preset, "agreement")
    rotation = [row["rotation_p95"] for row in consensus]
    return Evidence(
        runs=recorded.select(rows, "verdict", preset, "verdict"),
        consensus=consensus,
        agreement=agreement(pairs) if len(pairs) >= FEWEST_PAIRS else None,
        rotation_p95=float(np.mean(rotation)) if rotation else float("nan"),
        controls=against_controls(rows, preset),
        gate=gate_of(rows),
    )


def verdict_of(evidence: Evidence) -> str:
    """Most runs must be usable, agree better than rotations would, and beat their controls.

    Where rows depend on each other, x must follow u beyond what such rows show by themselves, and
    the model must beat a control whose u was shifted in time. Both are required; the first alone
    lets a false u pass in 5 % at most.

    How often runs that are rotations of one solution are said to be identified is measured in
    `results/calibration`. Of 500 single pairs of such runs 8 % were: one pair is not judged.
    """
    unusable = [row for row in evidence.runs if not row["value"]]
    if len(unusable) > len(evidence.runs) / 2:
        return UNKNOWN if all(map(_cannot_be_told, unusable)) else NOT_SUPPORTED
    lost = any(each.lost for each in evidence.controls)
    if evidence.gate and evidence.objections and not lost:
        testable = not is_untestable(evidence.gate)
        return NOT_SUPPORTED if testable and not evidence.gate["value"] else UNKNOWN
    if evidence.agreement is None:
        return UNKNOWN
    return SUPPORTED if evidence.agree and not lost else NOT_SUPPORTED


def _cannot_be_told(run: Row) -> bool:
    """Whether nothing speaks against a run but missing theory, or tests that see too little."""
    codes = {reason["code"] for reason in run["reasons"]}
    return ("power" in codes and codes <= UNSEEN) or ("unproved" in codes and codes <= NOT_KNOWN)
