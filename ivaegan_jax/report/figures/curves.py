"""Learning curves: a panel per logged term, a median with its quartiles per model."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ivaegan_jax.report.figures.style import (
    GRID,
    SMALL,
    Look,
    Palette,
    labelled,
    legend_of,
    panel,
)
from ivaegan_jax.report.recorded import number, ordered
from ivaegan_jax.types import Row

LABELS = {"label", "data", "data_seed", "seed", "step", "alive", "status", "kind", "time"}
TERMS = ("nll", "kl", "latent_reconstruction", "adv_g", "adv_d", "critic_accuracy", "feat", "r1")
MOST = 11
"""Panels at most, beside the legend: the named terms first, then whatever else was logged."""

POINTS, MARKS = 150, 5
"""Steps that are drawn of a curve, and those that have a marker."""


def learning_curves(rows: Sequence[Row], palette: Palette) -> list[Figure]:
    """Every logged term against the step, the legend first; none where nothing was logged."""
    terms = logged_terms(rows)[:MOST]
    shown = {name: palette[name] for name in ordered(row["label"] for row in rows)}
    return [legend_of(shown), *(_term(rows, term, shown) for term in terms)] if terms else []


def logged_terms(rows: Sequence[Row]) -> list[str]:
    """Names of the logged numbers, the usual terms first."""
    found = {key for row in rows for key, value in row.items() if not isinstance(value, bool | str)}
    others = sorted(found - LABELS - set(TERMS))
    return [name for name in (*TERMS, *others) if name in found and _any_finite(rows, name)]


def curves(rows: Sequence[Row], term: str) -> Mapping[str, pd.DataFrame]:
    """By model, the quartiles (columns .25, .5, .75) of a term over the runs with a number."""
    found = [
        (row.get("label"), row.get("data_seed"), row.get("seed"), row["step"], number(row[term]))
        for row in rows
        if term in row
    ]
    frame = pd.DataFrame(found, columns=["label", "data_seed", "seed", "step", "value"])
    run = ["label", "data_seed", "seed", "step"]
    # a resumed run logs a chunk twice: the last one holds
    last = frame.drop_duplicates(run, keep="last").dropna(subset="value")
    return {
        str(name): own.groupby("step").value.quantile([0.25, 0.5, 0.75]).unstack()
        for name, own in last.groupby("label", dropna=False)
    }


def scale_of(values: Float[np.ndarray, " n"]) -> str:
    """A logarithmic axis for positive values over two decades, symmetric-log for mixed signs."""
    size = np.abs(values[values != 0])
    if not size.size or np.quantile(size, 0.98) < 100 * np.quantile(size, 0.02):
        return "linear"
    return "log" if (values > 0).all() else "symlog"


def _term(rows: Sequence[Row], term: str, palette: Mapping[str, Look]) -> Figure:
    figure, ax = panel(SMALL, 1.7)
    found = curves(rows, term)
    for name, look in palette.items():
        if name in found:
            _band(ax, found[name], look)
    values = np.concatenate([each.to_numpy().ravel() for each in found.values()])
    scale = scale_of(values)
    if scale == "symlog":
        threshold = float(np.quantile(np.abs(values[values != 0]), 0.1))
        ax.set_yscale("symlog", linthresh=threshold)
    else:
        ax.set_yscale(scale)
    ax.grid(color=GRID, linewidth=0.7)
    labelled(ax, term, "step")
    return figure


def _band(ax: Axes, quartiles: pd.DataFrame, look: Look) -> None:
    some = np.unique(np.linspace(0, len(quartiles) - 1, POINTS).astype(int))
    drawn = quartiles.iloc[some]
    steps, (low, median, high) = drawn.index.to_numpy(float), drawn.to_numpy().T
    ax.fill_between(steps, low, high, color=look.colour, alpha=0.18, linewidth=0)
    every = max(1, len(drawn) // MARKS)
    ax.plot(steps, median, color=look.colour, linewidth=1.4, marker=look.marker, markersize=3.5,
            markevery=every)  # fmt: skip


def _any_finite(rows: Sequence[Row], term: str) -> bool:
    return any(np.isfinite(number(row.get(term))) for row in rows)
