"""B6, GIN's benchmark: two sources in five clusters, hidden in ten dimensions by a flow.

Purpose: more observations than sources, and few values of u: five are just what two sources with
two parameters each take.
Command: python -m experiments.reproduce --name=b6 --out=results/b6
Time: about a minute on 2 CPU cores.
Band: igan at least .05 above iVAE, which a first run suggested; ivae_gan fails on some data seeds.
"""

from experiments.studies._axis import small
from ivaegan_jax.studies import Arm, Band, NamedStudy

PRESETS = ("ivae", "ivae_gan", "igan", "tcl", "supervised")


def get_study() -> NamedStudy:
    """The models in the default setting."""
    bands = [Band("igan", "mcc", 0.05, minus="ivae")]
    return small([Arm(preset, "b6", preset) for preset in PRESETS], bands, ())
