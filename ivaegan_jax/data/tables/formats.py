"""The table of file formats: who reads and who writes files of which ending."""

import importlib.util
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ivaegan_jax.data.tables import files_of_arrays as arrays
from ivaegan_jax.data.tables import files_of_frames as frames
from ivaegan_jax.data.tables import files_of_npy as npy
from ivaegan_jax.data.tables import files_of_text as text
from ivaegan_jax.data.tables.encodings import OPENERS
from ivaegan_jax.data.tables.latents import Latents
from ivaegan_jax.data.tables.objects import as_table
from ivaegan_jax.data.tables.pictures import read_pictures
from ivaegan_jax.data.tables.spikes import is_spikes, read_spikes
from ivaegan_jax.data.tables.table import Table
from ivaegan_jax.files import replacing
from ivaegan_jax.types import InputError, Registry


class Format(NamedTuple):
    """A file format.

    Attributes:
      endings: of its files' names.
      read: `(path, names that are wanted) -> Table`.
      write: `(path, latents)`; None where nothing writes it.
      needs: a module that reads it, beside those of the package itself.
      extra: of this package that brings the module.
      of_all: whether latents of all seeds are written, not of the one to use alone.
    """

    endings: tuple[str, ...]
    read: Callable[[Path, Sequence[str]], Table]
    write: Callable[[Path, Latents], None] | None = None
    needs: str = ""
    extra: str = "io"
    of_all: bool = False


TEXT = tuple(f".{kind}{packed}" for kind in ("csv", "tsv", "txt") for packed in ("", *OPENERS))


def as_format(piece: Any, endings: str | Sequence[str]) -> Format:
    """A format from outside, of which frames or mappings of columns are all that is seen.

    Args:
      piece: has `read(path)`, and perhaps `write(path, frame)`.
      endings: of its files' names, such as `.feather`.

    Raises:
      ValueError: for what has no `read`, or for endings that are none or those of another format.
    """
    endings = (endings,) if isinstance(endings, str) else tuple(endings)
    wrong = [each for each in endings if not each.startswith(".") or each != each.lower()]
    if wrong or not endings:
        raise ValueError("its endings are words such as endings='.feather', in small letters")
    if taken := [each for each in endings if ending_of(Path(each)) == each]:
        raise ValueError(f"files ending in {taken[0]} are read already")
    if not callable(getattr(piece, "read", None)):
        raise ValueError("it has no read")

    def read(path: Path, wanted: Sequence[str]) -> Table:
        found = as_table(_by_others("read", piece.read, path), "the file")
        if found is None:
            raise InputError("its reader must return a data frame, or columns by name")
        return found

    def write(path: Path, latents: Latents) -> None:
        _by_others("written", piece.write, path, latents.frame())

    return Format(endings, read, write if hasattr(piece, "write") else None)


def _by_others(done: str, function: Callable[..., Any], path: Path, *rest: Any) -> Any:
    try:
        return function(path, *rest)
    except Exception as error:
        why = " ".join(f"{type(error).__name__}: {error}".split())
        raise InputError(f"the file cannot be {done} ({why})") from error


FORMATS = Registry[Format]("file format", as_format, {
    "npz": Format((".npz",), arrays.read_npz, arrays.write_npz, of_all=True),
    "text": Format(TEXT, text.read_text, text.write_text),
    "npy": Format((".npy",), npy.read_npy, npy.write_npy),
    "parquet": Format((".parquet",), frames.read_parquet, frames.write_parquet, "pyarrow"),
    "hdf5": Format((".h5", ".hdf5"), arrays.read_hdf5, arrays.write_hdf5, "h5py", of_all=True),
    "mat": Format((".mat",), arrays.read_mat, arrays.write_mat, of_all=True),
    "h5ad": Format((".h5ad",), arrays.read_h5ad, arrays.write_h5ad, "anndata", "anndata"),
    "excel": Format((".xlsx",), frames.read_excel, frames.write_excel, "openpyxl"),
})  # fmt: skip
"""By name. The table is searched when a file is opened, for formats from outside, too."""


def endings() -> tuple[str, ...]:
    """All endings that are read."""
    return tuple(ending for each in FORMATS.values() for ending in each.endings)


def endings_in_words() -> str:
    """The same for messages and help."""
    plain = ", ".join(each for each in endings() if each.count(".") == 1)
    return f"{plain}, text also packed as {', '.join(OPENERS)}"


PICKLES = (".pkl", ".pickle", ".p", ".joblib", ".rds", ".rdata", ".pt", ".pth")
"""Endings of files that hold objects of a language, whose reading may run anything."""


def ending_of(path: Path) -> str:
    """The ending that names a format; empty where there is none."""
    name = path.name.lower()
    return max((each for each in endings() if name.endswith(each)), key=len, default="")


def format_of(path: Path) -> str:
    """The name of the format that a file's ending names; empty where there is none."""
    ending = ending_of(path)
    return next((name for name, each in FORMATS.items() if ending in each.endings), "")


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
        f"its ending names none of the formats that are read ({endings_in_words()}); save the "
        "table in one of them, or rename the file if it is in one, text to .txt"
    )


def write_latents(path: Path, latents: Latents) -> bool:
    """Writes a file by its ending, whole or not at all.

    Returns:
      Whether it holds the latents of all seeds.

    Raises:
      InputError: where it cannot be written, or holds one seed and none was chosen.
    """
    ending = ending_of(path)
    found = _format(ending)
    if found.write is None:
        raise InputError(
            f"files ending in {ending} are read and not written; choose another ending"
        )
    with replacing(path, ending) as aside:
        found.write(aside, latents)
    return found.of_all


def _format(ending: str) -> Format:
    [found] = [each for each in FORMATS.values() if ending in each.endings]
    if found.needs and importlib.util.find_spec(found.needs) is None:
        how = f"pip install 'ivaegan_jax[{found.extra}]'"
        raise InputError(f"files of the ending {ending} need {found.needs}: {how}")
    return found
