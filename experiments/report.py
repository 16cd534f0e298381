"""Writes the report of one work directory, or of several side by side.

python -m experiments.report --workdir=runs/a --workdir=runs/b --out=runs/both
"""

from pathlib import Path

from absl import flags

from experiments import _program
from ivaegan_jax.report import write_report


def define_flags() -> None:
    """Defines the program's flags."""
    _program.define_common_flags()
    flags.DEFINE_multi_string("workdir", [], "A work directory; may be repeated.")
    flags.DEFINE_string("out", "", "Where to write; empty takes the first work directory.")


def main() -> None:
    """Writes the page and prints its path."""
    _program.require("workdir")
    print(
        write_report(
            [Path(name) for name in flags.FLAGS.workdir],
            Path(flags.FLAGS.out or flags.FLAGS.workdir[0]),
        )
    )


if __name__ == "__main__":
    _program.launch(main, define_flags)
