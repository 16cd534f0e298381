"""A study in one picture: an arm per line, or scores along an axis that the arms lie on."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ivaegan_jax.evaluation import Result, Score
from ivaegan_jax.report import recorded
from ivaegan_jax.report.estimates import interval
from ivaegan_jax.report.figures.style import FAINT, INK, colours, new_figure
from ivaegan_jax.report.inputs import Arm, Records
from ivaegan_jax.report.render import decimal

LABEL = "held-out MCC"


def arm_strips(arms: Sequence[Arm], read: Sequence[Records]) -> Figure | None:
    """Every run of every arm, an arm per line; None without true sources."""
    shown = [(a, r.results) for a, r in zip(arms, read, strict=True) if _has_scores(a, r.results)]
    if not shown:
        return None
    figure, axes = new_figure(7.5, 1.2 + 0.3 * len(shown))
    ax, palette = axes[0, 0], colours(recorded.ordered(arm.preset for arm in arms))
    for y, (arm, results) in enumerate(shown):
        _line(ax, y, results, arm.name, palette[arm.preset])
    ax.set_yticks(range(len(shown)), _names([arm for arm, _ in shown]))
    ax.set(ylim=(len(shown) - 0.4, -0.6), xlabel=LABEL)
    ax.grid(axis="x", color="#eeeeee", linewidth=0.8)
    ax.set_axisbelow(True)
    return figure


def strips_along(axis: str, arms: Sequence[Arm], results: Sequence[Result]) -> Figure | None:
    """MCC against the arms' values on an axis, a line per preset; None without true sources."""
    shown = [arm for arm in arms if axis in arm.axis and _has_scores(arm, results)]
    if not shown:
        return None
    values = sorted({arm.axis[axis] for arm in shown})
    figure, axes = new_figure(1.6 + 1.1 * max(4, len(values)), 4.2)
    ax, presets = axes[0, 0], recorded.ordered(arm.preset for arm in shown)
    for i, (preset, colour) in enumerate(colours(presets).items()):
        own = {arm.axis[axis]: arm.name for arm in shown if arm.preset == preset}
        shift = 0.12 * (i - (len(presets) - 1) / 2)
        at = {values.index(value) + shift: own[value] for value in sorted(own)}
        _curve(ax, at, results, preset, colour)
    _baseline(ax, values, {arm.axis[axis]: arm.data for arm in shown}, results)
    ax.set_xticks(range(len(values)), [f"{value:g}" for value in values])
    ax.set(xlabel=axis.replace("_", " "), ylabel=LABEL)
    ax.legend(frameon=False, fontsize=9, loc="best")
    return figure


def _has_scores(arm: Arm, results: Sequence[Result]) -> bool:
    return bool(recorded.select(results, Score, arm.name, "mcc"))


def _names(arms: Sequence[Arm]) -> list[str]:
    several = len({arm.data for arm in arms}) > 1
    return [f"{arm.name} ({arm.data})" if several else arm.name for arm in arms]


def _dots(results: Sequence[Result], name: str) -> list[tuple[float, bool]]:
    found = recorded.select(results, Score, name, "mcc")
    return [(recorded.counted(row), recorded.is_diverged(row)) for row in found]


def _line(ax: Axes, y: int, results: Sequence[Result], name: str, colour: str) -> None:
    for value, lost in _dots(results, name):
        _dot(ax, value, y - 0.12, lost, colour)
    baseline = recorded.baselines(results).get("random_rotation")
    if baseline is not None:
        ax.plot([baseline, baseline], [y - 0.35, y + 0.35], color=FAINT, linewidth=1.2)
    band = interval(results, "mcc", name)
    if band is not None:
        ax.plot([band.low, band.high], [y + 0.18] * 2, color=INK, linewidth=1.6)
        ax.plot(band.estimate, y + 0.18, "o", color=INK, markersize=4)
        text = decimal(float(band.estimate), 2)
        ax.annotate(text, (1.01, y), xycoords=("axes fraction", "data"), va="center", fontsize=8)


def _curve(
    ax: Axes, at: dict[float, str], results: Sequence[Result], preset: str, colour: str
) -> None:
    bands = {x: interval(results, "mcc", name) for x, name in at.items()}
    found = {x: band for x, band in bands.items() if band is not None}
    means = [band.estimate for band in found.values()]
    ax.plot(list(found), means, "-o", color=colour, linewidth=1.6, markersize=5, label=preset)
    for x, band in found.items():
        ax.plot([x, x], [band.low, band.high], color=colour, linewidth=1.2)
    for x, name in at.items():
        for value, lost in _dots(results, name):
            _dot(ax, x + 0.06, value, lost, colour)


def _dot(ax: Axes, x: float, y: float, lost: bool, colour: str) -> None:
    ax.plot(x, y, "x" if lost else ".", color=colour, alpha=0.5, markersize=5)


def _baseline(
    ax: Axes, values: Sequence[float], data: dict[float, Any], results: Sequence[Result]
) -> None:
    found = [
        recorded.baselines([each for each in results if each.data == data[value]]).get(
            "random_rotation"
        )
        for value in values
    ]
    if all(value is not None for value in found):
        heights = np.array(found, float)
        style = {"color": FAINT, "linewidth": 1, "linestyle": (0, (4, 3))}
        ax.plot(range(len(values)), heights, label="random rotation", **style)
