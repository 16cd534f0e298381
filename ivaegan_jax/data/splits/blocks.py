"""Blocks of rows that follow each other in time, and the gaps between parts."""

import numpy as np
from jaxtyping import Bool, Int

from ivaegan_jax.data.splits.units import LEFT_OUT, TEST, TRAIN, VALID


def cut(
    level: Int[np.ndarray, " rows"], group: Int[np.ndarray, " rows"], length: int
) -> Int[np.ndarray, " rows"]:
    """The block of every row, of about `length` rows; blocks end where groups end.

    A run of one level is cut by itself where it is as long as a block, so that all its blocks
    are of that level; shorter runs that follow each other are cut together.

    Args:
      level: of every row, in the order of time.
      group: of every row; its rows follow each other.
      length: rows of a block.
    """
    other_group = np.append(True, group[1:] != group[:-1])
    begins = other_group | np.append(True, level[1:] != level[:-1])
    run = np.cumsum(begins) - 1
    long = np.bincount(run) >= length
    beside_long = (long | np.append(False, long[:-1]))[run]
    stretch = np.cumsum(other_group | (begins & beside_long)) - 1
    rows = np.bincount(stretch)
    blocks = np.maximum(1, np.rint(rows / length).astype(np.int64))
    rank = np.arange(len(level)) - (np.cumsum(rows) - rows)[stretch]
    return (np.cumsum(blocks) - blocks)[stretch] + rank * blocks[stretch] // rows[stretch]


def leave_gaps(
    part: Int[np.ndarray, " rows"], group: Int[np.ndarray, " rows"], gap: int
) -> Int[np.ndarray, " rows"]:
    """Leaves rows out until `gap` rows at least stand between any two parts of one group.

    Training rows go before validation rows, and these before test rows.
    """
    if gap == 0:
        return part
    part = np.where((part == VALID) & is_near(part == TEST, group, gap), LEFT_OUT, part)
    held_out = (part == VALID) | (part == TEST)
    return np.where((part == TRAIN) & is_near(held_out, group, gap), LEFT_OUT, part)


def is_near(
    marked: Bool[np.ndarray, " rows"], group: Int[np.ndarray, " rows"], gap: int
) -> Bool[np.ndarray, " rows"]:
    """Which rows have a marked one of their group within `gap` rows before or after them."""
    behind = _near_before(marked, group, gap)
    return behind | _near_before(marked[::-1], group[::-1], gap)[::-1]


def _near_before(
    marked: Bool[np.ndarray, " rows"], group: Int[np.ndarray, " rows"], gap: int
) -> Bool[np.ndarray, " rows"]:
    row = np.arange(len(marked))
    last = np.maximum.accumulate(np.where(marked, row, -1))
    return (last >= 0) & (row - last <= gap) & (group[last] == group)
