"""Files whose columns have names and types: Parquet, Excel."""

import fnmatch
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ivaegan_jax.data.tables.files_of_text import LOOKED_AT
from ivaegan_jax.data.tables.headings import Cells, Heading, count_numbers, find_heading, tidied
from ivaegan_jax.data.tables.latents import Latents
from ivaegan_jax.data.tables.table import Table, named
from ivaegan_jax.types import InputError


def read_parquet(path: Path, wanted: Sequence[str]) -> Table:
    """Reads a `.parquet` file; an index with a name is a column too."""
    import pandas as pd

    try:
        frame = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise InputError(f"no readable Parquet file: {_said(error)}; write it again") from None
    named = [name for name in frame.index.names if name is not None]
    return tidied(frame.reset_index(named) if named else frame)


def _said(error: Exception) -> str:
    """What a library says, in one line, of which the last stop is left out."""
    return " ".join(str(error).split()).rstrip(".")


def write_parquet(path: Path, latents: Latents) -> None:
    """Writes columns as they are."""
    latents.frame().to_parquet(path, index=False)


def read_excel(path: Path, wanted: Sequence[str]) -> Table:
    """Reads the sheet that has what is wanted, of several that of the most numbers."""
    import pandas as pd

    try:
        with pd.ExcelFile(path) as file:
            sheet, heading = _sheet(file, wanted)
            names, above = list(heading.names), heading.lines
            frame = pd.read_excel(
                file, sheet_name=sheet, header=None, skiprows=above, names=names,
                usecols=range(len(names)),
            )  # fmt: skip
            others = ", ".join(str(name) for name in file.sheet_names if name != sheet)
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"no readable sheet: {_said(error)}; save it as .xlsx again, or as .csv"
        ) from None
    return tidied(frame, f"The sheet {sheet} is read, not {others}." * bool(others), heading.note)


def _sheet(file: Any, wanted: Sequence[str]) -> tuple[str, Heading]:
    """The name of the sheet to read, and its heading."""
    import pandas as pd

    held = pd.read_excel(file, sheet_name=None, header=None, nrows=LOOKED_AT, dtype=object)
    found: dict[str, Sequence[Cells]] = {
        name: each.fillna("").astype(str).to_numpy().tolist() for name, each in held.items()
    }
    name = _with_wanted(found, wanted)
    marked = {i for i, row in enumerate(found[name]) if row and row[0].startswith("#")}
    return name, find_heading(found[name], marked)


def _with_wanted(sheets: Mapping[str, Sequence[Cells]], wanted: Sequence[str]) -> str:
    """The name of the sheet that has what is wanted, of several the one of the most numbers.

    Raises:
      InputError: where what is wanted stands in several sheets, and none has all of it.
    """
    held_by = {
        name: {each for each in wanted if _is_there(each, cells)} for name, cells in sheets.items()
    }
    numbers = {name: count_numbers(cells) for name, cells in sheets.items()}
    name = max(sheets, key=lambda each: (len(held_by[each]), numbers[each]))
    if not numbers[name] and any(numbers.values()) and held_by[name]:
        raise InputError(
            f"{min(held_by[name])!r} stands in the sheet {name}, which has no numbers, as the "
            f"sheet {max(numbers, key=numbers.__getitem__)} has; put all columns into one sheet"
        )
    for other, names in held_by.items():
        if lacking := sorted(names - held_by[name]):
            raise InputError(
                f"{lacking[0]!r} stands in the sheet {other}, and the sheet {name} is read; put "
                "all columns into one sheet"
            )
    return name


def _is_there(wanted: str, lines: Sequence[Cells]) -> bool:
    """Whether a name or pattern is that of a cell of text."""
    cells = {cell.strip() for line in lines for cell in line}
    return named(wanted, cells) is not None or bool(fnmatch.filter(cells, wanted))


def write_excel(path: Path, latents: Latents) -> None:
    """Writes one sheet."""
    latents.frame().to_excel(path, index=False)
