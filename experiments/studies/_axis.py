"""What the studies along an axis share: few data seeds, fewer steps, the same models."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ivaegan_jax.studies import Arm, Band, NamedStudy, Quick

DATA_SEEDS = range(6, 12)
STEPS = 5_000
PRESETS = ("ivae", "ivae_gan")

PLAIN = {"hyperparameters.infonce_weight": 0.0}
"""Without the InfoNCE loss, which identifies by itself: for questions about the other parts."""

TRAINED = {"train.unmix": False}
"""Without the linear step after training."""


def along(
    axis: str,
    values: Sequence[float],
    settings: Callable[[Any], Mapping[str, Any]],
    data: str = "b1",
) -> list[Arm]:
    """Every model at every value of an axis; `settings(value)` says what a value means."""
    return [
        Arm(name_at(preset, axis, value), data, preset, settings(value), {axis: value})
        for preset in PRESETS
        for value in values
    ]


def name_at(preset: str, axis: str, value: float) -> str:
    """What an arm of `along` is called, such as `ivae_gan_segments_6`."""
    return f"{preset}_{axis}_{value:g}"


def small(arms: Sequence[Arm], bands: Sequence[Band], quick: Sequence[str]) -> NamedStudy:
    """The study of these arms on a few data seeds, one model seed each, as training leaves them.

    What a part identifies is seen without the linear step after training, which mends what it
    leaves.
    """
    trained = [dataclasses.replace(arm, settings={**TRAINED, **arm.settings}) for arm in arms]
    return NamedStudy(trained, DATA_SEEDS, [1], STEPS, bands, Quick(quick))
