"""What the launch scripts share: the command after `--`, submitting it, and showing it instead."""

import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

from absl import app, flags

from experiments import _program
from ivaegan_jax.types import InputError

flags.disclaim_key_flags()  # they belong to the script, whose --help lists them


class Submission(NamedTuple):
    """One call of the scheduler.

    Attributes:
      call: the scheduler's own command.
      text: what it reads from its standard input, a script or a manifest.
      processes: what each process will run, its environment first.
    """

    call: Sequence[str]
    text: str = ""
    processes: Sequence[str] = ()


def define_flags() -> None:
    """Defines the flags of all launch scripts."""
    flags.DEFINE_boolean("dry_run", False, "Prints what would run, and submits nothing.")


def launch(plan: Callable[[Sequence[str]], Submission], define: Callable[[], None]) -> None:
    """Runs a launch script.

    Args:
      plan: reads the flags and, from the command's words, says what is to be submitted.
      define: defines the script's flags.
    """
    app.run(lambda argv: _run(plan, argv[1:]), flags_parser=lambda a: _program._parse(a, define))


def _run(plan: Callable[[Sequence[str]], Submission], command: Sequence[str]) -> int:
    try:
        if not command:
            raise InputError("name the command to run after -- (see --help)")
        submission = plan(command)
        if flags.FLAGS.dry_run:
            print(shown(submission))
            return 0
        return submit(submission)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def shown(submission: Submission) -> str:
    """What would be submitted, and what each process would run."""
    told = [f"# would be run here: {shlex.join(submission.call)}"]
    if submission.text:
        told += ["# which would read:", submission.text.rstrip("\n")]
    each = [f"# process {i}: {process}" for i, process in enumerate(submission.processes)]
    return "\n".join([*told, *each])


def submit(submission: Submission) -> int:
    """Calls the scheduler; returns its exit status."""
    program = submission.call[0]
    if not shutil.which(program):
        raise InputError(f"{program} is not installed here; --dry_run shows what it would be given")
    return subprocess.run(submission.call, input=submission.text, text=True, check=False).returncode


def value_in(command: Sequence[str], name: str) -> str:
    """The value of a flag in a command, given as `--name=value`; empty where it is not given."""
    given = [word.partition("=")[2] for word in command if word.startswith(f"--{name}=")]
    return given[-1] if given else ""


def without(command: Sequence[str], *names: str) -> list[str]:
    """A command less these flags, given as `--name=value`."""
    return [word for word in command if word.lstrip("-").partition("=")[0] not in names]
