"""Files whose x is read some rows at a time: npy, HDF5, Parquet; everything beside x is read whole.

A file is opened anew for every read, so that no thread shares one, and pages of it that were
looked at do not count as this process's memory.
"""

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Real

from ivaegan_jax.data.tables.files_of_arrays import open_hdf5, read_hdf5
from ivaegan_jax.data.tables.files_of_npy import beside_npy
from ivaegan_jax.data.tables.formats import ending_of
from ivaegan_jax.data.tables.matrices import native
from ivaegan_jax.data.tables.objects import as_table
from ivaegan_jax.data.tables.table import Table, without_unit
from ivaegan_jax.types import InputError, RowReader

UNNAMED = "__index_level_"
"""How the name of a column begins that is the index of a frame without a name."""

HEAD = 1000
"""Rows of a file of columns by which it is decided which of them are x."""


class Outline(NamedTuple):
    """A file whose x was not read.

    Attributes:
      head: all columns of some rows, where the file has columns and x is to be chosen among them.
      rest: reads what is no x, given patterns of names that are wanted.
      reader: reads x, given the names of its columns.
    """

    head: Table | None
    rest: Callable[[Sequence[str]], Table]
    reader: Callable[[Sequence[str]], RowReader]


class Npy:
    """The rows of a two-dimensional array in an `.npy` file."""

    def __init__(self, path: Path):
        """Reads its header."""
        self.path, held = path, _mapped(path)
        self._raw, self._rows_first = held.dtype, held.flags.c_contiguous
        self._begin = held.offset
        self.shape, self.dtype = (len(held), held.shape[1]), native(held[:0]).dtype
        self.unit = 1

    def read(self, start: int, stop: int) -> Real[np.ndarray, "some dim_x"]:
        """Copies of these rows."""
        if not self._rows_first:
            return np.array(native(_mapped(self.path)[start:stop]))
        count, size = (stop - start) * self.shape[1], self._raw.itemsize * self.shape[1]
        values = np.fromfile(self.path, self._raw, count, offset=self._begin + start * size)
        return native(values.reshape(-1, self.shape[1]))


def _mapped(path: Path) -> np.memmap:
    return np.lib.format.open_memmap(path, mode="r")


class Hdf5:
    """The rows of a two-dimensional data set of an HDF5 file."""

    def __init__(self, path: Path, name: str):
        """Reads its shape, and how many rows it stores together."""
        self.path, self.name = path, name
        with open_hdf5(path) as file:
            held: Any = file[name]
            self.shape, self.dtype = held.shape, native(held[:0]).dtype
            self.unit = held.chunks[0] if held.chunks else 1

    def read(self, start: int, stop: int) -> Real[np.ndarray, "some dim_x"]:
        """Copies of these rows."""
        with open_hdf5(self.path) as file:
            return native(file[self.name][start:stop])


class Parquet:
    """The rows of some columns of numbers of a Parquet file, row group by row group."""

    def __init__(self, path: Path, names: Sequence[str]):
        """Reads how the row groups lie."""
        import pyarrow.parquet as pq

        self.path, self.names, file = path, list(names), pq.ParquetFile(path)
        sizes = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
        self.ends = np.cumsum(sizes)
        kinds = [file.schema_arrow.field(name).type.to_pandas_dtype() for name in names]
        self.dtype = native(np.zeros(0, np.result_type(*kinds))).dtype
        self.shape, self.unit = (int(self.ends[-1]), len(names)), max(sizes)
        self._last = -1, np.empty((0, len(names)), self.dtype)

    def read(self, start: int, stop: int) -> Real[np.ndarray, "some dim_x"]:
        """Copies of these rows; the row group read last is kept, as the next read may need it."""
        first, last = np.searchsorted(self.ends, [start, stop - 1], "right")
        found = []
        for group in range(first, last + 1):
            begin = int(self.ends[group - 1]) if group else 0
            found.append(self._group(group)[max(0, start - begin) : stop - begin])
        return np.concatenate(found)

    def _group(self, group: int) -> Real[np.ndarray, "some dim_x"]:
        if self._last[0] != group:
            self._last = -1, self._last[1][:0]  # two of them are never held
            self._last = group, self._decoded(group)
        return self._last[1]

    def _decoded(self, group: int) -> Real[np.ndarray, "some dim_x"]:
        import pyarrow.parquet as pq

        table = pq.ParquetFile(self.path).read_row_group(group, columns=self.names)
        found = np.empty((table.num_rows, len(self.names)), self.dtype)
        for i, name in enumerate(self.names):
            column = table.column(name)
            if column.null_count and self.dtype.kind != "f":
                begin = int(self.ends[group - 1]) if group else 0
                row = begin + int(np.argmax(column.is_null().to_numpy()))
                raise InputError(
                    f"x lacks a value, first in row {row:,} (counting from 0), column {name}; fill "
                    "it, or leave the row out"
                )
            found[:, i] = column.to_numpy()
        return found


def of_npy(path: Path, x: str) -> Outline | None:
    """An `.npy` file of rows and columns, with the columns in files beside it."""
    if _mapped(path).ndim != 2 or _mapped(path).dtype.kind not in "iufb":
        return None  # reading the whole names what is wrong
    return Outline(None, lambda wanted: beside_npy(path, wanted), lambda _: Npy(path))


def of_hdf5(path: Path, x: str) -> Outline | None:
    """An HDF5 file with a data set of rows and columns that is x."""
    with open_hdf5(path) as file:
        found: Any = file.get(x or "x")
        shaped = getattr(found, "ndim", 0) == 2
        matlab = any("MATLAB_class" in each.attrs for each in file.values())
        if not shaped or matlab or found.dtype.kind not in "iufb":
            return None
    name = x or "x"
    return Outline(
        None,
        lambda wanted: read_hdf5(path, wanted, besides=name),
        lambda _: Hdf5(path, name),
    )


def of_parquet(path: Path, x: str) -> Outline | None:
    """A Parquet file, of whose columns of numbers some are x."""
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
        first = next(file.iter_batches(batch_size=HEAD), None)
    except (OSError, ValueError) as error:
        raise InputError(f"no readable Parquet file: {' '.join(str(error).split())}") from None
    if first is None:
        return None
    names = [n for n in file.schema_arrow.names if not n.startswith(UNNAMED)]

    def rest(wanted: Sequence[str]) -> Table:
        kept = [
            n for n in names if any(w in (n, without_unit(n)) or fnmatchcase(n, w) for w in wanted)
        ]
        return _table(pq.read_table(path, columns=kept)) if kept else Table({})

    return Outline(_table(first.select(names)), rest, lambda own: Parquet(path, own))


def _table(held: Any) -> Table:
    found = as_table(held.to_pandas(ignore_metadata=True), "the file")
    assert found is not None
    return found


OUTLINES = {".npy": of_npy, ".h5": of_hdf5, ".hdf5": of_hdf5, ".parquet": of_parquet}
"""`(path, name of the array x) -> Outline` of a file whose x can be read in blocks, else None."""


def outline_of(path: Path, x: str) -> Outline | None:
    """The outline of a file; None of one that has to be read whole."""
    make = OUTLINES.get(ending_of(path)) if path.is_file() else None
    return make(path, x) if make else None
