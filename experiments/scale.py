"""The table of scale: what memory was predicted and taken, and where the seconds go.

  python -m experiments.scale --out=results/scale
  python -m experiments.scale --out=results/scale --only=rows,seeds

Each cell is a process of its own (`experiments.benchmarks.scale`): a table is written, loaded,
trained on for 20 steps, scored and reported. One size after the other is changed, the others stay
as in the first cell. A cell that --out holds of the same revision is left alone, so that a stopped
program goes on; one that failed is tried again. Exit status 1: a cell failed, or the prediction of
its memory is wrong by a factor above 1.5.
"""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from absl import flags

from experiments.benchmarks.children import measure
from ivaegan_jax import report
from ivaegan_jax.cli import _flags, _program
from ivaegan_jax.cli._arms import Clock
from ivaegan_jax.files import read_json, write_json, write_text
from ivaegan_jax.studies.labels import nearest
from ivaegan_jax.studies.manifest import describe_machine
from ivaegan_jax.types import InputError

BASE = {"rows": 100_000, "columns": 20, "levels": 500, "seeds": 8}
AXES: dict[str, list[dict[str, int]]] = {
    "rows": [{"rows": 100_000}, {"rows": 1_000_000}, {"rows": 5_000_000, "levels": 50_000}],
    "columns": [{"columns": 784}, {"columns": 5_000}],
    "levels": [{"levels": 5_000}, {"levels": 50_000}],
    "seeds": [{"seeds": 64}, {"seeds": 512}],
}
"""Cells by the size that they change; the largest table has as many levels as a cell ever has."""

FACTOR = 1.5
STAGES = ("load", "compile", "train", "score", "baselines", "report")
COLUMNS = {"rows": "rows", "columns": "columns", "levels": "levels", "seeds": "seeds",
           "predicted_gib": "GiB predicted", "measured_gib": "GiB taken"}  # fmt: skip
COLUMNS |= {stage: f"{stage}, s" for stage in STAGES} | {"failure": "failure"}


def define_flags() -> None:
    """Defines the program's flags."""
    _flags.define_common_flags()
    flags.DEFINE_list("only", [], f"Some of {', '.join(AXES)}; empty takes all.")
    flags.DEFINE_string("out", "", "Where table, cells and manifest are kept, results/scale.")


def main() -> int:
    """Measures the cells that are not there yet; 1 if one failed or took too much."""
    began, made_by = time.time(), {"command": _flags.command_line(), **describe_machine()}
    out = Path(flags.FLAGS.out) if flags.FLAGS.out else None
    cells = [BASE | cell for axis in chosen(flags.FLAGS.only) for cell in AXES[axis]]
    revision = made_by["code_revision"]
    found = held(out, revision)
    clock = Clock([_work(cell) for cell in cells if _name(cell) not in found])
    for number, cell in enumerate(cells, start=1):
        if (name := _name(cell)) not in found:
            print(f"cell {number}/{len(cells)}: {name}{clock}", flush=True)
            found[name] = measured(cell) | {"code_revision": revision}
            clock.tick(_work(cell))
            if out:
                keep(found, out, made_by | {"wall_time_s": time.time() - began})
    print(f"\n{report.to_text(as_table(found))}")
    return int(not all(fine(record) for record in found.values()))


def chosen(names: list[str]) -> list[str]:
    """The axes of these names, or all; raises InputError for one that there is not."""
    for name in names:
        if name not in AXES:
            raise InputError(f"--only={name} is no size{nearest(name, list(AXES))}")
    return names or list(AXES)


def measured(cell: Mapping[str, int]) -> dict[str, Any]:
    """One cell: sizes, GiB and seconds of every stage, or sizes and why it failed."""
    try:
        (found,) = measure("scale", cell)
    except InputError as error:
        return {**cell, "failure": str(error)}
    return {**cell, **found.pop("seconds"), **found}


def fine(record: Mapping[str, Any]) -> bool:
    """Whether a cell ended, its memory predicted within a factor of 1.5."""
    if "failure" in record:
        return False
    return 1 / FACTOR <= record["measured_gib"] / record["predicted_gib"] <= FACTOR


def as_table(found: Mapping[str, Mapping[str, Any]]) -> report.Table:
    """A line per cell."""
    failed = any("failure" in record for record in found.values())
    columns = {key: words for key, words in COLUMNS.items() if key != "failure" or failed}
    notes = ("Seconds of 20 steps, on the cores that the manifest names; GiB are the peak of the "
             "whole process, libraries and compiler included.",)  # fmt: skip
    return report.Table("What a large table takes", columns, [*found.values()], (), notes)


def held(out: Path | None, revision: str) -> dict[str, dict[str, Any]]:
    """The cells of a revision that a folder holds, by name, but those that failed."""
    found = read_json(out / "summary.json") if out else {}
    return {
        name: record
        for name, record in found.items()
        if record["code_revision"] == revision and "failure" not in record
    }


def keep(found: Mapping[str, Mapping[str, Any]], out: Path, manifest: Mapping[str, Any]) -> None:
    """Writes `summary.json`, `summary.md` and `manifest.json`."""
    write_text(out / "summary.md", f"# Scale\n\n{report.to_markdown(as_table(found))}")
    write_json(out / "summary.json", dict(found))
    write_json(out / "manifest.json", dict(manifest))


def _name(cell: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {size}" for size, count in cell.items())


def _work(cell: Mapping[str, int]) -> int:
    """How long cells take beside each other, roughly: a start, and what follows sizes."""
    return 200 + cell["rows"] // 10_000 + cell["levels"] // 200 + 2 * cell["seeds"]


if __name__ == "__main__":
    _program.launch(main, define_flags)
