"""What the studies of whole benchmarks share: which models are compared, and on which data."""

from collections.abc import Mapping, Sequence
from typing import Any

from experiments.studies._axis import PLAIN, TRAINED
from ivaegan_jax.studies import Arm, Band, NamedStudy, Quick

UNSEEN = range(6, 26)
"""Data seeds nobody looked at while settings were chosen; those were chosen on 101 and up."""

SEEN = range(1, 6)
"""Data seeds that were looked at while the prototype was tuned: shown apart."""

IDENTIFIABLE = ("ivae_gan", "igan")
QUICK = ("ivae_gan", "igan", "ivae", "tcl", "supervised")
BASELINES = ("ivae", "tcl")
CEILING = "supervised"
STEPS = 30_000

SHORT, LONG = 12_500, 50_000
"""Steps where few rows make more useless, and where 30,000 leave some runs unfinished."""

LEAKY = {"model.activation": "leaky_relu"}
"""Nets like the mixings of leaky layers."""

XTANH = {"model.activation": "xtanh"}
"""Nets like the mixings of B1 and B2."""

OWN_NETS = {"tcl": XTANH}
"""Of baselines that do worse with the default nets: MCC of `tcl` on B1 .17, with these .75."""

CLIPPED = {"hyperparameters.max_grad_norm": 0.1}
"""For the density of x, whose gradients are now and then very large."""

LARGER = {"train.batch": 256, "train.critic_rounds": 2}
"""Per round four times the rows for one player, and eight times for the critic."""

ONE, TWO = (1,), (1, 2)
"""Model seeds per data seed."""


def compared(
    data: str, settings: Mapping[str, Any], presets: Sequence[str] = BASELINES
) -> list[Arm]:
    """The adversarial models and what they are compared with, all in the same settings.

    What is compared with has one model seed per data seed; `ivae_trained` is iVAE without the
    linear step after training. Where `settings` name no nets, `tcl` has smooth ones: with others
    it learns its training rows by heart.

    Args:
      data: the benchmark.
      settings: of all arms, such as how the data are drawn.
      presets: what is compared with.
    """
    return [
        *(Arm(preset, data, preset, settings) for preset in IDENTIFIABLE),
        *(
            Arm(preset, data, preset, {**OWN_NETS.get(preset, {}), **settings}, seeds=ONE)
            for preset in presets
        ),
        Arm("ivae_trained", data, "ivae", {**settings, **TRAINED}, seeds=ONE),
    ]


def rivals(data: str) -> list[Arm]:
    """What identifies by one device alone, on half of the data seeds.

    The adversarial models without their InfoNCE loss (`plain`), whose critic alone sees u; and the
    density of x, as flows have it.
    """
    half = {"seeds": ONE, "data_seeds": UNSEEN[:10]}
    return [
        *(Arm(f"{preset}_plain", data, preset, PLAIN, **half) for preset in IDENTIFIABLE),
        Arm("iflow", data, "iflow", CLIPPED, **half),
    ]


def larger(data: str, settings: Mapping[str, Any], steps: int = 0) -> Arm:
    """The adversarial model without the ELBO in larger batches, where it needs them."""
    return Arm("igan_larger", data, "igan", {**settings, **LARGER}, steps=steps)


def gains(low: float, *, least: float = 0.0, prefix: str = "") -> list[Band]:
    """Both adversarial models lie this far above iVAE, and above any MCC given."""
    names = [prefix + preset for preset in IDENTIFIABLE]
    above = [Band(name, "mcc", least) for name in names if least]
    return [*above, *(Band(name, "mcc", low, minus=f"{prefix}ivae") for name in names)]


def benchmark(arms: list[Arm], bands: list[Band], steps: int = STEPS) -> NamedStudy:
    """The study of these arms on unseen data, two model seeds per data seed."""
    quick = Quick([arm.name for arm in arms if arm.name in QUICK])
    return NamedStudy(arms, UNSEEN, TWO, steps, bands, quick)
