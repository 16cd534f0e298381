"""A model beside its negative controls: the same program on training rows that cannot identify."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ivaegan_jax.evaluation import Agreement, Finding, Result, Score, Verdict
from ivaegan_jax.report import recorded
from ivaegan_jax.report.estimates import agreement
from ivaegan_jax.report.legend import CONTROLS
from ivaegan_jax.report.render import Table
from ivaegan_jax.studies import CONTROL, control_of, model_of

COLUMNS = {
    "label": "model",
    "runs": "runs",
    "usable": "usable",
    "agreement": "agreement [95 %]",
    "information": "nats on u",
    "log_likelihood": "log p(x|u)",
    "gain": "model minus control",
    "better": "model better in",
}


FEWEST_RUNS, IN_WORDS = 5, "five"
"""Equal models would all be better with a chance of 1 in 2^5, where runs are independent."""


class Against(NamedTuple):
    """A model against one of its negative controls, run by run, on the same held-out rows.

    Attributes:
      control: its name.
      gains: what log p(x|u) of the model is above that of its control, nats per row, `[runs]`.
      missing: runs in which the model has no number where its control has one.
    """

    control: str
    gains: Sequence[float]
    missing: int = 0

    @property
    def better(self) -> int:
        """Runs in which the model explains held-out rows better."""
        return sum(gain > 0 for gain in self.gains)

    @property
    def beaten(self) -> bool:
        """Whether that is so in every run, and these are enough to say so."""
        return not self.missing and self.better == len(self.gains) >= FEWEST_RUNS

    @property
    def lost(self) -> bool:
        """Whether some run does not explain them better."""
        return self.missing > 0 or self.better < len(self.gains)

    @property
    def gain(self) -> float:
        """Mean of the gains; NaN where there are none."""
        return float(np.mean(self.gains)) if len(self.gains) else float("nan")


def against_controls(results: Sequence[Result], label: str) -> list[Against]:
    """Every control of the model that shares runs with it; none for a control itself."""
    own, found = _likelihoods(results, label), []
    for control in CONTROLS:
        other = _likelihoods(results, f"{label}{CONTROL}{control}")
        # a control without a number is beaten by none: that pair is left out
        shared = [run for run in own if run in other and np.isfinite(other[run])]
        gains = [own[run] - other[run] for run in shared if np.isfinite(own[run])]
        if shared:
            found.append(Against(control, gains, len(shared) - len(gains)))
    return found


def controls_table(results: Sequence[Result]) -> Table:
    """Every model that has controls, and its controls beneath it; no lines where there are none.

    A diverged run counts with what its last finite parameters are worth.
    """
    records = []
    for label in recorded.labels(results):
        against = {each.control: each for each in against_controls(results, label)}
        if not against:
            continue
        records.append(_record(results, label))
        for control, each in against.items():
            better = f"{each.better} of {len(each.gains) + each.missing}"
            gain = {"gain": each.gain, "better": better}
            records.append(_record(results, f"{label}{CONTROL}{control}") | gain)
    notes = [
        "Controls are trained by the same program, on training rows spoilt on purpose; all are "
        "scored on the same held-out rows as they are, but shifted_u with its u. usable: runs with "
        "that verdict. nats on u: "
        "what held-out latents tell about u, at least. log p(x|u): nats per row.",
        " ".join(f"{name}: {values}." for name, values in CONTROLS.items()),
    ]
    return Table("Negative controls", COLUMNS, records, (), notes)


def without_controls(labels: Sequence[str]) -> list[str]:
    """The models less the controls of those among them: a control is no rival of its model."""
    return [each for each in labels if not (control_of(each) and model_of(each) in labels)]


def _likelihoods(results: Sequence[Result], label: str) -> dict[tuple[Any, Any], float]:
    found = recorded.select(results, Score, label, "log_likelihood")
    return {(each.data_seed, each.seed): recorded.number(each.value) for each in found}


def _record(results: Sequence[Result], label: str) -> dict[str, Any]:
    verdicts = recorded.select(results, Verdict, label)
    values = [r.value for r in recorded.select(results, Finding, label, "information_on_u")]
    likelihoods = [each for each in _likelihoods(results, label).values() if np.isfinite(each)]
    return {
        "label": label,
        "runs": len(verdicts),
        "usable": int(sum(map(recorded.counted, verdicts))),
        "agreement": agreement(recorded.select(results, Agreement, label, "agreement_mcc")),
        "information": float(np.mean(values)) if values else None,
        "log_likelihood": float(np.mean(likelihoods)) if likelihoods else None,
    }
