"""Files of rows and settings: replaced whole, read with care, and never half-written.

A file is written aside, then renamed, so that a kill leaves the old or the new one. The training
log alone is appended to; a torn last line is dropped when it is read again.
"""

import errno
import json
import math
import os
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from ivaegan_jax.escaping import printable
from ivaegan_jax.types import InputError, Row, StorageError

FAILED = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What a disk says that is full, or broken."""


RESTORE = "restore it, or give the command that made it again in a new work directory"
"""What can be done about a file that is not the one that was written."""


def write_text(path: Path, text: str) -> None:
    """Replaces a text file whole."""
    write_bytes(path, text.encode(errors="backslashreplace"))


def cannot_write(path: Path, error: OSError) -> InputError:
    """What to tell the user of a path that cannot be written; StorageError for a full disk."""
    if error.errno not in FAILED:
        return InputError(f"cannot write {path}: {error.strerror}")
    return StorageError(
        f"cannot write {path}: {os.strerror(error.errno)}; make room (or mend the disk) and give "
        "the same command again, which goes on where it was"
    )


@contextmanager
def replacing(path: Path, suffix: str = "") -> Iterator[Path]:
    """Yields a name to write to aside, in a folder that is made if need be, then renames it.

    Raises:
      InputError: if that cannot be written.
    """
    aside = path.with_name(f".{path.name}.tmp{suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield aside
        _flush(aside)
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)  # it may be what fills the disk
        raise cannot_write(path, error) from error


def _flush(path: Path) -> None:
    """Sees that a file is on the disk: else a power failure may empty it after its renaming."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def write_bytes(path: Path, content: bytes) -> None:
    """Replaces a file whole."""
    with replacing(path) as aside:
        aside.write_bytes(content)


def write_npz(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Replaces an `.npz` file whole; nothing in it is pickled."""
    with replacing(path, ".npz") as aside:  # savez appends that suffix where it is missing
        np.savez_compressed(aside, allow_pickle=False, **arrays)


def write_json(path: Path, value: Any) -> None:
    """Replaces a JSON file whole, indented for people."""
    text = json.dumps(without_nan(value), indent=2, default=str, allow_nan=False)
    write_text(path, text + "\n")


def without_nan(value: Any) -> Any:
    """The same with null for every number that is not finite, which JSON has no word for."""
    match value:
        case dict():
            return {key: without_nan(part) for key, part in value.items()}
        case list() | tuple():
            return [without_nan(part) for part in value]
        case float():
            return value if math.isfinite(value) else None
        case _:
            return value


def read_npz(path: Path) -> dict[str, np.ndarray]:
    """All arrays of an `.npz` file; raises InputError where it is missing or damaged."""
    if not path.exists():
        raise InputError(f"{path} is missing; {RESTORE}")
    # numpy leaves a file open that it opened and cannot read
    with making_sense_of(path), path.open("rb") as file, np.load(file) as stored:
        return dict(stored)


def read_json(path: Path) -> dict[str, Any]:
    """A JSON file's object; empty where there is no file.

    Raises:
      InputError: if it is no JSON.
    """
    try:
        found = json.loads(path.read_bytes()) if path.exists() else {}
    except ValueError as error:
        raise InputError(f"{path} is damaged; restore or delete it") from error
    if not isinstance(found, dict):
        raise InputError(f"{path} holds no JSON object; restore or delete it")
    return found


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
        except (ValueError, TypeError) as error:
            if number < len(lines):
                raise InputError(f"{path}: line {number} is damaged; restore the file") from error
    return rows


MISREAD = (ArithmeticError, AttributeError, EOFError, LookupError, TypeError, ValueError,
           MemoryError, zipfile.BadZipFile, zlib.error)  # fmt: skip
"""What code raises that is given something else than was once written."""


@contextmanager
def making_sense_of(path: Path) -> Iterator[None]:
    """Turns what fails within, because a file holds something else than was written, into a line.

    Raises:
      InputError: naming the file.
    """
    try:
        yield
    except InputError:
        raise
    except MISREAD as error:
        why = printable(f"{type(error).__name__}: {error}".partition("\n")[0])
        raise InputError(
            f"{path} holds something else than was written to it ({why}); {RESTORE}"
        ) from error


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
    """Adds rows at the end of a JSONL file; one that a full disk tore is dropped by `keep_rows`.

    Raises:
      InputError: if they cannot be written.
    """
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write("".join(map(_line, rows)))
        _flush(path)
    except OSError as error:
        raise cannot_write(path, error) from error


def _line(row: Row) -> str:
    return json.dumps(without_nan(row), allow_nan=False) + "\n"


def keep_rows(path: Path, wanted: Callable[[Row], bool]) -> None:
    """Drops rows, and a torn last line, from a JSONL file."""
    write_rows(path, filter(wanted, read_rows(path)))
