"""What a benchmark's numbers say: one table of ratios, and a figure."""

import statistics
from collections.abc import Sequence
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib.figure import Figure

from experiments.benchmarks.children import median_ratio
from ivaegan_jax.report import Table

MIB = 2**20
COLUMNS = {
    "size": "size",
    "preset": "model",
    "seeds": "seeds",
    "speedup": "times PyTorch",
    "share": "of its products",
    "rate": "seed-steps/s",
    "torch": "PyTorch steps/s",
    "mib_per_seed": "state MiB/seed",
    "peak_mib": "peak MiB",
}
NOTES = (
    "times PyTorch: seed-steps per second over those of the fastest setting of the PyTorch loop "
    "(eager or compiled, one process or one per core), medians.",
    "of its products: time of the step's matrix products alone, batched the same way, over the "
    "time of the step; median of timings taken in turn.",
    "peak: of the whole process, data, compiler and JAX itself included.",
)


def speed_table(measured: Sequence[dict[str, Any]], torch: Sequence[dict[str, Any]]) -> Table:
    """One line per model, size and number of seeds."""
    records = [_line(found, best_torch(torch, found)) for found in measured]
    title = "Speed and memory, medians of repeated runs"
    digits = {"speedup": 1, "share": 2, "rate": 0, "torch": 0, "mib_per_seed": 2, "peak_mib": 0}
    return Table(title, COLUMNS, records, (), NOTES, digits).without_empty_columns()


def best_torch(torch: Sequence[dict[str, Any]], found: dict[str, Any]) -> float | None:
    """Seed-steps per second of the fastest PyTorch setting of the same model; None without."""
    same = [t for t in torch if (t["preset"], t["size"]) == (found["preset"], found["size"])]
    return max((t["steps_per_s"] for t in same), default=None)


def _line(found: dict[str, Any], torch: float | None) -> dict[str, Any]:
    rate = statistics.median(found["steps_per_s"])
    return {
        "size": found["size"],
        "preset": found["preset"],
        "seeds": found["seeds"],
        "speedup": rate / torch if torch else None,
        "share": median_ratio(found["steps_per_s"], found["products_per_s"]),
        "rate": rate,
        "torch": torch,
        "mib_per_seed": found["bytes_per_seed"] / MIB,
        "peak_mib": found["peak_bytes"] / MIB,
    }


def speed_figure(measured: Sequence[dict[str, Any]], torch: Sequence[dict[str, Any]]) -> Figure:
    """Throughput against seeds, a panel per model: the step, its products alone, PyTorch."""
    panels = list(dict.fromkeys((found["size"], found["preset"]) for found in measured))
    figure = Figure(figsize=(4.2 * len(panels), 3.4), layout="constrained")
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for axis, panel in zip(axes, panels, strict=True):
        lines = [found for found in measured if (found["size"], found["preset"]) == panel]
        seeds = [found["seeds"] for found in lines]
        for key, label in (("products_per_s", "its products alone"), ("steps_per_s", "this step")):
            axis.plot(seeds, [statistics.median(f[key]) for f in lines], "o-", label=label)
        if (rate := best_torch(torch, lines[0])) is not None:
            axis.axhline(rate, color="0.4", linestyle="--", label="PyTorch loop at its best")
        axis.set(xscale="log", yscale="log", title=f"{panel[1]}, {panel[0]}", xlabel="seeds")
        axis.set_xticks(seeds, [str(n) for n in seeds])
    axes[0].set_ylabel("seed-steps per second")
    axes[0].legend(frameon=False, fontsize="small")
    return figure
