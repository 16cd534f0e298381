"""Readers of rows of x: from memory, and of some rows of another reader."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Int, Real

from ivaegan_jax.types import RowReader

BYTES_TOGETHER = 2**16
"""Bytes of x that lie beside each other and are read together: rows far apart cost a read each."""

BYTES_AT_ONCE = 2**26
"""Bytes that a pass over the whole table holds."""


def rows_together(reader: RowReader) -> int:
    """Rows of x that are better read together than one by one."""
    return max(reader.unit, BYTES_TOGETHER // (reader.shape[1] * reader.dtype.itemsize), 1)


class InMemory:
    """Rows of an array."""

    def __init__(self, x: Real[np.ndarray, "rows dim_x"]):
        """Keeps the array as it is."""
        self.x, self.shape, self.dtype = x, (len(x), x.shape[1]), x.dtype
        self.unit = 1

    def read(self, start: int, stop: int) -> Real[np.ndarray, "some dim_x"]:
        """A view of these rows."""
        return self.x[start:stop]


class SomeRows:
    """Some rows of another reader, in their order."""

    def __init__(self, reader: RowReader, rows: Int[np.ndarray, " rows"]):
        """Takes the numbers of the rows, ascending."""
        self.reader, self.rows, self.dtype, self.unit = reader, rows, reader.dtype, reader.unit
        self.shape = len(rows), reader.shape[1]

    def read(self, start: int, stop: int) -> Real[np.ndarray, "some dim_x"]:
        """These rows, out of the stretch of the other reader in which they lie."""
        return taken(self.reader, self.rows[start:stop])


def taken(reader: RowReader, rows: Int[np.ndarray, " some"]) -> Real[np.ndarray, "some dim_x"]:
    """Rows by their numbers, ascending; those that lie near each other are read together."""
    found = np.empty((len(rows), reader.shape[1]), reader.dtype)
    far = np.flatnonzero(np.diff(rows, prepend=rows[:1]) > rows_together(reader))
    most = max(1, BYTES_AT_ONCE // max(1, found.itemsize * found.shape[1]))
    for first, last in zip([0, *far], [*far, len(rows)], strict=True):
        for start in range(first, last, most):
            some = rows[start : min(start + most, last)]
            low = int(some[0])
            found[start : start + len(some)] = reader.read(low, int(some[-1]) + 1)[some - low]
    return found


def passes(reader: RowReader) -> Iterator[tuple[int, Real[np.ndarray, "some dim_x"]]]:
    """All rows once, some at a time, and the number of the first of them."""
    size = max(1, reader.dtype.itemsize * reader.shape[1])
    step = max(1, BYTES_AT_ONCE // (size * reader.unit)) * reader.unit
    for start in range(0, reader.shape[0], step):
        yield start, reader.read(start, min(start + step, reader.shape[0]))
