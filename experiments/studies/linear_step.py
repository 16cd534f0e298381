"""What does a linear step after training add? Three models with and without it, on four benchmarks.

Purpose: the closed form that u settles against the same runs without it (`_without`). B2 is the
case that a step must refuse for the ELBO alone: its residue is not linear.
Command: python -m experiments.reproduce --name=linear_step --out=results/linear_step
Time: about 25 minutes on 2 CPU cores.
Band: with the step ivae gains .1 on B1 and .2 with ten sources, igan .03 on B2; no model loses more
than .01 anywhere.
"""

from experiments.studies._benchmark import LEAKY, ONE, UNSEEN
from experiments.studies.b3 import SETTINGS as ROTATIONS
from experiments.studies.ten_sources import SETTINGS as TEN
from ivaegan_jax.studies import Arm, Band, NamedStudy, Quick

MODELS = ("ivae", "ivae_gan", "igan")
BENCHMARKS = {"b1": ("b1", {}), "b2": ("b2", {}), "ten": ("b1", TEN),
              "tcl": ("b3_tcl", ROTATIONS | LEAKY)}  # fmt: skip
GAINS = {"b1_ivae": 0.1, "ten_ivae": 0.2, "b2_igan": 0.03}


def get_study() -> NamedStudy:
    """Every model twice: the arms `BENCHMARK_MODEL` and `BENCHMARK_MODEL_without`."""
    arms = [
        Arm(f"{name}_{model}{'' if unmix else '_without'}", data, model,
            {**settings, "train.unmix": unmix})
        for name, (data, settings) in BENCHMARKS.items()
        for model in MODELS
        for unmix in (True, False)
    ]  # fmt: skip
    bands = [
        Band(f"{name}_{model}", "mcc", GAINS.get(f"{name}_{model}", -0.01),
             minus=f"{name}_{model}_without")
        for name in BENCHMARKS
        for model in MODELS
    ]  # fmt: skip
    quick = ("b1_ivae", "b1_ivae_without", "b2_igan")
    return NamedStudy(arms, UNSEEN[:4], ONE, 10_000, bands, Quick(quick))
