"""What is left under noise? Few sources in many noisy columns, beside what the noise allows.

Purpose: a score under noise means nothing without its ceiling, bayes or supervised on the same
rows.
Command: python -m experiments.reproduce --name=noisy --out=results/noisy
Time: about 5 hours on 2 CPU cores, by the speed of other studies.
Band: ivae_gan that knows of noise (`_column`) within .01, .02, .05 and .1 of supervised at noise
.1, .316, .562 and 1 in 16 columns, and the plain one within .02, .03 and .07 at .05, .1 and .2 on
B1 and B2.
"""

import math

from experiments.studies._observed import at, knowing, observed, short_of
from ivaegan_jax.data import DataConfig
from ivaegan_jax.studies import Arm, NamedStudy

NOISE = {0.1: 0.01, 0.316: 0.02, 0.562: 0.05, 1.0: 0.1}
"""Standard deviations relative to a column's own, and what may be lost there."""

COLUMNS = (4, 8, 40)
NARROW = {0.05: 0.02, 0.1: 0.03, 0.2: 0.07}
"""The same of B1 and B2, with as many columns as sources."""

LAWS = ("laplace", "student_t", "uniform")
RECIPES = ("b2", "b3")


def get_study() -> NamedStudy:
    """Noise, columns, recipes, laws of the noise, and the narrow benchmarks."""
    arms = [arm for noise in NOISE for arm in wide(noise)]
    for columns in COLUMNS:
        settings = {"data.columns": columns, "data.noise": 0.316}
        arms += at(f"columns_{columns}", "noisy", settings, {"columns": columns}, ["ivae_gan"])
    for recipe in RECIPES:
        settings = {"data.recipe": recipe, "data.noise": 0.316}
        arms += at(recipe, "noisy", settings, presets=["ivae_gan"])
    for law in LAWS:
        settings = {"data.noise": 0.562, "data.noise_law": law}
        arms += at(law, "noisy", settings, presets=["ivae_gan", "ivae"])
    for data in ("b1", "b2"):
        for noise in NARROW:
            arms += at(f"{data}_{noise:g}", data, {"data.noise": noise}, presets=["ivae_gan"])
    bands = [short_of(lost, f"noise_{noise:g}", "_column") for noise, lost in NOISE.items()]
    bands += [short_of(lost, f"{d}_{n:g}") for d in ("b1", "b2") for n, lost in NARROW.items()]
    quick = ["ivae_gan_noise_0.316", "igan_noise_0.316", "ivae_noise_0.316",
             "ivae_gan_noise_0.316_column", "igan_noise_0.316_column",
             "supervised_noise_0.316", "ivae_gan_laplace", "supervised_laplace"]  # fmt: skip
    return observed(arms, bands, quick)


def wide(noise: float) -> list[Arm]:
    """All models at one level of noise in 16 columns, without and with noise in the game.

    The noise of `_oracle` is the true one, in units of the standardised x.
    """
    name, data = f"noise_{noise:g}", {"data.noise": noise}
    learned = {**data, "model.noise": "column"}
    true = DataConfig().scale * noise / math.hypot(1, noise)
    oracle = {**data, "model.noise": "fixed", "model.noise_start": true}
    return [*at(name, "noisy", data, {"noise": noise}),
            *knowing(f"{name}_column", "noisy", learned, {"noise": noise}),
            *at(f"{name}_oracle", "noisy", oracle, {"noise": noise}, ["ivae_gan"], ())]  # fmt: skip
