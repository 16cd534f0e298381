"""Studies the referee as a detector: methods on benchmarks, and nulls.

  python -m experiments.referee --out=results/referee
  python -m experiments.referee --trained=ivae_gan,ivae,cebra --trained_seeds=301-302
  python -m experiments.referee --quick

Every method makes three runs on draws of B1 to B4, which `ivaegan judge` then judges without the
truth; what it says is held against the MCC with the true sources. Its threshold is chosen on odd
data seeds and shown on even ones. Of nulls nothing may be called supported. Methods of
`experiments.peers` are trained where --trained names them, with fewer steps than a user would take;
their latents are kept in --workdir, and the same command trains no more of them.
"""

import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from absl import flags

from experiments.referees.sets import Judgement, Wanted, all_sets, judge_case
from experiments.referees.tables import tables_of
from experiments.rivals.plan import wanted
from ivaegan_jax import report
from ivaegan_jax.cli import _flags, _program
from ivaegan_jax.files import without_nan, write_json, write_text
from ivaegan_jax.studies import parse_numbers
from ivaegan_jax.studies.manifest import describe_machine, guarantee
from ivaegan_jax.training import set_numerics

SHOWN = 20
"""Sets after which a line says how many are done."""


def define_flags() -> None:
    """Defines the program's flags."""
    _flags.define_common_flags()
    flags.DEFINE_string("data_seeds", "301-304", "Draws of every benchmark: a list as 301-304.")
    flags.DEFINE_integer("nulls", 25, "Draws of every null.", lower_bound=1)
    flags.DEFINE_list("trained", [], "Methods of experiments.peers to train and judge too.")
    flags.DEFINE_string("trained_seeds", "301-302", "Draws of every benchmark for these.")
    flags.DEFINE_string("workdir", "runs/referee", "Where latents of trained methods are kept.")
    flags.DEFINE_boolean("quick", False, "Two draws of everything, to see that all of it works.")
    flags.DEFINE_integer("processes", 2, "That judge at once.", lower_bound=1)
    flags.DEFINE_string("out", "", "Where tables and manifest are kept, results/referee.")


def main() -> None:
    """Judges all sets and prints the tables."""
    values, began = flags.FLAGS, time.time()
    made_by = {"command": _flags.command_line(), **describe_machine()}
    cases = all_sets(wanted_of(values))
    judged = partial(judge_case, folder=Path(values.workdir))
    found: list[Judgement] = []
    made_alike = {"initializer": set_numerics, "initargs": ("float32",)}
    with ProcessPoolExecutor(values.processes, get_context("spawn"), **made_alike) as pool:
        for judgement in pool.map(judged, cases):
            found.append(judgement)
            if not len(found) % SHOWN:
                print(f"{len(found)}/{len(cases)} judged", flush=True)
    for table in tables_of(found).values():
        print(f"\n{report.to_text(table)}")
    if values.out:
        how = {"reproducibility": guarantee(), "wall_time_s": time.time() - began}
        write(found, Path(values.out), made_by | how)


def wanted_of(values: Any) -> Wanted:
    """What flags name; two draws of everything where they name a quick look.

    Raises:
      InputError: for methods that there are not, and draws that are none.
    """
    methods = wanted(values.trained) if values.trained else []
    seeds = parse_numbers("data_seeds", values.data_seeds)
    trained = parse_numbers("trained_seeds", values.trained_seeds)
    if values.quick:
        return Wanted([301, 302], 2, methods, [301, 302])
    return Wanted(seeds, values.nulls, methods, trained)


def write(found: Sequence[Judgement], folder: Path, manifest: dict[str, Any]) -> None:
    """Writes `summary.md`, `summary.json` (every set) and `manifest.json`."""
    tables = "\n".join(
        f"## {name}\n\n{report.to_markdown(t)}" for name, t in tables_of(found).items()
    )
    write_text(folder / "summary.md", f"# The referee as a detector\n\n{tables}")
    sets = [without_nan({**s.case._asdict(), **s._asdict(), "case": ""}) for s in found]
    sets = [{name: value for name, value in row.items() if name != "case"} for row in sets]
    write_text(folder / "summary.json", report.to_lines(sets) + "\n")
    write_json(folder / "manifest.json", manifest)


if __name__ == "__main__":
    _program.launch(main, define_flags)
