"""Main pictures: every run a dot beside its mean, interval and baselines; paired differences."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ivaegan_jax.evaluation import Agreement, Result, Score
from ivaegan_jax.metrics import Interval
from ivaegan_jax.report import recorded
from ivaegan_jax.report.estimates import agreement, differences, interval, paired
from ivaegan_jax.report.figures.style import FAINT, INK, Palette, new_figure, spread, wrapped
from ivaegan_jax.report.render import decimal

BASELINE_LABELS = {
    "random_rotation": "random rotation",
    "random_rotation_p95": "rotation, 95th pct.",
    "raw_x": "raw x",
    "pca": "PCA of x",
    "fastica": "FastICA of x",
    "joint_diagonalisation": "joint diagonalisation of x",
    "label_only": "label only",
    "linear_supervised": "best linear map",
    "shuffled_u": "shuffled u",
}


class Strip(NamedTuple):
    """The dots of one preset: values, the data seed each belongs to, which diverged; the band."""

    values: Sequence[float]
    data_seeds: Sequence[Any]
    diverged: Sequence[bool]
    band: Interval | None


def mcc_strips(results: Sequence[Result], palette: Palette) -> Figure | None:
    """Held-out MCC of every run per preset, with the baselines; None without true sources."""
    strips = {}
    for preset in recorded.labels(results):
        found = recorded.select(results, Score, preset, "mcc")
        if found:
            strips[preset] = _strip(found, interval(results, "mcc", preset))
    return _draw(strips, recorded.baselines(results), "held-out MCC", palette) if strips else None


def agreement_strips(results: Sequence[Result], palette: Palette) -> Figure | None:
    """Agreement of every pair of runs per preset; None where there are no pairs."""
    strips = {}
    for preset in recorded.labels(results):
        found = recorded.select(results, Agreement, preset, "agreement_mcc")
        if found:
            strips[preset] = _strip(found, agreement(found))
    return _draw(strips, {}, "MCC between pairs of runs", palette) if strips else None


def paired_differences(
    results: Sequence[Result], palette: Palette, better: str = "ivae_gan", reference: str = "ivae"
) -> Figure | None:
    """Difference of two presets on each data seed, sorted; None unless both are there."""
    a, b = recorded.scores(results, "mcc", better), recorded.scores(results, "mcc", reference)
    found, test = differences(a, b), paired(a, b)
    if not found or test is None:
        return None
    items = sorted(found.items(), key=lambda item: item[1])
    figure, axes = new_figure(6.4, min(1.5 + 0.26 * len(items), 12))
    _draw_differences(axes[0, 0], items, test.difference, palette[better])
    label = f"held-out MCC: {better} minus {reference}"
    axes[0, 0].set_xlabel(label, color=INK)
    return figure


def _strip(found: Sequence[Score] | Sequence[Agreement], band: Interval | None) -> Strip:
    values = [recorded.counted(row) for row in found]
    seeds = [row.data_seed for row in found]
    return Strip(values, seeds, [recorded.is_diverged(row) for row in found], band)


def _draw(
    strips: Mapping[str, Strip], baselines: Mapping[str, float], label: str, palette: Palette
) -> Figure:
    figure, axes = new_figure(max(5.5, 1.9 + 1.15 * len(strips) + 1.7 * bool(baselines)), 4.6)
    ax = axes[0, 0]
    low, high = _limits(strips, baselines)
    ax.set(xlim=(-0.55, len(strips) - 0.35), ylim=(low, high), ylabel=label)
    ax.set_xticks(range(len(strips)), [wrapped(name) for name in strips])
    ax.grid(axis="y", color="#eeeeee", linewidth=0.8)
    ax.set_axisbelow(True)
    _draw_baselines(ax, baselines, low, high)
    for x, (preset, strip) in enumerate(strips.items()):
        _draw_dots(ax, x, strip, palette[preset])
        _draw_band(ax, x + 0.34, strip.band)
    _dots_legend(ax, strips)
    return figure


def _limits(strips: Mapping[str, Strip], baselines: Mapping[str, float]) -> tuple[float, float]:
    values = [v for strip in strips.values() for v in strip.values if np.isfinite(v)]
    low = min([*values, *baselines.values(), 0.9])
    return max(low - 0.06, -0.03), 1.03


def _draw_dots(ax: Axes, x: float, strip: Strip, colour: str) -> None:
    # Each data seed has its own column within the preset's slot: no random jitter.
    seeds = list(dict.fromkeys(strip.data_seeds))
    columns = np.linspace(-0.32, 0.16, len(seeds)) if len(seeds) > 1 else np.array([-0.08])
    at = np.array([x + columns[seeds.index(seed)] for seed in strip.data_seeds])
    values, lost = np.array(strip.values), np.array(strip.diverged, bool)
    size = 34 if len(values) <= 60 else 14
    ax.scatter(at[~lost], values[~lost], size, colour, alpha=0.65, linewidths=0, zorder=3)
    ax.scatter(at[lost], values[lost], size, colour, marker="x", linewidths=1.6, zorder=3)


def _draw_band(ax: Axes, x: float, band: Interval | None) -> None:
    if band is None:
        return
    ax.plot([x, x], [band.low, band.high], color=INK, linewidth=2, zorder=4)
    ax.plot([x], [band.estimate], "o", color=INK, markersize=6, markeredgecolor="white", zorder=5)
    text = decimal(float(band.estimate), 2)
    ax.annotate(text, (x, band.estimate), (6, 0), textcoords="offset points", va="center",
                fontsize=9, color=INK)  # fmt: skip


def _draw_baselines(ax: Axes, baselines: Mapping[str, float], low: float, high: float) -> None:
    ranked = sorted(baselines.items(), key=lambda item: item[1])
    heights = spread([value for _, value in ranked], 0.048 * (high - low), low, high)
    edge = ax.get_xlim()[1]
    for (name, value), height in zip(ranked, heights, strict=True):
        ax.axhline(value, color=FAINT, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
        ax.annotate(
            f"{BASELINE_LABELS.get(name, name)} {decimal(value, 2)}", (edge, value),
            (edge + 0.12, height), annotation_clip=False, va="center", fontsize=8.5,
            color="#555555", arrowprops={"arrowstyle": "-", "color": FAINT, "linewidth": 0.6},
        )  # fmt: skip


def _dots_legend(ax: Axes, strips: Mapping[str, Strip]) -> None:
    ax.plot([], [], "o", color=FAINT, markersize=5, label="one run" if _runs(ax) else "one pair")
    if any(any(strip.diverged) for strip in strips.values()):
        ax.plot([], [], "x", color=FAINT, markersize=6, label="diverged")
    ax.plot([], [], "o-", color=INK, markersize=5, label="mean, 95 % interval")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, frameon=False, fontsize=9)


def _runs(ax: Axes) -> bool:
    return "pairs" not in ax.get_ylabel()


def _draw_differences(
    ax: Axes, items: Sequence[tuple[Any, float]], band: Interval, colour: str
) -> None:
    for y, (_, value) in enumerate(items):
        ax.plot([0, value], [y, y], color=colour, alpha=0.4, linewidth=1.5)
        ax.plot([value], [y], "o", color=colour, markersize=6)
    top = len(items) + 0.4
    ax.plot([band.low, band.high], [top, top], color=INK, linewidth=2)
    ax.plot([band.estimate], [top], "o", color=INK, markersize=6)
    ax.axvline(0, color=FAINT, linewidth=1)
    names = [f"data seed {seed}" for seed, _ in items]
    size = 9 if len(items) <= 40 else 5
    ax.set_yticks([*range(len(items)), top], [*names, "mean, 95 %"], fontsize=size)
    ax.set_ylim(-0.7, top + 0.6)
