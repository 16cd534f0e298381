"""Vowels of nine speakers: are directions of the cepstrum found, utterance by utterance?

Purpose: 12 cepstral coefficients per frame, u is the speaker and the third of the utterance (27
levels), whole utterances held out; means and variances of all directions follow u.
Command: python -m experiments.reproduce --name=vowels --out=results/vowels
Time: about 9 minutes on 2 CPU cores, of which another program had one.
Band: runs of ivae_gan agree at .5 at least.
"""

from experiments.studies._recorded import SHIFTED, recorded, rivals
from ivaegan_jax.studies import Arm, Band, NamedStudy


def get_study() -> NamedStudy:
    """Two models with as many latents as the levels allow, and one with five."""
    five = Arm("five", "vowels", "ivae_gan", {"model.dim_z": 5})
    bands = [Band("ivae_gan", "agreement_mcc", 0.5)]
    arms = [*rivals("vowels", ["ivae"], SHIFTED), five]
    return recorded(arms, bands, 3_000, ["ivae_gan", "ivae"])
