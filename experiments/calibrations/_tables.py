"""What was measured, as tables and as what is kept."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments.calibrations._case import FALSE_ALARMS, INTERVALS, POWER, Measured
from ivaegan_jax import report
from ivaegan_jax.files import write_json, write_text

TITLES = {
    INTERVALS: "How often intervals cover the truth",
    FALSE_ALARMS: "How often tests and verdicts find what is not there",
    POWER: "How often they find what is there",
}
COLUMNS = {
    "name": "what",
    "setting": "on",
    "repeats": "draws",
    "nominal": "nominal",
    "rate": "measured [95 %]",
    "band": "expected",
    "verdict": "held",
}
NOTES = (
    "Brackets: Wilson's 95 % interval of the rate, for the simulation has an error of its own.",
    "`ok`: the rate lies in its band; `ok within error`: only its interval reaches the band; "
    "`MISSED`: neither, with the reason where it is known.",
    "`10 x 3`: ten data seeds with three model seeds each. Draws: `experiments/calibrations`.",
)


def tables_of(found: Sequence[Measured]) -> dict[str, report.Table]:
    """One table for each kind of case that was measured."""
    by_kind = {kind: [each for each in found if each.case.kind == kind] for kind in TITLES}
    return {kind: _table(kind, of_kind) for kind, of_kind in by_kind.items() if of_kind}


def write(found: Sequence[Measured], folder: Path, manifest: dict[str, Any]) -> None:
    """Writes `summary.json`, `summary.md` and `manifest.json`."""
    sections = [
        f"## {kind}\n\n{report.to_markdown(table)}" for kind, table in tables_of(found).items()
    ]
    notes = "".join(f"- {note}\n" for note in NOTES)
    write_text(folder / "summary.md", "\n".join([f"# Calibration\n\n{notes}", *sections]))
    write_text(folder / "summary.json", report.to_lines([each.as_json() for each in found]) + "\n")
    write_json(folder / "manifest.json", manifest)


def _table(kind: str, found: Sequence[Measured]) -> report.Table:
    records = [
        {
            "name": each.case.name,
            "setting": each.case.setting,
            "repeats": each.repeats,
            "nominal": each.case.nominal,
            "rate": each.rate,
            "band": "{:g} to {:g}".format(*each.case.band),
            "verdict": each.verdict,
        }
        for each in found
    ]
    table = report.Table(TITLES[kind], COLUMNS, records, digits={"nominal": 2})
    return table.without_empty_columns()
