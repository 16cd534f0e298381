"""Recorded results: choosing among them by convention alone, never by value."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeVar

import numpy as np
from jaxtyping import Bool, Float

from ivaegan_jax.evaluation import (
    BOTH,
    CEILINGS,
    USABLE,
    Agreement,
    Baseline,
    Consensus,
    Finding,
    Gate,
    Result,
    Score,
    Verdict,
)

HEADLINE: Mapping[str, str] = {
    "split": "test",
    "latent": "posterior_mean",
    "corr": "pearson",
    "assignment": "held_out",
}
"""The one convention behind every headline number."""

BOUNDED = frozenset(
    {
        "mcc",
        "mcc_within",
        "mcc_clean",
        "affine_r2",
        "affine_r2_z_given_s",
        "cca",
        "recon_r2",
        "label_r2",
        "samples_accuracy",
        "dci_disentanglement",
        "dci_completeness",
        "mig",
    }
    | {"agreement_mcc", "agreement_affine_r2"}
)
"""Scores whose useless value is 0: what a run without a number is counted as."""

LIMITS = {
    **dict.fromkeys(("mcc", "mcc_within", "mcc_clean", "cca", "agreement_mcc"), (0.0, 1.0)),
    **dict.fromkeys(("affine_r2", "affine_r2_z_given_s", "recon_r2", "label_r2"), (-np.inf, 1.0)),
    **dict.fromkeys(("samples_accuracy", "dci_disentanglement", "dci_completeness"), (0.0, 1.0)),
    "mig": (0.0, 1.0),
    "correlation": (-1.0, 1.0),
    "regret": (0.0, np.inf),
}
"""What a score can be at all: a Student-t interval knows nothing of it and is cut here."""

KINDS: Mapping[str, type[Verdict | Agreement]] = {"verdict": Verdict, "agreement_mcc": Agreement}
"""Metrics that are no scores of single runs, by the kind of their results."""

ORDER = ("vae", "ivae", "gan", "bigan", "vae_gan", "ivae_gan", "igan", "ibigan")
"""Models in the order of every table and figure; others follow as they come."""

Valued: TypeAlias = Score | Agreement | Verdict
"""What may enter a mean."""

R = TypeVar("R", Score, Agreement, Finding, Verdict, Consensus, Baseline, Valued)


class Scores(NamedTuple):
    """One metric of one model, data seed by data seed.

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


def shared_rows(results: Iterable[Result]) -> float:
    """Test rows over training rows where data seeds are re-splits of one table; else 0."""
    found = (number(getattr(each, "resplit", None)) for each in results)
    return max((each for each in found if each == each), default=0.0)


def number(value: Any) -> float:
    """The value as a float; nan where it is missing, infinite or no number."""
    finite = isinstance(value, int | float) and np.isfinite(value)
    return float(value) if finite else float("nan")


def ordered(names: Iterable[str]) -> list[str]:
    """Distinct names: known models first in their order, whatever run directory they carry."""
    base = {name: name.rpartition("/")[2] for name in names}
    rank = {name: ORDER.index(b) if b in ORDER else len(ORDER) for name, b in base.items()}
    return sorted(rank, key=rank.__getitem__)


def labels(results: Iterable[Result]) -> list[str]:
    """Models that have scores."""
    return ordered(each.label for each in results if isinstance(each, Score))


def name_of(result: Result) -> str:
    """The model, or the baseline, that a result is of; empty for what is of the data alone."""
    if isinstance(result, Gate):
        return ""
    return result.baseline if isinstance(result, Baseline) else result.label


def stamp(result: Result) -> tuple[str, ...]:
    """The convention of a result; empty strings where a field does not apply."""
    found = (getattr(result, field, None) for field in HEADLINE)
    return tuple("" if value in (None, BOTH) else value for value in found)


def select(
    results: Iterable[Result], kind: type[R], name: str, metric: str = "", split: str = "test"
) -> list[R]:
    """The headline results of one kind, model and metric, the latest of each run.

    A field that is None does not apply to the metric. Should results still differ in their
    stamps, only those with the fullest stamp stay: conventions never mix.

    Args:
      results: of one data set.
      kind: one of the kinds of results.
      name: a model or a baseline.
      metric: its name; empty for kinds that have none.
      split: the held-out rows, for what was not measured on all of them.
    """
    wanted = ({**HEADLINE, "split": split}).values()
    found = [
        (each, stamp(each))
        for each in results
        if isinstance(each, kind)
        and name_of(each) == name
        and (not metric or getattr(each, "metric", metric) == metric)
        and all(own in ("", value) for own, value in zip(stamp(each), wanted, strict=True))
    ]
    fullest = max((own for _, own in found), key=lambda s: (sum(map(bool, s)), s), default=())
    return latest(each for each, own in found if own == fullest)


def latest(results: Iterable[R]) -> list[R]:
    """One result per run (or pair of runs): the last step, and of equal steps the last written."""
    last: dict[tuple[Any, ...], R] = {}
    for each in sorted(results, key=lambda each: getattr(each, "step", None) or 0):
        last[tuple(getattr(each, f, None) for f in ("data_seed", "seed", "other_seed"))] = each
    return [last[key] for key in sorted(last, key=_by_number)]


def scores(results: Iterable[Result], metric: str, label: str) -> Scores:
    """The headline values of a metric as a `[data_seeds, seeds]` matrix."""
    kind = KINDS.get(metric, Score)
    found = select(results, kind, label, "" if kind is Verdict else metric)
    groups: dict[Any, list[Valued]] = {}
    for each in found:
        groups.setdefault(each.data_seed, []).append(each)
    shape = (len(groups), max(map(len, groups.values()), default=0))
    values, diverged, present = np.full(shape, np.nan), np.zeros(shape, bool), np.zeros(shape, bool)
    for i, group in enumerate(groups.values()):
        for j, each in enumerate(group):
            values[i, j], diverged[i, j], present[i, j] = counted(each), is_diverged(each), True
    seeds = tuple(tuple(each.seed for each in group) for group in groups.values())
    return Scores(values, diverged, present, tuple(groups), seeds, shared_rows(found))


def is_diverged(result: Result) -> bool:
    """Whether the result's run diverged; an unknown status is no success either."""
    return getattr(result, "status", "ok") != "ok"


def counted(result: Valued) -> float:
    """The value as it enters a mean: a run without a number is as bad as can be, where that is."""
    if isinstance(result, Verdict):
        return float(result.verdict == USABLE)
    value = number(result.value)
    return 0.0 if np.isnan(value) and result.metric in BOUNDED else value


def baselines(results: Iterable[Result], metric: str = "mcc") -> dict[str, float]:
    """Each baseline's mean over the data seeds."""
    found = _means(results, metric)
    return {name: value for name, value in found.items() if name not in CEILINGS}


def ceilings(results: Iterable[Result], metric: str = "mcc") -> dict[str, float]:
    """The mean over the data seeds of the best estimates that noise allows."""
    found = _means(results, metric)
    return {name: value for name, value in found.items() if name in CEILINGS}


def _means(results: Iterable[Result], metric: str) -> dict[str, float]:
    own = [each for each in results if isinstance(each, Baseline)]
    values = {
        name: [number(each.value) for each in select(own, Baseline, name, metric)]
        for name in dict.fromkeys(each.baseline for each in own)
    }
    finite = {name: [v for v in vs if v == v] for name, vs in values.items()}
    return {name: float(np.mean(vs)) for name, vs in finite.items() if vs}


def has_truth(results: Iterable[Result]) -> bool:
    """Whether any run was compared with true sources."""
    return any(isinstance(each, Score) and each.metric == "mcc" for each in results)


def count_runs(results: Iterable[Result], label: str) -> tuple[int, int]:
    """Runs of a model, and how many of them diverged or lack a number."""
    own = [each for each in results if isinstance(each, Score) and each.label == label]
    lost = [each for each in own if is_diverged(each) or np.isnan(number(each.value))]
    runs, gone = ({(each.data_seed, each.seed) for each in some} for some in (own, lost))
    return len(runs), len(gone)


def sizes(results: Sequence[Result]) -> str:
    """How many data seeds and model seeds there are, in words."""
    runs = {(each.data_seed, each.seed) for each in results if isinstance(each, Score)}
    per_data = [sum(d == data for d, _ in runs) for data in {d for d, _ in runs}]
    low, high = min(per_data, default=0), max(per_data, default=0)
    seeds = f"{low}" if low == high else f"{low} to {high}"
    what = "re-split" if shared_rows(results) and len(per_data) > 1 else "data seed"
    return f"{_plural(len(per_data), what)} x {_plural(seeds, 'model seed')}"


def _plural(count: int | str, noun: str) -> str:
    return f"{count} {noun}" + ("" if str(count) == "1" else "s")


def _by_number(key: tuple[Any, ...]) -> tuple[Any, ...]:
    # Seeds are integers, but a field may be None: that sorts first instead of failing.
    return tuple((part is not None, str(type(part)), part or 0) for part in key)
