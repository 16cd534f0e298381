"""Side columns of a table: groups, times, or anything else with one value per row."""

from typing import Any

import numpy as np
from numpy.lib import format as npy

HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


def side_columns(file: Any, rows: int, taken: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Reads the columns of an open `.npz` file that have one value for each of `rows` rows.

    Other arrays are left unread, as are Python objects.

    Args:
      file: as `numpy.load` opens it.
      rows: of x.
      taken: names that mean something else.

    Returns:
      Columns `[rows]` by name.
    """
    names = [name for name in file if name not in taken and _is_column(file, name, rows)]
    return {name: file[name].reshape(rows) for name in names}


def _is_column(file: Any, name: str, rows: int) -> bool:
    """Whether the header of a member says that it has one plain value per row, and it does."""
    member = name if name in file.zip.namelist() else f"{name}.npy"
    with file.zip.open(member) as opened:
        try:
            shape, _, dtype = HEADERS[npy.read_magic(opened)](opened)
        except (KeyError, ValueError):  # no array, or of a kind that no table has
            return False
    plain = not dtype.hasobject and dtype.names is None
    whole = file.zip.getinfo(member).file_size >= rows * dtype.itemsize
    return plain and whole and shape in ((rows,), (rows, 1))
