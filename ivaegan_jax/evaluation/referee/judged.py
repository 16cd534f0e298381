"""The result: the verdict, its reasons, and every number, as fields, as text and as JSON."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np

from ivaegan_jax.evaluation.referee.found import Found
from ivaegan_jax.evaluation.referee.reasons import NOT_SUPPORTED, SUPPORTED, UNKNOWN, Reason
from ivaegan_jax.files import without_nan
from ivaegan_jax.metrics import Interval

STATUS = {SUPPORTED: 0, NOT_SUPPORTED: 1, UNKNOWN: 3}
"""Exit status of the program."""

TRAIN_CONTROLS = (
    "Train the same method with u shuffled (and moved, where rows depend on each other), and give "
    "those latents as controls; write_controls makes the tables."
)


@dataclasses.dataclass(frozen=True)
class Judged:
    """What the referee says.

    Attributes:
      verdict: "supported", "not supported" or "cannot be told".
      reasons: what speaks against, what is open, what speaks for.
      found: every number behind them, as objects.
      names: of the runs.
      copies: a sentence on each run that is a copy of one of them.
    """

    verdict: str
    reasons: tuple[Reason, ...]
    found: Found
    names: tuple[str, ...]
    copies: tuple[str, ...] = ()

    @property
    def status(self) -> int:
        """0 supported, 1 not supported, 3 undecided."""
        return STATUS[self.verdict]

    @property
    def steps(self) -> tuple[str, ...]:
        """What to do next, in the order of the reasons."""
        own = [reason.step for reason in self.reasons if reason.step]
        return (*own, *([] if self.found.informed.controls else [TRAIN_CONTROLS]))

    @property
    def numbers(self) -> dict[str, Any]:
        """Every number by name, as JSON values; None where there is none."""
        found = self.found
        agreed, moved, within = found.agreed, found.moved, found.within
        numbers: dict[str, Any] = {
            "runs": len(self.names), "rows": found.rows, "latents": found.dim_z,
            "levels": found.levels, "structure": found.structure.kind,
            "held_out_named": found.named, "latents_supported": found.supported,
            "x_p": [found.of_x.carries, found.of_x.modulates],
            "latents_p": [found.of_z.carries, found.of_z.modulates],
            "least_p": found.of_x.least,
            "rank": moved.rank, "singular": moved.singular.tolist(), "noise": moved.noise,
            "rank_power": moved.power, "inflation": moved.inflation,
            "within_linear": within.linear, "within_magnitudes": within.magnitudes,
            "within": within.dependence, "singled_out": within.singled_out,
            "within_rest": within.rest, "within_worth": within.worth, "score": found.score,
            "information": list(found.informed.runs),
            "information_of_controls": list(found.informed.controls),
            "information_beyond_controls": _listed(found.informed.difference),
        }  # fmt: skip
        if agreed:
            numbers |= {
                "mcc": _listed(agreed.by_axis), "mcc_of_pairs": agreed.mcc.tolist(),
                "affine_r2": agreed.by_space, "canonical_correlation": agreed.canonical,
                "rotation": agreed.rotation, "rotation_p95": agreed.rotation_p95,
                "central_run": self.names[agreed.medoid],
                "axes": [_listed(axis) for axis in agreed.axes],
            }  # fmt: skip
        return without_nan(numbers)

    def to_json(self) -> dict[str, Any]:
        """`{verdict, reasons, next, copies, numbers}`."""
        return {
            "verdict": self.verdict,
            "reasons": [reason._asdict() for reason in self.reasons],
            "next": list(self.steps),
            "copies": list(self.copies),
            "numbers": self.numbers,
        }

    def lines(self) -> Iterator[str]:
        """The verdict, its reasons, and what to do next."""
        found, runs = self.found, len(self.names)
        values = f"{found.levels} {'cells' if found.continuous else 'values'}"
        yield (f"{self.verdict}: {runs} run{'s' * (runs > 1)} of {found.dim_z} latents, "
               f"{found.rows:,} rows, u of {values}")  # fmt: skip
        yield from self.copies
        signs = {"against": "-", "open": "?", "for": "+"}
        yield from (f"{signs[each.speaks]} {each.text}" for each in self.reasons)
        yield (f"Latents that are supported: at most {found.supported} of {found.dim_z}."
               if found.agreed else
               f"Latents that u moves: {found.supported} of {found.dim_z}.")  # fmt: skip
        if found.agreed:
            axes = ", ".join(_text(axis) for axis in found.agreed.axes)
            yield f"Axes of {self.names[found.agreed.medoid]} are found again at {axes}."
        yield from (f"Next: {step}" for step in self.steps[:1])

    def __str__(self) -> str:
        """The first lines of the page."""
        return "\n".join(self.lines())


def _listed(interval: Interval) -> list[float]:
    return [float(each) for each in interval]


def _text(interval: Interval) -> str:
    if np.isnan(interval.low):
        return f"{interval.estimate:.2f}"
    return f"{interval.estimate:.2f} [{interval.low:.2f}, {interval.high:.2f}]"
