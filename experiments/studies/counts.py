"""What is left of counts? Four sources in 40 columns of whole numbers, beside what counting allows.

Purpose: spike counts and gene counts are neither Gaussian nor noiseless.
Command: python -m experiments.reproduce --name=counts --out=results/counts
Time: about 3 hours on 2 CPU cores, by the speed of other studies.
Band: ivae_gan and igan with the law of the counts (`_poisson`) within .03 of supervised where half
of the counts are zero.
"""

from experiments.studies._observed import at, knowing, observed, short_of
from ivaegan_jax.studies import NamedStudy

ZEROS = (0.1, 0.5, 0.9)
MODULATIONS = ("mean", "both")


def get_study() -> NamedStudy:
    """Exposures, over-dispersed counts, and sources whose means follow u."""
    arms = []
    for zeros in ZEROS:
        arms += at(f"zeros_{zeros:g}", "counts", {"data.zeros": zeros}, {"zeros": zeros})
        law = {"data.zeros": zeros, "model.likelihood": "poisson"}
        arms += knowing(f"zeros_{zeros:g}_poisson", "counts", law, {"zeros": zeros})
    over = {"data.counted": "negative_binomial"}
    arms += at("over_dispersed", "counts", over, presets=["ivae_gan", "ivae"])
    law = over | {"model.likelihood": "negative_binomial"}
    arms += at("over_dispersed_law", "counts", law, presets=["ivae_gan", "ivae"], ceilings=())
    for modulation in MODULATIONS:
        arms += at(modulation, "counts", {"data.modulation": modulation}, presets=["ivae_gan"])
    arms += at("wide", "counts", {"data.columns": 100}, presets=["ivae_gan"])
    bands = [short_of(0.03, "zeros_0.5", "_poisson", preset) for preset in ("ivae_gan", "igan")]
    quick = ["ivae_gan_zeros_0.5", "igan_zeros_0.5", "ivae_zeros_0.5", "supervised_zeros_0.5",
             "ivae_gan_zeros_0.5_poisson", "igan_zeros_0.5_poisson",
             "ivae_gan_over_dispersed"]  # fmt: skip
    return observed(arms, bands, quick)
