"""How many runs, seeds and failures the rows tell of."""

from collections.abc import Sequence

from ivaegan_jax.report import recorded
from ivaegan_jax.types import Row


def has_truth(rows: Sequence[Row]) -> bool:
    """Whether any run was compared with true sources."""
    return any(row.get("metric") == "mcc" and row.get("kind", "run") == "run" for row in rows)


def sizes(rows: Sequence[Row]) -> str:
    """How many data seeds and model seeds there are, in words."""
    runs = {(r.get("data_seed"), r.get("seed")) for r in rows if r.get("kind", "run") == "run"}
    per_data = [sum(d == data for d, _ in runs) for data in {d for d, _ in runs}]
    low, high = min(per_data, default=0), max(per_data, default=0)
    seeds = f"{low}" if low == high else f"{low} to {high}"
    what = "re-split" if recorded.shared_rows(rows) and len(per_data) > 1 else "data seed"
    return f"{_plural(len(per_data), what)} x {_plural(seeds, 'model seed')}"


def count_runs(rows: Sequence[Row], preset: str) -> tuple[int, int]:
    """Runs of a preset, and how many of them diverged or lack a number."""
    of_preset = [r for r in rows if r.get("kind", "run") == "run" and r["preset"] == preset]
    runs = {(r.get("data_seed"), r.get("seed")) for r in of_preset}
    lost = {(r.get("data_seed"), r.get("seed")) for r in of_preset if recorded.is_lost(r)}
    return len(runs), len(lost)


def _plural(count: int | str, noun: str) -> str:
    return f"{count} {noun}" + ("" if str(count) == "1" else "s")
