"""What the launch scripts share: the command after `--`, submitting it, and showing it instead."""

import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

from absl import app, flags

from ivaegan_jax.cli import _program
from ivaegan_jax.cli._terminal import prepare_streams
from ivaegan_jax.files.escaping import printable
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
    prepare_streams()
    app.run(lambda argv: _run(plan, argv[1:]), flags_parser=lambda a: _program._parse(a, define))


def _run(plan: Callable[[Sequence[str]], Submission], command: Sequence[str]) -> int:
    try:
        if not command:
            raise InputError("name the command to run after -- (see --help)")
        check_one_line(sys.argv[1:])
        submission = plan(command)
        if flags.FLAGS.dry_run:
            print(shown(submission))
            return 0
        return submit(submission)
    except InputError as error:
        return _program._fail(str(error))


def check_one_line(words: Sequence[str]) -> None:
    """Raises InputError for a word that would end a line of a script or a manifest."""
    for word in words:
        if printable(word) != word:
            raise InputError(f"{printable(word)}: no scheduler takes these characters; rename it")


def shown(submission: Submission) -> str:
    """What would be submitted, and what each process would run."""
    lines = [f"# would be run here: {shlex.join(submission.call)}"]
    if submission.text:
        lines += ["# which would read:", submission.text.rstrip("\n")]
    each = [f"# process {i}: {process}" for i, process in enumerate(submission.processes)]
    return "\n".join([*lines, *each])


def submit(submission: Submission) -> int:
    """Calls the scheduler; returns its exit status."""
    program = submission.call[0]
    if not shutil.which(program):
        raise InputError(f"{program} is not installed here; --dry_run shows what it would be given")
    return subprocess.run(submission.call, input=submission.text.encode(), check=False).returncode


def split_off(command: Sequence[str], *names: str) -> tuple[list[str], list[str]]:
    """The values of flags in a command, and the command less these flags.

    Args:
      command: its words; a flag may be given as `--name=value` or as `--name value`.
      names: of flags that take a value.

    Returns:
      The last value of each flag, empty where it is not given, and the other words.
    """
    found, rest, words = dict.fromkeys(names, ""), [], iter(command)
    for word in words:
        name, equals, value = word.lstrip("-").partition("=")
        if word.startswith("-") and name in found:
            found[name] = value if equals else next(words, "")
        else:
            rest.append(word)
    return list(found.values()), rest
