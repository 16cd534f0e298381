"""What the studies of whole benchmarks share: which models are compared, and on which data."""

from collections.abc import Mapping
from typing import Any

from experiments._named import Arm, NamedStudy, Quick
from ivaegan_jax.report import Band

UNSEEN = range(6, 26)
"""Data seeds nobody looked at while settings were chosen; those were chosen on 101 and up."""

SEEN = range(1, 6)
"""Data seeds that were looked at while the prototype was tuned: shown apart."""

IDENTIFIABLE = ("ivae_gan", "igan")
OTHERS = ("ivae", "tcl", "vae", "gan", "vae_gan", "supervised")


def compared(data: str, shared: Mapping[str, Any], tuned: Mapping[str, Any]) -> list[Arm]:
    """The adversarial models, tuned, and what they are compared with.

    Args:
      data: the benchmark.
      shared: settings of all arms, such as how the data are drawn.
      tuned: settings of `IDENTIFIABLE` alone, beside the shared ones.
    """
    return [
        *(Arm(preset, data, preset, {**shared, **tuned}) for preset in IDENTIFIABLE),
        *(Arm(preset, data, preset, shared) for preset in OTHERS),
    ]


def gains(low: float, *, floor: float = 0.0, prefix: str = "") -> list[Band]:
    """Both adversarial models lie this far above iVAE, and above a floor of their own."""
    names = [prefix + preset for preset in IDENTIFIABLE]
    over = [Band(name, "mcc", low, minus=f"{prefix}ivae") for name in names]
    return [*over, *(Band(name, "mcc", floor) for name in names if floor)]


def benchmark(arms: list[Arm], bands: list[Band], steps: int = 12_500) -> NamedStudy:
    """The study of these arms on unseen data, one model seed per data seed."""
    quick = Quick([arm.name for arm in arms if arm.name in (*IDENTIFIABLE, *OTHERS)])
    return NamedStudy(arms, UNSEEN, [1], steps, bands, quick)
