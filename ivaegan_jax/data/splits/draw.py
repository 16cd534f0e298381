"""Held-out rows: training, validation and test, equally sized for every data seed."""

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from ivaegan_jax.data.benchmarks.options import check_data_seed
from ivaegan_jax.data.splits.copy_sets import copy_sets
from ivaegan_jax.data.splits.how import RANDOM, How
from ivaegan_jax.data.splits.order import put_in_order
from ivaegan_jax.data.splits.together import Together, blocks, copies, whole_groups
from ivaegan_jax.data.splits.units import Fractions, assign
from ivaegan_jax.types import Dataset, InputError

LEAST_HELD_OUT = 4
"""Rows of a part on one half of which latents are matched and on the other scored."""

LARGEST_SHARE = 0.35
"""Of a held-out part, that a message proposes."""


class Split(NamedTuple):
    """Row numbers of each part, in the order of `order.in_order`; gaps are in no part."""

    train: Int[np.ndarray, " train"]
    valid: Int[np.ndarray, " valid"]
    test: Int[np.ndarray, " test"]


class Splitter:
    """The splits of one table, a function of the data seed; all have the same sizes."""

    def __init__(self, dataset: Dataset, how: How = RANDOM, fractions: Fractions = (0.8, 0.1, 0.1)):
        """Prepares what all data seeds share.

        Args:
          dataset: the table, its groups and times those that `how` names (see `order.ordered_as`).
          how: anything but `auto`; blocks have their length and gap.
          fractions: shares of training, validation and test rows, positive, of sum 1.

        Raises:
          InputError: for unfit fractions, and where groups or blocks leave a part without rows
            or a level of u without training rows.
        """
        _check_fractions(fractions)
        self.dataset, self.fractions = dataset, fractions
        self.rows = put_in_order(dataset)
        self.copied = 0
        self.together = self._together(how)

    def split(self, data_seed: int) -> tuple[Split, int]:
        """A data seed's split, and how many rows were cut off to make its parts equal in size.

        Raises:
          InputError: for an unfit data seed, a part without rows, and a u that does not vary
            within the training rows.
        """
        seed = check_data_seed(data_seed)
        if self.together is None:
            part, cut = self._at_random(seed), 0
        else:
            part, cut = self.together.draws.part(seed)
        split = Split(*(self.rows.row[part == i] for i in range(3)))
        _check_parts(self.dataset, split)
        return split, cut

    def _at_random(self, data_seed: int) -> Int[np.ndarray, " rows"]:
        """By the numbers of rows in the table, so that times and groups change nothing."""
        level = np.empty_like(self.rows.level)
        level[self.rows.row] = self.rows.level
        return assign(level, np.random.default_rng(data_seed), self.fractions)[self.rows.row]

    def _together(self, how: How) -> Together | None:
        if how.kind == "group":
            return whole_groups(self.rows, self.dataset, how, self.fractions)
        if how.kind == "blocks":
            return blocks(self.rows, self.dataset, how, self.fractions)
        sets = None if self.dataset.independent else copy_sets(self.dataset.x)
        if sets is None:
            return None
        self.copied = len(sets) - int(np.sum(np.bincount(sets) == 1))
        return copies(self.rows, sets[self.rows.row], self.dataset.name, self.fractions)


def make_split(
    dataset: Dataset,
    data_seed: int,
    fractions: Fractions = (0.8, 0.1, 0.1),
    how: How = RANDOM,
) -> Split:
    """Splits the rows, by default at random, level by level where u is discrete.

    At random, every level is within two rows of its share in every part, and keeps at least one
    row for training; copies of a row stay together. Sizes depend on the table alone, not on the
    data seed.

    Args:
      dataset: the table.
      data_seed: draws which rows go where.
      fractions: shares of training, validation and test rows, positive, of sum 1.
      how: as `Splitter` takes it.

    Raises:
      InputError: as `Splitter` and its `split`.
    """
    return Splitter(dataset, how, fractions).split(data_seed)[0]


def check_sizes(split: Split, fractions: Fractions, batch: int) -> None:
    """Raises InputError where a part has too few rows: to be scored, or for one batch.

    Shares come first, since they decide how many training rows there are.
    """
    if min(len(split.valid), len(split.test)) < LEAST_HELD_OUT:
        raise InputError(_too_few(split, max(fractions[1:])))
    if not 1 <= batch <= len(split.train):
        raise InputError(
            f"a batch of {batch} rows does not fit {len(split.train)} training rows; "
            f"choose a smaller one, as --config.train.batch={len(split.train)}"
        )


def _too_few(split: Split, share: float) -> str:
    """How many rows are held out, and which shares would be enough."""
    valid, test, rows = len(split.valid), len(split.test), sum(map(len, split))
    enough = (LEAST_HELD_OUT + 0.5) / rows
    if share >= enough:  # groups and blocks are held out as a whole
        enough = share * LEAST_HELD_OUT / min(valid, test)
    wanted = math.ceil(20 * enough) / 20
    flags = f"--config.data.valid_fraction={wanted:g} --config.data.test_fraction={wanted:g}"
    larger = f", or larger shares, as {flags}" if wanted <= LARGEST_SHARE else ""
    return (
        f"of {rows} rows {valid} are validation rows and {test} test rows, and scores take at "
        f"least {LEAST_HELD_OUT} of each; give more rows{larger}"
    )


def _check_fractions(fractions: Fractions) -> None:
    if len(fractions) != 3 or min(fractions) <= 0 or not np.isclose(sum(fractions), 1):
        raise InputError(
            f"split fractions must be three positive numbers of sum 1, not {tuple(fractions)}"
        )


def _check_parts(dataset: Dataset, split: Split) -> None:
    for name, rows in split._asdict().items():
        if len(rows) == 0:
            raise InputError(
                f"{dataset.name}: no rows are left for the {name} split; give more rows, more rows "
                f"per level of u, or a larger fraction{_as_quantity(dataset)}"
            )
    if dataset.u[split.train].distinct() < 2:
        raise InputError(f"{dataset.name}: u has one value in all training rows; u must vary")


def _as_quantity(dataset: Dataset) -> str:
    """How levels that are numbers are taken as one quantity."""
    if not (dataset.u.is_categorical and dataset.u.is_numeric):
        return ""
    floats = "use `u = u.reshape(len(u), -1).astype(float)`"
    how = f"give {dataset.u.names[0]}:continuous" if dataset.u.names else floats
    return f"; if u is a quantity, {how}, which needs no rows per level"
