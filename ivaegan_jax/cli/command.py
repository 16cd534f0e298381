"""The command `ivaegan`: its first word names the program.

  ivaegan doctor --data=my_table.npz
  ivaegan compare --data=my_table.npz --presets=ivae,ivae_gan

`ivaegan PROGRAM --help` explains a program and lists its flags; `ivaegan --version` says which
version this is.
"""

import ast
import difflib
import functools
import importlib
import importlib.metadata
import sys
from pathlib import Path

from ivaegan_jax import __version__
from ivaegan_jax.cli._stop import STOP

PROGRAMS = sorted({path.stem for path in Path(__file__).parent.glob("[!_]*.py")} - {"command"})
"""Modules of this room: each has a docstring, `define_flags` and `main`."""

GROUP = "ivaegan_jax.programs"
"""Entry points of this group name such modules of installed packages."""


def main() -> None:
    """Runs the program that the first word names."""
    word = sys.argv[1] if sys.argv[1:] else "--help"
    if word in ("--version", "-version", "version"):
        print(f"ivaegan_jax {__version__}")
    elif word in ("--help", "-h", "-help", "help"):
        print(overview())
    elif word in PROGRAMS:
        run(word)
    elif word in (others := installed()):
        run_other(word, others[word])
    else:
        known = [*PROGRAMS, *others]
        near = difflib.get_close_matches(word, known)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
        sys.exit(_refused(f"unknown program {word!a}; {hint}"))


def run(program: str) -> None:
    """Runs a program with the words that follow its name."""
    STOP.listen(grace=0.0)  # what it imports takes seconds
    sys.argv[:2] = [f"ivaegan {program}"]
    from ivaegan_jax.cli._program import launch

    module = importlib.import_module(f"ivaegan_jax.cli.{program}")
    launch(module.main, module.define_flags)


def run_other(program: str, module: str) -> None:
    """Runs a program of an installed package; the flags of all programs are defined for it."""
    try:
        found = importlib.import_module(module)
        main, own_flags = found.main, found.define_flags
    except (ImportError, AttributeError) as error:
        sys.exit(_refused(f"{program}, which {module} brings: {error}"))
    STOP.listen(grace=0.0)
    sys.argv[:2] = [f"ivaegan {program}"]
    from ivaegan_jax.cli import _flags, _program

    @functools.wraps(own_flags)
    def define_flags() -> None:
        _flags.define_common_flags()
        own_flags()

    _program.launch(main, define_flags)


def installed() -> dict[str, str]:
    """Programs that installed packages bring, but those whose name is taken: modules by name."""
    found = importlib.metadata.entry_points(group=GROUP)
    return {each.name: each.module for each in found if each.name not in PROGRAMS}


def overview() -> str:
    """What the command is for, and one line per program."""
    lines = [f"  {name:<10} {_first_line(name)}" for name in PROGRAMS]
    lines += [f"  {name:<10} (brought by {module})" for name, module in installed().items()]
    return "\n".join([str(__doc__), "programs:", *lines])


def _first_line(program: str) -> str:
    """The first line of a program's docstring, without importing it."""
    text = (Path(__file__).parent / f"{program}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]


def _refused(message: str) -> int:
    print(f"error: {message}", file=sys.stderr)
    return 2
