"""Learning curves: a panel per logged term, a median with its quartiles per preset."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ivaegan_jax.report.figures.style import INK, Palette, new_figure
from ivaegan_jax.report.recorded import number, ordered
from ivaegan_jax.types import Row

LABELS = {"preset", "data", "data_seed", "seed", "step", "alive", "status", "kind", "time"}
TERMS = ("nll", "kl", "cycle", "adv_g", "adv_d", "critic_accuracy", "feat", "r1")
MOST = 12
"""Panels at most: the named terms first, then whatever else was logged."""


class Curve(NamedTuple):
    """Median and quartiles over runs at each step."""

    steps: Float[np.ndarray, " steps"]
    low: Float[np.ndarray, " steps"]
    median: Float[np.ndarray, " steps"]
    high: Float[np.ndarray, " steps"]


def learning_curves(rows: Sequence[Row], palette: Palette) -> Figure | None:
    """Every logged term against the step; None where nothing was logged."""
    terms = logged_terms(rows)[:MOST]
    if not terms:
        return None
    columns = min(3, len(terms))
    height = -(-len(terms) // columns)
    figure, axes = new_figure(3.3 * columns, 2.3 * height + 0.5, height, columns)
    shown = {name: palette[name] for name in ordered(row["preset"] for row in rows)}
    for ax, term in zip(axes.flat, terms, strict=False):
        _draw_term(ax, rows, term, shown)
    for ax in axes.flat[len(terms) :]:
        ax.set_visible(False)
    handles = [axes.flat[0].plot([], [], color=c, label=name)[0] for name, c in shown.items()]
    figure.legend(handles=handles, loc="outside upper center", ncols=5, frameon=False, fontsize=9)
    return figure


def logged_terms(rows: Sequence[Row]) -> list[str]:
    """Names of the logged numbers, the usual terms first."""
    found = {key for row in rows for key, value in row.items() if not isinstance(value, bool | str)}
    others = sorted(found - LABELS - set(TERMS))
    return [name for name in (*TERMS, *others) if name in found and _any_finite(rows, name)]


def curve(rows: Sequence[Row], term: str) -> Curve | None:
    """Median and quartiles of a term over the runs that still have a number at a step."""
    by_step: dict[Any, dict[Any, float]] = {}
    for row in rows:  # A resumed run logs a chunk twice: the last one holds.
        run = by_step.setdefault(row["step"], {})
        run[row.get("data_seed"), row.get("seed")] = number(row.get(term))
    values = {step: [v for v in by_step[step].values() if v == v] for step in sorted(by_step)}
    steps = [step for step, found in values.items() if found]
    if not steps:
        return None
    bands = np.array([np.quantile(values[step], [0.25, 0.5, 0.75]) for step in steps])
    return Curve(np.array(steps, float), *bands.T)


def scale_of(values: Float[np.ndarray, " n"]) -> str:
    """A logarithmic axis for positive values over two decades, symmetric-log for mixed signs."""
    size = np.abs(values[values != 0])
    if not size.size or np.quantile(size, 0.98) < 100 * np.quantile(size, 0.02):
        return "linear"
    return "log" if (values > 0).all() else "symlog"


def _draw_term(ax: Axes, rows: Sequence[Row], term: str, palette: Palette) -> None:
    shown = []
    for preset, colour in palette.items():
        found = curve([row for row in rows if row["preset"] == preset and term in row], term)
        if found is None:
            continue
        shown.append(np.concatenate([found.low, found.high]))
        ax.fill_between(found.steps, found.low, found.high, color=colour, alpha=0.18, linewidth=0)
        marker = "o" if len(found.steps) == 1 else ""
        ax.plot(found.steps, found.median, marker=marker, color=colour, linewidth=1.6)
    _scale(ax, np.concatenate(shown))
    ax.set_title(term, fontsize=10, color=INK, loc="left")
    ax.set_xlabel("step", fontsize=8.5, color=INK)
    ax.grid(color="#eeeeee", linewidth=0.7)
    ax.set_axisbelow(True)


def _scale(ax: Axes, values: Float[np.ndarray, " n"]) -> None:
    scale = scale_of(values)
    if scale == "symlog":
        ax.set_yscale("symlog", linthresh=float(np.quantile(np.abs(values[values != 0]), 0.1)))
    else:
        ax.set_yscale(scale)


def _any_finite(rows: Sequence[Row], term: str) -> bool:
    return any(np.isfinite(number(row.get(term))) for row in rows)
