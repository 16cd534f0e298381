"""Pictures of rows that are images: reconstructions, samples, and what each latent does."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from ivaegan_jax.report.figures.arrays import Arrays, first_run, of_data, of_run
from ivaegan_jax.report.figures.style import WIDE, bare, labelled, panel

PICTURES = ("x", "x_recon", "x_fake")
"""Arrays of images: observations, reconstructions, samples."""

COLOURS = 3


def image_grid(arrays: Mapping[str, Arrays], most: int = 10) -> list[Figure]:
    """Per model: observations, their reconstructions, and samples of the model at the same u."""
    panels = []
    for name, found in _of_images(arrays):
        shown = first_run(found)
        for what in (w for w in PICTURES if w in found):
            images = (of_data if what == "x" else of_run)(found, what, shown)[:most]
            panels.append(_drawn(f"{name}: {what}", images[None], found, 0.7))
    return panels


def traversals(arrays: Mapping[str, Arrays]) -> list[Figure]:
    """Per model: a line of pictures for each latent, along which it alone changes, per start."""
    panels = []
    for name, found in _of_images(arrays):
        for start, images in enumerate(found.get("x_traversed", ())):
            title = f"{name}: start {start + 1}"
            panels.append(_drawn(title, images, found, 0.3 + 0.55 * len(images)))
    return panels


def _of_images(arrays: Mapping[str, Arrays]) -> list[tuple[str, Arrays]]:
    return [(name, found) for name, found in arrays.items() if "image_shape" in found]


def _drawn(
    title: str, images: Float[np.ndarray, "lines along dim_x"], found: Arrays, height: float
) -> Figure:
    """Lines of pictures; all of a model share the scale of the data, so that light compares."""
    shape = np.asarray(found["image_shape"], int)
    low, high = _range(found)
    pixels = (images.reshape(*images.shape[:2], *shape, -1).astype(float) - low) / (high - low)
    if pixels.shape[-1] != COLOURS:
        pixels = np.repeat(pixels.mean(axis=-1, keepdims=True), COLOURS, axis=-1)
    # white between neighbours, and where a run has diverged
    framed = np.pad(pixels, ((0, 0), (0, 0), (0, 1), (0, 1), (0, 0)), constant_values=1.0)
    together = np.concatenate([np.concatenate(list(line), axis=1) for line in framed], axis=0)
    figure, ax = panel(WIDE, height, left=0.04, bottom=0.02, top=0.2, right=0.04)
    ax.imshow(np.clip(np.nan_to_num(together, nan=1.0), 0, 1), interpolation="nearest")
    bare(ax)
    labelled(ax, title)
    return figure


def _range(arrays: Arrays) -> tuple[float, float]:
    images = arrays[next(name for name in PICTURES if name in arrays)]
    low, high = float(np.min(images)), float(np.max(images))
    return low, high if high > low else low + 1.0
