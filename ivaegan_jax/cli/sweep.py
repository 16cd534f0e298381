"""Sweeps over settings: every configuration on the same seeds, ranked without the truth.

  ivaegan sweep --data=b1 --grid='r1_weight=.003,.01,.1; vae_rate=.003,.01'
  ivaegan sweep --data=mine.npz --draws=20 --draw='r1_weight=log:.001:1; hold=0:.5'
  ivaegan sweep --data=b1 --grid='width=50,100; adversarial=hinge,least_squares'

--grid tries all combinations, --draw random ones: uniform in LOW:HIGH, log-uniform in log:LOW:HIGH,
or one of a list; with both, every draw at every point of the grid. Names are those of
the settings that `--help` lists under hyperparameters, model and train; in a list of names, +
stands for the comma, as in posterior=x+u.

Configurations that differ in numbers (rates, weights) are trained together by one program; each
structure (widths, losses, batches) is a program of its own, and programs run one after another.
As many runs are trained at once as fit into memory by the program's own analysis; the line printed
says how many and why. The same command after a stop goes on where it was. The report has one row
per configuration, the recommended one first.
"""

from absl import flags

from ivaegan_jax.cli import _flags, _grid, _study


def define_flags() -> None:
    """Defines the program's flags."""
    flags.DEFINE_string("preset", "ivae_gan", "The model: a row of ivaegan_jax/models/presets.py.")
    flags.DEFINE_string("grid", "", "Values to combine: 'NAME=VALUE,VALUE; NAME=VALUE,...'.")
    flags.DEFINE_string("draw", "", "Ranges to draw from: 'NAME=log:LOW:HIGH; NAME=LOW:HIGH'.")
    flags.DEFINE_integer("draws", 0, "How many times to draw.", lower_bound=0)
    flags.DEFINE_integer("draw_seed", 1, "Seed of the draws.", lower_bound=0)
    _flags.define_study_flags(data="b1", steps=5_000)
    _study.define_runs_at_once()


def main() -> None:
    """Trains every configuration that the flags name, and ranks them."""
    v = flags.FLAGS
    requested = v.preset, v.grid, v.draw, v.draws, v.draw_seed
    _study.run_study("sweep", lambda: _grid.labels_of(*requested))
