"""Whether what lies in a work directory is whole: its log, its metrics, its checkpoints.

A kill leaves nothing half-written. A disk that was full, a power failure or a copy that was cut
short may: what is found wanting is left out and made again, and the logger says so.
"""

import errno
import hashlib
import logging
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from ivaegan_jax.files import cannot_write, is_torn, read_json, read_rows, write_json, write_rows
from ivaegan_jax.types import InputError, Row
from ivaegan_jax.workdir import Workdir

logger = logging.getLogger(__name__)

SEAL = "SEAL.json"
"""The file of a checkpoint that names all others with their checksums."""

BOND = "belongs to"
"""The entry of a seal that is no file but what the checkpoint belongs to (see `bonds`)."""


def logged_until(log: Iterable[Row], runs: int) -> int:
    """The last step up to which every step of a training log holds every run.

    Args:
      log: the rows of these runs; chunks may differ in length.
      runs: how many they are.
    """
    found, last = Counter(row["step"] for row in log), 0
    for step in sorted(found):
        if found[step] < runs:
            break
        last = step
    return last


def drop_damaged(workdir: Workdir, labels: Iterable[str], steps: int, runs: int) -> None:
    """Drops from the metrics whatever must be made again, and DONE with it.

    That is a model whose training log lacks rows, and what a torn last line of the metrics belongs
    to.
    """
    rows = read_rows(workdir.metrics)
    log = read_rows(workdir.train_log)
    logs: dict[str, list[Row]] = {label: [] for label in labels}
    for row in log:
        logs.setdefault(row["preset"], []).append(row)
    short = {name for name, own in logs.items() if logged_until(own, runs) < steps}
    found = {_scored_together(row) for row in rows} & short
    if is_torn(workdir.metrics) and rows:
        found.add(_scored_together(rows[-1]))
    if found or is_torn(workdir.metrics):
        told = " and ".join(sorted(found)) or "all"
        logger.warning("%s is torn, or its log is: %s is made again", workdir.metrics, told)
        workdir.done.unlink(missing_ok=True)
        write_rows(workdir.metrics, [row for row in rows if _scored_together(row) not in found])
    if is_torn(workdir.train_log):
        write_rows(workdir.train_log, log)


def _scored_together(row: Row) -> str:
    """What is scored, and written to the metrics, at once: a model, or the floors."""
    return "floors" if row["kind"] == "floor" else row["preset"]


def check_room(folder: Path, size: int) -> None:
    """Raises StorageError unless a folder's disk has this many bytes left."""
    if shutil.disk_usage(folder).free < size:
        raise cannot_write(folder, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))


def seal(folder: Path, bond: Row | None = None) -> None:
    """Adds a file with the checksums of all others, and a bond, unless it is there."""
    if not (folder / SEAL).exists():
        write_json(folder / SEAL, dict(_checksums(folder)) | ({BOND: bond} if bond else {}))


def sealed_bond(folder: Path) -> Row:
    """What a folder was bound to when it was sealed; empty for nothing, or a damaged seal."""
    try:
        found = read_json(folder / SEAL).get(BOND)
    except InputError:
        return {}
    return found if isinstance(found, dict) else {}


def is_whole(folder: Path) -> bool:
    """Whether a sealed folder holds what it was sealed with; one without a seal may be whole."""
    if not (folder / SEAL).exists():
        return True
    try:
        found = read_json(folder / SEAL)
        return {name: each for name, each in found.items() if name != BOND} == dict(
            _checksums(folder)
        )
    except InputError:
        return False


def _checksums(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and SEAL not in path.name:  # nor what a killed writer left of one
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            yield path.relative_to(folder).as_posix(), digest
