"""The work directory: what a study leaves behind, and how it is found again after a stop.

Files are replaced whole (written aside, then renamed), so a kill leaves the old or the new one.
The training log alone is appended to; a torn last line is dropped when it is read again.
"""

import dataclasses
import errno
import fcntl
import hashlib
import json
import math
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from ivaegan_jax.config import Config
from ivaegan_jax.types import InputError, Row, StorageError

FAILED = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What a disk says that is full, or broken."""


class Workdir:
    """One work directory: `config.json`, `metrics.jsonl`, `train.jsonl`, checkpoints, `DONE`."""

    def __init__(self, path: Path):
        """Names the directory; touches nothing."""
        self.path = path
        self._lock: TextIO | None = None
        self.config = path / "config.json"
        self.manifest = path / "manifest.json"
        self.metrics = path / "metrics.jsonl"
        self.train_log = path / "train.jsonl"
        self.parts = path / "parts.json"
        self.preprocessing = path / "preprocessing.npz"
        self.done = path / "DONE"

    def open(self, settings: dict[str, Any]) -> None:
        """Creates the directory for these settings, or finds it made with the same ones.

        Raises:
          InputError: where it belongs to other settings (the differences are listed), holds
            something else, is in use by another process, or cannot be written.
        """
        self.check(settings)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock = (self.path / ".lock").open("w")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError(f"{self.path} is in use by another process; wait for it") from error
        except OSError as error:
            raise cannot_write(self.path, error) from error
        self.check(settings)  # another process may have made it in between, and ended
        if not self.config.exists():
            write_json(self.config, settings)

    def close(self) -> None:
        """Lets other processes have the directory."""
        if self._lock:
            self._lock.close()

    def check(self, settings: dict[str, Any]) -> None:
        """Raises InputError if the directory exists and was made for something else."""
        if self.path.exists() and not self.path.is_dir():
            raise InputError(f"{self.path} is a file; name a directory with --workdir")
        if not self.config.exists():
            if self.path.is_dir() and any(not p.name.startswith(".") for p in self.path.iterdir()):
                raise InputError(
                    f"{self.path} is not empty and not a work directory; name another --workdir"
                )
            return
        asked = json.loads(json.dumps(settings))
        if changes := differences(with_defaults(self.settings()), with_defaults(asked)):
            raise InputError(
                f"{self.path} was made with other settings: {'; '.join(changes)}; "
                "use the same settings to go on, or another --workdir"
            )

    def settings(self) -> dict[str, Any]:
        """What `config.json` holds; raises InputError where there is none."""
        try:
            return json.loads(self.config.read_text())
        except (OSError, json.JSONDecodeError) as error:
            raise InputError(
                f"{self.path} is no work directory: it has no readable config.json"
            ) from error

    def checkpoints(self, name: str) -> Path:
        """Where the checkpoints of one model, or of runs trained together, lie."""
        return self.path / "checkpoints" / file_name(name)

    def arrays(self, label: str) -> Path:
        """Held-out latents of one model's runs, for figures."""
        return self.path / "arrays" / f"{file_name(label)}.npz"

    def is_done(self) -> bool:
        """Whether the study has ended, and no file of rows was torn since."""
        return self.done.exists() and not (is_torn(self.metrics) or is_torn(self.train_log))


def file_name(label: str) -> str:
    """A short name for files, legal everywhere; another label has another one.

    A label without settings is its own name. Brackets and commas mean something to shells and to
    whatever looks for files by pattern.
    """
    if re.fullmatch(r"[\w+.=-]{1,80}", label):
        return label
    readable = re.sub(r"[^\w+.=-]+", "-", label)[:60].strip("-")
    return f"{readable}-{hashlib.sha256(label.encode()).hexdigest()[:8]}"


def with_defaults(settings: dict[str, Any]) -> dict[str, Any]:
    """Stored settings as they are today: one that did not exist then has its default."""
    stored, default = settings.get("config", {}), dataclasses.asdict(Config())
    parts = {part: values | stored.get(part, {}) for part, values in default.items()}
    return settings | {"config": parts} if stored else settings


def differences(old: Any, new: Any, name: str = "") -> list[str]:
    """Where two nested settings differ, as `name: old -> new`."""
    if isinstance(old, dict) and isinstance(new, dict):
        keys = sorted(old.keys() | new.keys())
        prefix = f"{name}." if name else ""
        return [c for k in keys for c in differences(old.get(k), new.get(k), f"{prefix}{k}")]
    return [] if old == new else [f"{name}: {old} -> {new}"]


def write_text(path: Path, text: str) -> None:
    """Replaces a text file whole."""
    write_bytes(path, text.encode())


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
    write_text(path, json.dumps(value, indent=2, default=str) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """A JSON file's object; empty where there is no file.

    Raises:
      InputError: if it is no JSON.
    """
    try:
        return json.loads(path.read_text()) if path.exists() else {}
    except ValueError as error:
        raise InputError(f"{path} is damaged; restore or delete it") from error


def read_rows(path: Path) -> list[Row]:
    """All rows of a JSONL file but a torn last line; none where there is no file.

    Raises:
      InputError: for a line before the last that is no JSON.
    """
    lines = path.read_bytes().splitlines() if path.exists() else []
    rows = []
    for number, line in enumerate(lines, start=1):
        try:
            rows.append(json.loads(line))
        except ValueError as error:
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
    """Adds rows at the end of a JSONL file; one that a full disk tore is dropped by `keep_rows`.

    Raises:
      InputError: if they cannot be written.
    """
    try:
        with path.open("a") as file:
            file.write("".join(map(_line, rows)))
        _flush(path)
    except OSError as error:
        raise cannot_write(path, error) from error


def _line(row: Row) -> str:
    """A row as JSON, which has no NaN: what is not finite becomes null."""
    clean = {
        k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in row.items()
    }
    return json.dumps(clean, allow_nan=False) + "\n"


def keep_rows(path: Path, wanted: Callable[[Row], bool]) -> None:
    """Drops rows, and a torn last line, from a JSONL file."""
    write_rows(path, filter(wanted, read_rows(path)))
