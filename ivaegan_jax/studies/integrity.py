"""Whether what lies in a work directory is whole: its log, its metrics, its checkpoints.

A kill leaves nothing half-written. A disk that was full, a power failure or a copy that was cut
short may: what is found wanting is left out and made again, and the logger says so.
"""

import logging
from collections import Counter
from collections.abc import Iterable

from ivaegan_jax.evaluation import OfModel, Result
from ivaegan_jax.files import is_torn, write_rows
from ivaegan_jax.studies.results import keep_results, load_results
from ivaegan_jax.studies.workdir import Workdir
from ivaegan_jax.types import Row

logger = logging.getLogger(__name__)


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
    rows = load_results(workdir.metrics)
    log = workdir.logged()
    logs: dict[str, list[Row]] = {label: [] for label in labels}
    for row in log:
        logs.setdefault(row["label"], []).append(row)
    short = {name for name, own in logs.items() if logged_until(own, runs) < steps}
    found = {_scored_together(row) for row in rows} & short
    if is_torn(workdir.metrics) and rows:
        found.add(_scored_together(rows[-1]))
    if found or is_torn(workdir.metrics):
        which = " and ".join(sorted(found)) or "all"
        logger.warning("%s is torn, or its log is: %s is made again", workdir.metrics, which)
        workdir.done.unlink(missing_ok=True)
        keep_results(workdir.metrics, [row for row in rows if _scored_together(row) not in found])
    if is_torn(workdir.train_log):
        write_rows(workdir.train_log, log)


def _scored_together(result: Result) -> str:
    """What is scored, and written to the metrics, at once: a model, or all that needs none."""
    return result.label if isinstance(result, OfModel) else "baselines"
