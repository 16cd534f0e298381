"""Latents of any method, from a file or from memory, as `[rows, columns]` of each run."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Real

from ivaegan_jax.data.tables.formats import ending_of, endings, read_table
from ivaegan_jax.data.tables.grammar import split_list
from ivaegan_jax.data.tables.matrices import as_matrix
from ivaegan_jax.data.tables.objects import as_array, as_table
from ivaegan_jax.data.tables.observations import all_numbers, joined
from ivaegan_jax.data.tables.table import Table, listed, matching
from ivaegan_jax.types import InputError

NAME = "z"
"""The array of latents, and the first letter of their columns, unless others are named."""

NPY = ".npy"


def load_embedding(text: str) -> tuple[list[Real[np.ndarray, "rows columns"]], np.ndarray | None]:
    """The latents of every run that a file holds, and u of the same rows where it holds one.

    Args:
      text: `FILE`, or `FILE:NAMES` with the array, the columns or patterns of them that are
        latents, such as `run.csv:z*`, `run.npz:embedding`, `cells.h5ad:X_pca`. Without names they
        are the array z, the columns z1, z2, ..., or the only array or the only columns of numbers
        that there are. An array of three dimensions is `[runs, rows, columns]`.

    Raises:
      InputError: one line naming the file and what is wrong.
    """
    path, names = _split(text)
    try:
        table = _read(path, names)
        found = _chosen(table, names)
        runs = [found] if found.ndim != 3 else list(found)
        u = table.arrays.get("u") if "u" not in names else None
        return [_checked(run) for run in runs], u
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def files_of(text: str) -> list[str]:
    """The files of a folder that can be read, each as `load_embedding` takes it; else the text.

    Raises:
      InputError: for a folder without such files.
    """
    path, names = _split(text)
    if not path.is_dir():
        return [text]
    suffix = f":{','.join(names)}" if names else ""
    inside = sorted(each for each in path.iterdir() if ending_of(each) or each.suffix == NPY)
    if not inside:
        raise InputError(f"{path}: a folder without files ending in {', '.join((*endings(), NPY))}")
    return [f"{each}{suffix}" for each in inside]


def as_embedding(value: Any, name: str) -> Float[np.ndarray, "rows columns"]:
    """Latents that are in memory: an array, a frame, or what else has named columns.

    Raises:
      InputError: for anything but a finite number in every row and column.
    """
    if isinstance(value, str | Path):
        raise InputError(f"{name} is text, {str(value)[:60]!r}; give latents [rows, columns]")
    try:
        table = as_table(value, "latents")
        found = as_array(value, "latents") if table is None else _chosen(table, ())
        return _checked(found).astype(float)
    except InputError as error:
        raise InputError(f"{name}: {error}") from None


def _split(text: str) -> tuple[Path, list[str]]:
    """A path, and the names behind its last colon; a path that is there is all of it."""
    before, colon, names = text.rpartition(":")
    path = Path(text).expanduser()
    if not colon or path.exists() or not Path(before).name:
        return path, []
    return Path(before).expanduser(), split_list(names)


def _read(path: Path, names: Sequence[str]) -> Table:
    if path.suffix != NPY:
        return read_table(path, names or ((NAME,) if _holds(path, NAME) else ("*",)))
    if not path.is_file():
        raise InputError("no such file; check the path")
    try:
        return Table({NAME: np.load(path, allow_pickle=False)})
    except (OSError, EOFError, ValueError):
        raise InputError("no readable npy file; save it with numpy.save(path, z)") from None


def _holds(path: Path, name: str) -> bool:
    """Whether an npz file has an array of that name; others in it are not read then."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as file:
        return f"{name}.npy" in file.namelist()


def _chosen(table: Table, names: Sequence[str]) -> np.ndarray:
    """The array or the columns that are latents."""
    known = list(table.known())
    if names:
        chosen = matching(names, known, "latents")
        if len(chosen) == 1 and table.known()[chosen[0]][1] is None:
            return table.arrays[chosen[0]]
        return joined(table, chosen, "latents")[0]
    if NAME in table.arrays and table.arrays[NAME].ndim > 1:
        return table.arrays[NAME]
    whole = [n for n, e in table.arrays.items() if e.ndim > 1 and n not in ("x", "u", "s")]
    if len(whole) == 1:
        return table.arrays[whole[0]]
    if whole:
        raise InputError(f"which array holds the latents? Name one as in FILE:{whole[0]}; there "
                         f"are {listed(whole)}")  # fmt: skip
    if "x" in table.arrays and table.arrays["x"].ndim > 1:
        return table.arrays["x"]
    columns = [n for n, e in table.arrays.items() if e.ndim == 1]
    own = [n for n in columns if n[:1] == NAME and n[1:].isdigit()]
    chosen = own or all_numbers(table, ("u", "groups", "time", "part"))[0]
    return joined(table, chosen, "latents")[0]


def _checked(array: np.ndarray) -> Real[np.ndarray, "rows columns"]:
    if array.ndim == 1:
        array = array[:, None]
    return as_matrix(array, "z", ("z",))
