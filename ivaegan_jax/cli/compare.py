"""Compares models over data seeds and model seeds: table, figures, one HTML report.

  ivaegan compare
  ivaegan compare --data=digits
  ivaegan compare --data=my_table.npz --presets=ivae,ivae_gan --seeds=5
  ivaegan compare --data=my_table.npz --presets=ivae_gan --controls=all
  ivaegan compare --data=monday.csv,friday.csv --u=condition --presets=ivae_gan

--controls=all trains every model's negative controls beside it; a label such as
ivae_gan+shuffled_u, the same model with u permuted over the rows, names one of them, and
'iflow[max_grad_norm=0.1]' a model with settings of its own. Several files with commas between
them are sessions: each may have other columns, and one prior p(z|u) is shared, so that latents are
the same in all. The same command after a stop goes on where it was.
"""

from absl import flags

from ivaegan_jax.cli import _study


def define_flags() -> None:
    """Defines the program's flags."""
    default = ["vae", "ivae", "gan", "vae_gan", "ivae_gan"]
    flags.DEFINE_list("presets", default, "Rows of ivaegan_jax/models/presets.py.")
    _study.define_flags(data="b1", steps=5_000)


def main() -> None:
    """Compares the presets that the flags name."""
    _study.run_study("compare", lambda: _study.with_asked_controls(flags.FLAGS.presets))
