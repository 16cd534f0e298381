"""A sweep over settings: every configuration on one line, ranked without the truth."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeGuard

import numpy as np
from jaxtyping import Float

from ivaegan_jax.evaluation import CRITERIA, Result, Score
from ivaegan_jax.metrics import Interval, hierarchical_interval
from ivaegan_jax.report import recorded
from ivaegan_jax.report.estimates import interval
from ivaegan_jax.report.evidence import gather, verdict_of
from ivaegan_jax.report.recorded import count_runs, sizes
from ivaegan_jax.report.render import Table
from ivaegan_jax.report.tables import baseline_lines
from ivaegan_jax.report.wording import short
from ivaegan_jax.studies import Value, control_of, parse, preset_name, spelt
from ivaegan_jax.types import InputError

RANKED_BY = {"information_on_u": "nats on u", "log_likelihood": "validation log p(x|u)"}
"""What may rank configurations, the first that all of them have; and its column."""

READABLE = 6
"""Configurations up to which every one has a place in all tables and figures."""

SHOWN = 4
"""Configurations that have one in a larger sweep: the first of the ranking."""

SCORES = {"log_likelihood": "log p(x|u)", "agreement": "agreement [95 %]", "verdict": "verdict",
          "mcc": "MCC [95 %]"}  # fmt: skip


class Ranked(NamedTuple):
    """One configuration.

    Attributes:
      label: as in the results.
      settings: what it sets.
      results: all that was recorded of it.
      values: of the criterion, `[data_seeds, seeds]`; more is better.
      behind: mean that the first of the ranking is above it, run by run; None for itself.
    """

    label: str
    settings: Mapping[str, Value]
    results: Sequence[Result]
    values: Float[np.ndarray, "data_seeds seeds"]
    behind: Interval | None

    @property
    def told_apart(self) -> bool:
        """Whether the interval of what it is behind lies above 0."""
        return self.behind is not None and bool(self.behind.low > 0)


class Sweep(NamedTuple):
    """All configurations of a data set, the best first.

    Attributes:
      criterion: what ranks them, a key of `RANKED_BY`.
      ranking: the best first.
      settings: all names that some configuration sets.
    """

    criterion: str
    ranking: Sequence[Ranked]
    settings: Sequence[str]

    @property
    def hidden(self) -> list[str]:
        """The labels that have a line in the ranking alone, so that all else stays readable."""
        rest = self.ranking[SHOWN:] if len(self.ranking) > READABLE else ()
        return [each.label for each in rest]


def sweep_of(results: Sequence[Result]) -> Sweep | None:
    """The sweep that the results of one data set record.

    None where fewer than two labels set any, or no run has a number to be ranked by. A model
    without settings of its own takes part beside those of its kind; controls do not.
    """
    labels = {label: _settings(label) for label in recorded.labels(results)}
    swept = {preset_name(label) for label, settings in labels.items() if settings}
    taking_part = [label for label in labels if preset_name(label) in swept]
    if sum(bool(labels[label]) for label in taking_part) < 2:
        return None
    own: dict[str, list[Result]] = {label: [] for label in taking_part if not control_of(label)}
    for each in results:
        if (label := recorded.name_of(each)) in own:
            own[label].append(each)
    ranked = _criterion(own)
    if ranked is None:
        return None
    criterion, values, lost = ranked
    order = sorted(own, key=lambda label: (-float(values[label].mean()), lost[label]))
    first = values[order[0]]
    ranking = [
        Ranked(label, labels[label], own[label], values[label],
               hierarchical_interval(first - values[label], shared=recorded.shared_rows(results))
               if label != order[0] else None)
        for label in order
    ]  # fmt: skip
    names = dict.fromkeys(name for label in own for name in labels[label])
    return Sweep(criterion, ranking, list(names))


def sweep_table(sweep: Sweep, results: Sequence[Result]) -> Table:
    """One line per configuration, the recommended one first; baselines beneath."""
    columns = {
        "rank": "rank", "runs": "runs", "diverged": "div",
        **{f"set.{name}": name for name in sweep.settings},
        "criterion": f"{RANKED_BY[sweep.criterion]} [95 %]", "behind": "behind the first [95 %]",
        **SCORES,
    }  # fmt: skip
    records = [_record(rank, each) for rank, each in enumerate(sweep.ranking, start=1)]
    baselines = [{"rank": line["label"], **line} for line in baseline_lines(results)]
    title = f"{len(records)} configurations, ranked without the truth: {sizes(results)}"
    table = Table(title, columns, records, baselines, notes(sweep), {"behind": 4})
    return table.without_empty_columns()


def recommendation(sweep: Sweep) -> list[str]:
    """Which configuration the criterion recommends, and which do not differ from it."""
    best, *others = sweep.ranking
    tied = [each for each in others if not each.told_apart]
    name, mean = RANKED_BY[sweep.criterion], float(best.values.mean())
    sentences = [f"Of {len(sweep.ranking)} configurations, {best.label} is recommended: {mean:.3f} "
                 f"{name}, the most; the true sources had no say."]  # fmt: skip
    if not tied:
        return [*sentences, "Every other one is behind it by more than its interval."]
    nearest = tied[0]
    assert nearest.behind is not None
    return [
        *sentences,
        f"{len(tied)} of the other {len(others)} do not differ from it by these runs; the next "
        f"best, {nearest.label}, is behind by {short(nearest.behind)}.",
    ]


def notes(sweep: Sweep) -> list[str]:
    """What the columns mean, and why the first line is optimistic."""
    return [
        f"Ranked by {RANKED_BY[sweep.criterion]}, mean over runs on validation rows: "
        f"{MEANING[sweep.criterion]} "
        "A run that diverged, or has no such number, counts as the worst run of its data seed; "
        "data seeds on which none has one are left out. behind: differences run by run, "
        "interval over data seeds (over model seeds where there is one data seed); it does not "
        "allow for the number of configurations.",
        f"The best of {len(sweep.ranking)} was chosen on these very runs, so its numbers are "
        "optimistic: train it again on data seeds of its own before quoting them. MCC and "
        "log p(x|u) are of test rows.",
        "agreement, verdict: found without the true sources, as on the first page.",
    ]  # fmt: skip


MEANING = {
    "information_on_u": "what latents tell about u by the learned prior, at least.",
    "log_likelihood": "nats per row, for models without p(z|u).",
}


def _settings(label: str) -> dict[str, Value]:
    try:
        return dict(parse(label).settings)
    except InputError:  # a name that another work directory or a study gave
        return {}


def _criterion(
    own: Mapping[str, Sequence[Result]],
) -> tuple[str, dict[str, Float[np.ndarray, "data_seeds seeds"]], dict[str, int]] | None:
    """What ranks, its values by label, and how many runs of each have none; None without any.

    It is the first criterion that was recorded for all configurations.
    """
    for name in RANKED_BY:
        everywhere = [any(_is_of(each, name) for each in found) for found in own.values()]
        if all(everywhere):
            break
    found = {label: _by_run(results, name) for label, results in own.items()}
    runs = sorted(set.intersection(*(set(values) for values in found.values())))
    seeds = {data_seed: [run for run in runs if run[0] == data_seed] for data_seed, _ in runs}
    fewest = min(map(len, seeds.values()), default=0)
    table = np.array([[[values[run] for run in of[:fewest]] for of in seeds.values()]
                      for values in found.values()])  # fmt: skip
    if not np.isfinite(table).any():
        return None
    table = table[:, np.isfinite(table).any(axis=(0, 2))]
    worst = np.nanmin(table, axis=(0, 2))[:, None]
    values = np.where(np.isnan(table), worst, table)
    lost = np.isnan(table).sum(axis=(1, 2)).tolist()
    labels = list(own)
    return name, dict(zip(labels, values, strict=True)), dict(zip(labels, lost, strict=True))


def _is_of(result: Result, name: str) -> TypeGuard[Score]:
    wanted = CRITERIA[name].metric, CRITERIA[name].split
    return isinstance(result, Score) and (result.metric, result.split) == wanted


def _by_run(results: Sequence[Result], name: str) -> dict[tuple[Any, Any], float]:
    """A criterion by data seed and model seed; NaN for a run that diverged or has none."""
    criterion = CRITERIA[name]
    found = {(r.data_seed, r.seed): np.nan for r in results if isinstance(r, Score)}
    for each in results:
        if _is_of(each, name) and not recorded.is_diverged(each):
            found[each.data_seed, each.seed] = criterion.sign * recorded.number(each.value)
    return found


def _record(rank: int, each: Ranked) -> dict[str, Any]:
    evidence, (runs, diverged) = (
        gather(each.results, each.label),
        count_runs(each.results, each.label),
    )
    likelihood = interval(each.results, "log_likelihood", each.label)
    return {
        "rank": f"{rank}. {preset_name(each.label)}", "label": each.label,
        "runs": runs, "diverged": diverged,
        **{f"set.{name}": spelt(value) for name, value in each.settings.items()},
        "criterion": hierarchical_interval(each.values, shared=recorded.shared_rows(each.results)),
        "behind": each.behind,
        "log_likelihood": None if likelihood is None else float(likelihood.estimate),
        "agreement": evidence.agreement,
        "verdict": verdict_of(evidence) if evidence.runs else None,
        "mcc": interval(each.results, "mcc", each.label),
    }  # fmt: skip
