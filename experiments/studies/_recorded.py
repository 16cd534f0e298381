"""What the studies of real recordings share: models with their controls, judged without sources."""

from collections.abc import Sequence

from ivaegan_jax.studies import Arm, Band, NamedStudy, Quick

SEEDS = range(1, 6)
"""Model seeds: a model has to beat its controls in five runs."""

ALL = ("shifted_u", "shuffled_u", "shuffled_x", "u_only")
SHIFTED = ("shifted_u",)
"""The control that knows how rows depend on each other."""


def rivals(data: str, others: Sequence[str], controls: Sequence[str] = ALL) -> list[Arm]:
    """The adversarial model with these controls, and others with the first of them."""
    return [
        Arm("ivae_gan", data, "ivae_gan", controls=controls),
        *(Arm(preset, data, preset, controls=controls[:1]) for preset in others),
    ]


def recorded(
    arms: Sequence[Arm], bands: Sequence[Band], steps: int, quick: Sequence[str]
) -> NamedStudy:
    """The study of these arms: one choice of held-out rows, five model seeds.

    Rows that depend on each other call for `SHIFTED`.
    """
    return NamedStudy(arms, [1], SEEDS, steps, bands, Quick(quick, steps=100, data_seeds=(1,)))
