"""Tests of doctor and verdict where rows are not exchangeable: series, drifts, copies, groups.

u plays no part in x unless the setting says so. Half of the draws mix by a rotation, half by a
skewed matrix; a cubic follows.
"""

import dataclasses
import functools
from collections.abc import Callable, Iterator

import numpy as np
from scipy.signal import lfilter

from experiments.calibrations._case import AT_MOST, FALSE_ALARMS, POWER, Case
from experiments.calibrations._references import Make, Table, held_to_references
from experiments.calibrations.doctors import NULLS
from ivaegan_jax.data.dependence.measure import dependence
from ivaegan_jax.data.dependence.nulls import Kind, Structure
from ivaegan_jax.doctor.dependence import LEVEL
from ivaegan_jax.doctor.guess import guess_u
from ivaegan_jax.doctor.modulation import modulation_ranks
from ivaegan_jax.doctor.sample import draw_sample
from ivaegan_jax.evaluation.verdict.gate import hold_against_null
from ivaegan_jax.studies.gates import structure_of

ROWS, DIM = 1500, 3
RARE = 0.005
"""Nominal false alarms of the test whether neighbouring rows resemble each other."""

Draw = Callable[[np.random.Generator], np.ndarray]


def autoregression(coefficient: float, rng: np.random.Generator, rows: int = ROWS) -> np.ndarray:
    """Stationary sources of variance 1, or random walks where the coefficient is 1."""
    noise = rng.normal(size=(rows + 500, DIM))
    if coefficient == 1:
        return np.cumsum(noise[500:], axis=0)
    scale = np.sqrt(1 - coefficient**2)
    return np.asarray(lfilter([scale], [1, -coefficient], noise, axis=0))[500:]


def mixed(s: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Sources rotated or mixed by a skewed matrix, then bent, float32."""
    matrix = np.linalg.qr(rng.normal(size=(DIM, DIM)))[0]
    if rng.random() < 0.5:
        matrix = matrix @ np.array([[1, 0.7, 0.5], [0, 0.7, 0.5], [0, 0, 0.6]])
    x = s @ matrix
    x = x / x.std(axis=0)
    return (x + 0.1 * x**3).astype(np.float32)


def windows(count: int, rng: np.random.Generator) -> np.ndarray:
    """Arbitrary windows of equal length."""
    return np.arange(ROWS) * count // ROWS


def trials(length: int, rng: np.random.Generator) -> np.ndarray:
    """Five conditions in random order, each for as many rows."""
    return np.repeat(rng.integers(0, 5, ROWS // length), length)


def smooth(rng: np.random.Generator) -> np.ndarray:
    """A continuous u that is a series itself."""
    return autoregression(0.98, rng)[:, :1].astype(np.float32)


def wandering(rng: np.random.Generator) -> np.ndarray:
    """A continuous u that drifts."""
    return autoregression(1, rng)[:, :1].astype(np.float32)


def spread(s: np.ndarray, u: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Sources whose log deviations follow the levels of u."""
    return s * np.exp(strength * rng.normal(size=(u.max() + 1, DIM)))[u]


def independent(
    u: np.ndarray, coefficient: float, strength: float, rng: np.random.Generator
) -> Table:
    """Rows of an AR(1) thinned to their effective number, which are independent then.

    Squares of rows k apart correlate at a^(2k), and so n rows tell as much of a variance as
    n (1 - a^2) / (1 + a^2) independent ones (Bartlett 1935).
    """
    number = int(len(u) * (1 - coefficient**2) / (1 + coefficient**2))
    thinned = np.unique(u[np.arange(number) * len(u) // number], return_inverse=True)[1]
    return mixed(spread(rng.normal(size=(number, DIM)), thinned, strength, rng), rng), thinned, None


@dataclasses.dataclass(frozen=True)
class Series:
    """A recording; `strength` is how far u moves log deviations of the sources."""

    coefficient: float
    u: Draw
    strength: float = 0.0

    def table(self, rng: np.random.Generator) -> Table:
        """One draw."""
        u, s = self.u(rng), autoregression(self.coefficient, rng)
        return mixed(spread(s, u, self.strength, rng) if self.strength else s, rng), u, None

    def reference(self, rng: np.random.Generator) -> Table:
        """Independent rows, as many as tell as much of variances as those of the recording."""
        return independent(self.u(rng), self.coefficient, self.strength, rng)


def copied(rng: np.random.Generator) -> Table:
    """500 observations, each as often as drawn, with the u of the original."""
    taken = rng.integers(0, 500, ROWS)
    u = rng.integers(0, 3, 500)
    return mixed(rng.normal(size=(500, DIM)), rng)[taken], u[taken], None


def grouped(means: float, deviations: float, rng: np.random.Generator) -> Table:
    """30 subjects that differ from each other, each of one of three conditions."""
    group = np.arange(ROWS) * 30 // ROWS
    u = rng.permutation(np.arange(30) % 3)[group]
    s = autoregression(0.5, rng) + rng.normal(size=(30, DIM))[group]
    s = s + means * rng.normal(size=(3, DIM))[u]
    return mixed(spread(s, u, deviations, rng) if deviations else s, rng), u, group


def u_in_x(make: Make, rng: np.random.Generator, structure: Structure | None = None) -> bool:
    """Whether x is found to carry u."""
    x, u, groups = make(rng)
    return guess_u(draw_sample(x, u, groups=groups, structure=structure)).p_value <= LEVEL


def modulated(make: Make, rng: np.random.Generator, structure: Structure | None = None) -> bool:
    """Whether u is found to move x in some way."""
    x, u, groups = make(rng)
    return modulation_ranks(draw_sample(x, u, groups=groups, structure=structure)).ways > 0


def supportable(make: Make, rng: np.random.Generator, structure: Structure | None = None) -> bool:
    """Whether a verdict may support something, should all runs be usable and agree.

    That is where x follows u beyond what the rows show by themselves, or rows pass for
    exchangeable; what a control would add is left out.
    """
    x, u, groups = make(rng)
    if structure is not None:
        return hold_against_null(x, u, structure).passed
    found = structure_of(x, u, groups)
    return found.kind == "rows" or hold_against_null(x, u, found).passed


def alike(setting: str, rng: np.random.Generator) -> bool:
    """Whether neighbouring rows are found to resemble each other."""
    x, u = (draw(rng) for draw in NULLS[setting])
    return dependence(x.astype(np.float32), u).dependent


TESTS = {"u in x": u_in_x, "modulation": modulated, "supportable": supportable}
WINDOWS = functools.partial(windows, 10)
UNRELATED = {
    **{f"AR(1) {a:g}, 10 windows": Series(a, WINDOWS).table for a in (0.5, 0.9, 0.98, 0.99)},
    "random walk, 10 windows": Series(1, WINDOWS).table,
    "AR(1) 0.98, 40 windows": Series(0.98, functools.partial(windows, 40)).table,
    "AR(1) 0.98, 5 conditions for 30 rows each": Series(0.98, functools.partial(trials, 30)).table,
    "AR(1) 0.98, smooth continuous u": Series(0.98, smooth).table,
    "random walk, continuous u that drifts": Series(1, wandering).table,
    "rows repeated up to nine times": copied,
    "30 subjects of 3 conditions": functools.partial(grouped, 0.0, 0.0),
}
SEGMENTS, CONDITIONS = Series(0.5, WINDOWS, 0.5), Series(0.9, functools.partial(trials, 30), 0.5)
MOVED: dict[str, tuple[Make, Make, Kind]] = {
    "AR(1) 0.5, 10 segments, log deviations 0.5": (
        SEGMENTS.table, SEGMENTS.reference, "shifts"),
    "AR(1) 0.9, 5 conditions for 30 rows each, log deviations 0.5": (
        CONDITIONS.table, CONDITIONS.reference, "rows"),
}  # fmt: skip
"""Settings in which u moves x, and independent rows that tell as much, with their pairings.

Windows can be shifted alone, whatever rows have in common: that is a price of the windows.
"""
SUBJECTS = functools.partial(grouped, 2.0, 0.5)  # means alone are not to be supported


def cases() -> Iterator[Case]:
    """All of them."""
    for name, test in TESTS.items():
        for setting, make in UNRELATED.items():
            happens = functools.partial(test, make)
            yield Case(FALSE_ALARMS, name, setting, happens, AT_MOST, 60, LEVEL)
        yield from held_to_references(name, test, MOVED)
        setting = "30 subjects of 3 conditions, means 2, log deviations 0.5"
        happens = functools.partial(test, SUBJECTS)
        yield Case(POWER, name, setting, happens, (0.8, 1.0), 30)
    for setting in NULLS:
        happens = functools.partial(alike, setting)
        yield Case(FALSE_ALARMS, "neighbours", setting, happens, (0.0, 0.01), 200, RARE)
