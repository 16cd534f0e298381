"""Tables on which the same method is to be trained once more: u shuffled, and u moved."""

from pathlib import Path

import numpy as np

from ivaegan_jax.data.dependence.nulls import Structure, find_structure
from ivaegan_jax.data.series import moved_along
from ivaegan_jax.data.splits.order import in_order
from ivaegan_jax.files import write_npz
from ivaegan_jax.types import Dataset

COPIES = 3
"""Tables of each kind."""


def write_controls(table: Dataset, folder: str | Path) -> list[Path]:
    """Writes x with u shuffled, and with u moved along the rows where they depend on each other.

    Moved means shifted in time, permuted over whole groups, or exchanged between sequences: what
    `data.nulls` takes for these rows. Files hold x, u and, where the table has them, groups and
    time, as `np.load` reads them, rows in the order of the table.

    Args:
      table: the table that the latents are of.
      folder: made where it is not there.

    Returns:
      The files.
    """
    row = in_order(table)
    groups = None if table.groups is None else table.groups[row]
    structure = find_structure(table.x[row], table.u[row].coded(), groups)
    kinds = {"shuffled": None} | ({} if structure.kind == "rows" else {"moved": structure})
    beside = {n: e for n in ("groups", "time") if (e := getattr(table, n)) is not None}
    paths = []
    for kind, known in kinds.items():
        for number in range(1, 1 + COPIES):
            rng = np.random.default_rng((number, len(paths)))
            source = rng.permutation(len(row)) if known is None else _moved(table, row, known, rng)
            u = np.asarray(table.u[source].own())
            paths.append(Path(folder) / f"{kind}_{number}.npz")
            write_npz(paths[-1], {"x": table.x, "u": u, **beside})
    return paths


def _moved(
    table: Dataset, row: np.ndarray, structure: Structure, rng: np.random.Generator
) -> np.ndarray:
    """For every row of the table, the row whose u it gets."""
    there = moved_along(table.x[row], table.u[row].coded(), structure, rng)
    source = np.empty(len(row), int)
    source[row] = row[there]
    return source
