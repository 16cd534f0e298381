"""Latents against the truth, and against u where there is no truth."""

from collections.abc import Iterator, Mapping

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from ivaegan_jax.metrics import aligned, assign, correlation_matrix
from ivaegan_jax.report.figures.arrays import Arrays, Shown, first_run, of_data, of_run
from ivaegan_jax.report.figures.style import (
    INK,
    MARKERS,
    SMALL,
    SPARE,
    Look,
    Palette,
    as_words,
    bare,
    labelled,
    legend_of,
    panel,
)
from ivaegan_jax.report.render import decimal
from ivaegan_jax.types import Auxiliary

POINTS = 300
"""Rows drawn, evenly spaced: more only turns dots into a blot."""

SOURCES = 5
"""Scatter panels per model at most; the heat map shows every latent."""

TINY = 1.5
"""Inches that such a panel is wide."""

WORDS = 16
"""Letters of a name of u or of one of its levels."""

LEVELS, CELLS = 10, 8
"""Levels of u up to which each has a look of its own, and cells of any other u."""


def latents_vs_truth(arrays: Mapping[str, Arrays], palette: Palette) -> list[Figure]:
    """Per model: each source against its latent, and the correlations between all of them."""
    known = {name: a for name, a in arrays.items() if "s" in a and "z" in a}
    widest = min(SOURCES, max((a["s"].shape[-1] for a in known.values()), default=0))
    panels = []
    for name, found in known.items():
        shown = first_run(found)
        z, s = of_run(found, "z", shown), of_data(found, "s", shown)
        drawn = _of_model(name, z, s, palette[name].colour) if np.isfinite(z).all() else [
            _blank(f"{name}: diverged")]  # fmt: skip
        panels += [*drawn, *(_blank() for _ in range(widest + 1 - len(drawn)))]
    return panels


def columns_of(arrays: Mapping[str, Arrays]) -> int:
    """Panels of one model in that picture."""
    sources = max((a["s"].shape[-1] for a in arrays.values() if "s" in a), default=0)
    return min(SOURCES, sources) + 1


def latents_by_u(arrays: Mapping[str, Arrays]) -> list[Figure]:
    """Per model: the two latents whose posterior means vary most, by u; what u is, last."""
    known = {
        name: a for name, a in arrays.items()
        if "z" in a and "u" in a and "s" not in a and a["z"].shape[-1] > 1
    }  # fmt: skip
    panels, legend = [], {}
    for name, found in known.items():
        shown = first_run(found)
        z = of_run(found, "z", shown)
        if not np.isfinite(z).all():
            panels.append(_blank(f"{name}: diverged", SMALL, 2.0))
            continue
        rows = thinned(len(z))
        groups = _groups(of_data(found, "u", shown)[rows], found, shown)
        legend |= {label: look for label, look, _ in groups}
        panels.append(_by_u(name, z[rows], groups))
    return [*panels, legend_of(legend, SMALL, 2.0)] if legend else panels


def thinned(rows: int) -> np.ndarray:
    """Indices of at most `POINTS` rows, evenly spaced."""
    return np.unique(np.linspace(0, rows - 1, min(rows, POINTS)).astype(int))


def _of_model(name: str, z: np.ndarray, s: np.ndarray, colour: str) -> list[Figure]:
    # Matched on the rows shown, which only orders the panels: no score is taken from here.
    sources = assign(correlation_matrix(z, s)).source
    z = aligned(z, s)
    rest = np.setdiff1d(np.arange(s.shape[1]), sources)
    correlations = np.abs(correlation_matrix(s[:, [*sources, *rest]], z))
    rows, panels = thinned(len(z)), []
    for i, source in enumerate(sources[:SOURCES]):
        found = decimal(float(correlations[i, i]), 2)
        figure, ax = _tiny(f"{name}: s{source + 1} {found}")
        _dots(ax, s[rows, source], z[rows, i], colour)
        panels.append(figure)
    figure, ax = _tiny("|r|, s by z")
    ax.imshow(correlations, vmin=0, vmax=1, cmap="viridis")
    return [*panels, figure]


def _tiny(title: str, width: float = TINY, height: float = TINY) -> tuple[Figure, Axes]:
    figure, ax = panel(width, height, left=0.06, bottom=0.04, top=0.22, right=0.06)
    bare(ax)
    ax.set_title(as_words(title), fontsize=7.5, color=INK, loc="left", pad=3)
    return figure, ax


def _blank(title: str = "", width: float = TINY, height: float = TINY) -> Figure:
    return _tiny(title, width, height)[0]


def _dots(ax: Axes, x: np.ndarray, y: np.ndarray, colour: str) -> None:
    """Round dots as one line with gaps, which takes a fifth of the space of markers."""
    gap, step = np.full(len(x), np.nan), 1e-4 * float(np.ptp(x) or 1)
    across = np.stack([x, x + step, gap], axis=1).ravel()
    ax.plot(across, np.stack([y, y, gap], axis=1).ravel(), color=colour, linewidth=2,
            solid_capstyle="round")  # fmt: skip


def _by_u(name: str, z: np.ndarray, groups: list[tuple[str, Look, np.ndarray]]) -> Figure:
    figure, ax = panel(SMALL, 2.0)
    first, second = np.argsort(-np.nanvar(z, axis=0), kind="stable")[:2]
    for _, look, rows in groups:
        ax.plot(z[rows, first], z[rows, second], linestyle="none", color=look.colour,
                marker=look.marker, markersize=3, markeredgewidth=0)  # fmt: skip
    labelled(ax, name, f"z{first + 1}", f"z{second + 1}")
    return figure


def _groups(u: np.ndarray, found: Arrays, run: Shown) -> list[tuple[str, Look, np.ndarray]]:
    """Levels of u, or cells of its first column, each with a look and the user's name."""
    shown, name = Auxiliary.of(u), _short(str(found.get("u_name", "u")))
    code = shown.codes if shown.is_categorical else shown.values[:, 0]
    levels, words = np.unique(code), found.get("u_levels")
    if shown.is_categorical and len(levels) <= LEVELS:
        colours = (*SPARE, "#332288", "#d55e00")
        called = _called(levels, words)
        return [
            (f"{name} = {called[i]}", Look(colours[i], MARKERS[i]), code == level)
            for i, level in enumerate(levels)
        ]
    if "u_scale" in found and not shown.is_categorical:
        mean, std = of_data(found, "u_scale", run)
        code = code * std + mean
    return list(_cells(code, name))


def _short(words: str) -> str:
    """Words that fit into a legend; what tells levels apart may stand at their end."""
    half = WORDS // 2
    return words if len(words) <= WORDS else f"{words[: half - 1]}…{words[-half:]}"


def _called(levels: np.ndarray, words: np.ndarray | None) -> list[str]:
    """A name for each level: the user's, or its code where these are not known or not distinct."""
    found = [] if words is None else [_short(str(words[int(level)])) for level in levels]
    return found if len(set(found)) == len(levels) else [f"{level:g}" for level in levels]


def _cells(code: np.ndarray, name: str) -> Iterator[tuple[str, Look, np.ndarray]]:
    edges = np.linspace(code.min(), code.max(), CELLS + 1)
    cell = np.digitize(code, edges[1:-1])
    for i in np.unique(cell):
        colour = to_hex(matplotlib.colormaps["viridis"](i / (CELLS - 1)))
        label = f"{name} ≈ {decimal(float(edges[i : i + 2].mean()), 2)}"
        yield label, Look(colour, MARKERS[i]), cell == i
