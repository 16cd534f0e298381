"""A folder of sorted spikes as text: `.res.N`, `.clu.N` and the position `.whl` (CRCNS hc-11, ...).

Format: of the programs Klusters and NeuroScope (Hazan, Zugaro and Buzsaki 2006): a line of `.res.N`
is when a spike of shank N was, in samples; the same line of `.clu.N`, after a first line with their
number, which cell it was of (0 artefacts, 1 not sorted); a line of `.whl` where two lights were, x
y x y, 39.0625 times a second, negative where they were not seen.
"""

import re
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

from ivaegan_jax.data.tables.table import Table
from ivaegan_jax.types import InputError

BIN = 0.1
"""Seconds in which spikes are counted."""

SAMPLES, FRAMES = 20_000.0, 39.0625
"""Samples in a second where no `.xml` says it, and positions in a second."""

UNSORTED = 1
"""The last number of a cluster that is no cell."""


def is_spikes(path: Path) -> bool:
    """Whether a folder holds sorted spikes."""
    return path.is_dir() and any(path.glob("*.res.*"))


def read_spikes(path: Path) -> Table:
    """Counts of every cell in bins of a tenth of a second in which the position is known.

    Returns:
      x the counts, columns `cell_SHANK_NUMBER`; u the position; `time` in seconds, middle of a bin.

    Raises:
      InputError: where files are missing, are no numbers, or do not belong to each other.
    """
    position = _position(_only(path, "*.whl"))
    seconds = len(position) / FRAMES
    edges = np.arange(0, seconds, BIN)
    cells = {
        f"cell_{shank}_{cell}": np.histogram(times, edges)[0]
        for shank, spikes in _shanks(path)
        for cell, times in spikes.items()
    }
    if not cells:
        raise InputError(f"no sorted cells in {path.name}: clusters are all 0 or {UNSORTED}")
    time = (edges[:-1] + edges[1:]) / 2
    place = position[np.minimum((time * FRAMES).astype(int), len(position) - 1)]
    known = np.isfinite(place).all(axis=1)
    x = np.column_stack(list(cells.values()))[known]
    names = {"x": tuple(cells), "u": ("position_x", "position_y")}
    return Table({"x": x, "u": place[known], "time": time[known]}, names)


def _only(path: Path, pattern: str) -> Path:
    found = sorted(path.glob(pattern))
    if len(found) != 1:
        raise InputError(f"a folder of spikes needs one file {pattern}, and has {len(found)}")
    return found[0]


def _numbers(file: Path) -> Float[np.ndarray, "lines numbers"]:
    try:
        return np.loadtxt(file, ndmin=2)
    except ValueError as error:
        raise InputError(f"{file.name} holds no numbers ({error}); fetch it again") from None


def _position(file: Path) -> Float[np.ndarray, "frames 2"]:
    """The middle of the lights that were seen; NaN where none was."""
    found = _numbers(file)
    if found.shape[1] not in (2, 4):
        raise InputError(f"{file.name} has {found.shape[1]} numbers in a line, not x y or x y x y")
    lights = np.where(found < 0, np.nan, found).reshape(len(found), -1, 2)
    seen = np.isfinite(lights).all(axis=2, keepdims=True)
    total = np.where(seen, lights, 0.0).sum(axis=1)
    return total / np.where(np.any(seen, axis=1), seen.sum(axis=1), np.nan)


def _shanks(path: Path) -> list[tuple[str, dict[int, Float[np.ndarray, " spikes"]]]]:
    """Of every shank its cells, with the times of their spikes in seconds."""
    rate = _samples_per_second(path)
    found = []
    for res in sorted(path.glob("*.res.*"), key=lambda file: (len(file.suffix), file.suffix)):
        shank = res.suffix[1:]
        clu = res.with_name(res.name.replace(".res.", ".clu."))
        if not clu.is_file():
            raise InputError(f"{clu.name} is missing beside {res.name}")
        times, cell = _numbers(res)[:, 0] / rate, _numbers(clu)[1:, 0].astype(int)
        if len(times) != len(cell):
            raise InputError(f"{res.name} has {len(times)} spikes and {clu.name} {len(cell)}")
        found.append((shank, {int(c): times[cell == c] for c in _cells(cell)}))
    return found


def _cells(cluster: Int[np.ndarray, " spikes"]) -> Int[np.ndarray, " cells"]:
    return np.unique(cluster[cluster > UNSORTED])


def _samples_per_second(path: Path) -> float:
    for file in path.glob("*.xml"):
        if found := re.search(r"<samplingRate>\s*([\d.]+)", file.read_text(errors="replace")):
            return float(found[1])
    return SAMPLES
