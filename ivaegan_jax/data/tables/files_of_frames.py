"""Files whose columns have names: text with separators, Parquet, Excel."""

import bz2
import csv
import gzip
import itertools
import lzma
import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ivaegan_jax.data.tables.latents import Latents
from ivaegan_jax.data.tables.objects import as_table
from ivaegan_jax.data.tables.table import Table
from ivaegan_jax.types import InputError

OPENERS: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
SEPARATORS = (",", "\t", ";", "|", " ")
LOOKED_AT = 50
"""Lines from which separator and decimal sign are found."""

COMMA, POINT = re.compile(r"[-+]?\d+,\d+"), re.compile(r"[-+]?\d*\.\d+(e[-+]?\d+)?", re.IGNORECASE)


class Dialect(NamedTuple):
    """How numbers and columns are written in a file of text."""

    separator: str
    decimal: str


def read_text(path: Path, wanted: Sequence[str]) -> Table:
    """Reads a `.csv` or `.tsv` file, packed or not; the first line has the names.

    Separator and decimal sign are found from the first lines; numbers are read to their last bit.

    Raises:
      InputError: where names are missing or double, or lines have different lengths.
    """
    import pandas as pd

    try:
        with OPENERS.get(path.suffix.lower(), open)(path, "rt", encoding="utf-8-sig") as file:
            lines = [line for line in itertools.islice(file, LOOKED_AT) if line.strip()]
        dialect = find_dialect(lines)
        names = csv.reader(lines, delimiter=dialect.separator, skipinitialspace=True)
        check_header(next(names, []), dialect)
        frame = pd.read_csv(
            path, sep=dialect.separator, decimal=dialect.decimal, encoding="utf-8-sig",
            skipinitialspace=True, low_memory=False, **to_the_bit(pd.__version__),
        )  # fmt: skip
    except UnicodeDecodeError as error:
        raise InputError(
            f"byte {error.start} is no text in UTF-8; save the file as UTF-8"
        ) from None
    except (EOFError, lzma.LZMAError, OSError) as error:
        if getattr(error, "errno", None):  # of the disk, not of what is packed
            raise
        raise InputError(f"damaged: {error}; make the file again") from None
    except pd.errors.ParserError as error:
        why = " ".join(str(error).split()).removeprefix("Error tokenizing data. C error: ")
        raise InputError(
            f"its lines have different numbers of columns: {why}; mend the line"
        ) from None
    return _table(frame)


def to_the_bit(version: str) -> dict[str, Any]:
    """What pandas is given so that numbers are read to their last bit; later ones do by default."""
    major, minor = map(int, version.split(".")[:2])
    return {} if (major, minor) >= (3, 1) else {"float_precision": "round_trip"}


def find_dialect(lines: Sequence[str]) -> Dialect:
    """The separator that cuts most lines into equally many columns, and the decimal sign."""
    found = {}
    for separator in SEPARATORS:
        rows = list(csv.reader(lines, delimiter=separator, skipinitialspace=True))
        counts = [len(row) for row in rows[1:] or rows]
        common = max(set(counts), key=counts.count, default=1)
        # names of rows may stand in a first column that has no name itself
        if common > 1 and len(rows[0]) in (common, common - 1):
            found[separator] = (counts.count(common), common)
    if len(found) > 1:
        found.pop(" ", None)
    separator = max(found, key=found.__getitem__, default=",")
    cells = [c.strip() for row in csv.reader(lines[1:], delimiter=separator) for c in row]
    commas = separator != "," and any(map(COMMA.fullmatch, cells))
    return Dialect(separator, "," if commas and not any(map(POINT.fullmatch, cells)) else ".")


def check_header(names: Sequence[str], dialect: Dialect) -> None:
    """Raises InputError where the first line has no names, or one twice."""
    names = [name.strip() for name in names]
    if not names:
        raise InputError("it is empty; give a line of names and a line for every row")
    if all(re.fullmatch(r"[-+]?[\d.,]+(e[-+]?\d+)?", name, re.IGNORECASE) for name in names):
        shown = dialect.separator.join(names[:3])
        raise InputError(
            f"its first line holds numbers ({shown}), not names; put a line of names first"
        )
    if twice := sorted({name for name in names if name and names.count(name) > 1}):
        raise InputError(f"it has more than one column {twice[0]!r}; rename them")


def write_text(path: Path, latents: Latents) -> None:
    """Writes one line for every row, with tabs where the file's name says so."""
    latents.frame().to_csv(path, sep="\t" if ".tsv" in path.name.lower() else ",", index=False)


def read_parquet(path: Path, wanted: Sequence[str]) -> Table:
    """Reads a `.parquet` file; an index with a name is a column too."""
    import pandas as pd

    try:
        frame = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise InputError(f"no readable Parquet file: {' '.join(str(error).split())}") from None
    named = [name for name in frame.index.names if name is not None]
    return _table(frame.reset_index(named) if named else frame)


def write_parquet(path: Path, latents: Latents) -> None:
    """Writes columns as they are."""
    latents.frame().to_parquet(path, index=False)


def read_excel(path: Path, wanted: Sequence[str]) -> Table:
    """Reads the first sheet, whose first row has the names."""
    import pandas as pd

    try:
        header = pd.read_excel(path, header=None, nrows=1, dtype=str)
        check_header(header.iloc[0].fillna("").tolist() if len(header) else [], Dialect("; ", "."))
        return _table(pd.read_excel(path))
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"no readable sheet: {' '.join(str(error).split())}") from None


def write_excel(path: Path, latents: Latents) -> None:
    """Writes one sheet."""
    latents.frame().to_excel(path, index=False)


def _table(frame: Any) -> Table:
    table = as_table(frame, "the file")
    assert table is not None
    return table
