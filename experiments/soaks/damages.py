"""Files that a power failure, a full disk or a bad copy left damaged."""

import shutil
from collections.abc import Callable
from pathlib import Path

from experiments.soaks._counts import Counts
from experiments.soaks._study import Soak, steps_in
from ivaegan_jax.cli._program import WRONG


def torn_log(soak: Soak) -> Counts:
    """Cuts the last line of the training log, of a stopped and of a finished study."""
    return _torn(soak, "train.jsonl", "")


def torn_metrics(soak: Soak) -> Counts:
    """Cuts the last line of the metrics, once the first model is scored and once all is done."""
    return _torn(soak, "metrics.jsonl", "made again")


def _torn(soak: Soak, name: str, message: str) -> Counts:
    counts = Counts()
    for workdir in _some(soak, soak.stopped, soak.finished):
        _cut_last_line(soak, workdir / name)
        _repaired(counts, soak, workdir, message)
    return counts


def damaged_checkpoint(soak: Soak) -> Counts:
    """Damages the newest checkpoint: the one before is taken, with a message."""
    counts = Counts()
    for name, damage in list(DAMAGES.items())[: 2 if soak.quick else None]:
        workdir = soak.stopped()
        newest = steps_in(workdir, "ivae_gan")[-1]
        damage(soak, workdir / "checkpoints/ivae_gan" / str(newest))
        _repaired(counts, soak, workdir, f"{newest} is damaged, trying the one before", name)
    return counts


def no_checkpoint(soak: Soak) -> Counts:
    """Damages all: the program refuses in one line, and starts again once they are deleted."""
    counts, workdir = Counts(), soak.stopped()
    for step in steps_in(workdir, "ivae_gan"):
        truncate(soak, workdir / "checkpoints/ivae_gan" / str(step))
    ended = soak.run(workdir)
    refused = ended.code == WRONG and "delete it to restart" in ended.last_line
    counts.attempt(refused, ended.err, "refused")
    shutil.rmtree(workdir / "checkpoints/ivae_gan")
    _repaired(counts, soak, workdir, "", "restarted")
    return counts


def torn_program(soak: Soak) -> Counts:
    """Cuts every compiled program that was kept: they are compiled again."""
    counts, workdir = Counts(), soak.stopped()
    cache = shutil.copytree(soak.root / "cache", soak.new("cache"))
    for path in cache.glob("*-cache"):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    ended = soak.start(workdir, cache=cache).wait()
    counts.attempt(ended.code == 0, ended.err)
    counts.compare(workdir, soak.reference())
    return counts


def _some(soak: Soak, *makes: Callable[[], Path]) -> list[Path]:
    """One work directory of each kind, or several."""
    return [make() for make in makes for _ in range(1 if soak.quick else 3)]


def _repaired(counts: Counts, soak: Soak, workdir: Path, message: str, note: str = "") -> None:
    ended = soak.run(workdir)
    counts.attempt(
        ended.code == 0 and message in ended.err, ended.err or f"{note}: no message", note
    )
    if not ended.code:
        counts.compare(workdir, soak.reference())


def _cut_last_line(soak: Soak, path: Path) -> None:
    content = path.read_bytes()
    last = content.splitlines(keepends=True)[-1]
    path.write_bytes(content[: -int(soak.rng.integers(1, len(last)))])


def truncate(soak: Soak, folder: Path) -> None:
    """Cuts every file in half."""
    for path in _files(folder):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _empty_files(soak: Soak, folder: Path) -> None:
    for path in _files(folder):
        path.write_bytes(b"")


def _remove_one(soak: Soak, folder: Path) -> None:
    largest = max(_files(folder), key=lambda path: path.stat().st_size)
    largest.unlink()


def _change_one_byte(soak: Soak, folder: Path) -> None:
    largest = max(_files(folder), key=lambda path: path.stat().st_size)
    content = bytearray(largest.read_bytes())
    content[int(soak.rng.integers(len(content)))] ^= 1
    largest.write_bytes(content)


def _remove_all(soak: Soak, folder: Path) -> None:
    for path in _files(folder):
        path.unlink()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


DAMAGES = {
    "truncated": truncate,
    "one file missing": _remove_one,
    "zero length": _empty_files,
    "all files missing": _remove_all,
    "one byte changed": _change_one_byte,
}
"""What may be wrong with a checkpoint."""
