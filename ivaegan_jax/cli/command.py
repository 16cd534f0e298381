"""The command `ivaegan`: its first word names the program.

  ivaegan doctor --data=my_table.npz
  ivaegan compare --data=my_table.npz --presets=ivae,ivae_gan

`ivaegan PROGRAM --help` explains a program and lists its flags; `ivaegan --version` says which
version this is.
"""

import ast
import difflib
import importlib
import sys
from pathlib import Path

from ivaegan_jax import __version__
from ivaegan_jax.cli._stop import STOP

PROGRAMS = sorted({path.stem for path in Path(__file__).parent.glob("[!_]*.py")} - {"command"})
"""Modules of this room: each has a docstring, `define_flags` and `main`."""


def main() -> None:
    """Runs the program that the first word names."""
    word = sys.argv[1] if sys.argv[1:] else "--help"
    if word in ("--version", "-version", "version"):
        print(f"ivaegan_jax {__version__}")
    elif word in ("--help", "-h", "-help", "help"):
        print(overview())
    elif word in PROGRAMS:
        run(word)
    else:
        near = difflib.get_close_matches(word, PROGRAMS)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(PROGRAMS)}"
        sys.exit(_refused(f"unknown program {word!a}; {hint}"))


def run(program: str) -> None:
    """Runs a program with the words that follow its name."""
    STOP.listen(grace=0.0)  # what it imports takes seconds
    sys.argv[:2] = [f"ivaegan {program}"]
    from ivaegan_jax.cli._program import launch

    module = importlib.import_module(f"ivaegan_jax.cli.{program}")
    launch(module.main, module.define_flags)


def overview() -> str:
    """What the command is for, and one line per program."""
    lines = [f"  {name:<10} {_first_line(name)}" for name in PROGRAMS]
    return "\n".join([str(__doc__), "programs:", *lines])


def _first_line(program: str) -> str:
    """The first line of a program's docstring, without importing it."""
    text = (Path(__file__).parent / f"{program}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]


def _refused(message: str) -> int:
    print(f"error: {message}", file=sys.stderr)
    return 2
