"""The recorded arrays of one preset, and the one run of them that is drawn."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ivaegan_jax.files import making_sense_of

Arrays = Mapping[str, np.ndarray]


class Shown(NamedTuple):
    """One run: the first model seed of the first data seed, chosen without looking at it."""

    run: int
    data: int
    title: str


def load(path: Path) -> dict[str, np.ndarray]:
    """Reads an npz file, never a pickle."""
    with making_sense_of(path), np.load(path, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


def first_run(arrays: Arrays) -> Shown:
    """The first model seed of the first data seed."""
    runs = _runs(arrays)
    data = np.asarray(arrays.get("data_seed_index", np.zeros(runs)), int)
    seed = np.asarray(arrays.get("seed", np.arange(runs)))
    run = int(np.lexsort((seed, data))[0])
    return Shown(run, int(data[run]), f"first data seed, seed {seed[run]}")


def of_data(arrays: Arrays, name: str, shown: Shown) -> np.ndarray:
    """What belongs to the run's data: stored per data seed, or else per run."""
    return arrays[name][shown.data if len(arrays[name]) != _runs(arrays) else _row(arrays, shown)]


def of_run(arrays: Arrays, name: str, shown: Shown) -> np.ndarray:
    """What belongs to the run: stored per run, or else per data seed."""
    return arrays[name][shown.run if len(arrays[name]) == _runs(arrays) else shown.data]


def _row(arrays: Arrays, shown: Shown) -> int:
    # As many data seeds as runs: `s` and `u` are always per data seed and tell the two apart.
    per_data = next((len(arrays[name]) for name in ("u", "s") if name in arrays), 0)
    return shown.data if per_data == _runs(arrays) else shown.run


def _runs(arrays: Arrays) -> int:
    names = ("z", "data_seed_index", "seed", "x_fake")
    return next((len(arrays[name]) for name in names if name in arrays), 1)
