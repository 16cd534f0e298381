"""Images of 32 x 32 pixels with four known factors: what identifies them, on codes and on pixels.

Purpose: 4,800 pictures of a shape whose place, size and angle follow 24 levels of u. The models see
eight codes of each picture, which an autoencoder makes, as is the default of images
(`config.data.whiten`); `_pixels` is the same model on the pixels themselves.
Command: python -m experiments.reproduce --name=sprites --out=results/sprites
Time: about 2 hours on 2 CPU cores, by the speed of trials on a busy machine.
Band: ivae_gan at least .1 above ivae and above itself on pixels.
"""

from experiments.studies._benchmark import ONE, TWO
from ivaegan_jax.studies import Arm, Band, NamedStudy, Quick

MODELS = ("vae_gan", "ivae", "igan", "ivae_gan")
PIXELS = {"data.whiten": "no"}


def get_study() -> NamedStudy:
    """Each model on codes, the ceiling on both, and one model on pixels."""
    arms = [
        *(Arm(model, "sprites", model) for model in MODELS),
        Arm("supervised", "sprites", "supervised", seeds=ONE),
        Arm("ivae_gan_pixels", "sprites", "ivae_gan", PIXELS),
        Arm("supervised_pixels", "sprites", "supervised", PIXELS, seeds=ONE),
    ]
    bands = [Band("ivae_gan", "mcc", 0.1, minus=name) for name in ("ivae", "ivae_gan_pixels")]
    quick = Quick(["ivae", "ivae_gan", "supervised", "ivae_gan_pixels"])
    return NamedStudy(arms, range(6, 16), TWO, 12_500, bands, quick)
