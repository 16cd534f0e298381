"""The results in run directories: read, added to, and as a data frame."""

import dataclasses
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ivaegan_jax.evaluation import Result, from_rows, to_row
from ivaegan_jax.files import making_sense_of, read_rows, read_whole_rows, write_rows
from ivaegan_jax.types import InputError, Row

if TYPE_CHECKING:
    import pandas as pd

NAME = "metrics.jsonl"
"""The file of results in a run directory."""


def load_results(path: Path) -> list[Result]:
    """All results in a file but a torn last line, of this schema or an earlier one.

    Raises:
      InputError: for a file that is damaged, or of a later version.
    """
    with making_sense_of(path):
        return _results(path, read_rows(path))


def load_whole_results(path: Path) -> list[Result]:
    """The same; raises InputError where the last line is torn."""
    with making_sense_of(path):
        return _results(path, read_whole_rows(path))


def _results(path: Path, rows: Iterable[Row]) -> list[Result]:
    try:
        return from_rows(rows)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def keep_results(path: Path, results: Iterable[Result]) -> None:
    """Replaces a file of results whole."""
    write_rows(path, map(to_row, results))


def add_results(path: Path, results: Iterable[Result]) -> None:
    """Adds results to a file, all of them or none; what was there is written in today's schema."""
    keep_results(path, [*load_results(path), *results])


def read_results(*paths: str | Path) -> "pd.DataFrame":
    """The results of run directories as a data frame, one result per line.

    Columns are `kind` and the fields of all kinds there are (`evaluation.results`); a field that a
    kind does not have is missing there. Results of several directories also have the column
    `study`, the directory's name; those of a named study, whose arms are the directories in the
    one that is given, have the column `arm`.

    Args:
      paths: run directories.

    Returns:
      Such as `frame[frame.metric == "mcc"].pivot_table("value", "label", "data_seed")` takes.

    Raises:
      InputError: for a directory without results, or with results of a later version.

    Examples:
      >>> from ivaegan_jax import read_results
      >>> frame = read_results("runs/mine")
      >>> sorted(frame.label.dropna().unique())
      ['ivae']
      >>> frame[frame.metric == "mcc"].pivot_table("value", "label", "data_seed").shape
      (1, 1)
    """
    import pandas as pd

    if not paths:
        raise InputError("name at least one run directory to read results of")
    found = []
    for path in (Path(each).expanduser() for each in paths):
        study = {"study": path.resolve().name} if len(paths) > 1 else {}
        for file, arm in _files(path):
            found += [study | arm | record(each) for each in load_whole_results(file)]
    return pd.DataFrame.from_records(found)


def as_frame(results: Iterable[Result]) -> "pd.DataFrame":
    """Results as a data frame, one per line, with the columns of `read_results`."""
    import pandas as pd

    return pd.DataFrame.from_records(list(map(record, results)))


def record(result: Result) -> dict[str, Any]:
    """A result as one line of a table: its kind and its fields, reasons as one text."""
    fields = {f.name: getattr(result, f.name) for f in dataclasses.fields(result)}
    if "reasons" in fields:
        fields["reasons"] = " ".join(reason.text for reason in fields["reasons"])
    return {"kind": result.kind} | fields


def _files(path: Path) -> Sequence[tuple[Path, dict[str, str]]]:
    if (own := path / NAME).exists():
        return [(own, {})]
    arms = sorted(path.glob(f"*/{NAME}"))
    if not arms:
        raise InputError(f"{path}: no results here; let a run reach its first evaluation")
    return [(file, {"arm": file.parent.name}) for file in arms]
