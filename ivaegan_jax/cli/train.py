"""Trains one model over data seeds and model seeds, scores it and writes a report.

  ivaegan train --data=b1 --preset=ivae_gan --seeds=2 --data_seeds=4
  ivaegan train --data=my_table.npz --preset=ivae_gan --workdir=runs/mine

The same command after a stop goes on where it was.
"""

from absl import flags

from ivaegan_jax.cli import _study


def define_flags() -> None:
    """Defines the program's flags."""
    flags.DEFINE_string("preset", "ivae_gan", "The model: a row of ivaegan_jax/models/presets.py.")
    _study.define_flags(data="b1", steps=12_500)


def main() -> None:
    """Trains the preset that the flags name."""
    _study.run_study("train", lambda: _study.with_asked_controls([flags.FLAGS.preset]))
