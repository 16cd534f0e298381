"""Images of other kinds: fewer levels, two objects, noisy pixels, colours and more pixels.

Purpose: what `sprites` shows of its own pictures, for others. `levels` are fewer levels of u with
as many pictures in all; `objects` two shapes that share four factors; `noise` is added to pixels,
relative to each one's standard deviation; `colour` 20,000 pictures of 64 x 64 pixels in red, green
and blue, of five factors and 40 levels. Beside every kind its ceiling, the same net trained with
the true factors.
Command: python -m experiments.reproduce --name=pictures --out=results/pictures
Time: about half an hour on 2 CPU cores, without `colour`.
Band: MCC of ivae_gan at least .9 for two objects and for noise of .1, and .95 in colour.
"""

from experiments.studies._benchmark import ONE
from ivaegan_jax.studies import Arm, Band, NamedStudy, Quick

KINDS = {
    "levels_12": {"data.segments": 12, "data.per_segment": 400},
    "levels_9": {"data.segments": 9, "data.per_segment": 533},
    "objects_2": {"data.objects": 2},
    "noise_0.1": {"data.noise": 0.1},
    "noise_0.3": {"data.noise": 0.3},
    "noise_0.5": {"data.noise": 0.5},
    "colour": {
        "data.shape": "drop",
        "data.colours": "rgb",
        "data.size": 64,
        "data.dim": 5,
        "data.segments": 40,
        "data.per_segment": 500,
    },
}
MODELS = ("ivae_gan", "igan", "supervised")


def get_study() -> NamedStudy:
    """Two models and the ceiling on every kind."""
    arms = [
        Arm(f"{model}_{kind}", "sprites", model, settings, seeds=ONE)
        for kind, settings in KINDS.items()
        for model in MODELS
    ]
    bands = [
        Band("ivae_gan_objects_2", "mcc", 0.9),
        Band("ivae_gan_noise_0.1", "mcc", 0.9),
        Band("ivae_gan_colour", "mcc", 0.95),
    ]
    quick = Quick(("ivae_gan_noise_0.1", "supervised_noise_0.1"))
    return NamedStudy(arms, range(6, 16), ONE, 12_500, bands, quick)
