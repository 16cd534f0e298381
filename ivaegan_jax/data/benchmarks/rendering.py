"""Pictures of simple shapes, as smooth functions of where and how large they are.

A shape is the set where its gauge, a function that grows in proportion along every ray, is at most
1. An edge falls off as a logistic function of the distance along the ray, so pixels have
derivatives by every factor, and the light of a shape of radius r is its unit area times
(r^2 + (pi blur)^2 / 3). Written for whichever array library the factors come from: numpy draws
data sets, and jax differentiates.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from jaxtyping import Float

Shape: TypeAlias = Literal["disc", "ellipse", "box", "drop"]
Array: TypeAlias = Any
"""Of numpy or jax."""

LONG = 1.5
"""Longest half axis of a shape of radius 1."""

TINY = 1e-12

TRAVEL, RADIUS, GROWTH = 0.24, 0.12, 0.35
"""Largest distance of a centre from the middle and the usual radius, both in sizes of the picture;
logarithm of the largest radius over the usual one. Half axes end inside the picture."""

BRIGHT, DIM = 0.9, 0.2
"""Largest and smallest light of an object; background has at most the latter."""


class Look(NamedTuple):
    """A kind of shape.

    Attributes:
      gauge: of x and y, 1 at the edge of the shape of radius 1.
      area: of that shape.
      turn: largest angle in radians, a third of the turn after which it looks the same; 0 if no
        turn shows.
    """

    gauge: Callable[[Array, Array], Array]
    area: float
    turn: float


def _ellipse(x: Array, y: Array) -> Array:
    return (TINY + (x / LONG) ** 2 + (y * LONG) ** 2) ** 0.5


def _box(x: Array, y: Array) -> Array:
    return (TINY + (x / LONG) ** 4 + (y * LONG) ** 4) ** 0.25


def _drop(x: Array, y: Array) -> Array:
    square = TINY + x**2 + y**2
    return square / (square**0.5 + (LONG - 1) * x)


LOOKS: dict[Shape, Look] = {
    "ellipse": Look(_ellipse, np.pi, np.pi / 3),
    "drop": Look(_drop, np.pi * (1 + (LONG - 1) ** 2 / 2), 2 * np.pi / 3),
    "box": Look(_box, 3.70814935, np.pi / 3),
    "disc": Look(lambda x, y: (TINY + x**2 + y**2) ** 0.5, np.pi, 0.0),
}
"""Shapes; that of a second object is the one after that of the first."""

Factors: TypeAlias = Mapping[str, Array]
"""Factors of one object `[rows, 1]`, each from -1 to 1; one that is absent is 0."""


def cover(look: Look, factors: Factors, size: int, blur: float) -> Float[Array, "rows pixels"]:
    """Share of the light of an object that each pixel has, row by row of the picture.

    Args:
      look: of the object.
      factors: its `x` and `y` (from left to right and from top to bottom), `scale`, `angle`.
      size: pixels of the picture in each direction.
      blur: scale of the logistic edge in pixels.
    """
    at, xp = np.arange(size, dtype=np.float32) - (size - 1) / 2, library(factors)
    x = np.tile(at, size) - TRAVEL * size * factors.get("x", 0.0)
    y = np.repeat(at, size) - TRAVEL * size * factors.get("y", 0.0)
    if "angle" in factors and look.turn:
        angle = look.turn * factors["angle"]
        x, y = xp.cos(angle) * x + xp.sin(angle) * y, xp.cos(angle) * y - xp.sin(angle) * x
    radius = RADIUS * size * xp.exp(GROWTH * factors.get("scale", np.zeros((1, 1), np.float32)))
    return 0.5 + 0.5 * xp.tanh((radius - look.gauge(x, y)) / (2 * blur))


def light(factors: Factors, channels: int, colour: float) -> Float[Array, "rows 1 channels"]:
    """Of an object, by its `intensity` and, in three channels, its `hue`.

    Args:
      factors: its own; without an intensity it is as bright as can be.
      channels: 1 or 3.
      colour: angle of its colour where its hue is 0.
    """
    middle, half = (BRIGHT + DIM) / 2, (BRIGHT - DIM) / 2
    bright = (middle + half * factors.get("intensity", np.ones((1, 1), np.float32)))[..., None]
    if channels == 1:
        return bright
    hue = colour + 2 * np.pi / 3 * factors.get("hue", np.zeros((1, 1), np.float32))[..., None]
    primaries = np.arange(3, dtype=np.float32) * np.float32(2 * np.pi / 3)
    return bright * (0.5 + 0.5 * library(factors).cos(hue - primaries))


def screened(
    background: Float[Array, "pixels channels"],
    objects: Sequence[tuple[Float[Array, "#rows pixels"], Float[Array, "#rows 1 channels"]]],
) -> Float[Array, "_ pixels channels"]:
    """Pictures of objects that hide nothing behind them, and values from 0 to 1.

    Darkness, 1 minus the value, multiplies: no object is bright enough to cover another.
    """
    darkness: Array = (1 - background)[None]
    for covered, lit in objects:
        darkness = darkness * (1 - covered[..., None] * lit)
    return 1 - darkness


def library(factors: Factors) -> Any:
    """The array library of factors, of which there is at least one."""
    return next(iter(factors.values())).__array_namespace__()
