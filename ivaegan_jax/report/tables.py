"""The summary: one line per model, baselines beneath; every run counted, every band named."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from ivaegan_jax.evaluation import Agreement, Result, Score
from ivaegan_jax.metrics import Interval, holm, success_rate
from ivaegan_jax.report import recorded
from ivaegan_jax.report.estimates import agreement, interval, paired
from ivaegan_jax.report.legend import NOISY, RESPLIT, with_truth_notes, without_truth_notes
from ivaegan_jax.report.recorded import count_runs, has_truth, sizes
from ivaegan_jax.report.render import Record, Table

AGAINST_TRUTH = {
    "runs": "runs",
    "diverged": "div",
    "mcc": "MCC [95 %]",
    "of_ceiling": "of ceiling",
    "mcc_clean": "clean",
    "iqm": "IQM",
    "mcc_within": "within",
    "affine_r2": "R²(s|z)",
    "success": "success [95 %]",
}
"""Columns of runs that are scored by the sources."""

TRUTH = {
    "label": "model",
    **AGAINST_TRUTH,
    "difference": "minus {reference}",
    "probability_better": "P(>)",
    "p_holm": "p",
}
"""Columns where the sources are known."""

NO_TRUTH = {
    "label": "model",
    "runs": "runs",
    "diverged": "div",
    "agreement": "agreement [95 %]",
    "elbo": "ELBO [95 %]",
    "recon_r2": "recon R²",
    "active_units": "active",
    "c2st": "C2ST",
    "c2st_real": "C2ST real",
    "samples_accuracy": "u by samples",
    "samples_accuracy_real": "u by real rows",
    "mmd2": "MMD²",
    "mmd2_real": "MMD² real",
    "energy_distance": "energy",
    "energy_distance_real": "energy real",
}
"""Columns where the sources are not known."""


DIGITS = {"success": 2, "probability_better": 2, "active_units": 1}
"""A share of a few dozen runs deserves no third decimal."""


def summary(
    results: Sequence[Result], success_threshold: float | None = None, reference: str = "ivae"
) -> Table:
    """One line per model over all its runs of one data set.

    Args:
      results: of one data set.
      success_threshold: held-out MCC from which a run counts as a success. By default .9, or the
        95th percentile of a random rotation where that is higher.
      reference: the model the others are compared with; the first one where it has no runs.
    """
    table = (
        _truth_table(results, success_threshold, reference)
        if has_truth(results)
        else _plain_table(results)
    )
    notes = [*table.notes, *resplit_notes(results)]
    return dataclasses.replace(table, digits=DIGITS, notes=notes).without_empty_columns()


def resplit_notes(results: Sequence[Result]) -> list[str]:
    """What re-splits of one table mean for the numbers; none where data seeds draw new data."""
    seeds = {each.data_seed for each in results if isinstance(each, Score)}
    return [RESPLIT] if len(seeds) > 1 and recorded.shared_rows(results) else []


def _truth_table(
    results: Sequence[Result], success_threshold: float | None, reference: str
) -> Table:
    known = recorded.labels(results)
    against = reference_of(known, reference)
    threshold = threshold_of(results) if success_threshold is None else success_threshold
    ceiling = ceiling_of(results)
    records = [truth_record(results, label, threshold, ceiling) for label in known]
    return Table(
        f"Held-out recovery of the sources: {sizes(results)}",
        {key: header.format(reference=against) for key, header in TRUTH.items()},
        _compared(results, records, against),
        baseline_lines(results),
        [*with_truth_notes(sizes(results), threshold, against), *([NOISY] if ceiling else [])],
    )


def _plain_table(results: Sequence[Result]) -> Table:
    records = [_without_truth(results, label) for label in recorded.labels(results)]
    notes = without_truth_notes(sizes(results))
    return Table(f"Without true sources: {sizes(results)}", NO_TRUTH, records, (), notes)


def reference_of(known: Sequence[str], reference: str = "ivae") -> str:
    """The model itself, its first namesake from another run directory, or the first model."""
    namesakes = [name for name in known if name.rpartition("/")[2] == reference]
    return reference if reference in known else [*namesakes, *known][0]


def baseline_lines(results: Sequence[Result]) -> list[Record]:
    """Baselines and ceilings in rising order, each the mean over the data seeds."""
    both = recorded.baselines, recorded.ceilings
    within = {name: value for of in both for name, value in of(results, "mcc_within").items()}
    found = [item for of in both for item in of(results).items()]
    found = sorted(found, key=lambda item: item[1])
    return [{"label": n, "mcc": value, "mcc_within": within.get(n)} for n, value in found]


def threshold_of(results: Sequence[Result]) -> float:
    """The held-out MCC from which a run on these data counts as a success."""
    return max(0.9, recorded.baselines(results).get("random_rotation_p95", 0.0))


def ceiling_of(results: Sequence[Result]) -> float | None:
    """What no encoder that sees x alone goes beyond: the better of `bayes` and `supervised`."""
    taught = interval(results, "mcc", "supervised")
    known = recorded.ceilings(results).get("bayes")
    found = [known, None if taught is None else float(taught.estimate)]
    return max((value for value in found if value is not None), default=None) if known else None


def _counts(results: Sequence[Result], label: str) -> dict[str, Any]:
    runs, diverged = count_runs(results, label)
    return {"label": label, "runs": runs, "diverged": diverged}


def _estimates(
    results: Sequence[Result], label: str, metrics: Sequence[str]
) -> dict[str, Interval | None]:
    return {metric: interval(results, metric, label) for metric in metrics}


def truth_record(
    results: Sequence[Result], label: str, threshold: float, ceiling: float | None = None
) -> dict[str, Any]:
    """A model's line where the sources are known, less what compares it with others.

    Args:
      results: of one data set.
      label: the model.
      threshold: MCC from which a run is a success.
      ceiling: MCC that x allows; None where it is not known.
    """
    mcc = recorded.scores(results, "mcc", label)
    if not mcc.present.any():  # A model without an encoder recovers nothing to compare.
        return _counts(results, label)
    success = (mcc.values >= threshold) & ~mcc.diverged
    means = _estimates(results, label, ("mcc_within", "affine_r2", "mcc_clean"))
    mean = interval(results, "mcc", label)
    reached = None if mean is None or ceiling is None else float(mean.estimate) / ceiling
    return {
        **_counts(results, label),
        "mcc": mean,
        "of_ceiling": reached,
        "iqm": _estimate(interval(results, "mcc", label, "iqm")),
        **{metric: _estimate(value) for metric, value in means.items()},
        "success": _success(success, mcc),
    }


def _success(success: np.ndarray, mcc: recorded.Scores) -> Interval:
    """With an interval, but where data seeds are re-splits: there is no correction for a share."""
    found = success_rate(success, mcc.present)
    known = not mcc.shared or len(mcc.data_seeds) < 2
    return found if known else found._replace(low=float("nan"), high=float("nan"))


def _without_truth(results: Sequence[Result], label: str) -> dict[str, Any]:
    metrics = [key for key in NO_TRUTH if key not in ("label", "runs", "diverged", "agreement")]
    found = _estimates(results, label, metrics)
    point = {key: _estimate(value) for key, value in found.items() if key != "elbo"}
    pairs = agreement(recorded.select(results, Agreement, label, "agreement_mcc"))
    return {**_counts(results, label), "agreement": pairs, "elbo": found["elbo"], **point}


def _compared(
    results: Sequence[Result], records: list[dict[str, Any]], against: str
) -> list[dict[str, Any]]:
    base = recorded.scores(results, "mcc", against)
    others = [r["label"] for r in records if r["label"] != against and "mcc" in r]
    found = {name: paired(recorded.scores(results, "mcc", name), base) for name in others}
    tests = {name: result for name, result in found.items() if result is not None}
    adjusted = holm(np.array([result.p_value for result in tests.values()])) if tests else []
    extra = {
        name: {
            "difference": result.difference,
            "probability_better": float(result.probability_better),
            "p_holm": float(p),
        }
        for (name, result), p in zip(tests.items(), adjusted, strict=True)
    }
    return [{**record, **extra.get(record["label"], {})} for record in records]


def _estimate(value: Interval | None) -> float | None:
    return None if value is None else float(value.estimate)
