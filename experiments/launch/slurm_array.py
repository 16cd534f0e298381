"""Runs one command as a Slurm array: independent tasks, each with a part of the data seeds or arms.

  python -m experiments.launch.slurm_array --tasks=10 --dry_run -- \
    python -m experiments.compare --data=b1 --data_seeds=6-25 --workdir=runs/big
  python -m experiments.launch.slurm_array --split=arms --tasks=4 -- \
    python -m experiments.reproduce --name=b1 --workdir=runs/b1

Task 3 works in WORKDIR/3. The command that writes one report of all of them is printed last.
"""

import shlex
from collections.abc import Sequence
from typing import Any

from absl import flags

from experiments.launch import _slurm
from experiments.launch._launch import Submission, launch, split_off
from ivaegan_jax.studies.named import load_study
from ivaegan_jax.studies.seeds import dealt, parse_seeds, seeds_text
from ivaegan_jax.types import InputError


def define_flags() -> None:
    """Defines the script's flags."""
    flags.DEFINE_integer("tasks", 2, "Tasks that the parts are dealt to.", lower_bound=1)
    flags.DEFINE_enum("split", "data_seeds", ["data_seeds", "arms"], "What the tasks share out.")
    _slurm.define_flags()


def plan(command: Sequence[str]) -> Submission:
    """The batch script with a case per task, and what each task runs."""
    split = flags.FLAGS.split
    [root, given], shared = split_off(command, "workdir", split)
    if not root:
        raise InputError("the command needs --workdir=...; each task gets a folder in it")
    parts = dealt(_parts(command, split, given), flags.FLAGS.tasks)
    written = [_written(part, split) for part in parts]
    own = [[f"--{split}={text}", f"--workdir={root}/{i}"] for i, text in enumerate(written)]
    cases = "\n".join(f"  {i}) set -- {shlex.join(words)} ;;" for i, words in enumerate(own))
    body = f'case "$SLURM_ARRAY_TASK_ID" in\n{cases}\nesac\nsrun {shlex.join(shared)} "$@"'
    text = _slurm.script(body, nodes=1, ntasks=1, array=f"0-{len(parts) - 1}")
    each = [f"SLURM_ARRAY_TASK_ID={i} {shlex.join([*shared, *words])}"
            for i, words in enumerate(own)]  # fmt: skip
    return _slurm.submission(f"{text}# then: {_report(root, parts, split)}\n", each)


def _parts(command: Sequence[str], split: str, given: str) -> Sequence[Any]:
    if split == "data_seeds":
        if not (seeds := parse_seeds(split, given) if given else ()):
            raise InputError("the command needs --data_seeds=... to be shared out")
        return seeds
    [name], _ = split_off(command, "name")
    if not name:
        raise InputError("--split=arms needs a command with --name=STUDY")
    study = load_study(name)
    return [arm.name for arm in study.only(given.split(",") if given else []).arms]


def _written(part: Sequence[Any], split: str) -> str:
    return seeds_text(part) if split == "data_seeds" else ",".join(part)


def _report(root: str, parts: Sequence[Sequence[Any]], split: str) -> str:
    folders = [
        f"{root}/{i}{f'/{name}' if split == 'arms' else ''}"
        for i, part in enumerate(parts)
        for name in (part if split == "arms" else part[:1])
    ]
    words = [f"--workdir={folder}" for folder in folders]
    return shlex.join(["python", "-m", "experiments.report", *words, f"--out={root}/report"])


if __name__ == "__main__":
    launch(plan, define_flags)
