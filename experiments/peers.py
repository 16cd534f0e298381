"""This package beside what a user may pick in its place, on the same rows by the same scores.

  python -m experiments.peers --out=results/peers
  python -m experiments.peers --data=b1 --methods=ivae_gan,cebra,pca --data_seeds=6-6

Methods: `ivae_gan`, `igan`, `ivae` with their defaults, iVAE and pi-VAE as their authors
published them (`ivae_reference`, `pi_vae`); CEBRA with its defaults (`cebra`), and with as many
latents as sources, the temperature chosen by its own loss on validation rows (`cebra_sphere`,
`cebra_euclidean`); FastICA, PCA, the columns themselves; and the net trained with the true
sources. CEBRA needs `pip install -e '.[peers]'`; where it is missing the others run without it.
Each method has a process of its own for each draw of the data, one after another on one core. What
was measured is kept in --workdir, and the same command goes on after a stop.
"""

import importlib.metadata
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from absl import flags

from experiments.rivals import contrastive
from experiments.rivals.alone import Request, measured
from experiments.rivals.plan import RECORDED, is_of, planned, wanted
from experiments.rivals.problem import DATA, problem_of
from experiments.rivals.scoring import rotated
from experiments.rivals.tables import tables_of
from ivaegan_jax import report
from ivaegan_jax.cli import _flags, _program
from ivaegan_jax.cli._stop import STOP
from ivaegan_jax.files import append_rows, read_rows, write_json, write_text
from ivaegan_jax.report.render import cell
from ivaegan_jax.studies import parse_numbers
from ivaegan_jax.studies.manifest import code_revision, describe_machine, guarantee
from ivaegan_jax.types import InputError, Interrupted


def define_flags() -> None:
    """Defines the program's flags."""
    _flags.define_common_flags()
    flags.DEFINE_list("data", list(DATA), f"Some of {', '.join(DATA)}.")
    flags.DEFINE_list("methods", [], "Some of the methods; empty takes all that are installed.")
    flags.DEFINE_string("data_seeds", "6-7", "Draws of every data set: a list as 6-9.")
    flags.DEFINE_integer("seeds", 2, "Runs of every method on each draw.", lower_bound=1)
    flags.DEFINE_integer("steps", 12_500, "Of the models of this package.", lower_bound=1)
    flags.DEFINE_integer("cebra_steps", 6_000, "Of CEBRA's sweeps, trials included.", lower_bound=1)
    flags.DEFINE_boolean("quick", False, "Few steps, to see that all of it works.")
    flags.DEFINE_string("workdir", "runs/peers", "Where what was measured is kept after a stop.")
    flags.DEFINE_string("out", "", "Where tables and manifest are kept, results/peers.")


def main() -> None:
    """Measures what is left and prints the tables."""
    values = flags.FLAGS
    made_by = {"command": _flags.command_line(), **describe_machine(), **versions()}
    seeds = parse_numbers("data_seeds", values.data_seeds)
    if unknown := [name for name in values.data if name not in DATA]:
        raise InputError(f"--data: {', '.join(unknown)} is none of {', '.join(DATA)}")
    work = list(planned(wanted(values.methods), values.data, seeds, values))
    use_one_core()
    kept = Path(values.workdir) / "scores.jsonl"
    kept.parent.mkdir(parents=True, exist_ok=True)
    found = all_measured(work, kept)
    base = {name: mean_rotated(name, seeds) for name in values.data if name not in RECORDED}
    tables = tables_of(found, base)
    print("\n\n".join(map(report.to_text, tables)))
    if values.out:
        taken = sum(row.get("wall_s", 0.0) for row in found)  # some of it before a stop
        how = {"reproducibility": guarantee(), "wall_time_s": taken} | revisions_of(found)
        write(found, tables, Path(values.out), made_by | how)


def versions() -> dict[str, Any]:
    """Of CEBRA and what it runs on, where they are installed."""
    known = contrastive.PACKAGES if contrastive.is_installed() else ()
    return {"peers": {name: importlib.metadata.version(name) for name in known}}


def revisions_of(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The revision of the code that measured; of several, all of them."""
    each = sorted({row["code_revision"] for row in found if "code_revision" in row})
    several = {"code_revision": "several", "code_revisions": each}
    return several if len(each) > 1 else {"code_revision": each[0]} if each else {}


def use_one_core() -> None:
    """This process and those that it starts have one core, where the system lets them choose."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def all_measured(work: Sequence[Request], kept: Path) -> list[dict[str, Any]]:
    """The records of all that is to be measured, those in the file without measuring again."""
    known, revision = read_rows(kept), code_revision()
    found: list[dict[str, Any]] = []
    for number, request in enumerate(work, start=1):
        own = [row for row in known if is_of(row, request)]
        if not own:
            own = [row | {"code_revision": revision} for row in measured(request)]
            append_rows(kept, own)
            title = f"{request.data}, data seed {request.data_seed}, {request.method}"
            scores = ", ".join(cell(row.get("mcc", row.get("information"))) for row in own)
            print(f"{number}/{len(work)} {title}: {scores}", flush=True)
        found += own
        if STOP():
            raise Interrupted(f" after {number} of {len(work)}")
    return found


def mean_rotated(data: str, data_seeds: Sequence[int]) -> dict[str, float]:
    """What rotated sources score, mean over draws."""
    found = [rotated(problem_of(data, DATA[data], seed)) for seed in data_seeds]
    return {name: float(np.mean([each[name] for each in found])) for name in found[0]}


def write(
    found: Sequence[Mapping[str, Any]],
    tables: Sequence[report.Table],
    folder: Path,
    manifest: Mapping[str, Any],
) -> None:
    """Writes `summary.md`, `summary.json` (every run) and `manifest.json`."""
    shown = "\n".join(f"## {table.title}\n\n{report.to_markdown(table)}" for table in tables)
    write_text(folder / "summary.md", f"# Side by side\n\n{shown}")
    write_text(folder / "summary.json", report.to_lines([dict(row) for row in found]) + "\n")
    write_json(folder / "manifest.json", dict(manifest))


if __name__ == "__main__":
    _program.launch(main, define_flags)
