"""Recorded rows: reading them, and choosing among them by convention alone, never by value."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from ivaegan_jax.types import Row

HEADLINE: Mapping[str, str] = {
    "split": "test",
    "latent": "posterior_mean",
    "corr": "pearson",
    "assignment": "held_out",
}
"""The one convention behind every headline number."""

BOUNDED = frozenset(
    {"mcc", "mcc_within", "affine_r2", "affine_r2_z_given_s", "cca", "recon_r2", "label_r2"}
    | {"agreement_mcc", "agreement_affine_r2"}
)
"""Scores whose useless value is 0: what a run without a number is counted as."""

LIMITS = {
    **dict.fromkeys(("mcc", "mcc_within", "cca", "agreement_mcc"), (0.0, 1.0)),
    **dict.fromkeys(("affine_r2", "affine_r2_z_given_s", "recon_r2", "label_r2"), (-np.inf, 1.0)),
    "correlation": (-1.0, 1.0),
    "regret": (0.0, np.inf),
}
"""What a score can be at all: a Student-t interval knows nothing of it and is cut here."""

KINDS = {"verdict": "verdict", "agreement_mcc": "agreement"}
"""Metrics that are no scores of single runs, by the kind of their rows."""

ORDER = ("vae", "ivae", "gan", "bigan", "vae_gan", "ivae_gan", "igan", "ibigan")
"""Presets in the order of every table and figure; others follow as they come."""


class Scores(NamedTuple):
    """One metric of one preset, data seed by data seed.

    Attributes:
      values: nan where a run has no number; short rows are padded on the right.
      diverged: True where the run diverged.
      present: True where there is a run; False is padding.
      data_seeds: the label of each row.
      seeds: the model seeds of each row, in its order.
      shared: see `shared_rows`.
    """

    values: Float[np.ndarray, "data_seeds seeds"]
    diverged: Bool[np.ndarray, "data_seeds seeds"]
    present: Bool[np.ndarray, "data_seeds seeds"]
    data_seeds: tuple[Any, ...]
    seeds: tuple[tuple[Any, ...], ...]
    shared: float = 0.0


def shared_rows(rows: Sequence[Row]) -> float:
    """Test rows over training rows where data seeds are re-splits of one table; else 0."""
    return max((number(row["resplit"]) for row in rows if "resplit" in row), default=0.0)


def number(value: Any) -> float:
    """The value as a float; nan where it is null, infinite or no number."""
    finite = isinstance(value, int | float) and np.isfinite(value)
    return float(value) if finite else float("nan")


def ordered(names: Iterable[Any]) -> list[Any]:
    """Distinct names: known presets first in their order, whatever work directory they carry."""
    base = {name: str(name).rpartition("/")[2] for name in names}
    rank = {name: ORDER.index(b) if b in ORDER else len(ORDER) for name, b in base.items()}
    return sorted(rank, key=rank.__getitem__)


def presets(rows: Sequence[Row]) -> list[str]:
    """Presets that have runs."""
    return ordered(row["preset"] for row in rows if row.get("kind", "run") == "run")


def stamp(row: Row) -> tuple[str, ...]:
    """The convention a row was measured under; empty strings where a field does not apply."""
    return tuple(row.get(field) or "" for field in HEADLINE)


def select(
    rows: Sequence[Row], metric: str, preset: str, kind: str = "run", split: str = "test"
) -> list[Row]:
    """The headline rows of one metric and preset, the latest of each run; or of validation rows.

    A field that is null does not apply to the metric. Should rows still differ in their stamps,
    only those with the fullest stamp stay: conventions never mix.
    """
    wanted = {**HEADLINE, "split": split}
    found = [
        row
        for row in rows
        if (row.get("metric"), row.get("preset"), row.get("kind", "run")) == (metric, preset, kind)
        and all(row.get(field) in (None, value) for field, value in wanted.items())
    ]
    fullest = max((stamp(row) for row in found), key=lambda s: (sum(map(bool, s)), s), default=())
    return latest(row for row in found if stamp(row) == fullest)


def latest(rows: Iterable[Row]) -> list[Row]:
    """One row per run (or pair of runs): the last step, and of equal steps the last written."""
    last: dict[tuple[Any, ...], Row] = {}
    for row in sorted(rows, key=lambda row: row.get("step") or 0):
        last[row.get("data_seed"), row.get("seed"), row.get("other_seed")] = row
    return [last[key] for key in sorted(last, key=_by_number)]


def scores(rows: Sequence[Row], metric: str, preset: str) -> Scores:
    """The headline values of a metric as a `[data_seeds, seeds]` matrix."""
    groups: dict[Any, list[Row]] = {}
    for row in select(rows, metric, preset, KINDS.get(metric, "run")):
        groups.setdefault(row.get("data_seed"), []).append(row)
    shape = (len(groups), max(map(len, groups.values()), default=0))
    values, diverged, present = np.full(shape, np.nan), np.zeros(shape, bool), np.zeros(shape, bool)
    for i, group in enumerate(groups.values()):
        for j, row in enumerate(group):
            values[i, j], diverged[i, j], present[i, j] = counted(row), is_diverged(row), True
    seeds = tuple(tuple(row.get("seed") for row in group) for group in groups.values())
    found = [row for group in groups.values() for row in group]
    return Scores(values, diverged, present, tuple(groups), seeds, shared_rows(found))


def is_diverged(row: Row) -> bool:
    """Whether the row's run diverged; an unknown status is no success either."""
    return row.get("status", "ok") != "ok"


def counted(row: Row) -> float:
    """The value as it enters a mean: a run without a number is as bad as can be, where that is."""
    value = number(row.get("value"))
    return 0.0 if np.isnan(value) and row["metric"] in BOUNDED else value


def is_lost(row: Row) -> bool:
    """Whether the row's run diverged, or this score of it is no number."""
    return is_diverged(row) or bool(np.isnan(number(row.get("value"))))


def baselines(rows: Sequence[Row], metric: str = "mcc") -> dict[str, float]:
    """Each baseline's mean over the data seeds."""
    names = dict.fromkeys(row["preset"] for row in rows if row.get("kind") == "baseline")
    values = {
        name: [number(row.get("value")) for row in select(rows, metric, name, "baseline")]
        for name in names
    }
    finite = {name: [v for v in vs if np.isfinite(v)] for name, vs in values.items()}
    return {name: float(np.mean(vs)) for name, vs in finite.items() if vs}


def _by_number(key: tuple[Any, ...]) -> tuple[Any, ...]:
    # Seeds are integers, but a field may be null: that sorts first instead of failing.
    return tuple((part is not None, str(type(part)), part or 0) for part in key)
