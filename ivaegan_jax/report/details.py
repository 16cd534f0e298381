"""The tables behind the summary: every run, and every metric under each of its conventions."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ivaegan_jax.evaluation import Result, Score
from ivaegan_jax.report import recorded
from ivaegan_jax.report.render import Table

FIT = {
    "label": "model",
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

RUN = ["label", "data_seed", "seed", "status", "step"]


def fit(results: Sequence[Result]) -> Table:
    """Reconstruction, likelihood and samples of every model: what its latents may have cost."""
    records = [
        {"label": label, **dict(zip(("runs", "diverged"), counts, strict=True))}
        | {metric: _of_all(results, metric, label) for metric in list(FIT)[3:]}
        for label in recorded.labels(results)
        for counts in [recorded.count_runs(results, label)]
    ]
    notes = [
        "Means over all runs of a model that have a number (div counts those that lack one, or "
        "diverged), on held-out rows of the standardised x. log p(x|u): nats "
        "per row, an importance-weighted bound, measured alike for every model, with the noise "
        "fitted to the residuals. energy, MMD²: samples given u against real rows of that u; real: "
        "real rows against real rows, the best there is; wrong u: samples under permuted u."
    ]
    return Table("Reconstruction, likelihood, samples", FIT, records, (), notes)


def _of_all(results: Sequence[Result], metric: str, label: str) -> float:
    values = recorded.scores(results, metric, label).values
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def per_seed(results: Sequence[Result]) -> Table:
    """Every run on a line of its own, with its status; headline convention."""
    scores = [each for each in results if isinstance(each, Score)]
    metrics = list(dict.fromkeys(each.metric for each in scores))
    records: dict[tuple[object, ...], dict[str, object]] = {}
    for label in recorded.labels(scores):
        own = [each for each in scores if each.label == label]
        for metric in metrics:
            for each in recorded.select(own, Score, label, metric):
                run = {"label": label, **{key: getattr(each, key) for key in RUN[1:]}}
                record = records.setdefault((label, each.data_seed, each.seed), run)
                record[metric] = recorded.number(each.value)
                if recorded.is_diverged(each):
                    record["status"] = each.status
    columns = {key: "model" if key == "label" else key for key in (*RUN, *metrics)}
    notes = ["Posterior mean, Pearson, held-out rows and assignment; one line per run."]
    return Table("Every run", columns, list(records.values()), (), notes).without_empty_columns()


def conventions(results: Sequence[Result]) -> Table:
    """Mean of every metric of the runs under each convention it was measured in."""
    known, same = recorded.labels(results), ["metric", *recorded.HEADLINE]
    rows = [
        (each.label, each.data_seed, each.seed, each.step or 0, each.metric, *recorded.stamp(each),
         recorded.counted(each))
        for each in results if isinstance(each, Score)
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["label", "data_seed", "seed", "step", *same, "value"])
    last = frame.sort_values("step", kind="stable").drop_duplicates(
        ["label", "data_seed", "seed", *same], keep="last"
    )
    means = last.groupby([*same, "label"]).value.mean().unstack("label")
    records = means.reset_index().to_dict("records")
    columns = {key: key for key in (*same, *known)}
    notes = [
        "Each line is one convention; means over runs, diverged ones included as in the summary. "
        "A model without a value has no run with a finite one."
    ]
    return Table("Every metric, by convention", columns, records, (), notes)
