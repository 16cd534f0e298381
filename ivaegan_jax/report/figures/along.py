"""Scores along an axis that arms, configurations or numbers of latents lie on."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ivaegan_jax.evaluation import Score
from ivaegan_jax.metrics import Interval
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

OF_CEILING = "MCC over the best that x allows"

Points = list[tuple[float, bool]]
"""Values and whether their runs diverged."""


class Series(NamedTuple):
    """Arms that differ in their place on an axis alone.

    Attributes:
      look: how they are drawn.
      arms: in the order of the axis, with their results.
    """

    look: Look
    arms: list[tuple[Arm, Sequence[Any]]]


def series_along(axis: str, arms: Sequence[Arm], read: Sequence[Records]) -> dict[str, Series]:
    """Arms on an axis that have an MCC, by their names without their place there."""
    found = dict[str, list[tuple[Arm, Sequence[Any]]]]()
    for arm, each in zip(arms, read, strict=True):
        if axis in arm.axis and recorded.select(each.results, Score, arm.name, "mcc"):
            name = arm.name.replace(f"_{axis}_{arm.axis[axis]:g}", "")
            found.setdefault(name, []).append((arm, each.results))
    palette = looks(recorded.ordered(found))
    for own in found.values():
        own.sort(key=lambda each: each[0].axis[axis])
    return {name: Series(look, found[name]) for name, look in palette.items()}


def strips_along(
    axis: str, arms: Sequence[Arm], read: Sequence[Records], ceilings: Mapping[str, float]
) -> list[Figure]:
    """MCC against the arms' values on an axis, and as a share of what their data allow.

    Args:
      axis: which.
      arms: of a study.
      read: what their work directories hold.
      ceilings: the MCC that data allow, by their names; the second panel is of these.

    Returns:
      No panel where no arm has true sources, and no second one where no ceiling is known.
    """
    series = series_along(axis, arms, read)
    data = {arm.data for each in series.values() for arm, _ in each.arms}
    known = {name: ceilings[name] for name in data if name in ceilings}
    panels = [_strips(axis, series, MCC, dict.fromkeys(data, 1.0))] if series else []
    return panels + ([_strips(axis, series, OF_CEILING, known)] if known else [])


def _strips(
    axis: str, series: Mapping[str, Series], measure: str, ceilings: Mapping[str, float]
) -> Figure:
    """A line for every series, with a mark for every run, in units of what the data allow."""
    shown = [each for own in series.values() for each in own.arms if each[0].data in ceilings]
    values = sorted({arm.axis[axis] for arm, _ in shown})
    apart = min(0.12, 0.8 / len(series))
    figure, ax = panel(WIDE, 3.6, top=0.25 + 0.17 * -(-(len(series) + 1) // 3))
    for i, (name, own) in enumerate(series.items()):
        shift = apart * (i - (len(series) - 1) / 2)
        drawn = [each for each in own.arms if each[0].data in ceilings]
        at = [values.index(arm.axis[axis]) + shift for arm, _ in drawn]
        bands = [_over(interval(r, "mcc", arm.name), ceilings[arm.data]) for arm, r in drawn]
        _curve(ax, at, bands, own.look, name)
        for x, (arm, results) in zip(at, drawn, strict=True):
            runs = _mcc(results, arm.name)
            scaled = [(value / ceilings[arm.data], lost) for value, lost in runs]
            _marks(ax, x + apart / 2, scaled, own.look)
    rotation = {
        arm.axis[axis]: height / ceilings[arm.data] for arm, results in shown
        if (height := recorded.baselines(results).get("random_rotation")) is not None
    }  # fmt: skip
    if len(rotation) == len(values):
        heights = [rotation[value] for value in values]
        ax.plot(range(len(values)), heights, "--", color=FAINT, linewidth=1, label="rotation")
    ax.set_xticks(range(len(values)), [f"{value:g}" for value in values])
    labelled(ax, x=axis.replace("_", " "), y=measure)
    figure.legend(frameon=False, fontsize=7.5, loc="upper center", ncols=3, labelcolor=INK)
    return figure


def _over(found: Interval | None, ceiling: float) -> Interval | None:
    return found and Interval(*(value / ceiling for value in found))


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
