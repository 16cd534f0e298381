"""The headline in plain words: numbers first, then every reason for caution."""

from collections.abc import Mapping, Sequence

from ivaegan_jax.evaluation import Result, Score
from ivaegan_jax.metrics import Interval
from ivaegan_jax.report.controls import without_controls
from ivaegan_jax.report.estimates import interval
from ivaegan_jax.report.recorded import baselines, has_truth, shared_rows, sizes
from ivaegan_jax.report.render import Record, Table, decimal

FEWEST = 6
"""Data seeds below which a two-sided signed-rank test cannot reach p < .05."""

ENOUGH = 20
"""Data seeds wanted before a comparison is called a claim."""


def headline(data: str, results: Sequence[Result], table: Table) -> list[str]:
    """Sentences for the top of the page; `table` is the summary of these results."""
    known = has_truth(results)
    result = _with_truth(table.records, results) if known else _without_truth(table.records)
    first, *others = result
    return [f"On {data}, {sizes(results)}: {first}", *others, *_cautions(results, table)]


def _with_truth(records: Sequence[Record], results: Sequence[Result]) -> list[str]:
    ranked, baseline = _ranked(records, "mcc"), baselines(results)
    if not ranked:
        return ["no model with an encoder has been scored yet."]
    best, *others = ranked
    # the best of several was picked, so its interval is to hold for all of them at once
    sure = interval(results, "mcc", best["preset"], confidence=1 - 0.05 / len(ranked))
    missed = {name: v for name, v in baseline.items() if sure is None or not sure.low > v}
    verb = "recovers the sources" if baseline and not missed else "comes out highest"
    parts = [f"{best['preset']} {verb} with held-out MCC {short(best['mcc'])}"]
    if others:
        reached = (f"{r['preset']} {_point(r['mcc'].estimate)}" for r in others)
        parts.append("against " + ", ".join(reached))
    if "random_rotation" in baseline:
        score = _point(baseline["random_rotation"])
        parts.append(f"a random rotation of the truth would score {score}")
    return ["; ".join(parts) + ".", *_baseline_caution(best, baseline, missed)]


def _baseline_caution(
    best: Record, baseline: Mapping[str, float], missed: Mapping[str, float]
) -> list[str]:
    if not baseline:
        return ["No baselines were recorded, so what such an MCC is worth is not known."]
    if not missed:
        return []
    names = ", ".join(f"{name} ({_point(v)})" for name, v in missed.items())
    verb = "lies below" if best["mcc"].high < min(missed.values()) else "does not clear"
    return [
        f"Caution: its interval, for the best of all models, {verb} the baseline {names}, so "
        "recovery is not shown."
    ]


def _without_truth(records: Sequence[Record]) -> list[str]:
    ranked = _ranked(records, "agreement")
    if not ranked:
        return ["no two runs of a model can be compared yet, and there are no true sources."]
    best, *others = ranked
    text = f"runs of {best['preset']} agree with each other at MCC {short(best['agreement'])}"
    rest = ", ".join(f"{r['preset']} {_point(r['agreement'].estimate)}" for r in others)
    return [
        text + (f"; {rest}." if rest else "."),
        "There are no true sources here: agreement shows that runs find the same latents, not "
        "that these are the true ones.",
    ]


def _cautions(results: Sequence[Result], table: Table) -> list[str]:
    found = []
    seeds = len({each.data_seed for each in results if isinstance(each, Score)})
    resplit = bool(shared_rows(results)) and seeds > 1
    compared = len(table.records) > 1 and has_truth(results) and not resplit
    if resplit:
        found.append(f"{seeds} re-splits of one table are no new data.")
    if compared and seeds < FEWEST:
        found.append(f"Caution: {_data_seeds(seeds)} too few for a significance claim.")
    elif compared and seeds < ENOUGH:
        found.append(f"{_data_seeds(seeds)} fewer than the {ENOUGH} wanted for a firm claim.")
    lost = {r["preset"]: r["diverged"] for r in table.records if r["diverged"]}
    if lost:
        total = sum(record["runs"] for record in table.records)
        names = ", ".join(f"{preset} {count}" for preset, count in lost.items())
        found.append(f"{sum(lost.values())} of {total} runs diverged ({names}); they count.")
    return found


def short(interval: Interval) -> str:
    """`.93 [.90, .95]`; the bare estimate where there is no interval."""
    low, high = float(interval.low), float(interval.high)
    bounds = f" [{_point(low)}, {_point(high)}]" if low == low and high == high else ""
    return _point(float(interval.estimate)) + bounds


def _ranked(records: Sequence[Record], key: str) -> list[Record]:
    shown = without_controls([record["preset"] for record in records])
    scored = [r for r in records if r["preset"] in shown and isinstance(r.get(key), Interval)]
    return sorted(scored, key=lambda record: -record[key].estimate)


def _point(value: float) -> str:
    return decimal(float(value), 2)


def _data_seeds(count: int) -> str:
    return "1 data seed is" if count == 1 else f"{count} data seeds are"
