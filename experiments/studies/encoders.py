"""What must the encoder see? q(z|x), q(z|x,u), their product with the prior, the mixture; B1, B2.

Purpose: the bound alone and the bound with a critic, each with four posteriors.
Command: python -m experiments.reproduce --name=encoders --out=results/encoders
Time: about 5 minutes on 2 CPU cores.
Band: an encoder without u costs ivae_gan no more than .05.
"""

from itertools import product

from experiments.studies._axis import PRESETS, small
from ivaegan_jax.studies import Arm, Band, NamedStudy

POSTERIORS = ("x", "x,u", "product", "mixture")
DATA = ("b1", "b2")


def get_study() -> NamedStudy:
    """Arms such as `b1_ivae_xu`."""
    arms = [
        Arm(f"{data}_{preset}_{seen.replace(',', '')}", data, preset, {"model.posterior": seen})
        for data, preset, seen in product(DATA, PRESETS, POSTERIORS)
    ]
    bands = [Band(f"{data}_ivae_gan_x", "mcc", -0.05, minus=f"{data}_ivae_gan_xu") for data in DATA]
    quick = [f"b1_ivae_{seen}" for seen in ("x", "xu", "product", "mixture")]
    quick += ["b1_ivae_gan_x", "b1_ivae_gan_mixture"]
    return small(arms, bands, quick)
