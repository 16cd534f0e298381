"""Too few latents, or too many? Three, five and seven for the five sources of B1.

Purpose: what a wrong latent dimension costs. MCC leaves unmatched sources at 0; affine R² says
how much of the sources is there at all.
Command: python -m experiments.reproduce --name=dimension --out=results/dimension
Time: about 2 minutes on 2 CPU cores.
Band: ivae_gan's affine R² at five latents at least .1 above that at three.
"""

from experiments.studies._axis import along, small
from ivaegan_jax.studies import Band, NamedStudy


def get_study() -> NamedStudy:
    """Two models at three latent dimensions."""
    arms = along("latents", (3, 5, 7), lambda n: {"model.dim_z": n})
    bands = [
        Band("ivae_gan_latents_5", "affine_r2", 0.1, minus="ivae_gan_latents_3"),
        Band("ivae_gan_latents_5", "mcc", 0.05, minus="ivae_latents_5"),
    ]
    return small(arms, bands, ())
