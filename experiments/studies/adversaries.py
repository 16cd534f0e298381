"""Any adversary identifies? Every loss, every penalty, both conditionings, packing, on B1.

Purpose: the claim that adversarial training has no requirement to meet. Each of six losses in
settings of its own, alone (arms `LOSS`: without InfoNCE, the critic alone sees u; long), as
the whole ivae_gan (`LOSS_infonce`; `no_adversary_infonce` is what is left of it without a
critic). Short ones: each loss with each of five penalties, u given to the critic by projection, and
four rows of one segment judged at once.
Command: python -m experiments.reproduce --name=adversaries --out=results/adversaries
Time: about 45 minutes on 2 CPU cores.
Band: every loss alone at least .05 above ivae; alone, and with InfoNCE, within .03 of least
squares, the best in tuning.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from experiments.studies._axis import PLAIN, TRAINED
from ivaegan_jax.models.choices import CHOICES
from ivaegan_jax.models.hyperparameters import Hyperparameters
from ivaegan_jax.studies import Arm, Band, NamedStudy, Quick

LOSSES = tuple(CHOICES["adversarial"])
BEST = "least_squares"
TUNED: dict[str, dict[str, Any]] = {
    "non_saturating": {"hyperparameters.r1_weight": 0.03},
    "minimax": {"hyperparameters.adv_g_weight": 10.0},
    "hinge": {"hyperparameters.adv_g_weight": 10.0},
    "least_squares": {"hyperparameters.adv_g_weight": 60.0},
    "wasserstein": {
        "model.critic_activation": "silu",
        "train.critic_rounds": 5,
        "train.batch": 256,
        "hyperparameters.vae_rate": 0.012,
        "hyperparameters.adv_g_weight": 0.3,
        "hyperparameters.latent_reconstruction_weight": 1.5,
        "hyperparameters.r1_weight": 0.008,
        "hyperparameters.gp_weight": 0.0025,
        "hyperparameters.gan_rate": 0.0025,
        "hyperparameters.beta2": 0.99,
    },
    "relativistic": {},
}
"""What suits each loss, chosen on data seeds 101 to 103; see WORKSPACE_NOTES.md for the trials.

The critic of the Wasserstein loss must be smooth and near its optimum: five rounds per step, and
larger batches, since with batches of 64 one of ten unseen data seeds failed.
"""

PENALTIES = {
    "none": {"model.regularisers": ""},
    "r1": {"model.regularisers": "r1"},
    "r2": {"model.regularisers": "r2"},
    "gp": {"model.regularisers": "gp", "hyperparameters.gp_weight": 0.03},
    "spectral": {"model.regularisers": "", "model.critic_norm": "spectral"},
}
CRITICS = {
    "projection": {"model.critic_conditioning": "projection"},
    "packing_4": {"model.packing": 4},
}
INFONCE = {"hyperparameters.infonce_weight": Hyperparameters().infonce_weight}

DATA_SEEDS, FEWER = range(6, 16), range(6, 9)
LONG, SHORT = 25_000, 5_000
"""Steps of what answers the question, and of the rest."""


def get_study() -> NamedStudy:
    """Each loss alone, with the InfoNCE loss and with each penalty; two other critics."""
    alone = {loss: TUNED[loss] | {"model.adversarial": loss} for loss in LOSSES}
    whole = {f"{loss}_infonce": settings | INFONCE for loss, settings in alone.items()}
    whole["no_adversary_infonce"] = {"hyperparameters.adv_g_weight": 0.0, **INFONCE}
    rest = {
        f"{loss}_{penalty}": PENALTIES[penalty] | alone[loss]
        for loss in LOSSES
        for penalty in PENALTIES
    }
    rest |= {name: alone[LOSSES[0]] | settings for name, settings in CRITICS.items()}
    arms = [
        Arm("ivae", "b1", "ivae", steps=LONG),
        *_arms(alone, LONG, DATA_SEEDS),
        *_arms(whole, SHORT, DATA_SEEDS),
        *_arms(rest, SHORT, FEWER),
    ]
    arms = [dataclasses.replace(arm, settings={**TRAINED, **arm.settings}) for arm in arms]
    quick = ("ivae", BEST, "hinge", "relativistic", "wasserstein_gp")
    return NamedStudy(arms, DATA_SEEDS, [1], SHORT, _bands(), Quick(quick))


def _arms(
    settings: Mapping[str, Mapping[str, Any]], steps: int, data_seeds: Sequence[int]
) -> list[Arm]:
    return [
        Arm(name, "b1", "ivae_gan", {**PLAIN, **own}, steps=steps, data_seeds=data_seeds)
        for name, own in settings.items()
    ]


def _bands() -> list[Band]:
    near = [loss for loss in LOSSES if loss != BEST]
    return [
        *(Band(loss, "mcc", 0.05, minus="ivae") for loss in LOSSES),
        *(
            Band(loss + part, "mcc", -0.03, minus=BEST + part)
            for part in ("", "_infonce")
            for loss in near
        ),
    ]
