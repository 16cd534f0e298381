"""Files with one JSON object per line: replaced whole, or appended to and read with care.

The training log alone is appended to; a torn last line is dropped when it is read again.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from ivaegan_jax.files.atomic import cannot_write, flush, without_nan, write_text
from ivaegan_jax.types import InputError, Row


def read_rows(path: Path) -> list[Row]:
    """All rows of a JSONL file but a torn last line; none where there is no file.

    Raises:
      InputError: for a line before the last that is no JSON.
    """
    lines = path.read_bytes().splitlines() if path.exists() else []
    rows = []
    for number, line in enumerate(lines, start=1):
        try:
            rows.append(dict(json.loads(line)))
        except (ValueError, TypeError, RecursionError) as error:
            if number < len(lines):
                raise InputError(f"{path}: line {number} is damaged; restore the file") from error
    return rows


def read_whole_rows(path: Path) -> list[Row]:
    """All rows of a JSONL file that is never appended to; raises InputError where it is torn."""
    if is_torn(path):
        raise InputError(f"{path}: the last line is torn; give the command that made it again")
    return read_rows(path)


def is_torn(path: Path) -> bool:
    """Whether a JSONL file ends within a line."""
    return path.exists() and not path.read_bytes().endswith(b"\n") and path.stat().st_size > 0


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Replaces a JSONL file whole."""
    write_text(path, "".join(map(_line, rows)))


def append_rows(path: Path, rows: Iterable[Row]) -> None:
    """Adds rows at the end of a JSONL file; one that a full disk tore is dropped by `read_rows`.

    Raises:
      InputError: if they cannot be written.
    """
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write("".join(map(_line, rows)))
        flush(path)
    except OSError as error:
        raise cannot_write(path, error) from error


def _line(row: Row) -> str:
    return json.dumps(without_nan(row), allow_nan=False) + "\n"
