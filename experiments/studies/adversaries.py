"""Any adversary identifies? Every loss, every penalty, both conditionings, packing, on B1.

Purpose: the claim that adversarial training has no requirement to meet. Six losses with the R1
penalty; the non-saturating loss with every penalty and none; Wasserstein with its own penalty;
the critic told of u by projection; four rows of one segment judged at once. There is
no contrast, which would identify whatever the adversary does.
Command: python -m experiments.reproduce --name=adversaries --out=results/adversaries
Time: about 5 minutes on 2 CPU cores.
Band: every loss at least .05 above ivae; hinge, least squares and relativistic within .1 of the
non-saturating one.
"""

from collections.abc import Mapping
from typing import Any

from experiments._named import Arm, NamedStudy
from experiments.studies._axis import PLAIN, small
from ivaegan_jax.config import CHOICES
from ivaegan_jax.report import Band

LOSSES = CHOICES["adversarial"]
TUNED: dict[str, dict[str, float]] = {loss: {} for loss in LOSSES}
"""Settings of its own for each loss."""

# The first loss is the default and has R1 among the losses already.
PENALTIES = {
    "no_penalty": {"model.regularisers": ""},
    "r2": {"model.regularisers": "r2"},
    "gp": {"model.regularisers": "gp"},
    "r1_r2": {"model.regularisers": "r1,r2"},
    "spectral": {"model.regularisers": "", "model.critic_norm": "spectral"},
}
CRITICS = {
    "projection": {"model.critic_conditioning": "projection"},
    "packing_4": {"model.packing": 4},
}


def _loss_of(settings: Mapping[str, Any]) -> str:
    return settings.get("model.adversarial", LOSSES[0])


def get_study() -> NamedStudy:
    """An arm per loss and per variation of the default, and iVAE, which has no adversary."""
    losses = {loss: {"model.adversarial": loss} for loss in LOSSES}
    penalised = {"wasserstein_gp": losses["wasserstein"] | {"model.regularisers": "gp"}}
    varied = {**losses, **PENALTIES, **penalised, **CRITICS}
    arms = [
        Arm(name, "b1", "ivae_gan", PLAIN | settings | TUNED[_loss_of(settings)])
        for name, settings in varied.items()
    ]
    near = ("hinge", "least_squares", "relativistic")
    bands = [
        *(Band(loss, "mcc", 0.05, minus="ivae") for loss in LOSSES),
        *(Band(loss, "mcc", -0.1, minus=LOSSES[0]) for loss in near),
    ]
    quick = ("ivae", LOSSES[0], "hinge", "relativistic", "wasserstein_gp", "spectral")
    return small([Arm("ivae", "b1", "ivae"), *arms], bands, quick)
