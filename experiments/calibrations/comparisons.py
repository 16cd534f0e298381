"""False alarms and power of paired comparisons, one by one and as a family corrected by Holm."""

import functools
from collections.abc import Iterator

import numpy as np

from experiments.calibrations._case import AT_MOST, EXACT, FALSE_ALARMS, POWER, Case
from experiments.calibrations.means import COMMON, SCORES
from ivaegan_jax.metrics.statistics import holm, paired_comparison

LEVEL = 0.05
FAMILY = 4
"""Methods that are compared with the same baseline."""


def p_value(kind: str, shape: tuple[int, int], effect: float, rng: np.random.Generator) -> float:
    """Two methods on the same data; the first has one run per data seed, and this advantage."""
    data_seeds, seeds = shape
    shared = rng.normal(size=(data_seeds, 1))
    a, b = (SCORES[kind](rng, data_seeds, count) + shared for count in (1, seeds))
    return paired_comparison(a + effect, b).p_value


def family(data_seeds: int, effects: tuple[float, ...], rng: np.random.Generator) -> np.ndarray:
    """Holm's p-values `[methods]` of methods that share their baseline."""
    baseline = rng.normal(size=(data_seeds, 1))
    methods = [rng.normal(size=(data_seeds, 1)) + effect for effect in effects]
    return holm(np.array([paired_comparison(each, baseline).p_value for each in methods]))


def rejects(kind: str, shape: tuple[int, int], effect: float, rng: np.random.Generator) -> bool:
    """Whether two methods are found to differ."""
    return p_value(kind, shape, effect, rng) < LEVEL


def any_null_rejected(
    data_seeds: int, effects: tuple[float, ...], rng: np.random.Generator
) -> bool:
    """Whether any method without an effect is found to differ from the baseline."""
    rejected = family(data_seeds, effects, rng) < LEVEL
    return bool(rejected[np.array(effects) == 0].any())


def last_rejected(data_seeds: int, effects: tuple[float, ...], rng: np.random.Generator) -> bool:
    """Whether the last method of the family is."""
    return bool(family(data_seeds, effects, rng)[-1] < LEVEL)


def cases() -> Iterator[Case]:
    """All of them."""
    null = functools.partial(Case, FALSE_ALARMS, nominal=LEVEL)
    power = functools.partial(Case, POWER, repeats=400)
    for kind in COMMON:
        for shape in ((10, 1), (30, 1), (30, 2)):
            setting = f"{kind}, {shape[0]} data seeds, 1 and {shape[1]} runs"
            happens = functools.partial(rejects, kind, shape, 0.0)
            yield null("Wilcoxon", setting, happens, EXACT, repeats=1500)
    for data_seeds in (10, 30):
        for effects in ((0.0,) * FAMILY, (0.0, 0.0, 2.0, 2.0)):
            setting = f"{data_seeds} data seeds, {effects.count(0)} of {FAMILY} without effect"
            happens = functools.partial(any_null_rejected, data_seeds, effects)
            yield null("Holm", setting, happens, AT_MOST, repeats=800)
    for data_seeds, effect, least in ((10, 1.5, 0.3), (30, 1.0, 0.75)):
        happens = functools.partial(rejects, "Gaussian", (data_seeds, 1), effect)
        setting = f"{data_seeds} data seeds, effect {effect:g} standard deviations of a run"
        yield power("Wilcoxon", setting, happens, (0.75, 1.0))
        happens = functools.partial(last_rejected, data_seeds, (0.0,) * 3 + (effect,))
        yield power("Holm", f"{setting}, 1 of {FAMILY}", happens, (least, 1.0))
