"""Which split a table needs: by groups where it has them, in blocks where neighbours are alike."""

from typing import NamedTuple

import numpy as np

from ivaegan_jax.data.dependence.measure import Dependence, dependence
from ivaegan_jax.data.splits.blocks import cut
from ivaegan_jax.data.splits.draw import Splitter
from ivaegan_jax.data.splits.how import AUTO, RANDOM, How
from ivaegan_jax.data.splits.note import INDEPENDENT
from ivaegan_jax.data.splits.order import GROUPS, InOrder, ordered_as, put_in_order
from ivaegan_jax.data.splits.units import Fractions
from ivaegan_jax.types import Dataset, InputError

BLOCKS_PER_LEVEL = 5
"""Blocks in which a level of u should occur, so that one of them can be held out."""

LONGEST, ROWS, FEWEST = 4, 50, 30
"""A block has so many times the rows over which neighbours are alike, or so many rows, or what
leaves so many blocks."""

SHARES: Fractions = (0.8, 0.1, 0.1)


class Chosen(NamedTuple):
    """A split and the reason for it.

    Attributes:
      how: with nothing left open; the literal value of `--split` that chooses it.
      why: one clause.
      warning: a sentence where the split leaks; empty where it does not.
    """

    how: How
    why: str
    warning: str = ""


def propose_split(dataset: Dataset, fractions: Fractions = SHARES) -> Chosen:
    """The split that a table needs, found without a look at anything but its rows.

    Args:
      dataset: the table.
      fractions: shares of training, validation and test rows.
    """
    if dataset.independent:
        return Chosen(RANDOM, INDEPENDENT)
    if dataset.groups is not None:
        by_group = How("group", column := _column_of_groups(dataset))
        if _works(dataset, by_group, fractions):
            return Chosen(by_group, f"the table says by its column {column} which rows go together")
    found = likeness(dataset)
    if not found.dependent:
        return Chosen(RANDOM, "neighbouring rows are no more alike than any rows of one u")
    how = fit_blocks(dataset, How("blocks"), found, fractions)
    return Chosen(how, _alike(found))


def _column_of_groups(dataset: Dataset) -> str:
    """The table's own name of the column of groups."""
    if (groups := dataset.side.get(GROUPS)) is None:
        return GROUPS
    same = (n for n, each in dataset.side.items() if n != GROUPS and np.array_equal(each, groups))
    return next(same, GROUPS)


def choose_split(dataset: Dataset, how: How, fractions: Fractions = SHARES) -> Chosen:
    """A split as it was requested, with what it leaves open filled in.

    Args:
      dataset: the table.
      how: as parsed.
      fractions: shares of training, validation and test rows.

    Raises:
      InputError: for side columns that there are not, or blocks of which none fits.
    """
    if how == AUTO:
        return propose_split(dataset, fractions)
    ordered, why = ordered_as(dataset, how), "this was requested"
    if how.kind == "random" and not dataset.independent:
        return Chosen(how, why, _leak(dataset, fractions))
    if how.kind == "blocks" and (not how.length or how.gap is None):
        return Chosen(fit_blocks(ordered, how, likeness(ordered), fractions), why)
    return Chosen(how, why)


def likeness(dataset: Dataset) -> Dependence:
    """How alike neighbouring rows are, in the order of time."""
    row, _, group = put_in_order(dataset)
    as_it_is = dataset.groups is None and dataset.time is None  # a copy may be too large
    x = dataset.x if as_it_is else dataset.x[row]
    x = x if x.dtype.kind == "f" else x.astype(float)
    return dependence(x, dataset.u[row].coded(), None if dataset.groups is None else group)


def fit_blocks(dataset: Dataset, how: How, found: Dependence, fractions: Fractions) -> How:
    """Blocks with their length and gap: as long as levels of u allow, and gaps at most as long.

    Raises:
      InputError: where no length leaves rows in every part.
    """
    gap = found.length if found.dependent else 0
    wanted = max(LONGEST * max(gap, how.gap or 0), ROWS)
    longest = max(1, min(wanted, len(dataset.x) // FEWEST))
    lengths = [how.length] if how.length else [longest >> i for i in range(longest.bit_length())]
    tried = [
        how._replace(length=n, gap=min(gap, n) if how.gap is None else how.gap) for n in lengths
    ]
    rows = put_in_order(dataset)
    fine = [each for each in tried if how.length or _levels_are_spread(rows, each.length)]
    for each in [*fine, *tried]:
        if _works(dataset, each, fractions):
            return each
    if how.length:
        Splitter(dataset, tried[-1], fractions)  # raises what is wrong
    raise InputError(
        f"{dataset.name}: neighbouring rows resemble each other, and no blocks leave rows in every "
        "part and training rows of every level of u; give more rows, or use --split=random, which "
        "leaks"
    )


def _levels_are_spread(rows: InOrder, length: int) -> bool:
    """Whether nearly every level of u occurs in several blocks."""
    code, levels = cut(rows.level, rows.group, length), int(rows.level.max()) + 1
    pairs = np.unique(code * levels + rows.level) % levels
    return bool(np.quantile(np.bincount(pairs), 0.1) >= BLOCKS_PER_LEVEL)


def _leak(dataset: Dataset, fractions: Fractions) -> str:
    """Why a random split leaks and what does not; empty where it does not leak."""
    try:
        proposed = propose_split(dataset, fractions)
    except InputError:  # no blocks fit
        return "random rows leak here: neighbouring rows resemble each other; give more rows"
    leaks = f"random rows leak here: {proposed.why}; use --split={proposed.how}"
    return "" if proposed.how == RANDOM else leaks


def _works(dataset: Dataset, how: How, fractions: Fractions) -> bool:
    try:
        Splitter(ordered_as(dataset, how), how, fractions)
    except InputError:
        return False
    return True


def _alike(found: Dependence) -> str:
    rows = f"over about {found.length:,} rows" if found.length > 1 else "in their order"
    return f"neighbouring rows resemble each other {rows}"
