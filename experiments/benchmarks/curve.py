"""What timings on one accelerator say: a table over seeds, and of other ways to run the same."""

import statistics
from collections.abc import Sequence
from typing import Any

from ivaegan_jax.report import Table

SAME = ("size", "preset", "seeds", "how", "precision", "graphs")
"""What a step and its products have in common."""

NOTES = (
    "of its products: time of the step's matrix products alone, batched the same way, over the "
    "time of the step.",
    "kernels: instructions of the compiled step of one seed that do something, a loop being one.",
)


def curve(found: Sequence[dict[str, Any]], torch: Sequence[dict[str, Any]]) -> Table:
    """One line per case: rate, time of a step, share of its products, ratio to one PyTorch loop."""
    parts = ("step", "products")
    rates = {p: {_key(f): statistics.median(f["per_s"]) for f in found if f["part"] == p}
             for p in parts}  # fmt: skip
    loops = {(t["size"], t["preset"]): statistics.median(t["steps_per_s"]) for t in torch}
    records = []
    for each in (f for f in found if f["part"] == "step"):
        rate, loop = rates["step"][_key(each)], loops.get((each["size"], each["preset"]))
        products = rates["products"].get(_key(each))
        records.append(
            {name: each[name] for name in SAME}
            | {"rate": rate, "ms": 1e3 * each["seeds"] / rate, "kernels": each["kernels_per_step"],
               "share": rate / products if products else None,
               "torch": rate / loop if loop else None,
               "kib": each["bytes_per_seed"] / 1024,
               "temporary": (each["temporary_bytes"] or 0) / 2**20 / each["seeds"]}
        )  # fmt: skip
    columns = {"size": "size", "preset": "model", "seeds": "seeds", "how": "runs by",
               "precision": "products in", "graphs": "CUDA graphs", "rate": "seed-steps/s",
               "ms": "ms/step", "kernels": "kernels/step", "share": "of its products",
               "torch": "times one eager PyTorch loop", "kib": "state KiB/seed",
               "temporary": "temporaries MiB/seed"}  # fmt: skip
    digits = {"rate": 0, "ms": 3, "kernels": 0, "share": 2, "torch": 1, "kib": 0, "temporary": 2}
    return Table("One accelerator", columns, records, (), NOTES, digits).without_empty_columns()


def _key(found: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(found[name] for name in SAME)
