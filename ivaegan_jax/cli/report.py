"""Writes the report of one work directory, or of several side by side.

ivaegan report --workdir=runs/a --workdir=runs/b --out=runs/both
ivaegan report --workdir=runs/a --out=results/a --brief
"""

from pathlib import Path

from absl import flags

from ivaegan_jax.cli import _flags
from ivaegan_jax.report import write_report


def define_flags() -> None:
    """Defines the program's flags."""
    _flags.define_common_flags()
    flags.DEFINE_multi_string("workdir", [], "A work directory; may be repeated.")
    flags.DEFINE_string("out", "", "Where to write; empty takes the first work directory.")
    flags.DEFINE_boolean("brief", False, "To be kept: no page, figures of scores, the manifest.")


def main() -> None:
    """Writes the page, or what is to be kept, and prints its path."""
    values = flags.FLAGS
    _flags.require("workdir", *(["out"] if values.brief else []))
    workdirs = [Path(name) for name in values.workdir]
    print(write_report(workdirs, Path(values.out or workdirs[0]), values.brief))
