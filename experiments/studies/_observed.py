"""What the studies of noise and counts share: models, ceilings, and how arms are called."""

from collections.abc import Mapping, Sequence
from typing import Any

from experiments.studies._benchmark import CEILING, IDENTIFIABLE, ONE, TWO, UNSEEN
from ivaegan_jax.studies import Arm, Band, NamedStudy, Quick

STEPS = 12_500
MODELS = (*IDENTIFIABLE, "ivae")

UNKNOWING = {"model.likelihood": "gaussian", "model.noise": "none"}
"""Models that know of no noise, whatever x shows of it."""


def at(
    name: str,
    data: str,
    settings: Mapping[str, Any],
    axis: Mapping[str, float] | None = None,
    presets: Sequence[str] = MODELS,
    ceilings: Sequence[str] = (CEILING,),
) -> list[Arm]:
    """These models and the ceilings on the same data, which `settings` draw and `name` names.

    The models with an adversary have two model seeds per data seed, the others one. Arms of one
    `settings` that begin with `data.` are compared with each other. Models know of no noise but
    where `settings` name a likelihood or noise.
    """
    settings = settings if UNKNOWING.keys() & settings.keys() else {**UNKNOWING, **settings}
    chosen = [*presets, *ceilings]
    return [
        Arm(f"{preset}_{name}", data, preset, settings, axis or {},
            seeds=TWO if preset in IDENTIFIABLE else ONE)
        for preset in chosen
    ]  # fmt: skip


def knowing(
    name: str, data: str, settings: Mapping[str, Any], axis: Mapping[str, float]
) -> list[Arm]:
    """The same models, each with the observation model that `settings` name beside the data's.

    `ivae` learns the same noise by its bound, so that what the game gains is not the law's.
    """
    return at(name, data, settings, axis, ceilings=())


def short_of(lost: float, name: str, knows: str = "", preset: str = "ivae_gan") -> Band:
    """The model loses no more than this against the same encoder trained with the true sources.

    Args:
      lost: of the MCC.
      name: of the data.
      knows: what the name of a model ends with that knows of noise.
      preset: the model's.
    """
    return Band(f"{preset}_{name}{knows}", "mcc", -lost, minus=f"{CEILING}_{name}")


def observed(arms: Sequence[Arm], bands: Sequence[Band], quick: Sequence[str]) -> NamedStudy:
    """The study of these arms on unseen data."""
    return NamedStudy(arms, UNSEEN, TWO, STEPS, bands, Quick(quick))
