"""Latents against each other."""

import numpy as np
from jaxtyping import Float, Shaped
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ivaegan_jax.report.figures.latents import thinned
from ivaegan_jax.report.figures.style import INK, SPARE, as_words, new_figure

MOST = 6
"""Latents drawn, those that vary most."""


def scatter_matrix(
    z: Float[np.ndarray, "rows dim_z"], colour: Shaped[np.ndarray, "rows *columns"] | None = None
) -> Figure:
    """Every latent against every other, below the diagonal; a histogram of each on it.

    Args:
      z: latents.
      colour: a number or a name for every row.
    """
    shown = np.sort(np.argsort(-z.var(axis=0), kind="stable")[:MOST])
    rows = thinned(len(z))
    figure, axes = new_figure(1.9 * len(shown), 1.8 * len(shown), len(shown), len(shown))
    for i, up in enumerate(shown):
        for j, across in enumerate(shown):
            _draw(axes[i, j], z[rows, across], z[rows, up], i - j, colour, rows)
        axes[i, 0].set_ylabel(f"z{up + 1}", color=INK)
        axes[-1, i].set_xlabel(f"z{up + 1}", color=INK)
    handles, labels = axes[-1, 0].get_legend_handles_labels()
    if labels and len(shown) > 1:
        figure.legend(handles, labels, loc="outside right center", frameon=False, markerscale=2)
    return figure


def _draw(ax: Axes, x: np.ndarray, y: np.ndarray, below: int, colour: np.ndarray | None,
          rows: np.ndarray) -> None:  # fmt: skip
    if below < 0:
        ax.set_visible(False)
    elif not below:
        ax.hist(x, 30, color=INK, alpha=0.6)
        ax.set_yticks([])
    elif colour is None:
        ax.scatter(x, y, 5, INK, alpha=0.5, linewidths=0)
    else:
        _coloured(ax, x, y, np.asarray(colour).reshape(len(colour), -1)[rows, 0])


def _coloured(ax: Axes, x: np.ndarray, y: np.ndarray, values: np.ndarray) -> None:
    levels = np.unique(values)
    if values.dtype.kind == "f" or len(levels) > len(SPARE):
        number = values if values.dtype.kind in "iuf" else np.searchsorted(levels, values)
        ax.scatter(x, y, 5, number, cmap="viridis", linewidths=0)
        return
    for level, ink in zip(levels, SPARE, strict=False):
        own = as_words(str(level))
        ax.scatter(x[values == level], y[values == level], 5, ink, label=own, linewidths=0)
