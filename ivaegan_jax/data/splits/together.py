"""Splits by units of rows: whole groups, blocks in time, copies of a row."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from ivaegan_jax.data.splits.blocks import cut, is_near, leave_gaps
from ivaegan_jax.data.splits.equal import TRIES, EqualDraws
from ivaegan_jax.data.splits.how import How
from ivaegan_jax.data.splits.order import InOrder
from ivaegan_jax.data.splits.units import TRAIN, Fractions, Units, draw_parts, make_units
from ivaegan_jax.types import Dataset, InputError

ROUNDS = 20
"""How often held-out blocks are given back where gaps have taken a level's last training rows."""

FEWEST = 3
"""Groups that a split by group takes: one for each part."""


class Together(NamedTuple):
    """A split by units of rows.

    Attributes:
      draws: give the part of every row, in the table's order of time.
      units: how many units there are.
    """

    draws: EqualDraws
    units: int


def copies(
    rows: InOrder, sets: Int[np.ndarray, " rows"], name: str, fractions: Fractions
) -> Together:
    """Rows at random, copies of a row (of one number in `sets`) together.

    Raises:
      InputError: where too few rows differ from each other.
    """
    units = make_units(sets, rows.level, np.bincount(sets).astype(float), fractions)
    try:
        return _together(units, rows, fractions)
    except ValueError as error:
        raise InputError(
            f"{name}: the {len(sets):,} rows are copies of {len(units.alone):,} different ones, "
            "too few to hold some out; give more rows that differ"
        ) from error


def whole_groups(rows: InOrder, dataset: Dataset, how: How, fractions: Fractions) -> Together:
    """Whole groups, those of one level of u spread over the parts among themselves.

    Raises:
      InputError: where fewer than two groups can be held out.
    """
    units = make_units(rows.group, rows.level, np.bincount(rows.group).astype(float), fractions)
    if len(units.alone) < FEWEST:
        raise InputError(
            f"{dataset.name}: --split={how} needs {FEWEST} groups or more and there are "
            f"{len(units.alone)}; use --split=blocks"
        )
    if np.sum(~units.alone) < FEWEST - 1:
        raise InputError(_said_of_lonely_levels(units, dataset, how))
    try:
        return _together(units, rows, fractions)
    except ValueError as error:
        raise InputError(_said_of_lonely_levels(units, dataset, how)) from error


def blocks(rows: InOrder, dataset: Dataset, how: How, fractions: Fractions) -> Together:
    """Blocks of rows that follow each other, with gaps between the parts.

    Raises:
      InputError: where that leaves a part without rows, or a level without training rows.
    """
    assert how.gap is not None
    code = cut(rows.level, rows.group, how.length)
    units = make_units(code, rows.level, _mean_of_u(dataset, rows, code), fractions)
    try:
        return _together(units, rows, fractions, how.gap)
    except ValueError as error:
        open_ended = how._replace(length=0, gap=None)
        raise InputError(
            f"{dataset.name}: --split={how} is too coarse: {error}; use --split={open_ended}"
        ) from error


def _together(units: Units, rows: InOrder, fractions: Fractions, gap: int = 0) -> Together:
    def draw(rng: np.random.Generator) -> Int[np.ndarray, " rows"]:
        of_unit = draw_parts(units, fractions, rng)
        for _ in range(ROUNDS):
            part = leave_gaps(of_unit[units.code], rows.group, gap)
            taken = _taken_from_lost_levels(part, of_unit[units.code], rows, gap)
            if not taken.any():
                break
            of_unit[units.code[taken]] = TRAIN
        return part

    tries = 1 if gap else TRIES  # gaps take long to draw, and blocks are alike in size
    draws = EqualDraws(draw, units.code, rows.level, fractions, tries)
    return Together(draws, len(units.alone))


def _taken_from_lost_levels(
    part: Int[np.ndarray, " rows"], before: Int[np.ndarray, " rows"], rows: InOrder, gap: int
) -> Bool[np.ndarray, " rows"]:
    """Rows beside which a level has lost its last training rows to a gap."""
    lost = np.bincount(rows.level[part == TRAIN], minlength=rows.level.max() + 1) == 0
    once = np.flatnonzero(lost[rows.level] & (before == TRAIN))
    kept = np.zeros(len(part), bool)
    kept[once[np.unique(rows.level[once], return_index=True)[1]]] = True
    return is_near(kept, rows.group, gap) & (before != TRAIN)


def _mean_of_u(
    dataset: Dataset, rows: InOrder, code: Int[np.ndarray, " rows"]
) -> Float[np.ndarray, " units"]:
    """What blocks are ordered by within a level: a continuous u's widest column."""
    counts = np.bincount(code)
    if dataset.u.is_categorical:
        return np.zeros(len(counts))
    columns = dataset.u.values
    u = columns[:, np.argmax(columns.std(axis=0))].astype(float)
    return np.bincount(code, u[rows.row]) / counts


def _said_of_lonely_levels(units: Units, dataset: Dataset, how: How) -> str:
    """Why no group can be held out."""
    bearers = np.bincount(units.level)
    fewest = int(np.argmin(bearers))
    others = int(np.sum(bearers == bearers[fewest])) - 1
    name = repr(dataset.u.levels[fewest].item()) if dataset.u.is_categorical else "?"
    count = "one group" if bearers[fewest] == 1 else f"{bearers[fewest]} groups"
    return (
        f"{dataset.name}: --split={how} cannot hold out whole groups: level {name} of u "
        f"{f'and {others} more live' if others else 'lives'} in {count} only, and training needs "
        "every level; use --split=blocks, or give a u that several groups share"
    )
