"""Real images: does the adversary make better samples of handwritten digits, at equal agreement?

Purpose: 1,797 digits of 8 x 8 pixels, u is the digit; ten levels are enough for four latents and no
more. Samples are held against held-out digits (C2ST), and a classifier of digits that learned from
samples against one that learned from digits (`u by samples`). `_learned` has a decoder whose
variance is learned, which suits pixels better than the default.
Command: python -m experiments.reproduce --name=digits --out=results/digits
Time: about 10 minutes on 2 CPU cores, by the speed of trials.
Band: C2ST of ivae_gan at most .60; a classifier that learned from its samples is right in .86,
which is .95 of what one learns from as many digits (.905 from 180).
"""

from experiments.studies._recorded import recorded
from ivaegan_jax.studies import Arm, Band, NamedStudy

FOUR = {"model.dim_z": 4}
LEARNED = FOUR | {"model.decoder_variance": "learned"}
MODELS = ("vae_gan", "ivae", "ivae_gan", "igan")


def get_study() -> NamedStudy:
    """Four models, and the two with a likelihood and p(z|u) once more with a learned variance."""
    arms = [Arm(model, "digits", model, FOUR) for model in MODELS]
    arms += [Arm(f"{model}_learned", "digits", model, LEARNED) for model in ("ivae", "ivae_gan")]
    bands = [Band("ivae_gan", "c2st", 0.0, 0.6), Band("ivae_gan", "samples_accuracy", 0.86)]
    return recorded(arms, bands, 8_000, ["ivae", "ivae_gan"])
