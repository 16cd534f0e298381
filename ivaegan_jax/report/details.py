"""The tables behind the summary: every run, and every metric under each of its conventions."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ivaegan_jax.report import recorded
from ivaegan_jax.report.counting import count_runs
from ivaegan_jax.report.render import Table
from ivaegan_jax.types import Row

FIT = {
    "preset": "preset",
    "runs": "runs",
    "diverged": "div",
    "recon_r2": "recon R²",
    "log_likelihood": "log p(x|u)",
    "elbo": "ELBO",
    "active_units": "active",
    "energy_distance": "energy",
    "energy_distance_real": "energy real",
    "energy_distance_wrong_u": "energy wrong u",
    "mmd2": "MMD²",
    "mmd2_real": "MMD² real",
}
"""What a model is worth beside its latents."""


def fit(rows: Sequence[Row]) -> Table:
    """Reconstruction, likelihood and samples of every preset: what its latents may have cost."""
    records = [
        {"preset": preset, **dict(zip(("runs", "diverged"), count_runs(rows, preset), strict=True))}
        | {metric: _of_all(rows, metric, preset) for metric in list(FIT)[3:]}
        for preset in recorded.presets(rows)
    ]
    notes = [
        "Means over all runs of a preset that have a number (div counts those that lack one, or "
        "diverged), on held-out rows of the standardised x. log p(x|u): nats "
        "per row, an importance-weighted bound, measured alike for every model, with the noise "
        "fitted to the residuals. energy, MMD²: samples given u against real rows of that u; real: "
        "real rows against real rows, the best there is; wrong u: samples under permuted u."
    ]
    return Table("Reconstruction, likelihood, samples", FIT, records, (), notes)


def _of_all(rows: Sequence[Row], metric: str, preset: str) -> float:
    values = recorded.scores(rows, metric, preset).values
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def per_seed(rows: Sequence[Row]) -> Table:
    """Every run on a line of its own, with its status; headline convention."""
    runs = [row for row in rows if row.get("kind", "run") == "run"]
    metrics = list(dict.fromkeys(row["metric"] for row in runs))
    records: dict[tuple[Any, ...], dict[str, Any]] = {}
    for preset in recorded.presets(rows):
        own = [row for row in runs if row["preset"] == preset]
        for metric in metrics:
            for row in recorded.select(own, metric, preset):
                key = (preset, row.get("data_seed"), row.get("seed"))
                record = records.setdefault(key, _identity(row))
                record[metric] = recorded.number(row.get("value"))
                if recorded.is_diverged(row):
                    record["status"] = row["status"]
    columns = {key: key for key in ("preset", "data_seed", "seed", "status", "step", *metrics)}
    notes = ["Posterior mean, Pearson, held-out rows and assignment; one line per run."]
    return Table("Every run", columns, list(records.values()), (), notes).without_empty_columns()


def conventions(rows: Sequence[Row]) -> Table:
    """Mean of every metric of the runs under each convention it was measured in."""
    runs = [row for row in rows if row.get("kind", "run") == "run"]
    known = recorded.presets(rows)
    keys = dict.fromkeys((row["metric"], *recorded.stamp(row)) for row in runs)
    records = []
    for metric, *stamp in sorted(keys):
        same = [r for r in runs if (r["metric"], *recorded.stamp(r)) == (metric, *stamp)]
        named = dict(zip(recorded.HEADLINE, stamp, strict=True))
        records.append({"metric": metric, **named, **{p: _mean(same, p) for p in known}})
    columns = {key: key for key in ("metric", *recorded.HEADLINE, *known)}
    notes = [
        "Each line is one convention; means over runs, diverged ones included as in the summary. "
        "A preset without a value has no run with a finite one."
    ]
    return Table("Every metric, by convention", columns, records, (), notes)


def _identity(row: Row) -> dict[str, Any]:
    fields = {key: row.get(key) for key in ("preset", "data_seed", "seed", "step")}
    return {**fields, "status": row.get("status", "ok")}


def _mean(rows: Sequence[Row], preset: str) -> float:
    of_preset = recorded.latest(row for row in rows if row["preset"] == preset)
    values = np.array([recorded.counted(row) for row in of_preset])
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if finite.size else float("nan")
