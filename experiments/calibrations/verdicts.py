"""The verdict on one run, and the information on u that it requires.

A run is simulated as far as the verdict sees it: latents that are the true ones, and a prior whose
moments are those of other rows, as training would leave it.
"""

import functools
from collections.abc import Iterator

import numpy as np
from scipy.special import logsumexp

from experiments.calibrations._case import AT_MOST, FALSE_ALARMS, POWER, Case
from experiments.calibrations.ranks import DIM, Latents, moments
from ivaegan_jax.evaluation.verdict import USABLE, Precondition, find, hold_out, judge
from ivaegan_jax.evaluation.verdict.findings import information_on_u
from ivaegan_jax.metrics.modulation import LEVEL, by_level


def log_density(z: np.ndarray, mean: np.ndarray, std: np.ndarray) -> np.ndarray:
    """Gaussian, less its constant; sums over the last axis."""
    return -(np.log(std) + 0.5 * np.square((z - mean) / std)).sum(axis=-1)


def run_of(z: np.ndarray, code: np.ndarray, mean: np.ndarray, std: np.ndarray) -> Precondition:
    """A run with these latents, a prior of these tables and a linear generator that is the unit."""
    pairs = log_density(z[:, None], mean, std)
    return Precondition(
        mu=z,
        log_var=np.full_like(z, -6.0),
        loc=mean[code],
        prior_log_var=2 * np.log(std[code]),
        log_prior=pairs[np.arange(len(z)), code],
        log_marginal=logsumexp(pairs, axis=1) - np.log(len(mean)),
        slope=np.eye(DIM)[None],
    )


def fitted(latents: Latents, rng: np.random.Generator) -> tuple[Precondition, np.ndarray]:
    """A run whose prior has the moments of four times as many rows as are held out."""
    tables = latents.tables(rng)
    train, of_train = latents.draw(*tables, 4 * latents.rows, rng)
    loc, variance = moments(train, by_level(of_train))
    z, code = latents.draw(*tables, latents.rows, rng)
    return run_of(z, code, loc, np.sqrt(variance)), code


def usable(latents: Latents, rng: np.random.Generator) -> bool:
    """Whether the run counts as usable."""
    run, code = fitted(latents, rng)
    held_out = hold_out(run.mu, code, latents.levels, DIM)
    return judge(find(run, held_out), alive=True).verdict == USABLE


def informed(spread: float, shuffled: bool, rng: np.random.Generator) -> bool:
    """Whether latents count as knowing u; prior deviations differ by `spread` between levels."""
    latents = Latents(20, 50)
    mean = np.zeros((latents.levels, DIM))
    std = np.exp(spread * rng.normal(size=mean.shape))
    z, code = latents.draw(mean, np.ones_like(std) if shuffled else std, latents.rows, rng)
    held_out = hold_out(z, code, latents.levels, DIM)
    return information_on_u(run_of(z, code, mean, std), held_out)[-1] <= LEVEL


def cases() -> Iterator[Case]:
    """All of them."""
    null = functools.partial(Case, FALSE_ALARMS, band=AT_MOST, nominal=LEVEL)
    for setting, latents in [
        ("u moves means alone: a rotation is left", Latents(20, 100, "means")),
        ("u moves nothing", Latents(20, 100, "nothing")),
        ("5 levels for 5 latents", Latents(5, 100)),
        ("two variances in proportion", Latents(20, 100, "proportion")),
    ]:
        yield null("usable", setting, functools.partial(usable, latents), repeats=250)
    for levels in (20, 40):
        happens = functools.partial(usable, Latents(levels, 100))
        setting = f"variances of {levels} levels"
        yield Case(POWER, "usable", setting, happens, (0.9, 1.0), 100)
    for spread in (0.001, 0.1, 1.0):
        setting = f"u independent, log deviations of the prior {spread:g}"
        happens = functools.partial(informed, spread, True)
        yield null("information", setting, happens, repeats=1000)
    for spread, least in ((0.1, 0.5), (0.2, 0.9)):
        setting = f"log deviations of the latents {spread:g}"
        happens = functools.partial(informed, spread, False)
        yield Case(POWER, "information", setting, happens, (least, 1.0), 200)
