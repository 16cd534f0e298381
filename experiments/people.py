"""What latents of the EMG recording say of people that no method saw, after its named study.

  python -m experiments.reproduce --name=emg
  python -m experiments.people --out=results/emg_people

Every method is fitted on four people, five times: raw columns, PCA, FastICA, iVAE (whose encoder
sees x alone) and ivae_gan, as many latents as electrodes. Then: do two fits that saw other people
find the same latents in the same rows; and how well does logistic regression on the log variances
of a second of latents, fitted on the four, tell the gestures of the fifth. For the model that saw
all people: which electrodes a latent moves, and which gestures raise it.
"""

import time
from pathlib import Path

from absl import flags

from experiments.recordings.drawn import draw_maps
from experiments.recordings.methods import METHODS
from experiments.recordings.people import latents_table, methods_table, profile_of
from ivaegan_jax import load_dataset, report
from ivaegan_jax.cli import _flags, _program
from ivaegan_jax.files import write_json, write_text
from ivaegan_jax.studies.manifest import describe_machine, guarantee
from ivaegan_jax.types import InputError


def define_flags() -> None:
    """Defines the program's flags."""
    _flags.define_common_flags()
    flags.DEFINE_string("workdir", "runs/reproduce-emg", "Folder of the study's arms.")
    flags.DEFINE_list("methods", list(METHODS), "What is compared; ivae takes arms of its own.")
    flags.DEFINE_string("out", "", "Where tables, figure and manifest are kept.")


def main() -> None:
    """Prints two tables, and keeps them with the figure."""
    began, root = time.time(), Path(flags.FLAGS.workdir)
    made_by = {"command": _flags.command_line(), **describe_machine()}
    if unknown := [name for name in flags.FLAGS.methods if name not in METHODS]:
        raise InputError(f"--methods: {', '.join(unknown)} is none of {', '.join(METHODS)}")
    data = load_dataset("emg")
    profile = profile_of(root, data)
    tables = [methods_table(root, data, flags.FLAGS.methods), latents_table(profile)]
    print("\n\n".join([data.credit, *map(report.to_text, tables)]))
    if not flags.FLAGS.out:
        return
    out = Path(flags.FLAGS.out)
    raised = profile.raised.mean(axis=0)
    draw_maps(profile.moved, raised, profile.conditions.tolist(), out / "figures/latents.png")
    kept = "\n".join(["# People that no method saw\n", *map(report.to_markdown, tables)])
    write_text(out / "summary.md", kept)
    records = [{"table": t.title, **r} for t in tables for r in [*t.records, *t.footer]]
    write_text(out / "summary.json", report.to_lines(records) + "\n")
    how = {"reproducibility": guarantee(), "wall_time_s": time.time() - began}
    write_json(out / "manifest.json", made_by | how)


if __name__ == "__main__":
    _program.launch(main, define_flags)
