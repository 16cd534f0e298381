"""Latents against the truth, and against u where there is no truth; sample grids."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ivaegan_jax.metrics import aligned, assign, correlation_matrix
from ivaegan_jax.report.figures.arrays import Arrays, first_run, of_data, of_run
from ivaegan_jax.report.figures.style import INK, SPARE, Palette, bare, new_figure
from ivaegan_jax.report.render import decimal
from ivaegan_jax.types import Auxiliary

POINTS = 800
"""Rows drawn, evenly spaced: more only turns dots into a blot."""

SOURCES = 6
"""Scatter panels per preset at most; the heat map shows every latent."""

PICTURES = ("x", "x_recon", "x_fake")
"""Arrays of images: observations, reconstructions, samples."""

LEVELS = 10
"""Levels of u up to which each has its own colour and a legend."""


def latents_vs_truth(arrays: Mapping[str, Arrays], palette: Palette) -> Figure | None:
    """Per preset: each source against its latent, and the correlations between all of them."""
    known = {name: a for name, a in arrays.items() if "s" in a and "z" in a}
    if not known:
        return None
    widest = min(SOURCES, max(a["s"].shape[-1] for a in known.values()))
    figure, axes = new_figure(1.55 * (widest + 1), 1.75 * len(known), len(known), widest + 1)
    for line, (preset, found) in zip(axes, known.items(), strict=True):
        shown = first_run(found)
        z, s = of_run(found, "z", shown), of_data(found, "s", shown)
        if np.isfinite(z).all():
            _draw_preset(line, z, s, palette[preset])
        else:
            _say_diverged(line)
        line[0].set_ylabel(preset, fontsize=10, color=INK)
    return figure


def latents_by_u(arrays: Mapping[str, Arrays]) -> Figure | None:
    """Per preset: the two latents whose posterior means vary most, coloured by u."""
    known = {n: a for n, a in arrays.items() if "z" in a and "u" in a and a["z"].shape[-1] > 1}
    if not known:
        return None
    columns = min(3, len(known))
    height = -(-len(known) // columns)
    figure, axes = new_figure(3.4 * columns, 3.2 * height, height, columns)
    for ax, (preset, found) in zip(axes.flat, known.items(), strict=False):
        shown = first_run(found)
        ax.set_title(preset, fontsize=10, color=INK)
        z = of_run(found, "z", shown)
        if np.isfinite(z).all():
            _draw_by_u(ax, z, of_data(found, "u", shown))
        else:
            _say_diverged([ax])
    for ax in axes.flat[len(known) :]:
        ax.set_visible(False)
    handles, labels = axes.flat[0].get_legend_handles_labels()
    if labels:
        figure.legend(
            handles, labels, title="u", loc="outside right center", frameon=False, markerscale=2
        )
    return figure


def image_grid(arrays: Mapping[str, Arrays], most: int = 10) -> Figure | None:
    """Per preset: observations, their reconstructions, and samples of the model."""
    known = {name: a for name, a in arrays.items() if "image_shape" in a}
    lines = [(p, n) for p, a in known.items() for n in PICTURES if n in a]
    if not lines:
        return None
    figure, axes = new_figure(0.8 * most + 1.2, 0.82 * len(lines), len(lines))
    figure.set_layout_engine("compressed")
    for ax, (preset, name) in zip(axes.flat, lines, strict=True):
        found = known[preset]
        shown = first_run(found)
        images = (of_data if name == "x" else of_run)(found, name, shown)[:most]
        low, high = _range(found)
        strip = _side_by_side(images, np.asarray(found["image_shape"], int))
        ax.imshow(strip, cmap="gray", vmin=low, vmax=high, interpolation="nearest")
        bare(ax)
        ax.set_ylabel(f"{preset}\n{name}", fontsize=8.5, color=INK, rotation=0, ha="right",
                      va="center")  # fmt: skip
    return figure


def _side_by_side(images: np.ndarray, shape: np.ndarray) -> np.ndarray:
    # A blank column (nan is drawn as nothing) keeps neighbours apart. Colours become their mean.
    framed = np.pad(
        images.reshape(len(images), *shape, -1).astype(float).mean(axis=-1),
        ((0, 0), (0, 0), (0, 1)),
        constant_values=np.nan,
    )
    return np.concatenate(list(framed), axis=1)


def _range(arrays: Arrays) -> tuple[float, float]:
    # All pictures of a preset share the grey scale of the data, so that brightness compares.
    images = arrays[next(name for name in PICTURES if name in arrays)]
    return float(np.min(images)), float(np.max(images))


def _draw_preset(line: Any, z: np.ndarray, s: np.ndarray, colour: str) -> None:
    # Matched on the rows shown, which only orders the panels: no score is taken from here.
    sources = assign(correlation_matrix(z, s)).source
    z = aligned(z, s)
    rest = np.setdiff1d(np.arange(s.shape[1]), sources)
    correlations = np.abs(correlation_matrix(s[:, [*sources, *rest]], z))
    rows = thinned(len(z))
    for i, ax in enumerate(line[:-1]):
        bare(ax)
        if i < len(sources):
            ax.scatter(s[rows, sources[i]], z[rows, i], 3, colour, alpha=0.35, linewidths=0)
            text = f"s{sources[i] + 1}   |r| = {decimal(float(correlations[i, i]), 2)}"
            ax.set_title(text, fontsize=8.5, color=INK)
    line[-1].imshow(correlations, vmin=0, vmax=1, cmap="viridis")
    bare(line[-1])
    line[-1].set_title("|r|, s by z", fontsize=8.5, color=INK)


def _say_diverged(line: Any) -> None:
    for ax in line:
        bare(ax)
    line[0].set_title(f"{line[0].get_title()} this run diverged".strip(), fontsize=8.5, color=INK)


def _draw_by_u(ax: Axes, z: np.ndarray, u: np.ndarray) -> None:
    rows = thinned(len(z))
    active = np.argsort(-np.nanvar(z, axis=0), kind="stable")[:2]
    first, second = z[rows][:, active].T
    shown = Auxiliary.of(u[rows])
    code = shown.codes if shown.is_categorical else shown.values[:, 0]
    levels = np.unique(code)
    if shown.is_categorical and len(levels) <= LEVELS:
        for level, colour in zip(levels, (*SPARE, "#332288", "#D55E00"), strict=False):
            of = code == level
            ax.scatter(first[of], second[of], 7, colour, label=f"{level:g}", linewidths=0)
    else:
        ax.scatter(first, second, 7, code, cmap="viridis", linewidths=0)
    ax.set_xlabel(f"z{active[0] + 1}", fontsize=9)
    ax.set_ylabel(f"z{active[1] + 1}", fontsize=9)


def thinned(rows: int) -> np.ndarray:
    """Indices of at most `POINTS` rows, evenly spaced."""
    return np.unique(np.linspace(0, rows - 1, min(rows, POINTS)).astype(int))
