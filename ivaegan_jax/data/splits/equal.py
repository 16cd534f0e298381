"""Parts of one size for every data seed, whatever the sizes of groups and blocks.

A data seed's rows depend on the table alone, never on which other data seeds a study has.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from jaxtyping import Bool, Int

from ivaegan_jax.data.splits.units import LEFT_OUT, TEST, Fractions, rank_within

Draw: TypeAlias = Callable[[np.random.Generator], Int[np.ndarray, " rows"]]
"""A random part for every row."""

QUANTILE = 0.1
"""Of the sizes of trial draws, to which parts are cut; draws with a smaller part are not used."""

MOST_ROWS, FEWEST, MOST = 20_000_000, 4, 32
"""Rows of all trial draws together, and how many draws there are at least and at most."""

ATTEMPTS = 100

LOSS, TRIES = 0.05, 8
"""From this share of lost rows on, each draw is the best of several, the nearest to its shares."""


def is_fit(part: Int[np.ndarray, " rows"], level: Int[np.ndarray, " rows"]) -> bool:
    """Whether every part has rows and every level rows for training."""
    trained = np.bincount(level[part == 0], minlength=level.max() + 1)
    return bool(sizes_of(part).all() and trained.all())


def sizes_of(part: Int[np.ndarray, " rows"]) -> Int[np.ndarray, "3"]:
    """Rows of training, validation and test."""
    return np.bincount(part[part != LEFT_OUT], minlength=TEST + 1)


class EqualDraws:
    """Draws of a split, all cut to the same sizes."""

    def __init__(
        self,
        draw: Draw,
        unit: Int[np.ndarray, " rows"],
        level: Int[np.ndarray, " rows"],
        fractions: Fractions,
        tries: int = TRIES,
    ):
        """Finds the sizes by trial draws.

        Args:
          draw: gives a random part for every row.
          unit: of every row; rows are left out evenly over units and levels.
          level: of every row.
          fractions: shares of training, validation and test rows.
          tries: of which the best is a draw, at most; fewer of a long table.

        Raises:
          ValueError: where no draw leaves rows in every part, and training rows of every level.
        """
        self.draw, self.level, self.fractions, self.tries = draw, level, fractions, 1
        self.piece = np.unique(unit.astype(np.int64) * (int(level.max()) + 1) + level,
                               return_inverse=True)[1]  # fmt: skip
        count = int(np.clip(MOST_ROWS // len(level), FEWEST, MOST))
        lost = self._find_sizes(count)
        if lost > LOSS and tries > 1:
            self.tries = int(np.clip(MOST_ROWS // (count * len(level)), 1, tries))
            self._find_sizes(count)

    def part(self, data_seed: int) -> tuple[Int[np.ndarray, " rows"], int]:
        """A data seed's part of every row, and how many rows were cut off."""
        drawn = self._drawn(data_seed)
        cut = drawn.copy()
        for number, size in enumerate(self.sizes):
            rows = np.flatnonzero(drawn == number)
            cut[rows[~kept(self.piece[rows], self.level[rows], int(size))]] = LEFT_OUT
        return cut, int(np.sum(cut != drawn))

    def _find_sizes(self, count: int) -> float:
        """Sets the sizes of all draws; returns the share of rows that a typical draw loses."""
        trials = [self._best(k, 2**32) for k in range(count)]
        trials = [part for part in trials if is_fit(part, self.level)]
        if not trials:
            raise ValueError("no draw leaves training rows of every level and rows in every part")
        found = np.array([sizes_of(part) for part in trials])
        self.sizes = np.quantile(found, QUANTILE, axis=0, method="lower")
        enough = (found >= self.sizes).all(axis=1)
        self.spare = trials[int(np.argmax(enough))]
        return float(1 - self.sizes.sum() / np.median(found.sum(axis=1)))

    def _drawn(self, data_seed: int) -> Int[np.ndarray, " rows"]:
        for attempt in range(ATTEMPTS):
            part = self._best(data_seed, attempt)
            if (sizes_of(part) >= self.sizes).all() and is_fit(part, self.level):
                return part
        return self.spare

    def _best(self, *seed: int) -> Int[np.ndarray, " rows"]:
        """Of the draws of a seed the one whose parts are nearest to their shares."""
        drawn = [
            self.draw(np.random.default_rng((*seed, k) if k else seed)) for k in range(self.tries)
        ]
        return min(drawn, key=self._misfit) if len(drawn) > 1 else drawn[0]

    def _misfit(self, part: Int[np.ndarray, " rows"]) -> float:
        if not is_fit(part, self.level):
            return np.inf
        sizes = sizes_of(part)
        return float(np.abs(sizes / sizes.sum() / self.fractions - 1).max())


def kept(
    piece: Int[np.ndarray, " rows"], level: Int[np.ndarray, " rows"], size: int
) -> Bool[np.ndarray, " rows"]:
    """Which `size` rows stay where the largest pieces give theirs away first, from their ends.

    Among rows of one place in their pieces the first ones of each level stay longest, so that no
    level is lost where there are as many rows as levels.
    """
    stays = np.zeros(len(piece), bool)
    stays[np.lexsort((rank_within(level), rank_within(piece)))[:size]] = True
    return stays
