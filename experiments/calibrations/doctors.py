"""The doctor's two permutation tests, where u plays no part in x and on B1."""

import functools
from collections.abc import Callable, Iterator

import numpy as np

from experiments.calibrations._case import EXACT, FALSE_ALARMS, POWER, Case
from ivaegan_jax.data import load_dataset
from ivaegan_jax.doctor.dependence import LEVEL
from ivaegan_jax.doctor.guess import guess_u
from ivaegan_jax.doctor.modulation import modulation_ranks
from ivaegan_jax.doctor.sample import Sample, draw_sample

ROWS = 800


def gaussian(rng: np.random.Generator) -> np.ndarray:
    """Columns of light tails, `[rows, 4]`."""
    return rng.normal(size=(ROWS, 4))


def heavy(rng: np.random.Generator) -> np.ndarray:
    """Columns of heavy tails: Student's t with two degrees of freedom, `[rows, 4]`."""
    return rng.standard_t(2, size=(ROWS, 4))


def levels(count: int, rng: np.random.Generator) -> np.ndarray:
    """Levels of equal share, `[rows]`."""
    return rng.integers(0, count, ROWS, np.int32)


def uneven(rng: np.random.Generator) -> np.ndarray:
    """Five levels, one of which has four rows in five."""
    return rng.choice(np.arange(5, dtype=np.int32), ROWS, p=[0.8] + [0.05] * 4)


def continuous(rng: np.random.Generator) -> np.ndarray:
    """A u that is no level, `[rows, 1]`."""
    return rng.normal(size=(ROWS, 1)).astype(np.float32)


NULLS = {
    "Gaussian x, 20 levels": (gaussian, functools.partial(levels, 20)),
    "Gaussian x, continuous u": (gaussian, continuous),
    "Student-t (2) x, 3 levels": (heavy, functools.partial(levels, 3)),
    "Student-t (2) x, uneven levels": (heavy, uneven),
}
"""Draws of x and of u; the one knows nothing of the other."""


def independent(setting: str, rng: np.random.Generator) -> Sample:
    """A table whose u plays no part in x."""
    x, u = (draw(rng) for draw in NULLS[setting])
    return draw_sample(x.astype(np.float32), u)


def b1(rows: int, rng: np.random.Generator) -> Sample:
    """B1 with 40 segments of as many rows."""
    made = load_dataset("b1", int(rng.integers(2**31)), {"per_segment": rows})
    return draw_sample(made.x, made.u.values)


def u_in_x(make: Callable[..., Sample], given: str | int, rng: np.random.Generator) -> bool:
    """Whether x is found to carry u."""
    return guess_u(make(given, rng), int(rng.integers(2**31))).p_value <= LEVEL


def modulated(make: Callable[..., Sample], given: str | int, rng: np.random.Generator) -> bool:
    """Whether u is found to move x in some way."""
    return modulation_ranks(make(given, rng)).ways > 0


TESTS = {"u in x": u_in_x, "modulation": modulated}


def cases() -> Iterator[Case]:
    """All of them."""
    for name, test in TESTS.items():
        for setting in NULLS:
            happens = functools.partial(test, independent, setting)
            yield Case(FALSE_ALARMS, name, setting, happens, EXACT, 400, LEVEL)
        for rows, least in ((30, 0.5), (60, 0.8), (125, 0.97)):
            happens = functools.partial(test, b1, rows)
            yield Case(POWER, name, f"B1, 40 segments of {rows} rows", happens, (least, 1.0), 100)
