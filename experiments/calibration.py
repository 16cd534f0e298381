"""Measures, by simulation, how often every interval, test and verdict of the project is right.

  python -m experiments.calibration --out=results/calibration
  python -m experiments.calibration --quick
  python -m experiments.calibration --only=agreement,success

An interval of nominal 95 % is expected to cover the truth in 92 to 98 %, a test of level 5 % to
find what is not there in 7 % at most. Nothing is trained. The same draws are made every time. The
same command after a stop goes on where it was, as long as the code is the same.
Exit status 1 says that a rate lies outside of where it is expected, by more than the simulation's
own error; known misses are shown with their reason but not counted.
"""

import time
from functools import partial
from pathlib import Path

from absl import flags

from experiments.calibrations import Measured, chosen, judge
from experiments.calibrations._tables import tables_of, write
from experiments.calibrations._workers import code_digest, counted, keep, kept
from ivaegan_jax import report
from ivaegan_jax.cli import _flags, _program
from ivaegan_jax.cli._arms import Clock
from ivaegan_jax.cli._stop import STOP
from ivaegan_jax.report.render import cell
from ivaegan_jax.studies.manifest import describe_machine, guarantee
from ivaegan_jax.training import cpu_count
from ivaegan_jax.types import Interrupted

QUICK = 20
"""Draws of each case with --quick."""


def define_flags() -> None:
    """Defines the program's flags."""
    _flags.define_common_flags()
    flags.DEFINE_list("only", [], "Some of the intervals and tests by name; empty takes all.")
    flags.DEFINE_boolean("quick", False, "Few draws, to see that all of it works.")
    flags.DEFINE_string(
        "workdir", "runs/calibration", "Where counts go, case by case, to be gone on with."
    )
    flags.DEFINE_integer("processes", 0, "That count at once; 0 takes one per core.", lower_bound=0)
    flags.DEFINE_string("out", "", "Where tables and manifest are kept, results/calibration.")


def main() -> int:
    """Measures what the flags name; 1 if a rate lies where it should not."""
    values, began = flags.FLAGS, time.time()
    made_by = {"command": _flags.command_line(), **describe_machine()}
    found = measured(values.only, values.quick)
    for table in tables_of(found).values():
        print(f"\n{report.to_text(table)}")
    if values.out:
        how = {"reproducibility": guarantee(), "wall_time_s": time.time() - began}
        write(found, Path(values.out), made_by | how)
    if values.quick:
        print("fewer draws than requested: bands are shown, not checked")
        return 0
    return int(not all(each.holds or each.case.limit for each in found))


def measured(only: list[str], quick: bool) -> list[Measured]:
    """Every case, one line each as it is done; those that were counted before have none."""
    work = [(case, QUICK if quick else case.repeats) for case in chosen(only)]
    path = Path(flags.FLAGS.workdir) / "counts.jsonl"
    code = code_digest()
    found = kept(path, work, code)
    left, clock = [i for i in range(len(work)) if i not in found], Clock([])
    clock.left = len(left)
    path.parent.mkdir(parents=True, exist_ok=True)
    processes = flags.FLAGS.processes or cpu_count()
    for i, counts in counted(partial(chosen, only), work, left, processes):
        found[i] = counts
        keep(path, *work[i], code, counts)
        clock.tick(1)
        case, each = work[i][0], judge(*work[i], counts)
        line = f"{case.name}: {case.setting}: {cell(each.rate)} {each.verdict}"
        print(f"{len(found)}/{len(work)} {line}{clock}", flush=True)
        if STOP():
            raise Interrupted(f" after {len(found)} of {len(work)} cases")
    return [judge(*each, found[i]) for i, each in enumerate(work)]


if __name__ == "__main__":
    _program.launch(main, define_flags)
