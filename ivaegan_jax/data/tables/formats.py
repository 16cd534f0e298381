"""The table of file formats: who reads and who writes files of which ending."""

import importlib.util
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from ivaegan_jax.data.tables import files_of_arrays as arrays
from ivaegan_jax.data.tables import files_of_frames as frames
from ivaegan_jax.data.tables import files_of_npy as npy
from ivaegan_jax.data.tables import files_of_text as text
from ivaegan_jax.data.tables.encodings import OPENERS
from ivaegan_jax.data.tables.latents import Latents
from ivaegan_jax.data.tables.pictures import read_pictures
from ivaegan_jax.data.tables.spikes import is_spikes, read_spikes
from ivaegan_jax.data.tables.table import Table
from ivaegan_jax.files import replacing
from ivaegan_jax.types import InputError


class Format(NamedTuple):
    """A file format.

    Attributes:
      endings: of its files' names.
      read: `(path, names that are wanted) -> Table`.
      write: `(path, latents)`.
      needs: a module that reads it, beside those of the package itself.
      extra: of this package that brings the module.
      of_all: whether latents of all seeds are written, not of the one to use alone.
    """

    endings: tuple[str, ...]
    read: Callable[[Path, Sequence[str]], Table]
    write: Callable[[Path, Latents], None]
    needs: str = ""
    extra: str = "io"
    of_all: bool = False


TEXT = tuple(f".{kind}{packed}" for kind in ("csv", "tsv", "txt") for packed in ("", *OPENERS))

FORMATS = (
    Format((".npz",), arrays.read_npz, arrays.write_npz, of_all=True),
    Format(TEXT, text.read_text, text.write_text),
    Format((".npy",), npy.read_npy, npy.write_npy),
    Format((".parquet",), frames.read_parquet, frames.write_parquet, "pyarrow"),
    Format((".h5", ".hdf5"), arrays.read_hdf5, arrays.write_hdf5, "h5py", of_all=True),
    Format((".mat",), arrays.read_mat, arrays.write_mat, of_all=True),
    Format((".h5ad",), arrays.read_h5ad, arrays.write_h5ad, "anndata", "anndata"),
    Format((".xlsx",), frames.read_excel, frames.write_excel, "openpyxl"),
)
ENDINGS = tuple(ending for each in FORMATS for ending in each.endings)
ENDINGS_IN_WORDS = ", ".join(each for each in ENDINGS if each.count(".") == 1)
ENDINGS_IN_WORDS += f", text also packed as {', '.join(OPENERS)}"

PICKLES = (".pkl", ".pickle", ".p", ".joblib", ".rds", ".rdata", ".pt", ".pth")
"""Endings of files that hold objects of a language, whose reading may run anything."""


def ending_of(path: Path) -> str:
    """The ending that names a format; empty where there is none."""
    name = path.name.lower()
    return max((each for each in ENDINGS if name.endswith(each)), key=len, default="")


def read_table(path: Path, wanted: Sequence[str] = ()) -> Table:
    """Reads an image set, a folder of spikes, or a file by its ending, npz where it has another.

    Raises:
      InputError: where there is no such file, nothing reads it, or it is damaged.
    """
    if not path.exists():
        raise InputError("no such file; check the path")
    if is_spikes(path):
        return read_spikes(path)
    if (pictures := read_pictures(path)) is not None:
        return pictures
    ending = ending_of(path)
    if not ending and not zipfile.is_zipfile(path):
        raise InputError(_advice_on_ending(path))
    return _format(ending or ".npz").read(path, wanted)


def _advice_on_ending(path: Path) -> str:
    if path.suffix.lower() in PICKLES:
        return (
            f"files of objects ({path.suffix}) are never opened, since that may run anything; save "
            "the table with DataFrame.to_parquet, or arrays with numpy.savez"
        )
    return (
        f"its ending names none of the formats that are read ({ENDINGS_IN_WORDS}); save the table "
        "in one of them, or rename the file if it is in one, text to .txt"
    )


def write_latents(path: Path, latents: Latents) -> bool:
    """Writes a file by its ending, whole or not at all.

    Returns:
      Whether it holds the latents of all seeds.

    Raises:
      InputError: where it cannot be written, or holds one seed and none was chosen.
    """
    ending = ending_of(path)
    with replacing(path, ending) as aside:
        (found := _format(ending)).write(aside, latents)
    return found.of_all


def _format(ending: str) -> Format:
    [found] = [each for each in FORMATS if ending in each.endings]
    if found.needs and importlib.util.find_spec(found.needs) is None:
        how = f"pip install 'ivaegan_jax[{found.extra}]'"
        raise InputError(f"files of the ending {ending} need {found.needs}: {how}")
    return found
