"""What a report says in words: that a model recovers the sources, that it beats its control."""

import functools
from collections.abc import Iterator

import numpy as np

from experiments.calibrations._case import AT_MOST, FALSE_ALARMS, POWER, Case
from ivaegan_jax.evaluation import USABLE, Baseline, Result, Score, Verdict
from ivaegan_jax.report.first_page import first_page
from ivaegan_jax.report.truth import RECOVERED, truths

BASELINE = 0.72
PRESETS = ("vae", "ivae", "ivae_gan", "igan", "tcl")


def recovers(data_seeds: int, better: float, rng: np.random.Generator) -> bool:
    """Five models that score like a rotation, the last of them better by so much."""
    found: list[Result] = []
    for data_seed in range(data_seeds):
        baseline = BASELINE + 0.01 * rng.normal()
        found.append(Baseline(baseline="random_rotation", metric="mcc", data_seed=data_seed,
                              value=baseline))  # fmt: skip
        for preset in PRESETS:
            score = BASELINE + 0.05 * rng.normal() + better * (preset == PRESETS[-1])
            found.append(Score(label=preset, metric="mcc", data_seed=data_seed, seed=1,
                               split="test", value=score))  # fmt: skip
    return any(each.says == RECOVERED for each in truths(found).values())


def beats_control(runs: int, better: float, rng: np.random.Generator) -> bool:
    """Runs of one data seed that explain held-out rows as well as their control's, or better."""
    found: list[Result] = []
    for preset, more in (("ivae_gan", better), ("ivae_gan+shuffled_u", 0.0)):
        for seed in range(runs):
            run = {"label": preset, "data_seed": 1, "seed": seed}
            value = more + rng.normal()
            found += [
                Score(**run, split="test", metric="log_likelihood", value=value),
                Verdict(**run, verdict=USABLE),
            ]
    [model] = first_page(found)
    return any("It beats its negative control" in sentence for sentence in model.sentences)


def cases() -> Iterator[Case]:
    """All of them."""
    null = functools.partial(Case, FALSE_ALARMS, band=AT_MOST, nominal=0.05)
    for data_seeds in (4, 10, 20):
        happens = functools.partial(recovers, data_seeds, 0.0)
        setting = f"five models at the score of a rotation, {data_seeds} data seeds"
        yield null("recovers", setting, happens, repeats=400)
    happens = functools.partial(recovers, 10, 0.1)
    yield Case(
        POWER, "recovers", "one of five models .1 above, 10 data seeds", happens, (0.9, 1.0), 200
    )
    for runs in (3, 5, 10):
        happens = functools.partial(beats_control, runs, 0.0)
        yield null(
            "control", f"held-out rows explained as well, {runs} runs", happens, repeats=2000
        )
    happens = functools.partial(beats_control, 5, 5.0)
    yield Case(
        POWER, "control", "log p(x|u) higher by 5 deviations, 5 runs", happens, (0.9, 1.0), 500
    )
