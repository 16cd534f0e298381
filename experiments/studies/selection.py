"""Choosing a run without the truth: which criterion picks the model seed that recovered most?

Purpose: six model seeds on each of six data seeds, stopped at 3,000 steps, where runs still differ.
Likelihoods, agreement with the other runs, samples and what the latents tell about u each rank the
runs of a data seed; the report holds every ranking against the true MCC, as a rank correlation and
as what its choice loses (regret), beside the loss of a random choice.
Command: python -m experiments.reproduce --name=selection --out=results/selection
Time: about 16 minutes on 2 CPU cores that other work shares.
Band: in every arm the default choice recovers at least as much as a random one. The band was set
before, the default after these runs were seen.
"""

from experiments.studies import b3, b4
from experiments.studies._axis import DATA_SEEDS
from experiments.studies._benchmark import LEAKY
from ivaegan_jax.studies import Arm, Band, NamedStudy, Quick

SEEDS = range(1, 7)
STEPS = 3_000
PRESETS = ("ivae", "ivae_gan", "igan")
DATA = {"b1": {}, "b2": {}, "b3_tcl": b3.SETTINGS | LEAKY, "b4": b4.SETTINGS | LEAKY}
"""Every benchmark's settings, as its own study has them."""


def get_study() -> NamedStudy:
    """Every model on every benchmark, as `DATA_PRESET`."""
    arms = [
        Arm(f"{data}_{preset}", data, preset, settings)
        for data, settings in DATA.items()
        for preset in PRESETS
    ]
    bands = [Band(arm.name, "selection_gain", 0.0) for arm in arms]
    quick = Quick(("b1_ivae_gan", "b1_igan"), 100, (6,), (1, 2, 3))
    return NamedStudy(arms, DATA_SEEDS, SEEDS, STEPS, bands, quick)
