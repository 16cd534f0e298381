"""The headline of one data set: verdict, truth and power in one, then every reason for caution."""

from collections.abc import Sequence

from ivaegan_jax.evaluation import Result, Score
from ivaegan_jax.metrics import Interval
from ivaegan_jax.report import truth
from ivaegan_jax.report.controls import without_controls
from ivaegan_jax.report.first_page import Short, first_page
from ivaegan_jax.report.inputs import Results
from ivaegan_jax.report.recorded import has_truth, shared_rows, sizes
from ivaegan_jax.report.render import Record, Table, decimal, short
from ivaegan_jax.report.steps import ENOUGH
from ivaegan_jax.report.truth import Truth, truths

FEWEST = 6
"""Data seeds below which a two-sided signed-rank test cannot reach p < .05."""

WITHOUT_VERDICT = {
    truth.RECOVERED: "recovers the sources with held-out MCC {mcc}, above every baseline",
    truth.LINEAR: "recovers the sources with held-out MCC {mcc}, and x needs no more than a linear "
    "map, as {missed} shows",
    truth.OPEN: "comes out highest with held-out MCC {mcc}, but recovery is not shown: its "
    "interval, for all models at once, does not clear {missed}",
    truth.MISSED: "comes out highest with held-out MCC {mcc}, but recovery is not shown: that lies "
    "below {missed}",
}
"""What the sources say of the best model, where no verdict was recorded."""


def headline(
    data: str, results: Sequence[Result], table: Table, page: Sequence[Short]
) -> list[str]:
    """Sentences for the top of the page.

    Args:
      data: name of the data set.
      results: on it.
      table: their summary.
      page: verdicts on them, the best model first; empty where none were recorded.
    """
    where = f"On {data}, {sizes(results)}"
    first, *others = _of_verdicts(page) if page else _of_scores(results, table.records)
    where = f"{where}, {page[0].label}" if page else where
    return [f"{where}: {first}", *others, *_cautions(results, table)]


def _of_verdicts(page: Sequence[Short]) -> list[str]:
    best, *others = page
    words = (
        f"{each.label} {each.status.words}"
        + (f" (MCC {decimal(float(each.truth.mcc.estimate), 2)})" if each.truth.mcc else "")
        for each in others
    )
    return [f"{best.status.sentence}.", *_listed("Beside it", list(words))]


def _of_scores(results: Sequence[Result], records: Sequence[Record]) -> list[str]:
    found = {n: t for n, t in truths(results).items() if t.mcc is not None}
    if not has_truth(results):
        return _without_truth(records)
    if not found:
        return ["no model with an encoder has been scored yet."]
    ranked = sorted(found, key=lambda name: -_estimate(found[name]))
    best, known = ranked[0], found[ranked[0]]
    assert known.mcc is not None
    text = WITHOUT_VERDICT[known.says].format(mcc=short(known.mcc), missed=known.in_the_way)
    words = [f"{name} {decimal(_estimate(found[name]), 2)}" for name in ranked[1:]]
    return [f"{best} {text}.", *_listed("Beside it", words)]


def _without_truth(records: Sequence[Record]) -> list[str]:
    shown = without_controls([record["label"] for record in records])
    scored = [r for r in records if r["label"] in shown and isinstance(r["agreement"], Interval)]
    if not scored:
        return ["no two runs of a model can be compared yet, and there are no true sources."]
    best, *others = sorted(scored, key=lambda record: -record["agreement"].estimate)
    words = [f"{r['label']} {decimal(float(r['agreement'].estimate), 2)}" for r in others]
    return [
        f"runs of {best['label']} agree with each other at MCC {short(best['agreement'])}.",
        *_listed("Beside it", words),
        "There are no true sources here: agreement shows that runs find the same latents, not "
        "that these are the true ones.",
    ]


def last_lines(study: Results, label: str) -> list[str]:
    """What a program says at its end: the verdict, and what to do next.

    Args:
      study: the results of one data set.
      label: the model to speak of, as of a sweep; empty takes the best.
    """
    found = first_page(study.results, study.made_by)
    best = next((each for each in found if each.label == label), found[0]) if found else None
    if best is None:
        return ["verdict: none, as no run has been judged yet"]
    steps = [f"{s.text} {s.command}".strip() for s in best.steps[:1]]
    return [
        f"verdict: {best.label} on {study.data}: {best.status.words}; {best.status.sentence}.",
        f"next: {(steps or ['Read the report.'])[0]}",
    ]


def _listed(name: str, words: Sequence[str]) -> list[str]:
    return [f"{name}: {', '.join(words)}."] if words else []


def _estimate(known: Truth) -> float:
    return float(known.mcc.estimate) if known.mcc else 0.0


def _cautions(results: Sequence[Result], table: Table) -> list[str]:
    found = []
    seeds = len({each.data_seed for each in results if isinstance(each, Score)})
    resplit = bool(shared_rows(results)) and seeds > 1
    compared = len(table.records) > 1 and has_truth(results) and not resplit
    if resplit:
        found.append(f"{seeds} re-splits of one table are no new data.")
    if compared and seeds < FEWEST:
        found.append(
            f"Caution: {_data_seeds(seeds)} too few to tell models apart (p < .05 takes {FEWEST})."
        )
    elif compared and seeds < ENOUGH:
        found.append(f"{_data_seeds(seeds)} fewer than the {ENOUGH} wanted to tell models apart.")
    lost = {r["label"]: r["diverged"] for r in table.records if r["diverged"]}
    if lost:
        total = sum(record["runs"] for record in table.records)
        names = ", ".join(f"{label} {count}" for label, count in lost.items())
        found.append(f"{sum(lost.values())} of {total} runs diverged ({names}); they count.")
    return found


def _data_seeds(count: int) -> str:
    return "1 data seed is" if count == 1 else f"{count} data seeds are"
