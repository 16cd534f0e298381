"""Blocks of training rows: which rows each has is a function of a seed and its number."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int, Real

from ivaegan_jax.data.preprocessing import Preprocessing
from ivaegan_jax.data.splits.blocks import is_near
from ivaegan_jax.data.splits.how import How
from ivaegan_jax.data.splits.order import GROUPS, TIME, group_codes, times
from ivaegan_jax.data.streams.readers import rows_together, taken
from ivaegan_jax.types import Coded, Whole

STREAM = 3
"""Sets the draws of blocks apart from others of a data seed."""


STRETCHES = 64
"""Stretches of rows that lie together which a block has at least, where its file allows it."""


class Block(NamedTuple):
    """Rows of x and u as programs take them, and their true sources where these are known."""

    x: Float[np.ndarray, "rows dim_x"]
    u: Coded
    s: Real[np.ndarray, "rows dim_s"] | None


def left_to_train(
    whole: Whole, held_out: Int[np.ndarray, " held"], how: How
) -> Bool[np.ndarray, " all_rows"]:
    """Which rows of a table are free to train on, beside those that are held out.

    No row of a group that has rows held out, where whole groups are; where blocks are, none that
    stands within the gap before or after such a row.

    Args:
      whole: the table.
      held_out: numbers of validation and test rows.
      how: the split, with nothing left open.
    """
    held = np.zeros(whole.x.shape[0], bool)
    held[held_out] = True
    if how.kind == "random":
        return ~held
    column, when = how.column or GROUPS, how.time or TIME
    group = (
        group_codes(whole.side[column]) if column in whole.side else np.zeros(len(held), np.int32)
    )
    if how.kind == "group":
        return ~np.isin(group, group[held])
    time = times(whole.side[when]) if when in whole.side else np.zeros(len(held))
    order = np.lexsort((time, group))
    free = np.empty_like(held)
    free[order] = ~is_near(held[order], group[order], how.gap or 0)
    return free & ~held


class Blocks:
    """The training rows of one data seed, in blocks of one size.

    Stretches of rows that lie together are drawn in random order, another one for every pass over
    the table, and follow each other; every block has the next rows of them.
    """

    def __init__(
        self, whole: Whole, free: Bool[np.ndarray, " all_rows"], rows: int, data_seed: int
    ):
        """Counts the rows of every stretch.

        Args:
          whole: the table.
          free: the rows to train on.
          rows: of a block; all of them where there are fewer.
          data_seed: draws the order.
        """
        self.whole, self.free, self.data_seed = whole, free, data_seed
        mixed = min(rows_together(whole.x), max(1, rows // STRETCHES))
        self.together = max(whole.x.unit, mixed)
        self.starts = np.arange(0, len(free), self.together)
        self.counts = np.add.reduceat(free, self.starts, dtype=np.int64)
        self.rows = min(rows, int(self.counts.sum()))
        self.in_a_pass = int(self.counts.sum()) // self.rows
        self._order = lru_cache(maxsize=2)(self._drawn)

    def numbers(self, block: int) -> Int[np.ndarray, " rows"]:
        """The numbers of a block's rows in the table, ascending."""
        turn, place = divmod(block, self.in_a_pass)
        order, ends = self._order(turn)
        low, high = place * self.rows, (place + 1) * self.rows
        first, last = np.searchsorted(ends, low, "right"), np.searchsorted(ends, high, "left")
        found = []
        for i in range(first, last + 1):
            start = int(self.starts[order[i]])
            own = start + np.flatnonzero(self.free[start : start + self.together])
            before = int(ends[i]) - len(own)
            found.append(own[max(0, low - before) : high - before])
        return np.sort(np.concatenate(found))

    def read(self, block: int, preprocessing: Preprocessing) -> Block:
        """The rows of a block, in the order of the table."""
        rows = self.numbers(block)
        x = preprocessing.transform_x(taken(self.whole.x, rows))
        s = None if self.whole.s is None else self.whole.s[rows]
        return Block(x, preprocessing.encode_u(self.whole.u[rows]), s)

    def _drawn(self, turn: int) -> tuple[Int[np.ndarray, " pieces"], Int[np.ndarray, " pieces"]]:
        """The order of stretches in one pass, and where each one ends among its rows."""
        rng = np.random.default_rng((self.data_seed, STREAM, turn))
        order = rng.permutation(len(self.starts))
        return order, np.cumsum(self.counts[order])
