"""An array in a file of its own, `.npy`, with others in the same folder."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ivaegan_jax.data.splits.order import GROUPS, TIME
from ivaegan_jax.data.tables.archive import MOST_PICKLE, advice_on_objects
from ivaegan_jax.data.tables.latents import Latents
from ivaegan_jax.data.tables.table import KEYS, Table
from ivaegan_jax.types import InputError


def read_npy(path: Path, wanted: Sequence[str]) -> Table:
    """Reads x, and what lies beside it; no pickle."""
    x = _array_in(path)
    if x.dtype.names and not x.ndim > 1:
        return Table({name: x[name] for name in x.dtype.names}, of_columns=True)
    beside = beside_npy(path, wanted)
    return beside._replace(arrays={"x": x, **beside.arrays})


def beside_npy(path: Path, wanted: Sequence[str]) -> Table:
    """The arrays in the folder of an `.npy` file that are wanted, or called as tables call them.

    Raises:
      InputError: where the file itself is called so, and x lies beside it.
    """
    if path.stem in (*KEYS[1:], GROUPS, TIME) and (x := path.with_name("x.npy")).is_file():
        raise InputError(f"holds {path.stem}; name the file of x instead, --data={x}")
    names = dict.fromkeys([*KEYS[1:], GROUPS, TIME, *wanted])
    there = {n: path.with_name(f"{n}.npy") for n in names if not set(n) & set("/*?[")}
    files = {n: each for n, each in there.items() if each.is_file() and each.name != path.name}
    others = sorted({each.stem for each in path.parent.glob("*.npy")} - {path.stem})
    how = "save u in the same folder as u.npy"
    how += f", or name another file there, as in --u={others[0]}" if others else ""
    found = {name: _array_in(each, name) for name, each in files.items()}
    return Table(found, found=("x", *found), how=how)


def _array_in(path: Path, key: str = "x") -> np.ndarray:
    with path.open("rb") as file:
        try:
            return np.lib.format.read_array(file, allow_pickle=False)
        except (EOFError, ValueError) as error:
            why = " ".join(str(error).split())
            if "Object arrays" not in why:
                raise InputError(f"{path.name} is no readable .npy file: {why}") from None
        file.seek(0)
        raise InputError(f"in {path.name}, {advice_on_objects(key, file.read(MOST_PICKLE))}")


def write_npy(path: Path, latents: Latents) -> None:
    """Writes the latents of one seed."""
    with path.open("wb") as file:
        np.save(file, latents.of_one()[0], allow_pickle=False)
