"""Ten doses that move one channel: does a study say no?

Purpose: an inducer raises one fluorescence and little else, so that u gives one direction at most,
whatever its ten levels promise. An honest counterexample.
Command: python -m experiments.reproduce --name=flow_cytometry --out=results/flow_cytometry
Time: about 4 minutes on 2 CPU cores, by the speed of other studies.
Band: no model of as many latents as levels allow is usable in most runs.
"""

from experiments.studies._recorded import SHIFTED, recorded, rivals
from ivaegan_jax.studies import Arm, Band, NamedStudy


def get_study() -> NamedStudy:
    """Three models with as many latents as levels allow, and one with two."""
    two = Arm("two", "flow_cytometry", "ivae_gan", {"model.dim_z": 2}, controls=SHIFTED)
    bands = [Band(name, "verdict", 0.0, 0.5) for name in ("ivae_gan", "igan", "ivae")]
    return recorded([*rivals("flow_cytometry"), two], bands, 5_000, ["ivae_gan", "ivae"])
