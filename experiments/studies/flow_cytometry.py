"""Ten doses that move one channel: does a study say no?

Purpose: an inducer raises one fluorescence and little else, so that u gives one direction at most,
whatever its ten levels promise. An honest counterexample.
Command: python -m experiments.reproduce --name=flow_cytometry --out=results/flow_cytometry
Time: about 4 minutes on 2 CPU cores, by the speed of other studies.
Band: no model of as many latents as levels allow is usable in most runs.
"""

from experiments.studies._recorded import recorded, rivals
from ivaegan_jax.studies import Band, NamedStudy


def get_study() -> NamedStudy:
    """Two models with as many latents as levels allow; rows are exchangeable."""
    arms = rivals("flow_cytometry", ["ivae"], ("u_only", "shuffled_u"))
    bands = [Band(arm.name, "verdict", 0.0, 0.5) for arm in arms]
    return recorded(arms, bands, 2_000, ["ivae_gan", "ivae"])
