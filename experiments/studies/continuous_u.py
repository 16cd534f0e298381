"""B1 with a u that is no segment but a point of the plane.

Purpose: standard deviations are smooth functions of u; prior and critic see u itself.
Command: python -m experiments.reproduce --name=continuous_u --out=results/continuous_u
Time: about 2 minutes on 2 CPU cores.
Band: both adversarial models at least .05 above iVAE, and ivae_gan above its control.
"""

from experiments.studies._axis import small
from experiments.studies._benchmark import gains
from ivaegan_jax.studies import Arm, Band, NamedStudy

CONTROL = "ivae_gan_shuffled_u"


def get_study() -> NamedStudy:
    """Five models and a control that sees a shuffled u."""
    presets = ("ivae", "ivae_gan", "igan", "vae", "supervised")
    arms = [Arm(preset, "continuous_u", preset) for preset in presets]
    arms += [Arm(CONTROL, "continuous_u", "ivae_gan+shuffled_u")]
    return small(arms, [*gains(0.05), Band("ivae_gan", "mcc", 0.05, minus=CONTROL)], ())
