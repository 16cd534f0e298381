"""What must the critic see? x, (x,u), (x,z) or (x,z,u), on B1 and B2.

Purpose: matching p(x|u) identifies, matching p(x) does not. Only the critic's input differs;
there is no InfoNCE loss, which would identify whatever the critic sees.
Command: python -m experiments.reproduce --name=critic_inputs --out=results/critic_inputs
Time: about 6 minutes on 2 CPU cores.
Band: a critic that sees (x,u) gains at least .05 over one that sees x alone.
"""

from itertools import product

from experiments.studies._axis import PLAIN, small
from ivaegan_jax.studies import Arm, Band, NamedStudy

INPUTS = ("x", "x,u", "x,z", "x,z,u")
DATA = ("b1", "b2")
PRESETS = ("ivae_gan", "igan")


def get_study() -> NamedStudy:
    """Arms such as `b1_igan_xu`."""
    arms = [
        Arm(
            f"{data}_{preset}_{seen.replace(',', '')}",
            data,
            preset,
            {**PLAIN, "model.critic_input": seen},
        )
        for data, preset, seen in product(DATA, PRESETS, INPUTS)
    ]
    bands = [
        Band(f"{data}_{preset}_xu", "mcc", 0.05, minus=f"{data}_{preset}_x")
        for data, preset in product(DATA, PRESETS)
    ]
    quick = ("b1_ivae_gan_x", "b1_ivae_gan_xu", "b1_igan_xz", "b1_igan_xzu", "b2_ivae_gan_xu")
    return small(arms, bands, quick)
