"""What a soak found, as a table and as what is kept."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from experiments.soaks._counts import Counts
from ivaegan_jax import report
from ivaegan_jax.files import write_json, write_text

COLUMNS = {
    "fault": "fault",
    "tried": "tried",
    "survived": "survived",
    "lost_rows": "rows lost",
    "wrong_numbers": "numbers wrong",
    "leftovers": "leftovers",
}


def as_table(found: Mapping[str, Counts]) -> report.Table:
    """One line per fault."""
    records = [{"fault": name, **dataclasses.asdict(counts)} for name, counts in found.items()]
    notes = [f"{name}: {_told(counts)}" for name, counts in found.items() if counts.notes]
    return report.Table("What a study survives", COLUMNS, records, notes=notes)


def _told(counts: Counts) -> str:
    return ", ".join(f"{note} {times}" for note, times in counts.notes.items()) + "."


def write(found: Mapping[str, Counts], folder: Path, manifest: dict[str, Any]) -> None:
    """Writes `summary.json`, `summary.md` and `manifest.json`."""
    counts = {
        # asdict would make a counter of a counter's items
        name: dataclasses.asdict(dataclasses.replace(each, notes=dict(each.notes)))
        for name, each in found.items()
    }
    write_text(folder / "summary.md", f"# Soak\n\n{report.to_markdown(as_table(found))}")
    write_json(folder / "summary.json", counts)
    write_json(folder / "manifest.json", manifest)
