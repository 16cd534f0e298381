"""Disturbs a small study in every way that it must survive, and counts what is lost or wrong.

  python -m experiments.soak --out=results/soak
  python -m experiments.soak --quick
  python -m experiments.soak --only="full disk,two processes"

The study is run undisturbed first. After every fault the same command is given again, and its rows,
parameters, arrays and summaries are compared with the undisturbed ones bit for bit. Moments and
places are drawn from --seed. Exit status 1 says that something was lost, wrong or left over.
"""

import tempfile
import time
from pathlib import Path

import numpy as np
from absl import flags

from experiments.soaks import FAULTS, Counts, Soak
from experiments.soaks._table import as_table, write
from ivaegan_jax import report
from ivaegan_jax.cli import _flags, _program
from ivaegan_jax.cli._arms import Clock
from ivaegan_jax.studies.labels import nearest
from ivaegan_jax.studies.manifest import describe_machine
from ivaegan_jax.types import InputError

QUICK_KILLS = 3


def define_flags() -> None:
    """Defines the program's flags."""
    _flags.define_common_flags()
    flags.DEFINE_integer("kills", 50, "How many times in a row to kill at random.")
    flags.DEFINE_integer("seed", 1, "For the moments of kills and the places of damage.")
    flags.DEFINE_boolean("quick", False, f"{QUICK_KILLS} kills, and one of everything else.")
    flags.DEFINE_list("only", [], "Some of the faults by name; empty takes all.")
    flags.DEFINE_string("out", "", "Where table, counts and manifest are kept, results/soak.")


def main() -> int:
    """Makes the faults that the flags name; 1 if one was not survived."""
    values, began = flags.FLAGS, time.time()
    made_by = {"command": _flags.command_line(), **describe_machine()}
    kills = QUICK_KILLS if values.quick else values.kills
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        rng = np.random.default_rng(values.seed)
        found = soaked(chosen(values.only), Soak(Path(folder), kills, values.quick, rng))
    print(f"\n{report.to_text(as_table(found))}")
    if values.out:
        write(found, Path(values.out), made_by | {"wall_time_s": time.time() - began})
    return int(not all(counts.fine for counts in found.values()))


def chosen(names: list[str]) -> list[str]:
    """The faults of these names, or all; raises InputError for one that there is not."""
    for name in names:
        if name not in FAULTS:
            raise InputError(f"--only={name} is no fault{nearest(name, list(FAULTS))}")
    return names or list(FAULTS)


def soaked(names: list[str], soak: Soak) -> dict[str, Counts]:
    """What came of each fault, one line each as it is done."""
    print("running the study undisturbed", flush=True)
    soak.reference()
    starts = {"kill -9 at random moments": soak.kills}
    clock, found = Clock([starts.get(name, STARTS) for name in names]), {}
    for number, name in enumerate(names, start=1):
        counts = found[name] = FAULTS[name](soak)
        clock.tick(starts.get(name, STARTS))
        verdict = "fine" if counts.fine else f"NOT FINE: {'; '.join(counts.failures)}"
        print(f"{number}/{len(names)} {name}: {counts.tried} times, {verdict}{clock}", flush=True)
    return found


STARTS = 8
"""Starts of the program that a fault takes, roughly; for the time that is left."""


if __name__ == "__main__":
    _program.launch(main, define_flags)
