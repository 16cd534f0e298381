"""Parts of one size for every data seed, whatever the sizes of groups and blocks.

A data seed's rows depend on the table alone, never on which other data seeds a study has.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from jaxtyping import Int

from ivaegan_jax.data.splits.units import LEFT_OUT, TEST

Draw: TypeAlias = Callable[[np.random.Generator], Int[np.ndarray, " rows"]]
"""A random part for every row."""

QUANTILE = 0.1
"""Of the sizes of trial draws, to which parts are cut; draws with a smaller part are not used."""

MOST_ROWS, FEWEST, MOST = 20_000_000, 4, 32
"""Rows of all trial draws together, and how many draws there are at least and at most."""

ATTEMPTS = 100


def is_fit(part: Int[np.ndarray, " rows"], level: Int[np.ndarray, " rows"]) -> bool:
    """Whether every part has rows and every level rows for training."""
    trained = np.bincount(level[part == 0], minlength=level.max() + 1)
    return bool(sizes_of(part).all() and trained.all())


def sizes_of(part: Int[np.ndarray, " rows"]) -> Int[np.ndarray, "3"]:
    """Rows of training, validation and test."""
    return np.bincount(part[part != LEFT_OUT], minlength=TEST + 1)


class EqualDraws:
    """Draws of a split, all cut to the same sizes."""

    def __init__(self, draw: Draw, unit: Int[np.ndarray, " rows"], level: Int[np.ndarray, " rows"]):
        """Finds the sizes by trial draws.

        Args:
          draw: gives a random part for every row.
          unit: of every row; rows are left out evenly over units and levels.
          level: of every row.

        Raises:
          ValueError: where no draw leaves rows in every part, and training rows of every level.
        """
        self.draw, self.level = draw, level
        self.piece = np.unique(unit.astype(np.int64) * (int(level.max()) + 1) + level,
                               return_inverse=True)[1]  # fmt: skip
        count = int(np.clip(MOST_ROWS // len(level), FEWEST, MOST))
        trials = [draw(np.random.default_rng((k, 2**32))) for k in range(count)]
        trials = [part for part in trials if is_fit(part, level)]
        if not trials:
            raise ValueError("no draw leaves training rows of every level and rows in every part")
        found = np.array([sizes_of(part) for part in trials])
        self.sizes = np.quantile(found, QUANTILE, axis=0, method="lower")
        enough = (found >= self.sizes).all(axis=1)
        self.spare = trials[int(np.argmax(enough))]

    def part(self, data_seed: int) -> tuple[Int[np.ndarray, " rows"], int]:
        """A data seed's part of every row, and how many rows were cut off."""
        drawn = self._drawn(data_seed)
        cut = drawn.copy()
        for number, size in enumerate(self.sizes):
            rows = np.flatnonzero(drawn == number)
            cut[rows[~kept(self.piece[rows], int(size))]] = LEFT_OUT
        return cut, int(np.sum(cut != drawn))

    def _drawn(self, data_seed: int) -> Int[np.ndarray, " rows"]:
        for attempt in range(ATTEMPTS):
            part = self.draw(np.random.default_rng((data_seed, attempt)))
            if (sizes_of(part) >= self.sizes).all() and is_fit(part, self.level):
                return part
        return self.spare


def kept(piece: Int[np.ndarray, " rows"], size: int) -> np.ndarray:
    """Which `size` rows stay where the largest pieces give theirs away first, from their ends."""
    _, code, counts = np.unique(piece, return_inverse=True, return_counts=True)
    level = 0
    for bit in reversed(range(int(counts.max()).bit_length())):
        if np.minimum(counts, level + (1 << bit)).sum() <= size:
            level += 1 << bit
    order = np.argsort(code, kind="stable")
    rank = np.empty(len(code), np.int64)
    rank[order] = np.arange(len(code)) - np.repeat(np.cumsum(counts) - counts, counts)
    more = np.cumsum(counts > level) <= size - np.minimum(counts, level).sum()
    return rank < level + (more & (counts > level))[code]
