"""Runs a named study: every arm, one table, and whether its means lie where they are expected.

  ivaegan reproduce --list
  ivaegan reproduce --name=b1
  ivaegan reproduce --name=b1 --quick
  ivaegan reproduce --name=b1 --arms=ivae,igan --data_seeds=6-9 --seeds=1

The studies are the files of experiments/studies; a file of one's own works too, as
--name=mine.py. The same command after a stop goes on where it was. Exit status 1 says that a
mean lies outside its band.
"""

from pathlib import Path

from absl import flags

from ivaegan_jax import report
from ivaegan_jax.cli import _flags, _processes
from ivaegan_jax.cli._arms import report_arms, run_arms
from ivaegan_jax.studies import (
    NamedStudy,
    first_line,
    load_of_study,
    load_study,
    parse_seeds,
    study_names,
)
from ivaegan_jax.training import leads


def define_flags() -> None:
    """Defines the program's flags."""
    _flags.define_common_flags()
    _processes.define_flags()
    flags.DEFINE_string("name", "", "Which study: see --list; or a .py file.")
    flags.DEFINE_boolean("list", False, "Lists the studies and ends.")
    flags.DEFINE_boolean("quick", False, "Few steps and seeds, to see that all of it works.")
    flags.DEFINE_list("arms", [], "Some of the study's arms; empty takes all.")
    flags.DEFINE_string("seeds", "", "Model seeds in place of the study's: 4, or 3,5-7.")
    flags.DEFINE_string("data_seeds", "", "Data seeds in place of the study's.")
    flags.DEFINE_integer("steps", 0, "Steps in place of the study's; bands are not checked then.")
    flags.DEFINE_string("workdir", "", "Where the arms go; empty takes runs/reproduce-NAME.")
    flags.DEFINE_string("out", "", "Where tables, figures and manifest are kept, results/NAME.")


def main() -> int:
    """Runs the study that the flags name; 1 if a band is missed."""
    values = flags.FLAGS
    if values.list:
        print("\n".join(f"{name:<16} {first_line(name)}" for name in study_names()))
        return 0
    _flags.require("name")
    name = Path(values.name).stem
    root = Path(values.workdir or f"runs/reproduce-{name}{'-quick' if values.quick else ''}")
    load_of_study(root)
    study = chosen(load_study(values.name))
    run_arms(study, root)
    if not leads():
        return 0
    studied = report_arms(name, study, root, Path(values.out) if values.out else None)
    print(f"\n{report.to_text(report.main_table(studied))}\nreport: {root / 'report.html'}")
    return _verdict(studied)


def chosen(study: NamedStudy) -> NamedStudy:
    """The study as the flags change it."""
    values = flags.FLAGS
    study = study.quickened() if values.quick else study
    seeds = {"seeds": parse_seeds("seeds", values.seeds)} if values.seeds else {}
    seeds |= {"data_seeds": _flags.read_data_seeds(values.data_seeds)} if values.data_seeds else {}
    steps = {"steps": values.steps} if values.steps else {}
    return study.only(values.arms).with_all(**seeds, **steps)


def _verdict(studied: report.Studied) -> int:
    for checked in studied.checked:
        print(checked)
    if flags.FLAGS.quick or flags.FLAGS.steps:
        print("fewer or other steps than the study's: bands are shown, not checked")
        return 0
    return int(not all(checked.holds for checked in studied.checked))
