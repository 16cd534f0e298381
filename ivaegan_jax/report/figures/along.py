"""Scores along an axis that arms, configurations or numbers of latents lie on."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ivaegan_jax.evaluation import Score
from ivaegan_jax.report import recorded
from ivaegan_jax.report.estimates import interval
from ivaegan_jax.report.evidence import gather
from ivaegan_jax.report.figures.scores import MCC
from ivaegan_jax.report.figures.style import (
    FAINT,
    INK,
    SMALL,
    SPARE,
    WIDE,
    Look,
    labelled,
    looks,
    panel,
)
from ivaegan_jax.report.inputs import Arm, Records
from ivaegan_jax.report.sweep import RANKED_BY, Ranked, Sweep
from ivaegan_jax.studies import Value, spelt

LOGARITHMIC = 20.0
"""Ratio of the largest to the smallest value from which an axis is logarithmic."""

FEW = 12
"""Different values up to which each has its mean drawn."""

Points = list[tuple[float, bool]]
"""Values and whether their runs diverged."""


def strips_along(axis: str, arms: Sequence[Arm], read: Sequence[Records]) -> Figure | None:
    """MCC against the arms' values on an axis, a line per model; None without true sources."""
    shown = [
        (arm, each.results) for arm, each in zip(arms, read, strict=True)
        if axis in arm.axis and recorded.select(each.results, Score, arm.name, "mcc")
    ]  # fmt: skip
    if not shown:
        return None
    values = sorted({arm.axis[axis] for arm, _ in shown})
    figure, ax = panel(WIDE, 3.4, top=0.5)
    palette = looks(recorded.ordered(arm.preset for arm, _ in shown))
    for i, (preset, look) in enumerate(palette.items()):
        shift = 0.12 * (i - (len(palette) - 1) / 2)
        own = [(arm, results) for arm, results in shown if arm.preset == preset]
        own.sort(key=lambda each: each[0].axis[axis])
        at = [values.index(arm.axis[axis]) + shift for arm, _ in own]
        bands = [interval(results, "mcc", arm.name) for arm, results in own]
        _curve(ax, at, bands, look, preset)
        for x, (arm, results) in zip(at, own, strict=True):
            _marks(ax, x + 0.06, _mcc(results, arm.name), look)
    rotation = {arm.axis[axis]: recorded.baselines(r).get("random_rotation") for arm, r in shown}
    heights = [height for value in values if (height := rotation[value]) is not None]
    if len(heights) == len(values):
        ax.plot(range(len(values)), heights, "--", color=FAINT, linewidth=1, label="rotation")
    ax.set_xticks(range(len(values)), [f"{value:g}" for value in values])
    labelled(ax, x=axis.replace("_", " "), y=MCC)
    figure.legend(frameon=False, fontsize=8, loc="upper center", ncols=4, labelcolor=INK)
    return figure


def latents_panels(along: Sequence[tuple[Arm, Records]], axis: str) -> list[Figure]:
    """Log p(x|u), agreement and active latents against their number."""
    measures = {
        "log p(x|u), nats": lambda found, name: interval(found, "log_likelihood", name),
        "agreement": lambda found, name: gather(found, name).agreement,
        "latents in use": lambda found, name: interval(found, "active_units", name),
    }
    panels = []
    for title, estimate in measures.items():
        figure, ax = panel(SMALL, 1.8)
        at = [arm.axis[axis] for arm, _ in along]
        bands = [estimate(each.results, arm.name) for arm, each in along]
        [look] = looks([along[0][0].preset]).values()
        _curve(ax, at, bands, look)
        labelled(ax, title, "latents")
        panels.append(figure)
    return panels


def sweep_panels(sweep: Sweep) -> list[Figure]:
    """Marginal points: a panel per setting of the criterion and, where known, of the MCC."""
    measures = {RANKED_BY[sweep.criterion]: _criterion}
    if any(recorded.select(each.results, Score, each.label, "mcc") for each in sweep.ranking):
        measures[MCC] = lambda each: _mcc(each.results, each.label)
    return [
        _marginal(measure, name, {each.settings[name]: [] for each in sweep.ranking
                                  if name in each.settings}, points, sweep)
        for measure, points in measures.items() for name in sweep.settings
    ]  # fmt: skip


def _marginal(
    measure: str, name: str, found: dict[Value, Points], points: Any, sweep: Sweep
) -> Figure:
    for each in sweep.ranking:
        if name in each.settings:
            found[each.settings[name]] += points(each)
    figure, ax = panel(SMALL, 2.0)
    at = _places(ax, sorted(found, key=lambda value: (isinstance(value, str), value)))
    for value, own in found.items():
        _marks(ax, at[value], own, Look(SPARE[0], "o"))
    if len(found) <= FEW:
        means = [float(np.mean([score for score, _ in found[value]])) for value in at]
        ax.plot(list(at.values()), means, "o-", color=INK, markersize=4, linewidth=1)
    labelled(ax, measure, name)
    return figure


def _criterion(each: Ranked) -> Points:
    """What ranked a configuration, by run; a diverged run at the value it counts with."""
    return [(float(value), False) for value in each.values.ravel()]


def _mcc(results: Sequence[Any], label: str) -> Points:
    found = recorded.select(results, Score, label, "mcc")
    return [(recorded.counted(each), recorded.is_diverged(each)) for each in found]


def _places(ax: Axes, values: Sequence[Value]) -> Mapping[Value, float]:
    """Where values of a setting lie: numbers where they are, others side by side."""
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(numbers) < len(values):
        ax.set_xticks(range(len(values)), [spelt(value) or "none" for value in values])
        return {value: float(i) for i, value in enumerate(values)}
    if numbers[0] > 0 and numbers[-1] / numbers[0] >= LOGARITHMIC:
        ax.set_xscale("log")
    return {value: float(value) for value in numbers}


def _curve(ax: Axes, at: Sequence[float], bands: Sequence[Any], look: Look, name: str = "") -> None:
    found = [(x, band) for x, band in zip(at, bands, strict=True) if band is not None]
    ax.plot([x for x, _ in found], [band.estimate for _, band in found], marker=look.marker,
            markersize=5, label=name or None, color=look.colour, linewidth=1.6)  # fmt: skip
    for x, band in found:
        ax.plot([x, x], [band.low, band.high], color=look.colour, linewidth=1.2)


def _marks(ax: Axes, x: float, points: Points, look: Look) -> None:
    for value, lost in points:
        marker = "x" if lost else look.marker
        ax.plot([x], [value], marker=marker, color=look.colour, markersize=3.5)
