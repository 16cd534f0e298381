"""Images with known factors: one or two shapes, drawn by a smooth renderer; our own."""

import dataclasses
from collections import defaultdict
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from jaxtyping import Float

from ivaegan_jax.data.benchmarks.draws import Source, modulated
from ivaegan_jax.data.benchmarks.options import check_data_seed, checked
from ivaegan_jax.data.benchmarks.recipes import Drawn, Modulation
from ivaegan_jax.data.benchmarks.rendering import DIM, LOOKS, Look, Shape, cover, light, screened
from ivaegan_jax.types import Dataset, InputError

Colours: TypeAlias = Literal["grey", "rgb"]
Background: TypeAlias = Literal["plain", "waves"]

FARTHEST_MEAN, LOWEST_STD, HIGHEST_STD, STEADY_STD = 1.5, 0.2, 1.0, 0.6
"""Ranges of the modulation, and the standard deviation where it follows no u."""

SQUASH = 2.0
"""A factor is tanh(source / SQUASH): steep where most sources are, and never outside."""

WAVES = 4
"""Plane waves of a background."""

OBJECTS = 2
"""At most."""

AT_ONCE = 2**22
"""Pixels that are drawn together, at most."""


class Scene(NamedTuple):
    """From sources to pictures.

    Attributes:
      looks: of the objects.
      varied: name and object of the factor behind each source.
      size: pixels of a picture in each direction.
      blur: scale of the edges in pixels.
      background: light without objects `[size * size, channels]`.
    """

    looks: tuple[Look, ...]
    varied: tuple[tuple[str, int], ...]
    size: int
    blur: float
    background: Float[np.ndarray, "pixels channels"]

    def __call__(self, s: Any) -> Any:
        """Pictures `[rows, size * size * channels]` of sources of numpy or jax `[rows, dim]`."""
        if not isinstance(s, np.ndarray):
            return self.drawn(s)
        rows = max(1, AT_ONCE // self.background.size)
        parts = [self.drawn(s[start : start + rows]) for start in range(0, len(s), rows)]
        return np.concatenate(parts)

    def drawn(self, s: Any) -> Any:
        """The same, all at once."""
        factors = s.__array_namespace__().tanh(s / SQUASH)
        own: dict[int, dict[str, Any]] = defaultdict(dict)
        for i, (name, object_) in enumerate(self.varied):
            own[object_][name] = factors[:, i : i + 1]
        channels = self.background.shape[1]
        objects = [
            (cover(look, own[k], self.size, self.blur), light(own[k], channels, np.pi * k))
            for k, look in enumerate(self.looks)
        ]
        return screened(self.background, objects).reshape(len(s), -1)


@checked
def sprites(
    data_seed: int,
    /,
    *,
    segments: int = 24,
    per_segment: int = 200,
    dim: int = 4,
    source: Source = "gaussian",
    modulation: Modulation = "both",
    size: int = 32,
    objects: int = 1,
    shape: Shape = "ellipse",
    colours: Colours = "grey",
    background: Background = "plain",
    blur: float = 0.5,
) -> Dataset:
    """Draws images of shapes whose place, size, angle and light are the sources.

    Per segment and source a standard deviation U(.2, 1) and a mean U(-1.5, 1.5). A factor is the
    tanh of half its source, which keeps objects inside the picture; that is part of the mixing.
    The factors of an object are x, y, scale, angle (where the shape shows it), with colours hue,
    and intensity: the first `dim` of them, of two objects by turns. Objects add light as two lamps
    do on a screen, so that none hides another, and pictures differ wherever factors do.

    Args:
      data_seed: draws the modulation, the samples and the background.
      segments: number of levels of u.
      per_segment: rows per segment.
      dim: number of sources.
      source: as in `b1`.
      modulation: variance or mean keeps means 0 or standard deviations .6.
      size: pixels in each direction, 16 to 64 are sensible.
      objects: 1 or 2; the second has another shape.
      shape: ellipse, drop, box (rounded), or disc, which has no angle.
      colours: grey, or red, green and blue, which lie together in x for each pixel.
      background: plain is dark; waves are the same in all pictures of a data seed.
      blur: scale of the logistic edges in pixels.

    Returns:
      x `[segments * per_segment, size * size * channels]` from 0 to 1, its `image_shape`, s
      `[segments * per_segment, dim]`, u the segment.

    Raises:
      InputError: for an option out of range.
    """
    rng = np.random.RandomState(check_data_seed(data_seed))
    shapes = _shapes(objects, shape)
    varied = _varied(shapes, dim, colours)
    std = rng.uniform(LOWEST_STD, HIGHEST_STD, (segments, dim))
    mean = rng.uniform(-FARTHEST_MEAN, FARTHEST_MEAN, (segments, dim))
    std = np.full_like(std, STEADY_STD) if modulation == "mean" else std
    mean = np.zeros_like(mean) if modulation == "variance" else mean
    s = modulated(rng, source, std, mean, per_segment).astype(np.float32)
    lit = waves(rng, size) if background == "waves" else np.zeros((size * size, 1), np.float32)
    lit = np.repeat(lit, 3 if colours == "rgb" else 1, axis=1)
    scene = Scene(tuple(LOOKS[each] for each in shapes), varied, size, blur, lit)
    drawn = Drawn(s, scene, source, mean, std).seen("sprites")
    return dataclasses.replace(drawn, image_shape=(size, size))


def _shapes(objects: int, first: Shape) -> list[Shape]:
    if objects > OBJECTS:
        raise InputError(f"sprites: objects must be 1 or {OBJECTS}, not {objects}")
    names = list(LOOKS)
    return [names[(names.index(first) + k) % len(names)] for k in range(objects)]


def _varied(shapes: list[Shape], dim: int, colours: Colours) -> tuple[tuple[str, int], ...]:
    """Name and object of the factor of each source; raises InputError where there are too few."""
    names = ["x", "y", "scale", "angle", *(["hue"] if colours == "rgb" else []), "intensity"]
    found = [
        (name, k)
        for name in names
        for k, shape in enumerate(shapes)
        if name != "angle" or LOOKS[shape].turn
    ]
    if dim > len(found):
        what = f"{' and '.join(shapes)} in {colours}"
        raise InputError(f"sprites: dim must be at most {len(found)} for {what}, not {dim}")
    return tuple(found[:dim])


def waves(rng: np.random.RandomState, size: int) -> Float[np.ndarray, "pixels 1"]:
    """A smooth random pattern from 0 to `DIM`."""
    at = np.linspace(-1, 1, size)
    places = np.stack([np.tile(at, size), np.repeat(at, size)], axis=1)
    numbers, phases = 3 * rng.standard_normal((2, WAVES)), rng.uniform(0, 2 * np.pi, WAVES)
    heights = np.cos(places @ numbers + phases).sum(axis=1, keepdims=True)
    return (DIM * (1 + np.tanh(heights)) / 2).astype(np.float32)
