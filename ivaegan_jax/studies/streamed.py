"""The training rows of a study in blocks, for a table that is larger than what is looked at."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from ivaegan_jax.data import SPOILING, SPOILT, Blocks, Part, Prepared, left_to_train, parse_split
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.types import Dataset, InputError

MOST_ROWS, FEWEST_ROWS, VALUES = 2**17, 2**12, 2**26
"""Rows of a block by default: at most, at least, and numbers of x in it."""

MIXED = 8
"""Stretches of a file that a block should have rows of."""


UNSHIFTED = (
    "Rows resemble their neighbours, and u cannot be shifted along rows that are read in blocks: "
    "no control with shifted u is trained, and no verdict supports identification. Use a file of "
    "fewer rows, which fits in memory, without --config.train.block_rows."
)
"""What a table of dependent rows cannot have in blocks."""


def with_blocks(experiment: Experiment, dataset: Dataset) -> Experiment:
    """The experiment with the rows of a block, where the table is read in blocks by itself."""
    train = experiment.config.train
    if dataset.whole is None or train.block_rows:
        return experiment
    rows = int(np.clip(VALUES // dataset.x.shape[1], FEWEST_ROWS, MOST_ROWS))
    config = dataclasses.replace(
        experiment.config, train=dataclasses.replace(train, block_rows=rows)
    )
    return experiment._replace(config=config)


class Stream:
    """Blocks of training rows of all data seeds.

    Attributes:
      rows: of a block.
      all_rows: that the blocks of one pass are drawn from.
    """

    def __init__(self, experiment: Experiment, datasets: Sequence[Dataset], data: Prepared):
        """Finds the rows that are free to train on; reads none.

        Args:
          experiment: what is to be done, with the rows of a block.
          datasets: of every data seed, each with its whole table.
          data: the rows that are looked at, split.

        Raises:
          InputError: for blocks smaller than a batch.
        """
        self._data, self._seeds = data, experiment.data_seeds
        wanted, how = experiment.config.train.block_rows, parse_split(data.split.split)
        both = [(data.valid.row[i], data.test.row[i]) for i in range(len(datasets))]
        self._blocks: list[Blocks] = []
        frees: list[np.ndarray] = []
        for dataset, held, seed in zip(datasets, both, experiment.data_seeds, strict=True):
            assert dataset.whole is not None
            frees.append(
                left_to_train(dataset.whole, dataset.whole.drawn[np.concatenate(held)], how)
            )
            self._blocks.append(Blocks(dataset.whole, frees[-1], wanted, seed))
        self.rows = min(each.rows for each in self._blocks)
        self.all_rows = min(int(free.sum()) for free in frees)
        self._blocks = [
            each if each.rows == self.rows else Blocks(each.whole, each.free, self.rows, seed)
            for each, seed in zip(self._blocks, experiment.data_seeds, strict=True)
        ]
        if (batch := experiment.config.train.batch) > self.rows:
            raise InputError(
                f"a block of {self.rows} rows holds no batch of {batch}; use "
                f"--config.train.block_rows={batch} or more"
            )

    def part(self, number: int, control: str = "") -> Part:
        """The training rows of a block, as a control sees them."""
        fitted = self._data.preprocessing
        read = [each.read(number, own) for each, own in zip(self._blocks, fitted, strict=True)]
        pairs = [(each.x, each.u) for each in read]
        if control:
            rngs = [np.random.default_rng((seed, SPOILING, number)) for seed in self._seeds]
            pairs = [SPOILT[control](*own, rng) for own, rng in zip(pairs, rngs, strict=True)]
        x, u = (np.stack(each) for each in zip(*pairs, strict=True))
        known = [each.s for each in read if each.s is not None]
        s = np.stack(known) if known else None
        row = np.stack([each.numbers(number) for each in self._blocks])
        return Part(x, u, s, row, row, np.zeros(row.shape, np.int32))

    def record(self) -> dict[str, Any]:
        """What decides which rows a block has, beside the settings and the data."""
        return {"rows": self.rows, "together": self._blocks[0].together}

    def sentences(self) -> list[str]:
        """How training rows are read, and what to do where blocks mix too little."""
        whole, together = self._blocks[0].whole, self._blocks[0].together
        size = whole.x.dtype.itemsize * whole.x.shape[0] * whole.x.shape[1] / 2**20
        sentences = [
            f"x has {size:,.1f} MiB and is read in blocks of {self.rows:,} of {self.all_rows:,} "
            f"training rows (--config.train.block_rows={self.rows})."
        ]
        if self.rows < min(MIXED * together, self.all_rows):
            sentences += [
                f"Its file keeps {together:,} rows together, so that a block has neighbouring "
                f"rows; write it with {max(1, self.rows // (8 * MIXED)):,} rows in a row group or "
                "chunk for blocks that are mixed better."
            ]
        return sentences
