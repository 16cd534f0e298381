"""Tests of doctor and verdict on many short sequences, and on series that oscillate.

u plays no part in x unless the setting says so; x is mixed as in `series`.
"""

import dataclasses
import functools
from collections.abc import Callable, Iterator

import numpy as np
from scipy.signal import lfilter

from experiments.calibrations._case import AT_MOST, FALSE_ALARMS, Case
from experiments.calibrations._references import Make, Table, held_to_references
from experiments.calibrations.series import (
    DIM,
    ROWS,
    TESTS,
    WINDOWS,
    independent,
    mixed,
    spread,
)
from ivaegan_jax.data.dependence.nulls import Kind
from ivaegan_jax.doctor.dependence import LEVEL

SEQUENCES, SHORTEST, LONGEST = 60, 20, 30

Course = Callable[[np.ndarray, np.random.Generator], np.ndarray]
"""u of every row, from the numbers of rows of the sequences."""


def filtered(polynomial: tuple[float, ...], rng: np.random.Generator, rows: int) -> np.ndarray:
    """Stationary autoregressions of variance 1, `[rows, DIM]`."""
    made = np.asarray(lfilter([1], polynomial, rng.normal(size=(rows + 500, DIM)), axis=0))
    return made[500:] / made.std(axis=0)


def walk(rng: np.random.Generator, rows: int) -> np.ndarray:
    """Random walks from 0 on."""
    return np.cumsum(rng.normal(size=(rows, DIM)), axis=0)


def oscillation(radius: float, period: float) -> tuple[float, float, float]:
    """The polynomial of an AR(2) with complex roots of this radius and period."""
    return 1.0, -2 * radius * np.cos(2 * np.pi / period), radius**2


def constant(rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each sequence of one of three conditions, in random order."""
    return np.repeat(rng.permutation(np.arange(len(rows)) % 3), rows)


def telegraph(rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Two states that change at random, in every sixth row on average."""
    changes = rng.random(rows.sum()) < 1 / 6
    start = np.repeat(rng.integers(0, 2, len(rows)), rows)
    return (np.cumsum(changes) + start) % 2


def phase(rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The same course in all sequences: four steps of five rows each, and the rest."""
    return np.concatenate([np.minimum(np.arange(each) // 5, 4) for each in rows])


def periodic(rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Four states for three rows each, again and again."""
    return np.arange(rows.sum()) // 3 % 4


@dataclasses.dataclass(frozen=True)
class Sequences:
    """Sequences of unequal lengths; `strength` is how far u moves log deviations of the sources."""

    draw: Callable[[np.random.Generator, int], np.ndarray]
    u: Course
    strength: float = 0.0
    count: int = SEQUENCES
    lengths: tuple[int, int] = (SHORTEST, LONGEST)

    def table(self, rng: np.random.Generator) -> Table:
        """One draw; a single sequence has no groups."""
        rows = rng.integers(*self.lengths, self.count, endpoint=True)
        u = self.u(rows, rng)
        s = np.concatenate([self.draw(rng, each) for each in rows])
        s = spread(s, u, self.strength, rng)
        return mixed(s, rng), u, np.repeat(np.arange(self.count), rows) if self.count > 1 else None

    def reference(self, coefficient: float, rng: np.random.Generator) -> Table:
        """Independent rows that tell as much as those of an AR(1) with this coefficient."""
        rows = rng.integers(*self.lengths, self.count, endpoint=True)
        return independent(self.u(rows, rng), coefficient, self.strength, rng)


def alike(*polynomial: float) -> Callable[[np.random.Generator, int], np.ndarray]:
    """Draws of autoregressions."""
    return functools.partial(filtered, polynomial)


def in_windows(rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Ten arbitrary windows of one series."""
    return WINDOWS(rng)


WAVE = alike(*oscillation(0.97, 35))
ONE = (ROWS, ROWS)
UNRELATED = {
    "60 sequences of AR(1) 0.9, one of 3 conditions each": Sequences(alike(1, -0.9), constant),
    "60 sequences of AR(1) 0.9, u changes at random": Sequences(alike(1, -0.9), telegraph),
    "60 random walks, u changes at random": Sequences(walk, telegraph),
    "60 sequences of AR(1) 0.9, one course of u": Sequences(alike(1, -0.9), phase),
    "60 random walks, one course of u": Sequences(walk, phase),
    "60 sequences of an oscillation of 12 rows, one course of u": Sequences(
        alike(*oscillation(0.95, 12)), phase),
    "oscillation of 35 rows, 10 windows": Sequences(WAVE, in_windows, count=1, lengths=ONE),
    "AR(1) 0.5, a u of period 12": Sequences(alike(1, -0.5), periodic, count=1, lengths=ONE),
}  # fmt: skip
CHANGING, COURSE = (Sequences(alike(1, -0.9), each, 0.5) for each in (telegraph, phase))
PERIODIC = Sequences(alike(1, -0.5), periodic, 0.5, count=1, lengths=ONE)
MOVED: dict[str, tuple[Make, Make, Kind]] = {
    "60 sequences of AR(1) 0.9, u changes at random, log deviations 0.5": (
        CHANGING.table, functools.partial(CHANGING.reference, 0.9), "rows"),
    "60 sequences of AR(1) 0.9, one course of u, log deviations 0.5": (
        COURSE.table, functools.partial(COURSE.reference, 0.9), "rows"),
    "AR(1) 0.5, a u of period 12, log deviations 0.5": (
        PERIODIC.table, functools.partial(PERIODIC.reference, 0.5), "rows"),
}  # fmt: skip


def cases() -> Iterator[Case]:
    """All of them."""
    for name, test in TESTS.items():
        for setting, made in UNRELATED.items():
            happens = functools.partial(test, made.table)
            yield Case(FALSE_ALARMS, name, setting, happens, AT_MOST, 60, LEVEL)
        yield from held_to_references(name, test, MOVED)
