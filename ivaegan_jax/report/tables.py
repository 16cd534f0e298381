"""The summary table: one line per preset, floors beneath; every run counted, every band named."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ivaegan_jax.report import recorded
from ivaegan_jax.report.estimates import agreement, interval, paired
from ivaegan_jax.report.legend import with_truth_notes, without_truth_notes
from ivaegan_jax.report.render import Record, Table
from ivaegan_jax.statistics import Interval, holm, success_rate
from ivaegan_jax.types import Row

TRUTH = {
    "preset": "preset",
    "runs": "runs",
    "diverged": "div",
    "mcc": "MCC [95 %]",
    "iqm": "IQM",
    "mcc_within": "within",
    "affine_r2": "R²(s|z)",
    "success": "success [95 %]",
    "difference": "minus {baseline}",
    "probability_better": "P(>)",
    "p_holm": "p",
}
"""Columns where the sources are known."""

NO_TRUTH = {
    "preset": "preset",
    "runs": "runs",
    "diverged": "div",
    "agreement": "agreement [95 %]",
    "elbo": "ELBO [95 %]",
    "recon_r2": "recon R²",
    "active_units": "active",
    "c2st": "C2ST",
    "c2st_real": "C2ST real",
    "mmd2": "MMD²",
    "mmd2_real": "MMD² real",
    "energy": "energy",
    "energy_real": "energy real",
}
"""Columns where nobody knows the sources."""


def has_truth(rows: Sequence[Row]) -> bool:
    """Whether any run was compared with true sources."""
    return any(row.get("metric") == "mcc" and row.get("kind", "run") == "run" for row in rows)


def summary(
    rows: Sequence[Row], success_threshold: float | None = None, baseline: str = "ivae"
) -> Table:
    """One line per preset over all its runs of one data set.

    Args:
      rows: metric rows of one data set.
      success_threshold: held-out MCC from which a run counts as a success. By default .9, or the
        95th percentile of a random rotation where that is higher.
      baseline: the preset the others are compared with; the first one where it has no runs.
    """
    known = recorded.presets(rows)
    if not has_truth(rows):
        records = [_without_truth(rows, preset) for preset in known]
        title = f"Without true sources: {sizes(rows)}"
        return Table(
            title, NO_TRUTH, records, (), without_truth_notes(sizes(rows))
        ).without_empty_columns()
    threshold = _threshold(rows) if success_threshold is None else success_threshold
    against = baseline_of(known, baseline)
    records = [_with_truth(rows, preset, threshold) for preset in known]
    records = _compared(rows, records, against)
    columns = {key: header.format(baseline=against) for key, header in TRUTH.items()}
    notes = with_truth_notes(sizes(rows), threshold, against)
    title = f"Held-out recovery of the sources: {sizes(rows)}"
    return Table(title, columns, records, floor_lines(rows), notes).without_empty_columns()


def baseline_of(known: Sequence[str], baseline: str = "ivae") -> str:
    """The preset itself, its first namesake from another work directory, or the first preset."""
    namesakes = [name for name in known if name.rpartition("/")[2] == baseline]
    return baseline if baseline in known else [*namesakes, *known][0]


def sizes(rows: Sequence[Row]) -> str:
    """How many data seeds and model seeds there are, in words."""
    runs = {(r.get("data_seed"), r.get("seed")) for r in rows if r.get("kind", "run") == "run"}
    per_data = [sum(d == data for d, _ in runs) for data in {d for d, _ in runs}]
    low, high = min(per_data, default=0), max(per_data, default=0)
    seeds = f"{low}" if low == high else f"{low} to {high}"
    return f"{_plural(len(per_data), 'data seed')} x {_plural(seeds, 'model seed')}"


def floor_lines(rows: Sequence[Row]) -> list[Record]:
    """Floors in rising order, each the mean over the data seeds."""
    within = recorded.floors(rows, "mcc_within")
    found = sorted(recorded.floors(rows).items(), key=lambda item: item[1])
    return [{"preset": n, "mcc": value, "mcc_within": within.get(n)} for n, value in found]


def count_runs(rows: Sequence[Row], preset: str) -> tuple[int, int]:
    """Runs of a preset, and how many of them diverged."""
    of_preset = [r for r in rows if r.get("kind", "run") == "run" and r["preset"] == preset]
    runs = {(r.get("data_seed"), r.get("seed")) for r in of_preset}
    lost = {(r.get("data_seed"), r.get("seed")) for r in of_preset if recorded.is_diverged(r)}
    return len(runs), len(lost)


def _threshold(rows: Sequence[Row]) -> float:
    return max(0.9, recorded.floors(rows).get("random_rotation_p95", 0.0))


def _counts(rows: Sequence[Row], preset: str) -> dict[str, Any]:
    runs, diverged = count_runs(rows, preset)
    return {"preset": preset, "runs": runs, "diverged": diverged}


def _estimates(
    rows: Sequence[Row], preset: str, metrics: Sequence[str]
) -> dict[str, Interval | None]:
    return {metric: interval(rows, metric, preset) for metric in metrics}


def _with_truth(rows: Sequence[Row], preset: str, threshold: float) -> dict[str, Any]:
    mcc = recorded.scores(rows, "mcc", preset)
    if not mcc.present.any():  # A model without an encoder recovers nothing to compare.
        return _counts(rows, preset)
    success = (mcc.values >= threshold) & ~mcc.diverged
    means = _estimates(rows, preset, ("mcc_within", "affine_r2"))
    return {
        **_counts(rows, preset),
        "mcc": interval(rows, "mcc", preset),
        "iqm": _estimate(interval(rows, "mcc", preset, "iqm")),
        **{metric: _estimate(value) for metric, value in means.items()},
        "success": success_rate(success[mcc.present]),
    }


def _without_truth(rows: Sequence[Row], preset: str) -> dict[str, Any]:
    metrics = [key for key in NO_TRUTH if key not in ("preset", "runs", "diverged", "agreement")]
    found = _estimates(rows, preset, metrics)
    point = {key: _estimate(value) for key, value in found.items() if key != "elbo"}
    pairs = agreement(recorded.select(rows, "agreement_mcc", preset, "agreement"))
    return {**_counts(rows, preset), "agreement": pairs, "elbo": found["elbo"], **point}


def _compared(
    rows: Sequence[Row], records: list[dict[str, Any]], against: str
) -> list[dict[str, Any]]:
    base = recorded.scores(rows, "mcc", against)
    others = [r["preset"] for r in records if r["preset"] != against and "mcc" in r]
    found = {name: paired(recorded.scores(rows, "mcc", name), base) for name in others}
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
    return [{**record, **extra.get(record["preset"], {})} for record in records]


def _estimate(value: Interval | None) -> float | None:
    return None if value is None else float(value.estimate)


def _plural(count: int | str, noun: str) -> str:
    return f"{count} {noun}" + ("" if str(count) == "1" else "s")
