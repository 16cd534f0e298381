"""Tables of all methods: one of all data sets, and one for each."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from experiments.rivals.methods import FIXED, METHODS
from experiments.rivals.problem import DATA
from ivaegan_jax import report

ROTATION = "rotation"
"""True sources that are merely rotated: stands beneath the methods."""

COLUMNS = {
    "method": "method", "runs": "runs", "failed": "failed", "mcc": "MCC", "least": "least",
    "mcc_within": "within", "affine_r2": "R²(s|z)", "squares": "R²(s²|z)",
    "agreement": "agreement", "information": "nats of u",
    "decoded": "u by neighbours", "cpu_s": "CPU s", "wall_s": "wall s",
    "gib": "GiB",
}  # fmt: skip
MEANS = ("mcc", *tuple(COLUMNS)[5:])

NOTES = (
    "Means over all runs on held-out rows; a run that failed counts 0 in every score. MCC: "
    "Pearson, assignment fitted on one half of the rows and scored on the other; least: of the "
    "worst run; within: after the mean of each u is removed. R²(s|z), R²(s²|z): held-out variance "
    "of the sources, and of their squares, that an affine map of the latents explains.",
    "agreement: MCC between runs of one data seed. nats of u: per row, that axes hold which are "
    "taken as independent and Gaussian at each u, learned from training rows. u by neighbours: "
    "accuracy of 15 nearest neighbours among training rows.",
    "CPU s, wall s, GiB: per run, fitting and encoding on one core that other programs share; peak "
    "memory of a process of its own, libraries and table included. Models of this package: all "
    "runs of a data seed at once, compiling included where it was not done before. cebra_sphere, "
    "cebra_euclidean: trials of all temperatures included.",
    "ivae, ivae_reference and pi_vae read u of the rows that are scored; the other encoders see x "
    "alone.",
)


def tables_of(
    found: Sequence[Mapping[str, Any]], rotated: Mapping[str, Mapping[str, float]]
) -> list[report.Table]:
    """MCC by method and data set, and all scores of each data set.

    Args:
      found: a record for each run.
      rotated: scores of rotated sources by data set.
    """
    named = [data for data in DATA if any(each["data"] == data for each in found)]
    known = [data for data in named if rotated.get(data)]
    first = [_headline(found, rotated, known)] if known else []
    return [*first, *(_of_data(found, rotated, data) for data in named)]


def _headline(
    found: Sequence[Mapping[str, Any]], rotated: Mapping[str, Mapping[str, float]], known: list[str]
) -> report.Table:
    records = []
    for method in METHODS:
        own = [each for each in found if each["method"] == method]
        means = {d: mean(own, "mcc", d) for d in known if any(each["data"] == d for each in own)}
        if means:
            records.append({"method": method, **means})
    foot = {"method": ROTATION, **{data: rotated[data]["mcc"] for data in known}}
    return report.Table("MCC", {"method": "method"} | {d: d for d in known}, records, [foot])


def _of_data(
    found: Sequence[Mapping[str, Any]], rotated: Mapping[str, Mapping[str, float]], data: str
) -> report.Table:
    records = []
    for method in METHODS:
        own = [each for each in found if (each["method"], each["data"]) == (method, data)]
        if own:
            records.append(record_of(method, own))
    foot = [{"method": ROTATION, **rotated[data]}] if rotated.get(data) else []
    return report.Table(
        data, COLUMNS, records, foot, NOTES, {"cpu_s": 0, "wall_s": 0, "gib": 2}
    ).without_empty_columns()


def record_of(method: str, own: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A line: means over the runs of one method on one data set."""
    record: dict[str, Any] = {name: mean(own, name) for name in MEANS}
    if method in FIXED:
        record["agreement"] = None
    scored = [each["mcc"] for each in own if "mcc" in each]
    least = float(min(scored)) if scored else None
    failed = sum(bool(each["failed"]) for each in own)
    return {"method": method, "runs": len(own), "failed": failed, "least": least, **record}


def mean(own: Sequence[Mapping[str, Any]], name: str, data: str = "") -> float | None:
    """The mean of what runs say, on one data set if named; None where none says it."""
    of_data = [each for each in own if not data or each["data"] == data]
    values = [each[name] for each in of_data if each.get(name) is not None]
    return float(np.mean(values)) if values else None
