"""What a checkpoint belongs to, sealed with it: its runs, its step, settings and preprocessing.

A checkpoint that lies elsewhere than it was stored, or beside other settings or another
preprocessing than it was trained with, is refused: it would be read, and encode something else.
"""

import hashlib
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ivaegan_jax.files import RESTORE, making_sense_of, read_npz, write_npz
from ivaegan_jax.studies.former import settings_of_today
from ivaegan_jax.studies.workdir import Workdir, deciding, differences
from ivaegan_jax.training import SEAL, sealed_bond
from ivaegan_jax.types import InputError


class Bond(NamedTuple):
    """What the checkpoints of runs trained together belong to.

    Attributes:
      workdir: where they lie.
      name: of the checkpoints.
      runs: the first among those of the group, and how many.
      settings: those in `config.json` that decide results.
      preprocessing: a hash of its arrays; only process 0 knows it while training.
    """

    workdir: Workdir
    name: str
    runs: tuple[int, int]
    settings: dict[str, Any]
    preprocessing: str

    def record(self, step: int) -> dict[str, Any]:
        """What is sealed with the checkpoint of a step."""
        own = self._asdict() | {"runs": list(self.runs), "step": step}
        return {name: value for name, value in own.items() if name != "workdir"}

    def check(self, folder: Path, preprocessing: bool = True) -> None:
        """Raises InputError if a checkpoint was sealed with something else.

        One without a bond, of an earlier version, passes. Training computes the preprocessing from
        the data themselves, whose hash is among the settings, and does not look at it.
        """
        if not (sealed := sealed_bond(folder)):
            return
        with making_sense_of(folder / SEAL):
            self._compare(folder, sealed)
            if preprocessing and sealed["preprocessing"] != self.preprocessing:
                raise InputError(
                    f"{self.workdir.preprocessing} is not the one that checkpoint {folder} was "
                    f"trained with; {RESTORE}"
                )

    def _compare(self, folder: Path, sealed: Mapping[str, Any]) -> None:
        own = self.record(int(folder.name))
        if (at := [sealed["name"], sealed["step"]]) != [own["name"], own["step"]]:
            raise InputError(
                f"checkpoint {folder} was stored as step {at[1]} of {at[0]}; move it back to "
                f"{self.workdir.checkpoints(at[0]) / str(at[1])}, or {RESTORE}"
            )
        _check_settings(self.workdir, folder, sealed)
        if sealed["runs"] != own["runs"]:
            raise InputError(
                f"{self.workdir.parts} is not that of checkpoint {folder}, which has other runs; "
                f"{RESTORE}"
            )


def check_settings(workdir: Workdir) -> None:
    """Raises InputError unless all checkpoints were made with the settings in `config.json`."""
    for seal in sorted(workdir.path.glob(f"checkpoints/*/*/{SEAL}")):
        if sealed := sealed_bond(seal.parent):
            with making_sense_of(seal):
                _check_settings(workdir, seal.parent, sealed)


def _check_settings(workdir: Workdir, folder: Path, sealed: Mapping[str, Any]) -> None:
    if changes := differences(settings_of_today(sealed["settings"]), deciding(workdir.settings())):
        raise InputError(
            f"{workdir.config} is not what checkpoint {folder} was made with "
            f"({'; '.join(changes)}); {RESTORE}"
        )


def fingerprint_of(path: Path) -> str:
    """A hash of the arrays in an `.npz` file, however they are packed."""
    digest = hashlib.sha256()
    for name, array in sorted(read_npz(path).items()):
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def keep_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Writes an `.npz` file unless it holds these arrays; says so if it held something else.

    What was computed elsewhere may differ in its last digits, and stays: checkpoints belong to it.
    """
    if path.exists():
        try:
            if _alike(read_npz(path), arrays):
                return
            reason = "it is not of this study"
        except InputError:
            reason = "it is damaged"
        logging.getLogger(__name__).warning("%s is written again: %s", path, reason)
    write_npz(path, arrays)


def _alike(found: Mapping[str, np.ndarray], expected: Mapping[str, np.ndarray]) -> bool:
    """Whether arrays are equal up to rounding; those of an earlier version may be fewer."""
    return bool(found) and all(
        name in expected and _close(array, expected[name]) for name, array in found.items()
    )


def _close(one: np.ndarray, other: np.ndarray) -> bool:
    if one.dtype.kind == other.dtype.kind == "f":
        return one.shape == other.shape and np.allclose(one, other, rtol=1e-5, equal_nan=True)
    return np.array_equal(one, other)
