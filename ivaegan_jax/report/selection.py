"""How well each way of choosing a run without the truth predicts which run recovered most."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from jaxtyping import Float
from scipy.stats import spearmanr

from ivaegan_jax.evaluation import (
    PREFERRED,
    REASONS,
    Candidates,
    Result,
    Score,
    candidates,
    choose,
)
from ivaegan_jax.metrics import Interval, hierarchical_interval
from ivaegan_jax.report import recorded
from ivaegan_jax.report.controls import without_controls
from ivaegan_jax.report.estimates import cut
from ivaegan_jax.report.render import Record, Table

FEWEST_RUNS = 3
"""Runs of a data seed below which there is too little to choose from."""

TITLE = "Choosing a run without the truth"

COLUMNS = {
    "label": "model",
    "criterion": "criterion",
    "correlation": "rank correlation [95 %]",
    "regret": "regret [95 %]",
    "gain": "less than random [95 %]",
}

NOTES = (
    "Rank correlation: Spearman's, of the criterion with the true held-out MCC over the model "
    "seeds of one data seed. Regret: MCC of the best run less that of the chosen one; 0 for an "
    "oracle. random: the mean over all runs that did not diverge. Means over data seeds.",
    f"In use: {', else '.join(PREFERRED)}. Likelihoods are those of validation rows.",
)


class Outcome(NamedTuple):
    """What one criterion is worth on one data seed.

    Attributes:
      correlation: Spearman's, with the true MCC; 0 where either is constant.
      regret: the best run's MCC less the chosen one's.
      random: the same for a run drawn from those that did not diverge, on average.
    """

    correlation: float
    regret: float
    random: float


Outcomes: TypeAlias = Mapping[str, Mapping[Any, Outcome]]
"""By criterion, then by data seed."""


def outcomes(results: Sequence[Result], label: str) -> Outcomes:
    """Every criterion's outcomes where the truth is known and there are runs to choose from."""
    truth = {
        (each.data_seed, each.seed): recorded.counted(each)
        for each in recorded.select(results, Score, label, "mcc")
    }
    found: dict[str, dict[Any, Outcome]] = {}
    for data_seed, runs in candidates(results, label).items():
        mcc = np.array([truth.get((data_seed, seed), np.nan) for seed in runs.seeds])
        if len(mcc) >= FEWEST_RUNS and np.isfinite(mcc).all():
            for criterion in runs.scores:
                found.setdefault(criterion, {})[data_seed] = _outcome(runs, criterion, mcc)
    return found


def selection_tables(results: Sequence[Result]) -> list[Table]:
    """One line per model and criterion; no table where nothing could be compared."""
    records = []
    for label in recorded.labels(results):
        found = outcomes(results, label)
        records += _lines(label, {c: [[o] for o in by.values()] for c, by in found.items()})
    return [Table(TITLE, COLUMNS, records, (), NOTES)] if records else []


def selection_over_arms(found: Sequence[tuple[str, Outcomes]]) -> list[Table]:
    """One line per criterion over all arms of a study, each as (its data, its outcomes).

    Data seeds of one data set are one unit, whichever model was trained on them.
    """
    units: dict[str, dict[Any, list[Outcome]]] = {}
    for data, by_criterion in found:
        for criterion, outcome in by_criterion.items():
            for seed, each in outcome.items():
                units.setdefault(criterion, {}).setdefault((data, seed), []).append(each)
    records = _lines("all", {c: list(by_unit.values()) for c, by_unit in units.items()})
    return [Table(TITLE, COLUMNS, records, (), NOTES)] if records else []


def selection_gain(results: Sequence[Result], label: str) -> float:
    """MCC that the preferred criterion gains over a random choice; nan where nothing is known."""
    found = outcomes(results, label).get(PREFERRED[0], {}).values()
    return float(np.mean([o.random - o.regret for o in found])) if found else float("nan")


def chosen_runs(results: Sequence[Result]) -> list[str]:
    """One sentence on which run to use, for all models with several runs of a data seed."""
    chosen = []
    for label in without_controls(recorded.labels(results)):
        several = [r for r in candidates(results, label).values() if len(r.seeds) >= FEWEST_RUNS]
        seeds = ", ".join(str(choose(runs).seed) for runs in several)
        chosen += [f"{label} {seeds}"] if several else []
    known = f"Model seeds to use, chosen without the truth ({PREFERRED[0]}), one per data seed"
    return [f"{known}: {'; '.join(chosen)}."] if chosen else []


def _outcome(runs: Candidates, criterion: str, mcc: Float[np.ndarray, " runs"]) -> Outcome:
    scores, best = runs.scores[criterion], mcc.max()
    varies = min(len(np.unique(scores)), len(np.unique(mcc))) > 1
    correlation = 0.0
    if varies:
        correlation = spearmanr(scores, mcc).statistic  # pyright: ignore[reportAttributeAccessIssue]
    picked = mcc[list(runs.seeds).index(runs.pick(criterion))]
    drawn = mcc[runs.alive] if runs.alive.any() else mcc
    return Outcome(float(correlation), float(best - picked), float(best - drawn.mean()))


def _lines(label: str, units: Mapping[str, Sequence[Sequence[Outcome]]]) -> list[Record]:
    """One line per criterion, and the random choice over the units of the one that has most."""
    lines: list[Record] = []
    for criterion in (name for name in REASONS if name in units):
        correlation, regret, random = _means(units[criterion])
        lines.append({
            "label": label, "criterion": criterion,
            "correlation": _interval(correlation, "correlation"),
            "regret": _interval(regret, "regret"), "gain": _interval(random - regret, "gain"),
        })  # fmt: skip
    if lines:
        most = max(units.values(), key=lambda each: sum(map(len, each)))
        regret = _interval(_means(most)[2], "regret")
        lines.append({"label": label, "criterion": "random", "regret": regret})
    return lines


def _means(units: Sequence[Sequence[Outcome]]) -> Float[np.ndarray, "3 units"]:
    return np.array([np.mean(unit, axis=0) for unit in units]).T


def _interval(values: Float[np.ndarray, " units"], name: str) -> Interval:
    found = cut(hierarchical_interval(values[:, None]), name)
    return Interval(*np.round(found, 9).tolist())  # ranks that cancel leave 1e-17
