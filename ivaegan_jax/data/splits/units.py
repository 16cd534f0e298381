"""Rows that go to one part together: whole groups, or blocks in time; drawn level by level."""

from typing import NamedTuple, TypeAlias

import numpy as np
from jaxtyping import Bool, Float, Int

Fractions: TypeAlias = tuple[float, float, float]
"""Shares of training, validation and test rows."""

TRAIN, VALID, TEST, LEFT_OUT = 0, 1, 2, -1
"""Parts by number."""


class Units(NamedTuple):
    """Units of rows, all of one part each.

    Attributes:
      code: the unit of every row `[rows]`.
      stratum: units of one stratum are spread over the parts among themselves `[units]`.
      alone: which units have a level of u that no other unit has `[units]`.
      bearer: the unit of every pair of a unit and a level that is in it `[pairs]`.
      level: the level of these pairs `[pairs]`.
    """

    code: Int[np.ndarray, " rows"]
    stratum: Int[np.ndarray, " units"]
    alone: Bool[np.ndarray, " units"]
    bearer: Int[np.ndarray, " pairs"]
    level: Int[np.ndarray, " pairs"]


def make_units(
    code: Int[np.ndarray, " rows"],
    level: Int[np.ndarray, " rows"],
    key: Float[np.ndarray, " units"],
    fractions: Fractions,
) -> Units:
    """Units with their strata: one level (or several, in one stratum), and alike in `key`."""
    levels = int(level.max()) + 1
    bearer, borne = np.divmod(np.unique(code.astype(np.int64) * levels + level), levels)
    alone = np.zeros(len(key), bool)
    alone[bearer[np.bincount(borne)[borne] == 1]] = True
    several = np.bincount(bearer) > 1
    of = np.where(several, levels, borne[np.searchsorted(bearer, np.arange(len(key)))])
    of = np.where(alone, levels + 1, of)  # these are for training, and take no share of others
    return Units(code, _strata(of, key, fractions), alone, bearer, borne)


def _strata(
    level: Int[np.ndarray, " units"], key: Float[np.ndarray, " units"], fractions: Fractions
) -> Int[np.ndarray, " units"]:
    """Neighbours in `key` among the units of one level, as many as hold a unit of each part."""
    order = np.lexsort((key, level))
    _, first, inverse, counts = np.unique(
        level[order], return_index=True, return_inverse=True, return_counts=True
    )
    pieces = np.maximum(1, counts // round(1 / min(fractions)))
    piece = (np.arange(len(level)) - first[inverse]) * pieces[inverse] // counts[inverse]
    stratum = np.empty(len(level), np.int64)
    stratum[order] = np.cumsum(pieces)[inverse] - pieces[inverse] + piece
    return stratum


def draw_parts(
    units: Units, fractions: Fractions, rng: np.random.Generator
) -> Int[np.ndarray, " units"]:
    """A part for every unit; every level of u has a unit in training.

    Validation and test have a unit each, as long as there are units to spare.
    """
    part = np.where(units.alone, TRAIN, assign(units.stratum, rng, fractions))
    spare = rng.permutation(np.flatnonzero(~units.alone))
    for lacking in (TEST, VALID):
        if not (part == lacking).any() and (free := spare[part[spare] == TRAIN]).size:
            part[free[0]] = lacking
    lost = ~np.isin(units.level, units.level[part[units.bearer] == TRAIN])
    _, first = np.unique(units.level[lost], return_index=True)
    part[units.bearer[lost][first]] = TRAIN
    return part


def rank_within(codes: Int[np.ndarray, " rows"]) -> Int[np.ndarray, " rows"]:
    """How many earlier rows have the same code."""
    order = np.argsort(codes, kind="stable")
    counts = np.bincount(codes)
    rank = np.empty(len(codes), int)
    rank[order] = np.arange(len(codes)) - np.repeat(np.cumsum(counts) - counts, counts)
    return rank


def assign(
    codes: Int[np.ndarray, " rows"], rng: np.random.Generator, fractions: Fractions
) -> Int[np.ndarray, " rows"]:
    """A part for every row (or unit), level by level (or stratum by stratum), at random."""
    shuffled = rng.permutation(len(codes))
    by_level = shuffled[np.argsort(codes[shuffled], kind="stable")]
    _, starts, inverse, counts = np.unique(
        codes[by_level], return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.arange(len(codes)) - starts[inverse]
    valid, held_out = held_out_counts(counts, fractions)
    part = np.empty(len(codes), np.int64)
    part[by_level] = np.where(
        rank < held_out[inverse], np.where(rank < valid[inverse], VALID, TEST), TRAIN
    )
    return part


def held_out_counts(
    counts: Int[np.ndarray, " levels"], fractions: Fractions
) -> tuple[Int[np.ndarray, " levels"], Int[np.ndarray, " levels"]]:
    """Rows of every level in validation, and in validation and test together."""
    # Rounding the running totals spreads the remainders over the levels, so that many small
    # levels fill both parts; rounding each level on its own can leave one of them empty.
    totals = np.cumsum(counts)
    held_out = np.diff(np.rint((1 - fractions[0]) * totals), prepend=0).astype(np.int64)
    held_out = np.minimum(held_out, counts - 1)
    # A level without held-out rows passes its share of validation on to the next one that has some.
    lacking = np.rint(fractions[1] * totals) - np.cumsum(held_out)
    valid = np.cumsum(held_out) + np.minimum.accumulate(np.minimum(lacking, 0))
    return np.diff(valid, prepend=0).astype(np.int64), held_out
