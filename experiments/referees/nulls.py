"""Sets of latents that must not be called supported, whatever they agree on."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import ortho_group

RUNS, ROWS, DIM, LEVELS = 3, 1200, 3, 12


class Null(NamedTuple):
    """What is judged.

    Attributes:
      runs: latents.
      x: observations.
      u: of the same rows.
      more: what else `judge` takes.
    """

    runs: list[np.ndarray]
    x: np.ndarray
    u: np.ndarray
    more: Mapping[str, Any] = {}


def _sources(rng: np.random.Generator, levels: int = LEVELS) -> tuple[np.ndarray, np.ndarray]:
    """Independent rows whose variances follow u, and u."""
    u = rng.permutation(np.arange(ROWS) % levels)
    return rng.normal(size=(ROWS, DIM)) * np.exp(0.6 * rng.normal(size=(levels, DIM)))[u], u


def _mixed(s: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return np.tanh(s @ rng.normal(size=(DIM, DIM))) + s @ ortho_group.rvs(DIM, random_state=rng)


def _noisy(s: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    return [s + 0.05 * s.std(axis=0) * rng.normal(size=s.shape) for _ in range(RUNS)]


def shuffled_u(rng: np.random.Generator) -> Null:
    """True sources, and a u that was shuffled."""
    s, u = _sources(rng)
    return Null(_noisy(s, rng), _mixed(s, rng), rng.permutation(u))


def random_x(rng: np.random.Generator) -> Null:
    """Latents that follow u by heart, as a net that overfits makes them of x that is noise."""
    s, u = _sources(rng)
    return Null(_noisy(s, rng), rng.normal(size=s.shape), u)


def random_latents(rng: np.random.Generator) -> Null:
    """X that is noise, and linear maps of it."""
    x, u = rng.normal(size=(ROWS, DIM)), _sources(rng)[1]
    turn = ortho_group.rvs(DIM, random_state=rng)
    return Null(_noisy(x @ turn, rng), x, u)


def means_only(rng: np.random.Generator) -> Null:
    """Gaussians whose means alone follow u, rotated alike in all runs."""
    u = rng.permutation(np.arange(ROWS) % LEVELS)
    s = rng.normal(size=(ROWS, DIM)) + 2 * rng.normal(size=(LEVELS, DIM))[u]
    turn = ortho_group.rvs(DIM, random_state=rng)
    return Null(_noisy(s @ turn, rng), _mixed(s, rng), u)


def few_levels(rng: np.random.Generator) -> Null:
    """As many levels of u as latents, rotated alike in all runs."""
    s, u = _sources(rng, DIM)
    turn = ortho_group.rvs(DIM, random_state=rng)
    return Null(_noisy(s @ turn, rng), _mixed(s, rng), u)


def a_space(rng: np.random.Generator) -> Null:
    """True sources, rotated in every run by itself."""
    s, u = _sources(rng)
    s = s / s.std(axis=0)
    turned = [s @ ortho_group.rvs(DIM, random_state=rng) for _ in range(RUNS)]
    return Null(turned, _mixed(s, rng), u)


def _series(rng: np.random.Generator, rows: int) -> np.ndarray:
    noise, s = rng.normal(size=(rows, DIM)), np.zeros((rows, DIM))
    for i in range(1, rows):
        s[i] = 0.95 * s[i - 1] + 0.31 * noise[i]
    return s


def own_time(rng: np.random.Generator) -> Null:
    """A series that follows no u, whose slow changes u's stretches catch."""
    s = _series(rng, 2 * ROWS)
    return Null(_noisy(s, rng), _mixed(s, rng), np.repeat(rng.integers(0, 6, 2 * ROWS // 60), 60))


def shifted_time(rng: np.random.Generator) -> Null:
    """A series whose variances follow u, and a u shifted by a quarter of it or more."""
    u = np.repeat(rng.integers(0, 6, 2 * ROWS // 60), 60)
    s = _series(rng, 2 * ROWS) * np.exp(0.6 * rng.normal(size=(6, DIM)))[u]
    shift = int(rng.integers(ROWS // 2, 3 * ROWS // 2))
    return Null(_noisy(s, rng), _mixed(s, rng), np.roll(u, shift))


def groups(rng: np.random.Generator) -> Null:
    """Subjects that differ in means and variances, each with one u at random."""
    group = np.repeat(np.arange(24), ROWS // 24)
    s = rng.normal(size=(ROWS, DIM)) * np.exp(0.5 * rng.normal(size=(24, DIM)))[group]
    s = s + rng.normal(size=(24, DIM))[group]
    return Null(_noisy(s, rng), _mixed(s, rng), rng.permutation(np.arange(24) % 4)[group],
                {"groups": group})  # fmt: skip


def same_controls(rng: np.random.Generator) -> Null:
    """True sources, and controls that are no worse: u had no part in them."""
    s, u = _sources(rng)
    return Null(_noisy(s, rng), _mixed(s, rng), u, {"controls": _noisy(s, rng)})


NULLS: Mapping[str, Callable[[np.random.Generator], Null]] = {
    "u shuffled": shuffled_u,
    "x random, latents by heart": random_x,
    "x random, latents of x": random_latents,
    "means alone follow u": means_only,
    "as many levels as latents": few_levels,
    "a space, no axes": a_space,
    "a series of its own": own_time,
    "u shifted in time": shifted_time,
    "u dealt to groups": groups,
    "controls as good": same_controls,
}
