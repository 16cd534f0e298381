"""Seals of checkpoints: checksums of their files, and what they belong to."""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, runtime_checkable

from ivaegan_jax.files import cannot_write, read_json, write_json
from ivaegan_jax.types import InputError, Row


@runtime_checkable
class Bond(Protocol):
    """What checkpoints belong to: see `studies.bonds`."""

    def record(self, step: int) -> Row:
        """What is sealed with the checkpoint of a step."""
        ...

    def check(self, folder: Path, preprocessing: bool = True) -> None:
        """Raises InputError if a checkpoint was sealed with something else."""
        ...


SEAL = "SEAL.json"
"""The file of a checkpoint that names all others with their checksums."""


BOND = "belongs to"
"""The entry of a seal that is no file but what the checkpoint belongs to (see `bonds`)."""


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
