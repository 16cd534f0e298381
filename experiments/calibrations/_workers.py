"""Counts the draws of cases in several processes, and keeps them, so that a stop loses nothing."""

import hashlib
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context, parent_process
from pathlib import Path

import experiments
import ivaegan_jax
from experiments.calibrations._case import Case, Counts, count
from ivaegan_jax.files import append_rows, read_rows, write_rows

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Variables that leave every process one core."""


def code_digest() -> str:
    """A hash of all code that counts can depend on."""
    digest = hashlib.sha256()
    for package in (ivaegan_jax, experiments):
        for path in sorted(Path(package.__path__[0]).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def key_of(case: Case, repeats: int, code: str) -> dict[str, object]:
    """What counts belong to."""
    return {"kind": case.kind, "name": case.name, "setting": case.setting, "draws": repeats,
            "code": code}  # fmt: skip


def kept(path: Path, work: Sequence[tuple[Case, int]], code: str) -> dict[int, Counts]:
    """The counts in a file, by the number of the case; those of other code are dropped.

    Args:
      path: of JSON lines; it need not be there.
      work: cases with their draws.
      code: digest of the code that is to count.
    """
    if path.exists():
        write_rows(path, [row for row in read_rows(path) if row["code"] == code])
    rows = [(row, Counts(row.pop("happened"), row.pop("reference"))) for row in read_rows(path)]
    found = ((i, key_of(*each, code)) for i, each in enumerate(work))
    return {i: counts for i, key in found for row, counts in rows if row == key}


def counted(
    cases_of: Callable[[], list[Case]],
    work: Sequence[tuple[Case, int]],
    left: Sequence[int],
    processes: int,
) -> Iterator[tuple[int, Counts]]:
    """The number and counts of every case that is left, as they are done.

    Args:
      cases_of: makes the cases anew in another process; can be pickled.
      work: all cases with their draws.
      left: numbers of those to be counted.
      processes: how many; one counts here.
    """
    if processes == 1 or len(left) < 2:
        yield from ((i, count(*work[i])) for i in left)
        return
    os.environ.update(dict.fromkeys(THREADS, "1"))
    pool = ProcessPoolExecutor(processes, get_context("spawn"), _begin)
    try:
        futures = {pool.submit(_count, cases_of, i, work[i][1]): i for i in left}
        yield from ((futures[done], done.result()) for done in as_completed(futures))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def keep(path: Path, case: Case, repeats: int, code: str, counts: Counts) -> None:
    """Adds the counts of a case to the file."""
    append_rows(path, [key_of(case, repeats, code) | counts._asdict()])


def _begin() -> None:
    """A process ends with the one that began it, and leaves Ctrl-C to that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    assert parent is not None
    threading.Thread(target=lambda: (parent.join(), os._exit(1)), daemon=True).start()


def _count(cases_of: Callable[[], list[Case]], number: int, repeats: int) -> Counts:
    return count(cases_of()[number], repeats)
