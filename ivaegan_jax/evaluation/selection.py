"""Which of several runs to use where the sources are not known: pure functions of results."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float
from scipy.stats import rankdata

from ivaegan_jax.evaluation.results import Agreement, Result, Score


class Criterion(NamedTuple):
    """Where a number that may choose a run is recorded.

    Attributes:
      metric: of its results.
      kind: of its results; those of kind `Agreement` belong to two runs.
      split: of its results: what chooses a run must not see the rows that it is scored on.
      sign: 1 where more is better, -1 where less is.
      reason: why its choice was chosen, in words.
    """

    metric: str
    kind: type[Score] | type[Agreement]
    split: str
    sign: int
    reason: str


# fmt: off
CRITERIA = {
    "elbo": Criterion(
        "elbo", Score, "valid", 1, "highest ELBO of validation rows"),
    "log_likelihood": Criterion(
        "log_likelihood", Score, "valid", 1, "highest log-likelihood of validation rows"),
    "agreement": Criterion(
        "agreement_mcc", Agreement, "valid", 1, "best agreement with the other runs"),
    "energy_distance": Criterion(
        "energy_distance", Score, "valid", -1, "samples nearest to validation rows"),
    "information_on_u": Criterion(
        "information_on_u", Score, "valid", 1, "latents that tell most about u"),
    "critic_accuracy": Criterion(
        "critic_accuracy", Score, "valid", -1, "critic that tells fewest validation rows apart"),
}
# fmt: on

COMBINED = ("elbo", "log_likelihood", "agreement", "energy_distance", "information_on_u")
"""What `mean_rank` is the mean of."""

REASONS = {name: criterion.reason for name, criterion in CRITERIA.items()} | {
    "mean_rank": "best mean rank by all criteria",
    "": "the first that did not diverge",
}

PREFERRED = ("information_on_u", "mean_rank")
"""What chooses by default: the first that there is. Models without p(z|u) have the second alone.

Three models on B1 to B4, 12 data sets, six runs each, criteria of validation rows and MCC of test
rows (`results/selection`): rank correlation with the true MCC .60 [.47, .74] and .52 [.37, .66];
MCC lost against the best run .007 [.000, .013] and .011 [.000, .022], by a random choice .033
[.016, .051].
"""


SAME = 1e-6
"""What numbers differ by that are no different but for rounding."""


class Candidates(NamedTuple):
    """The runs of one model on one data seed.

    Attributes:
      seeds: model seeds in order.
      alive: False where a run diverged.
      scores: by criterion, more is better, -inf for a run that diverged or whose number is not
        finite. A criterion is left out that was not recorded for a run that did not diverge, or
        tells no two of them apart.
    """

    seeds: Sequence[int]
    alive: Bool[np.ndarray, " runs"]
    scores: Mapping[str, Float[np.ndarray, " runs"]]

    def pick(self, criterion: str) -> int:
        """The model seed that a criterion chooses, of equals the first.

        Where the criterion was left out it is the first that did not diverge.
        """
        return self.seeds[int(np.argmax(self.scores.get(criterion, self.alive)))]


class Chosen(NamedTuple):
    """A model seed, and why it was chosen."""

    seed: int
    reason: str


def candidates(results: Iterable[Result], label: str) -> dict[Any, Candidates]:
    """The runs of a model by data seed; of equal results the last one counts."""
    by_data_seed: dict[Any, list[Score | Agreement]] = defaultdict(list)
    for each in results:
        if isinstance(each, Score | Agreement) and each.label == label:
            by_data_seed[each.data_seed].append(each)
    return {data_seed: _candidates(by_data_seed[data_seed]) for data_seed in sorted(by_data_seed)}


def choose(runs: Candidates) -> Chosen:
    """The run to use by default."""
    if len(runs.seeds) == 1:
        return Chosen(runs.seeds[0], "the only run")
    criterion = next((name for name in PREFERRED if name in runs.scores), "")
    return Chosen(runs.pick(criterion), REASONS[criterion])


def choose_together(of_sessions: Sequence[Candidates]) -> Chosen:
    """The run to use by default in all sessions: by the sum of a criterion that all of them have.

    Args:
      of_sessions: the same runs, as each session's rows see them.
    """
    names = [name for name in PREFERRED if all(name in each.scores for each in of_sessions)]
    alive = np.logical_and.reduce([each.alive for each in of_sessions])
    sums = {name: np.sum([each.scores[name] for each in of_sessions], axis=0) for name in names}
    return choose(Candidates(of_sessions[0].seeds, alive, sums))


def _candidates(results: Sequence[Score | Agreement]) -> Candidates:
    status: dict[Any, bool] = {
        each.seed: each.status == "ok" for each in results if isinstance(each, Score)
    }
    seeds = sorted(status)
    alive = np.array([status[seed] for seed in seeds], bool)
    found = {name: _values(results, criterion, status) for name, criterion in CRITERIA.items()}
    scores = {
        name: np.where(alive, [values.get(seed, np.nan) for seed in seeds], -np.inf)
        for name, values in found.items()
    }
    scores = {name: each for name, each in scores.items() if _differ(each[alive])}
    ranks = [rankdata(scores[name]) for name in COMBINED if name in scores]
    combined = {"mean_rank": np.where(alive, np.mean(ranks, axis=0), -np.inf)} if ranks else {}
    return Candidates(seeds, alive, scores | combined)


def _values(
    results: Sequence[Score | Agreement], criterion: Criterion, alive: Mapping[Any, bool]
) -> dict[Any, float]:
    """The criterion by model seed, for runs that live: with several, their mean."""
    by_runs = {
        (each.seed, each.other_seed if isinstance(each, Agreement) else each.seed): each.value
        for each in results
        if (each.metric, type(each), each.split)
        == (criterion.metric, criterion.kind, criterion.split)
    }
    found: dict[Any, list[float]] = defaultdict(list)
    for pair, value in by_runs.items():
        if all(alive.get(seed) for seed in pair):
            for seed in set(pair):
                found[seed].append(_or_worst(value, criterion.sign))
    return {seed: criterion.sign * float(np.mean(values)) for seed, values in found.items()}


def _or_worst(value: float, sign: int) -> float:
    return value if np.isfinite(value) else -sign * np.inf


def _differ(values: Float[np.ndarray, " alive"]) -> bool:
    if len(values) < 2 or np.isnan(values).any() or np.isinf(values).all():
        return False
    return bool(np.isinf(values).any() or np.ptp(values) > SAME)
