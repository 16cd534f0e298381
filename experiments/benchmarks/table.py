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
    "speedup": "times eager PyTorch",
    "speedup_compiled": "times compiled",
    "share": "of its products",
    "rate": "seed-steps/s",
    "kernels": "kernels/step",
    "mib_per_seed": "state MiB/seed",
    "peak_mib": "peak MiB",
    "mib_per_further_seed": "peak MiB/further seed",
}
NOTES = (
    "times eager PyTorch, times compiled: seed-steps per second over those of the PyTorch loop, "
    "eager or through torch.compile, at its fastest layout (one process or one per core), medians; "
    "the critic's move is never compiled, as R1 takes a second derivative.",
    "of its products: time of the step's matrix products alone, batched the same way, over the "
    "time of the step; median of timings taken in turn.",
    "kernels: instructions of the compiled step of one seed that do something, a loop being one.",
    "peak: of a process that finds its program compiled, data and JAX itself included; per further "
    "seed: the difference to the fewest seeds, over their difference.",
)


def speed_table(measured: Sequence[dict[str, Any]], torch: Sequence[dict[str, Any]]) -> Table:
    """One line per model, size and number of seeds."""
    fewest = {(f["size"], f["preset"]): f for f in sorted(measured, key=lambda f: -f["seeds"])}
    records = [
        _line(found, torch) | _growth(found, fewest[found["size"], found["preset"]])
        for found in measured
    ]
    title = "Speed and memory, medians of repeated runs"
    digits = {"speedup": 1, "speedup_compiled": 1, "share": 2, "rate": 0, "kernels": 0,
              "mib_per_seed": 2, "peak_mib": 0, "mib_per_further_seed": 2}  # fmt: skip
    return Table(title, COLUMNS, records, (), NOTES, digits).without_empty_columns()


def start_table(starts: Sequence[dict[str, Any]]) -> Table:
    """Seconds to the first steps of a fresh process, with and without a warm compilation cache."""
    columns = {"preset": "model", "cached": "cache", "total": "s from the start of the process",
               "steps": "s of these after imports"}  # fmt: skip
    records = [
        {
            "preset": start["preset"],
            "cached": "warm" if start["cached"] else "cold",
            "total": start["process_to_first_step_s"],
            "steps": start["first_step_s"],
        }
        for start in starts
    ]
    return Table(
        "Time to the first steps, 8 seeds", columns, records, (), (), {"total": 1, "steps": 1}
    )


def best_torch(
    torch: Sequence[dict[str, Any]], found: dict[str, Any], compiled: bool
) -> float | None:
    """Seed-steps per second of the PyTorch loop of the same model at its best; None without."""
    key = (found["preset"], found["size"], compiled)
    same = [t for t in torch if (t["preset"], t["size"], t["compile"]) == key]
    return max((t["steps_per_s"] for t in same), default=None)


def _line(found: dict[str, Any], torch: Sequence[dict[str, Any]]) -> dict[str, Any]:
    rate = statistics.median(found["steps_per_s"])
    eager, compiled = (best_torch(torch, found, each) for each in (False, True))
    return {
        "size": found["size"],
        "preset": found["preset"],
        "seeds": found["seeds"],
        "speedup": rate / eager if eager else None,
        "speedup_compiled": rate / compiled if compiled else None,
        "share": median_ratio(found["steps_per_s"], found["products_per_s"]),
        "rate": rate,
        "kernels": found["kernels_per_step"],
        "mib_per_seed": found["bytes_per_seed"] / MIB,
        "peak_mib": found["peak_bytes"] / MIB,
    }


def _growth(found: dict[str, Any], fewest: dict[str, Any]) -> dict[str, Any]:
    seeds, grown = found["seeds"] - fewest["seeds"], found["peak_bytes"] - fewest["peak_bytes"]
    return {"mib_per_further_seed": grown / MIB / seeds if seeds else None}


def speed_figure(measured: Sequence[dict[str, Any]], torch: Sequence[dict[str, Any]]) -> Figure:
    """Throughput against seeds, a row per model and a column per size."""
    sizes, presets = (list(dict.fromkeys(f[key] for f in measured)) for key in ("size", "preset"))
    figure = Figure(figsize=(4.2 * len(sizes), 3.2 * len(presets)), layout="constrained")
    axes = figure.subplots(len(presets), len(sizes), squeeze=False)
    for row, preset in zip(axes, presets, strict=True):
        for axis, size in zip(row, sizes, strict=True):
            lines = [f for f in measured if (f["size"], f["preset"]) == (size, preset)]
            _draw(axis, lines, torch)
            axis.set(xscale="log", ylim=(0, None), title=f"{preset}, {size}", xlabel="seeds")
            axis.set_xticks([f["seeds"] for f in lines], [str(f["seeds"]) for f in lines])
            axis.minorticks_off()
        row[0].set_ylabel("seed-steps per second")
    handles, labels = axes.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False)
    return figure


def _draw(axis: Any, lines: Sequence[dict[str, Any]], torch: Sequence[dict[str, Any]]) -> None:
    """The step, its products alone, and PyTorch at its best."""
    seeds = [found["seeds"] for found in lines]
    for key, label in (("products_per_s", "its products alone"), ("steps_per_s", "this step")):
        axis.plot(seeds, [statistics.median(f[key]) for f in lines], "o-", label=label)
    for compiled, dashes in ((False, "--"), (True, ":")):
        if (rate := best_torch(torch, lines[0], compiled)) is not None:
            label = f"PyTorch, {'compiled' if compiled else 'eager'}, at its best"
            axis.axhline(rate, color="0.4", linestyle=dashes, label=label)
