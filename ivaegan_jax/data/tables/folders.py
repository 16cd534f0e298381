"""A folder of PNG or JPEG files, with a table of labels or with a folder for each label."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Shaped, UInt8

from ivaegan_jax.data.tables.files_of_text import read_text
from ivaegan_jax.data.tables.table import Table, as_pictures
from ivaegan_jax.types import InputError

ENDINGS = (".png", ".jpg", ".jpeg")
FILES = ("file", "filename", "path", "image")
"""Names of the column that names pictures; else it is the first one."""


def read_folder(path: Path) -> Table:
    """Reads all pictures that the one csv file in a folder names, its other columns beside them.

    Without a csv file each folder in it is a level of u.

    Raises:
      InputError: where there are no pictures, they differ in size, or one is named and not there.
    """
    tables = sorted(path.glob("*.csv"))
    if len(tables) > 1:
        names = ", ".join(each.name for each in tables)
        raise InputError(f"a folder with several csv files ({names}); leave the one of the labels")
    files, columns = _listed(path, tables[0]) if tables else _by_folder(path)
    return as_pictures(_stacked(path, files), columns)


def _listed(folder: Path, table: Path) -> tuple[list[Path], Mapping[str, np.ndarray]]:
    columns = dict(read_text(table, ()).arrays)
    lower = {name.lower(): name for name in reversed(list(columns))}
    name = next((lower[each] for each in FILES if each in lower), next(iter(columns), ""))
    files = [folder / str(each) for each in columns.pop(name, ())]
    if missing := [each for each in files if not each.is_file()]:
        what = f"{table.name} names {len(missing)} files in column {name!r} that are not there"
        raise InputError(f"{what}, the first of them {missing[0].relative_to(folder)}")
    if len(columns) == 1 and "u" not in columns:
        columns = {"u": next(iter(columns.values()))}
    return files, columns


def _by_folder(path: Path) -> tuple[list[Path], Mapping[str, Shaped[np.ndarray, " rows"]]]:
    files = sorted(each for each in path.glob("*/*") if each.suffix.lower() in ENDINGS)
    return files, {"u": np.array([each.parent.name for each in files])}


def _stacked(folder: Path, files: Sequence[Path]) -> UInt8[np.ndarray, "rows height width colours"]:
    if not files:
        raise InputError(
            "a folder, and not a readable file: put PNG or JPEG files into it and a csv file of "
            "their names and labels, or pictures into a folder for each label"
        )
    pictures = [_picture(each) for each in files]
    sizes = {each.shape[:2] for each in pictures}
    if len(sizes) > 1:
        other = next(
            i for i, each in enumerate(pictures) if each.shape[:2] != pictures[0].shape[:2]
        )
        sizes = [f"{files[i].relative_to(folder)} has {pictures[i].shape[1]} x "
                f"{pictures[i].shape[0]} pixels" for i in (0, other)]  # fmt: skip
        raise InputError(f"pictures must have one size: {' and '.join(sizes)}")
    if all((each == each[..., :1]).all() for each in pictures):
        pictures = [each[..., :1] for each in pictures]
    return np.stack(pictures)


def _picture(path: Path) -> UInt8[np.ndarray, "height width 3"]:
    """Red, green and blue; what is transparent keeps its colour."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as opened:
            return np.asarray(opened.convert("RGB"))
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, ValueError, SyntaxError):
        raise InputError(f"{path.name} is damaged, or no picture; remove it") from None
