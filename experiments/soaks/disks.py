"""A full disk: the work directory on a small one that grows until everything fits."""

import subprocess
from pathlib import Path

from experiments.soaks._counts import Counts
from experiments.soaks._study import Ended, Soak
from ivaegan_jax.cli._program import STORAGE

ROOM = 2**20
"""Bytes beyond the finished study that are enough for the last start."""


def full_disk(soak: Soak) -> Counts:
    """Lets the study run into a full disk again and again, each time with a little more room."""
    counts, place = Counts(), soak.root / "disk"
    place.mkdir()
    if not _mount(place, 2**14):
        counts.notes["not tried: mounting a disk of memory is not allowed here"] = 1
        return counts
    try:
        _fill(soak, place / "run", counts)
    finally:
        subprocess.run(["umount", str(place)], check=True)
    return counts


def _fill(soak: Soak, workdir: Path, counts: Counts) -> None:
    files = [path for path in soak.reference().rglob("*") if path.is_file()]
    needed = sum(path.stat().st_size for path in files) + ROOM
    tries = 3 if soak.quick else 12
    for size in [2**14, *(needed * share // tries for share in range(1, tries))]:
        _mount(workdir.parent, size, "remount,")
        ended = soak.run(workdir)
        if ended.code:
            counts.attempt(_says_so(ended), ended.err, _what(ended))
    _mount(workdir.parent, 2 * needed, "remount,")
    ended = soak.run(workdir)
    if ended.code:
        counts.failures.append(ended.err)
    else:
        counts.compare(workdir, soak.reference())


def _says_so(ended: Ended) -> bool:
    one_line = len(ended.err.splitlines()) == 1
    return ended.code == STORAGE and one_line and "No space left on device" in ended.err


def _what(ended: Ended) -> str:
    """The file or folder that could not be written."""
    path = ended.last_line.removeprefix("error: cannot write ").partition(": ")[0]
    return "/".join(Path(path).parts[-2:])


def _mount(place: Path, size: int, how: str = "") -> bool:
    # Whole pages, or the disk takes what it likes.
    option = f"{how}size={-(-size // 4096) * 4096}"
    command = ["mount", "-t", "tmpfs", "-o", option, "tmpfs", str(place)]
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False
