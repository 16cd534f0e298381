"""How every figure looks: one colour per preset, quiet axes, no global state."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

COLOURS = {
    "vae": "#888888",
    "ivae": "#0072B2",
    "gan": "#56B4E9",
    "bigan": "#CC79A7",
    "vae_gan": "#E69F00",
    "ivae_gan": "#D55E00",
    "igan": "#009E73",
    "ibigan": "#332288",
}
"""Okabe and Ito's colours, distinct to colour-blind readers too."""

SPARE = ("#882255", "#999933", "#44AA99", "#AA4499", "#117733", "#661100", "#88CCEE", "#DDCC77")
"""Tol's muted colours, for presets that are not in the table."""

Palette = Mapping[str, str]
"""Colour by preset."""

INK, FAINT = "#222222", "#8a8a8a"
DPI = 110


def colours(presets: Iterable[str]) -> dict[str, str]:
    """A colour for each preset, the same in every figure."""
    names = list(presets)
    others = [name for name in names if name not in COLOURS]
    spare = {name: SPARE[i % len(SPARE)] for i, name in enumerate(others)}
    return {name: COLOURS.get(name) or spare[name] for name in names}


def new_figure(width: float, height: float, rows: int = 1, columns: int = 1) -> tuple[Figure, Any]:
    """A figure and its `[rows, columns]` array of axes."""
    figure = Figure(figsize=(width, height), layout="constrained", facecolor="white")
    axes = figure.subplots(rows, columns, squeeze=False)
    for ax in axes.flat:
        quiet(ax)
    return figure, axes


def wrapped(label: str) -> str:
    """A label with its settings on lines of their own, for the ticks of an axis."""
    return label.replace("[", "\n[").replace(",", ",\n")


def quiet(ax: Axes) -> None:
    """Leaves an axis its bottom and left line, thin and grey."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["bottom", "left"]].set_color(FAINT)
    ax.tick_params(colors=INK, labelsize=9, width=0.6)


def bare(ax: Axes) -> None:
    """Takes ticks and frame away, as for pictures."""
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)


def spread(
    positions: Sequence[float], gap: float, low: float, high: float
) -> Float[np.ndarray, " n"]:
    """Moves ascending label positions apart by at least `gap`, within the limits if they fit."""
    placed = np.array(positions, float)
    for i in range(1, len(placed)):
        placed[i] = max(placed[i], placed[i - 1] + gap)
    placed[-1:] = np.minimum(placed[-1:], high)
    for i in range(len(placed) - 2, -1, -1):
        placed[i] = min(placed[i], placed[i + 1] - gap)
    return np.maximum(placed, low) if placed.size and placed[0] >= low else placed
