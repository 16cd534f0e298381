"""Files that are replaced whole: written aside, then renamed.

A kill leaves the old file or the new one.
"""

import contextlib
import errno
import json
import math
import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ivaegan_jax.files.escaping import printable
from ivaegan_jax.types import InputError, StorageError

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


@contextlib.contextmanager
def replacing(path: Path, suffix: str = "") -> Iterator[Path]:
    """Yields a name to write to aside, in a folder that is made if need be, then renames it.

    Raises:
      InputError: if that cannot be written.
    """
    aside = path.with_name(f".{path.name}.tmp{suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield aside
        flush(aside)
        aside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            aside.unlink()  # it may be what fills the disk
        raise cannot_write(path, error) from error


def flush(path: Path) -> None:
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
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is damaged; restore or delete it") from error
    if not isinstance(found, dict):
        raise InputError(f"{path} holds no JSON object; restore or delete it")
    return found


MISREAD = (ArithmeticError, AttributeError, EOFError, LookupError, TypeError, ValueError,
           MemoryError, RuntimeError, zipfile.BadZipFile, zlib.error)  # fmt: skip
"""What code raises that is given something else than was once written."""


@contextlib.contextmanager
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
