"""What does each part contribute? Bound, critic, latent reconstruction, InfoNCE, on B1 and B2.

Purpose: is the adversary enough, and what is the bound's share? ELBO alone (ivae), critic and
latent reconstruction (igan), all three at several weights of the ELBO, each pair, a critic alone
that judges (x,z,u) and thereby trains the encoder, classification of u alone (tcl), and it beside
the rest.
Command: python -m experiments.reproduce --name=players --out=results/players
Time: about 6 minutes on 2 CPU cores.
Band: critic and latent reconstruction at least .05 above the ELBO alone, and above ELBO and latent
reconstruction without critic.
"""

import dataclasses

from experiments.studies._axis import PLAIN, small
from ivaegan_jax.studies import Arm, Band, NamedStudy

NO_RECONSTRUCTION = {"hyperparameters.latent_reconstruction_weight": 0.0}
NO_CRITIC = {"hyperparameters.adv_g_weight": 0.0}
WEIGHTS = (0.001, 0.01, 0.1, 1.0)
"""Of both terms of the ELBO; the second is the default."""


def _all_three(data: str, weight: float) -> Arm:
    settings = {**PLAIN, "hyperparameters.nll_weight": weight, "hyperparameters.kl_weight": weight}
    return Arm(f"all_elbo_{weight:g}", data, "ivae_gan", settings, {f"elbo_weight_{data}": weight})


def _arms(data: str) -> list[Arm]:
    found = [
        Arm("elbo", data, "ivae"),
        Arm("critic_latent_reconstruction", data, "igan", PLAIN),
        *(_all_three(data, weight) for weight in WEIGHTS),
        Arm("elbo_critic", data, "ivae_gan", PLAIN | NO_RECONSTRUCTION),
        Arm("elbo_latent_reconstruction", data, "ivae_gan", PLAIN | NO_CRITIC),
        Arm("critic", data, "ibigan", NO_RECONSTRUCTION),
        Arm("infonce", data, "tcl"),
        Arm("infonce_critic_latent_reconstruction", data, "igan"),
        Arm("everything", data, "ivae_gan"),
    ]
    return [dataclasses.replace(arm, name=f"{data}_{arm.name}") for arm in found]


def get_study() -> NamedStudy:
    """Twelve arms on each of the two benchmarks."""
    bands = [
        Band(f"{data}_critic_latent_reconstruction", "mcc", 0.05, minus=f"{data}_{other}")
        for data in ("b1", "b2")
        for other in ("elbo", "elbo_latent_reconstruction")
    ]
    quick = (
        "elbo",
        "critic_latent_reconstruction",
        "all_elbo_0.01",
        "all_elbo_0.1",
        "critic",
        "everything",
    )
    return small([*_arms("b1"), *_arms("b2")], bands, [f"b1_{name}" for name in quick])
