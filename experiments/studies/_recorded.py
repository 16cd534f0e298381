"""What the studies of real recordings share: models with their controls, judged without sources."""

from collections.abc import Mapping, Sequence
from typing import Any

from ivaegan_jax.studies import Arm, Band, NamedStudy, Quick

SEEDS = range(1, 6)
"""Model seeds: a model has to beat its controls in five runs."""

ALL = ("shifted_u", "shuffled_u", "shuffled_x", "u_only")
SHIFTED = ("shifted_u",)
"""The control that knows how rows depend on each other."""


def rivals(data: str, settings: Mapping[str, Any] | None = None) -> list[Arm]:
    """The adversarial model with all controls, and two others with the one that is hardest."""
    settings = settings or {}
    return [
        Arm("ivae_gan", data, "ivae_gan", settings, controls=ALL),
        Arm("igan", data, "igan", settings, controls=SHIFTED),
        Arm("ivae", data, "ivae", settings, controls=SHIFTED),
    ]


def recorded(
    arms: Sequence[Arm], bands: Sequence[Band], steps: int, quick: Sequence[str]
) -> NamedStudy:
    """The study of these arms: one choice of held-out rows, five model seeds."""
    return NamedStudy(arms, [1], SEEDS, steps, bands, Quick(quick, steps=100, data_seeds=(1,)))
