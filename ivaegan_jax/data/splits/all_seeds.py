"""The splits of all data seeds, and the sentences on them."""

from collections.abc import Sequence

from ivaegan_jax.data.config import DataConfig
from ivaegan_jax.data.splits.draw import Split, Splitter
from ivaegan_jax.data.splits.how import parse_split
from ivaegan_jax.data.splits.note import UNITS, SplitNote
from ivaegan_jax.data.splits.order import ordered_as
from ivaegan_jax.data.splits.proposal import Chosen, choose_split
from ivaegan_jax.data.splits.units import Fractions
from ivaegan_jax.types import Dataset, InputError


def split_all(
    datasets: Sequence[Dataset], data_seeds: Sequence[int], config: DataConfig
) -> tuple[list[Dataset], list[Split], SplitNote]:
    """Splits one table per data seed.

    Args:
      datasets: one per data seed; where all are one table, the same object each time.
      data_seeds: they draw the splits.
      config: which split, and the share of each part.

    Returns:
      The tables with the groups and times that the split names, the splits, and the sentences.

    Raises:
      InputError: where the table cannot be split so, or data seeds have parts of unlike sizes.
    """
    fractions = fractions_of(config)
    chosen = choose_split(datasets[0], parse_split(config.split), fractions)
    splitters: dict[int, Splitter] = {}
    for dataset in datasets:
        if id(dataset) not in splitters:
            ordered = ordered_as(dataset, chosen.how)
            splitters[id(dataset)] = Splitter(ordered, chosen.how, fractions)
    own = [splitters[id(dataset)] for dataset in datasets]
    splits, trimmed = zip(
        *(each.split(seed) for each, seed in zip(own, data_seeds, strict=True)), strict=True
    )
    if len({tuple(map(len, split)) for split in splits}) > 1:
        raise InputError(
            f"{datasets[0].name}: with --split={chosen.how} data seeds differ in the sizes of "
            "their parts; use --split=random"
        )
    note = _note(chosen, config.split, own[0], list(splits), list(trimmed))
    return [each.dataset for each in own], list(splits), note


def fractions_of(config: DataConfig) -> Fractions:
    """Shares of training, validation and test rows."""
    held_out = (config.valid_fraction, config.test_fraction)
    return (1.0 - sum(held_out), *held_out)


def _note(
    chosen: Chosen, asked: str, splitter: Splitter, splits: list[Split], trimmed: list[int]
) -> SplitNote:
    rows, sizes = len(splitter.dataset.x), tuple(map(len, splits[0]))
    return SplitNote(
        str(chosen.how), asked, chosen.why, rows, *sizes,
        unit=UNITS[chosen.how.kind],
        units=splitter.together.units if splitter.together else rows,
        gaps=[rows - sum(sizes) - cut for cut in trimmed],
        trimmed=trimmed,
        copied=splitter.copied,
        warning=chosen.warning,
    )  # fmt: skip
