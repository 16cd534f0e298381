"""Columns of x that number rows: all of them, or those of every level or group."""

import numpy as np
from jaxtyping import Bool, Float, Int, Real

from ivaegan_jax.types import Dataset


def numbers_rows(
    dataset: Dataset, some: Float[np.ndarray, "rows dim_x"]
) -> Bool[np.ndarray, " dim_x"]:
    """Which columns number all rows, in any order, or those of every level or group.

    Args:
      dataset: the table.
      some: of its rows, where a column that is not whole is found.
    """
    units = [np.zeros(len(dataset.x), int), dataset.groups]
    units += [dataset.u.codes] if dataset.u.is_categorical else []
    ordered = [(each, np.argsort(each, kind="stable")) for each in units if each is not None]
    found = np.zeros(dataset.x.shape[1], bool)
    for column in np.flatnonzero((some == np.round(some)).all(axis=0)):
        values = dataset.x[:, column]
        found[column] = any(is_numbering(values, *each) for each in ordered)
    return found


def is_numbering(
    values: Real[np.ndarray, " rows"],
    unit: Int[np.ndarray, " rows"],
    order: Int[np.ndarray, " rows"],
) -> bool:
    """Whether every unit has every whole number of a range once, and units have several rows.

    Args:
      values: a column.
      unit: the code of each row's unit.
      order: of the rows by unit.
    """
    starts = np.flatnonzero(np.diff(unit[order], prepend=-1))
    counts = np.diff(starts, append=len(unit))
    values = values[order].astype(float)
    ranges = np.maximum.reduceat(values, starts) - np.minimum.reduceat(values, starts)
    if counts.max() < 3 or (ranges != counts - 1).any():
        return False
    within = np.lexsort((values, np.repeat(starts, counts)))
    return bool((np.delete(np.diff(values[within]), starts[1:] - 1) == 1).all())
