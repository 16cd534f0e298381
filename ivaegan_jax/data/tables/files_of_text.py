"""Text with separators, packed or not, however it was exported."""

import csv
import io
import itertools
import lzma
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ivaegan_jax.data.tables.comments import COMMENT, without_comments
from ivaegan_jax.data.tables.encodings import encoding_of, opened
from ivaegan_jax.data.tables.headings import Heading, find_heading, tidied
from ivaegan_jax.data.tables.latents import Latents
from ivaegan_jax.data.tables.table import Table
from ivaegan_jax.types import InputError

SEPARATORS = (",", "\t", ";", "|", " ")
LOOKED_AT = 50
"""Lines from which separator, decimal sign and names are found."""

LATEST = LOOKED_AT // 2
"""Of these the last that may be the line of names."""

COMMA = re.compile(r"[-+]?\d+,\d+(e[-+]?\d+)?", re.IGNORECASE)
POINT = re.compile(r"[-+]?\d*\.\d+(e[-+]?\d+)?", re.IGNORECASE)


class Dialect(NamedTuple):
    """How numbers and columns are written in a file of text."""

    separator: str
    decimal: str


def read_text(path: Path, wanted: Sequence[str]) -> Table:
    """Reads a file of text, packed or not, in UTF-8, UTF-16 or Windows-1252.

    Encoding, separator, decimal sign and the line of names are found from the file itself;
    comments between the rows are left out, and numbers are read to their last bit.

    Raises:
      InputError: where names are missing or double, or lines have different lengths.
    """
    try:
        return _read(path, *encoding_of(path))
    except UnicodeDecodeError as error:
        raise InputError(
            f"byte {error.start} is no text in {error.encoding}; save the file as UTF-8"
        ) from None
    except (EOFError, lzma.LZMAError, OSError, zipfile.BadZipFile) as error:
        if getattr(error, "errno", None):  # of the disk, not of what is packed
            raise
        raise InputError(f"damaged: {error}; make the file again") from None


def _read(path: Path, codec: str, note: str) -> Table:
    with opened(path, codec) as file:
        dialect, heading, above = _outline(list(itertools.islice(file, LOOKED_AT)))
    with opened(path, codec) as file:
        for _ in range(above):
            file.readline()
        frame, fault = _parsed(file, dialect, heading)
    count = 0
    if frame is None or _begins_with_a_mark(frame):
        with opened(path, codec) as file:
            rows, count = without_comments(list(file)[above:], dialect.separator)
        frame, fault = _parsed(io.StringIO("".join(rows)), dialect, heading)
    if frame is None:
        why = re.sub(r"line (\d+)", lambda found: f"line {int(found[1]) + above}", fault)
        raise InputError(f"its lines have different numbers of columns: {why}; mend the line")
    left_out = f"Comments between the rows are left out, {count:,} in all." if count else ""
    return tidied(frame, note, heading.note, left_out)


def _parsed(file: io.TextIOBase, dialect: Dialect, heading: Heading) -> tuple[Any, str]:
    """The rows of a file as a frame; None, and why, where they have different lengths."""
    import pandas as pd

    try:
        frame = pd.read_csv(
            file, sep=dialect.separator, decimal=dialect.decimal, header=None,
            names=list(heading.names), skipinitialspace=True, low_memory=False,
            **to_the_bit(pd.__version__),
        )  # fmt: skip
    except pd.errors.ParserError as error:
        return None, " ".join(str(error).split()).removeprefix("Error tokenizing data. C error: ")
    return frame, ""


def _begins_with_a_mark(frame: Any) -> bool:
    """Whether a row may be a comment, which makes its first column one of text."""
    first = frame.index if frame.index.dtype.kind not in "iu" else frame.iloc[:, 0]
    return first.dtype.kind not in "iufb" and any(COMMENT.match(str(each)) for each in first)


def _outline(lines: Sequence[str]) -> tuple[Dialect, Heading, int]:
    """How a file is written, the names of its columns, and the lines above its rows."""
    marks = [COMMENT.match(line) for line in lines]
    texts = [line[m.end() :] if m else line for line, m in zip(lines, marks, strict=True)]
    dialect = find_dialect([text for text in texts if text.strip()])
    reader = csv.reader(texts, delimiter=dialect.separator, skipinitialspace=True)
    rows = [(cells, reader.line_num) for cells in reader]
    comments = {i for i, (_, end) in enumerate(rows) if marks[end - 1]}
    heading = find_heading([cells for cells, _ in rows], comments)
    return dialect, heading, rows[heading.lines - 1][1]


def to_the_bit(version: str) -> dict[str, Any]:
    """What pandas is given so that numbers are read to their last bit; later ones do by default."""
    major, minor = map(int, version.split(".")[:2])
    return {} if (major, minor) >= (3, 1) else {"float_precision": "round_trip"}


def find_dialect(lines: Sequence[str]) -> Dialect:
    """The separator that cuts most lines into equally many columns, and the decimal sign.

    The first line has as many too, or the first that does where none of the separators fits it.
    """
    fitting = (found for at in range(LATEST) if (found := _fitting(lines[at:])))
    found = next(fitting, {})
    if len(found) > 1:
        found.pop(" ", None)
    separator = max(found, key=found.__getitem__, default=",")
    cells = [c.strip() for row in csv.reader(lines[1:], delimiter=separator) for c in row]
    commas = separator != "," and any(map(COMMA.fullmatch, cells))
    return Dialect(separator, "," if commas and not any(map(POINT.fullmatch, cells)) else ".")


def _fitting(lines: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Separators that cut the first line as most others: how many lines, into how many cells."""
    found = {}
    for separator in SEPARATORS:
        rows = list(csv.reader(lines, delimiter=separator, skipinitialspace=True))
        counts = [len(row) for row in rows[1:] or rows]
        common = max(set(counts), key=counts.count, default=1)
        # names of rows may stand in a first column that has no name itself
        if common > 1 and len(rows[0]) in (common, max(2, common - 1)):
            found[separator] = (counts.count(common), common)
    return found


def write_text(path: Path, latents: Latents) -> None:
    """Writes one line for every row, with tabs where the name of the file is that of a .tsv."""
    tabs = re.search(r"\.(tsv|txt)\b", path.name.lower())
    latents.frame().to_csv(path, sep="\t" if tabs else ",", index=False)
