"""What the first page of a report rests on: verdicts on runs, and how well the runs agree."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ivaegan_jax.evaluation import USABLE, Agreement, Consensus, Gate, Reason, Result, Verdict
from ivaegan_jax.metrics import Interval
from ivaegan_jax.report import recorded
from ivaegan_jax.report.controls import Against, against_controls
from ivaegan_jax.report.dependent import against_support, gate_of, is_untestable
from ivaegan_jax.report.estimates import agreement

SUPPORTED = "identification supported"
NOT_SUPPORTED = "not identified"
UNKNOWN = "cannot be told yet"

FEWEST_PAIRS = 3
"""Pairs of runs below which their agreement is too uncertain to speak of."""

AGREED = 0.95
"""Mean agreement of runs that found one solution.

Less may be what runs share for another reason: with means alone moved by u, and components of x at
one scale, runs of B2 agree at .90 on latents of MCC .67 (`results/verdicts`, arm `b2_means`).
"""

UNSEEN = {"rank", "power", "information", "vanished", "some_repeating"}
"""Reasons of a run that may all be for want of rows, where `power` is one of them."""

NOT_KNOWN = {"unproved", "vanished", "some_repeating"}
"""Reasons of a run of whose prior nothing is proved, and against which nothing speaks."""


class Evidence(NamedTuple):
    """The results of one model that its verdict rests on.

    Attributes:
      runs: the verdict on each.
      consensus: one per data seed.
      agreement: mean over pairs of runs on the same data seed; None below `FEWEST_PAIRS`.
      rotation_p95: agreement that 5 % of mere rotations reach, mean over data seeds.
      controls: the model against each of its negative controls that was trained.
      gate: what rows that depend on each other show of u before training; None where rows are
        exchangeable.
    """

    runs: Sequence[Verdict]
    consensus: Sequence[Consensus]
    agreement: Interval | None
    rotation_p95: float
    controls: Sequence[Against]
    gate: Gate | None = None

    @property
    def objections(self) -> list[Reason]:
        """Why nothing can be supported on these rows, if so."""
        return against_support(self.gate, self.controls) if self.gate else []

    @property
    def agree(self) -> bool:
        """Whether the runs agree better than 95 % of rotations of one solution would."""
        if self.agreement is None:
            return False
        low, estimate = self.agreement.low, self.agreement.estimate
        return float(low if np.isfinite(low) else estimate) > self.rotation_p95

    @property
    def agree_in_part(self) -> bool:
        """Whether the runs agree better than rotations, and less than on one solution."""
        return self.agree and self.agreement is not None and self.agreement.estimate < AGREED


def gather(results: Sequence[Result], label: str) -> Evidence:
    """The results of one model on one data set."""
    consensus = recorded.select(results, Consensus, label)
    pairs = recorded.select(results, Agreement, label, "agreement_mcc")
    rotation = [each.rotation_p95 for each in consensus]
    return Evidence(
        runs=recorded.select(results, Verdict, label),
        consensus=consensus,
        agreement=agreement(pairs) if len(pairs) >= FEWEST_PAIRS else None,
        rotation_p95=float(np.mean(rotation)) if rotation else float("nan"),
        controls=against_controls(results, label),
        gate=gate_of(results),
    )


def verdict_of(evidence: Evidence) -> str:
    """Most runs must be usable, agree on one solution, and beat their controls.

    Runs that agree better than rotations would, but less than `AGREED`, leave it open.

    Where rows depend on each other, x must follow u beyond what such rows show by themselves, and
    the model must beat a control whose u was shifted in time. Both are required; the first alone
    lets a false u pass in 5 % at most.

    How often runs that are rotations of one solution count as identified is measured in
    `results/calibration`. Of 500 single pairs of such runs 8 % were: one pair is not judged.
    """
    unusable = [run for run in evidence.runs if run.verdict != USABLE]
    if len(unusable) > len(evidence.runs) / 2:
        return UNKNOWN if all(map(_cannot_be_told, unusable)) else NOT_SUPPORTED
    lost = any(each.lost for each in evidence.controls)
    if evidence.gate and evidence.objections and not lost:
        testable = not is_untestable(evidence.gate)
        return NOT_SUPPORTED if testable and not evidence.gate.passed else UNKNOWN
    if evidence.agreement is None or (evidence.agree_in_part and not lost):
        return UNKNOWN
    return SUPPORTED if evidence.agree and not lost else NOT_SUPPORTED


def _cannot_be_told(run: Verdict) -> bool:
    """Whether nothing speaks against a run but missing theory, or tests that see too little."""
    codes = {reason.code for reason in run.reasons}
    return ("power" in codes and codes <= UNSEEN) or ("unproved" in codes and codes <= NOT_KNOWN)
