"""How every figure looks: one colour and one marker per model, quiet axes, no global state."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ivaegan_jax.files import printable

COLOURS = {
    "vae": "#767676",
    "ivae": "#0072b2",
    "gan": "#56b4e9",
    "bigan": "#cc79a7",
    "vae_gan": "#e69f00",
    "ivae_gan": "#d55e00",
    "igan": "#009e73",
    "ibigan": "#332288",
}
"""Okabe and Ito's colours, distinct to colour-blind readers too."""

SPARE = ("#882255", "#999933", "#44aa99", "#aa4499", "#117733", "#661100", "#88ccee", "#ddcc77")
"""Tol's muted colours, for models that are not in the table and for levels of u."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*", "<", ">", "p", "h")
"""Beside colours, for those who see none."""

INK, FAINT, GRID = "#222222", "#6b6b6b", "#e4e4e4"
DPI = 110
SMALL, WIDE = 2.3, 4.4
"""Inches that a panel among several is wide, and one that stands alone: text keeps its size."""


class Look(NamedTuple):
    """How one model is drawn in every figure."""

    colour: str
    marker: str


Palette = Mapping[str, Look]
"""The look of each model."""


def looks(names: Iterable[str]) -> dict[str, Look]:
    """A colour and a marker for each name, the same in every figure."""
    known = list(dict.fromkeys(names))
    others = [name for name in known if name not in COLOURS]
    spare = {name: SPARE[i % len(SPARE)] for i, name in enumerate(others)}
    return {
        name: Look(COLOURS.get(name) or spare[name], MARKERS[i % len(MARKERS)])
        for i, name in enumerate(known)
    }


def new_figure(width: float, height: float, rows: int = 1, columns: int = 1) -> tuple[Figure, Any]:
    """A figure of its own and its `[rows, columns]` array of axes."""
    figure = Figure(figsize=(width, height), layout="constrained", facecolor="white")
    axes = figure.subplots(rows, columns, squeeze=False)
    for ax in axes.flat:
        quiet(ax)
    return figure, axes


def quiet(ax: Axes) -> None:
    """Leaves an axis its bottom and left line, thin and grey."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["bottom", "left"]].set_color(FAINT)
    ax.tick_params(colors=INK, labelsize=8, width=0.6, length=2.5)


def panel(
    width: float,
    height: float,
    left: float = 0.5,
    bottom: float = 0.42,
    top: float = 0.22,
    right: float = 0.08,
) -> tuple[Figure, Axes]:
    """A figure of one axes; margins in inches, so that no layout has to be solved."""
    figure = Figure(figsize=(width, height), facecolor="none")
    size = 1 - (left + right) / width, 1 - (bottom + top) / height
    ax = figure.add_axes((left / width, bottom / height, *size), facecolor="none")
    quiet(ax)
    ax.set_axisbelow(True)
    return figure, ax


def as_words(text: str) -> str:
    """Text of others as a figure shows it: no formula between two dollars, no line that ends.

    A label that begins with `_` would be left out of a legend.
    """
    shown = printable(text).replace("$", r"\$")
    return f"\u200a{shown}" if shown.startswith("_") else shown


def labelled(ax: Axes, title: str = "", x: str = "", y: str = "") -> None:
    """Title and labels of the axes, in one size."""
    ax.set_title(as_words(title), fontsize=8.5, color=INK, loc="left", pad=4)
    ax.set_xlabel(x, fontsize=8.5, color=INK, labelpad=2)
    ax.set_ylabel(y, fontsize=8.5, color=INK, labelpad=2)


def bare(ax: Axes) -> None:
    """Takes ticks and frame away, as for pictures."""
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)


def legend_of(palette: Palette, width: float = SMALL, height: float = 1.7) -> Figure:
    """A panel that names the looks."""
    figure = Figure(figsize=(width, height), facecolor="none")
    ax = figure.add_axes((0, 0, 1, 1), facecolor="none")
    bare(ax)
    for name, look in palette.items():
        ax.plot([], [], color=look.colour, marker=look.marker, markersize=5,
                label=as_words(name))  # fmt: skip
    columns = 1 if len(palette) <= 8 else 2
    ax.legend(frameon=False, fontsize=7.5, loc="center left", labelcolor=INK, ncols=columns,
              columnspacing=0.8, handlelength=1.2)  # fmt: skip
    return figure
