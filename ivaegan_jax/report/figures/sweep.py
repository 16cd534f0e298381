"""Every run of a sweep against each swept setting, one panel per setting."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ivaegan_jax.evaluation import Score
from ivaegan_jax.report import recorded
from ivaegan_jax.report.figures.style import INK, SPARE, new_figure
from ivaegan_jax.report.sweep import RANKED_BY, Ranked, Sweep
from ivaegan_jax.studies import Value, spelt

WIDE = 20.0
"""Ratio of the largest to the smallest value from which an axis is logarithmic."""

FEW = 12
"""Different values up to which each has its mean drawn."""

CAPTION = (
    "Every run against each setting of the sweep, whatever the other settings were: above what "
    "ranks the configurations, below (where the sources are known) held-out MCC. Crosses: "
    "diverged runs. Black: the mean at each value."
)


def sweep_figure(sweep: Sweep) -> Figure:
    """Marginal points: columns are settings, rows the criterion and, where known, the MCC."""
    measures = {RANKED_BY[sweep.criterion]: criterion_points}
    if any(recorded.select(each.results, Score, each.label, "mcc") for each in sweep.ranking):
        measures["held-out MCC"] = mcc_points
    columns = len(sweep.settings)
    size = (max(4.2, 2.7 * columns + 0.6), 2.7 * len(measures))
    figure, axes = new_figure(*size, rows=len(measures), columns=columns)
    for i, (label, points) in enumerate(measures.items()):
        for j, name in enumerate(sweep.settings):
            _panel(axes[i, j], name, [(each.settings[name], points(each)) for each in sweep.ranking
                                      if name in each.settings])  # fmt: skip
        axes[i, 0].set_ylabel(label)
    for j, name in enumerate(sweep.settings):
        axes[-1, j].set_xlabel(name)
    return figure


def criterion_points(each: Ranked) -> list[tuple[float, bool]]:
    """What ranked a configuration, by run; a diverged run at the value it counts with."""
    return [(float(value), False) for value in each.values.ravel()]


def mcc_points(each: Ranked) -> list[tuple[float, bool]]:
    """The held-out MCC of every run, and whether it diverged."""
    rows = recorded.select(each.results, Score, each.label, "mcc")
    return [(recorded.counted(row), recorded.is_diverged(row)) for row in rows]


def _panel(ax: Axes, name: str, points: list[tuple[Value, list[tuple[float, bool]]]]) -> None:
    values = sorted({value for value, _ in points}, key=lambda v: (isinstance(v, str), v))
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    at: dict[Any, float]
    if len(numbers) == len(values):
        at = {value: float(value) for value in numbers}
        if numbers[0] > 0 and numbers[-1] / numbers[0] >= WIDE:
            ax.set_xscale("log")
    else:
        at = {value: float(i) for i, value in enumerate(values)}
        ax.set_xticks(range(len(values)), [spelt(value) or "none" for value in values])
    for value, found in points:
        for score, lost in found:
            ax.plot(at[value], score, "x" if lost else ".", color=SPARE[0], alpha=0.55)
    if len(values) <= FEW:
        means = [float(np.mean([s for v, found in points if v == value for s, _ in found]))
                 for value in values]  # fmt: skip
        ax.plot([at[value] for value in values], means, "o-", color=INK, markersize=4, linewidth=1)
