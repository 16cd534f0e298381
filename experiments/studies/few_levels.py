"""Few levels of uneven size: how far apart may their means lie, and how little may variances move?

Purpose: eleven levels are what theory needs for five sources whose means and variances move. The
axes within a level are fixed by other levels with rows at the same place: where means lie far
apart, each level is a problem of its own.
Command: python -m experiments.reproduce --name=few_levels --out=results/few_levels
Time: about an hour and a half on 2 CPU cores, by the speed of trials.
Band: MCC of ivae_gan at least .90 wherever levels are 11 or more and variances move by .3.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from experiments.studies._benchmark import LEAKY, ONE, SHORT, TWO, UNSEEN
from ivaegan_jax.studies import Arm, Band, NamedStudy, Quick

SEPARATIONS, SPREADS, LEVELS = (0.1, 1, 2, 4), (0.1, 0.6), (6, 20)
CLOSE = 0.1
"""Means that hardly differ."""

MODELS = {"ivae_gan": TWO, "igan": TWO, "ivae": ONE, "supervised": ONE}
PLAIN, WHITENED = {"data.whiten": "no"}, {"data.whiten": "yes"}


def at(axis: str, value: float, drawn: Mapping[str, Any], *models: str) -> Iterator[Arm]:
    """These models on data drawn so, as `MODEL_AXIS_VALUE`."""
    for model in models:
        settings = {**LEAKY, **PLAIN, **drawn, f"data.{axis}": value}
        where = {axis if axis != "segments" else "levels": value}
        name = f"{model}_{next(iter(where))}_{value:g}"
        yield Arm(name, "few_levels", model, settings, where, seeds=MODELS[model])
        if model == "ivae_gan":
            whitened = {**settings, **WHITENED}
            yield Arm(f"{name}_whitened", "few_levels", model, whitened, where, seeds=TWO)


def get_study() -> NamedStudy:
    """Every model at four separations; the model and its ceiling at other spreads and levels."""
    arms = [arm for value in SEPARATIONS for arm in at("separation", value, {}, *MODELS)]
    close, ends = {"data.separation": CLOSE}, ("ivae_gan", "supervised")
    arms += [arm for value in SPREADS for arm in at("spread", value, close, *ends)]
    arms += [arm for value in LEVELS for arm in at("segments", value, close, *ends)]
    bands = [Band(f"ivae_gan_separation_{value:g}", "mcc", 0.9) for value in SEPARATIONS]
    bands += [Band("ivae_gan_levels_20", "mcc", 0.9), Band("ivae_gan_spread_0.6", "mcc", 0.9)]
    quick = ["ivae_gan_separation_0.1", "ivae_gan_separation_4", "supervised_separation_4"]
    return NamedStudy(arms, UNSEEN[:5], TWO, SHORT, bands, Quick(quick))
