"""One kind of picture: a line per model, arm or data seed, every value a mark, the mean beneath."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ivaegan_jax.metrics import Interval
from ivaegan_jax.report.figures.style import FAINT, GRID, INK, WIDE, Look, labelled, panel
from ivaegan_jax.report.render import decimal

LONGEST = 22
"""Characters of a name that have room beside the axes."""


class Line(NamedTuple):
    """What one line shows.

    Attributes:
      name: beside it.
      values: one mark each; those that are no number are left out.
      lost: which of them diverged.
      band: mean and interval; None for none.
      look: of the marks.
      against: a value that is marked across the line; None for none.
    """

    name: str
    values: Sequence[float]
    lost: Sequence[bool]
    band: Interval | None
    look: Look
    against: float | None = None


def strips(
    lines: Sequence[Line], label: str, baselines: Mapping[str, float] | None = None
) -> Figure:
    """The lines from top to bottom, and baselines beneath them in rising order."""
    marks = sorted((baselines or {}).items(), key=lambda item: item[1])
    names = [*(line.name for line in lines), *(name for name, _ in marks)]
    left = 0.2 + 0.058 * min(LONGEST, max(map(len, names)))
    height = 0.75 + 0.28 * len(lines) + 0.19 * len(marks)
    figure, ax = panel(WIDE, height, left=left, top=0.1, right=0.4)
    for y, line in enumerate(lines):
        _draw(ax, y, line)
    places = [*range(len(lines)), *(len(lines) - 0.2 + 0.68 * i for i in range(len(marks)))]
    for (_, value), y in zip(marks, places[len(lines) :], strict=True):
        ax.axvline(value, color=GRID, linewidth=0.8, zorder=0)
        ax.plot([value], [y], "|", color=FAINT, markersize=7, markeredgewidth=1.6)
        _said(ax, y, value, FAINT)
    ax.set_yticks(places, list(map(_cut, names)))
    ax.set_ylim((places or [0])[-1] + 0.6, -0.6)
    ax.margins(x=0.06)
    labelled(ax, x=label)
    return figure


def _draw(ax: Axes, y: int, line: Line) -> None:
    values, lost = np.array(line.values, float), np.array(line.lost, bool)
    # rising values alternate in height, so that equal ones stay apart
    order = np.argsort(np.argsort(values, kind="stable"))
    heights = y - 0.12 + 0.09 * (order % 3 - 1)
    size = 4.5 if len(values) <= 60 else 2.5
    ax.plot(values[~lost], heights[~lost], line.look.marker, color=line.look.colour,
            markersize=size, markeredgewidth=0.4, markeredgecolor="#ffffff")  # fmt: skip
    ax.plot(values[lost], heights[lost], "x", color=line.look.colour, markeredgewidth=1.4)
    if line.against is not None:
        ax.plot([line.against], [y], "|", color=FAINT, markersize=14, markeredgewidth=1.2)
    if line.band is not None:
        ax.plot([line.band.low, line.band.high], [y + 0.24] * 2, color=INK, linewidth=1.6)
        ax.plot([line.band.estimate], [y + 0.24], "o", color=INK, markersize=4)
        _said(ax, y, float(line.band.estimate), INK)


def _said(ax: Axes, y: float, value: float, colour: str) -> None:
    ax.annotate(decimal(value, 2), (1.02, y), xycoords=("axes fraction", "data"), fontsize=8,
                color=colour, va="center", annotation_clip=False)  # fmt: skip


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
