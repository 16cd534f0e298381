"""Pairings of x with u that keep the structure of both: what a test of x against u compares with.

Rows that resemble their neighbours, or that belong together in groups, tell less than as many
exchangeable rows: a u that is permuted at random makes too small a null, and everything looks as
if it depended on u. A `Null` pairs x and u anew in ways that would be as likely as the pairing
that was found if u played no part in x.
"""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from jaxtyping import Float, Int, Num, Real, Shaped

from ivaegan_jax.data.dependence.measure import dependence
from ivaegan_jax.data.dependence.permutations import distinct_labels, permute_labels, permute_rows
from ivaegan_jax.data.dependence.repeated import copied_rows, is_constant_within
from ivaegan_jax.data.dependence.sequences import blocks_of, deal_courses, slide_each
from ivaegan_jax.data.dependence.shifts import Pair, as_codes, conditional_entropy, shifts, turning
from ivaegan_jax.metrics import LEVEL

Kind: TypeAlias = Literal["rows", "labels", "shifts", "courses", "slides"]
"""How pairings are drawn: rows of u permuted; the u of whole groups permuted over the groups; x
shifted in time under u; whole courses of u permuted over sequences; every sequence shifted by
itself."""

IN_TIME: tuple[Kind, ...] = ("shifts", "courses", "slides")
"""Kinds that rows in the order of time take, the first that can show anything."""

Origin: TypeAlias = Literal["table", "copies", "blocks"]
"""What groups are: named by the table, rows that are equal, blocks of one series."""

MOST_ROWS = 20_000
"""Rows at which it is looked which pairings can show anything, evenly spread."""

CHANGED, LOOKED_AT = 0.5, 8  # pairings
"""Share of u that pairings must leave unknown, of what permutations of rows leave."""


class Structure(NamedTuple):
    """Which rows can stand for which.

    Attributes:
      kind: of the null, see `Kind`.
      groups: numbers of groups from 0, `[rows]`, -1 for rows between blocks; None where all rows
        are one group.
      origin: of the groups.
      length: the lag from which on rows no longer resemble each other, 1 where they never do.
    """

    kind: Kind
    groups: Int[np.ndarray, " rows"] | None = None
    origin: Origin = "table"
    length: int = 1

    def at(self, row: Int[np.ndarray, " some"] | slice) -> "Structure":
        """Of some rows, groups numbered anew."""
        if self.groups is None:
            return self
        known, code = np.unique(self.groups[row], return_inverse=True)
        return self._replace(groups=code - int(known[0] < 0))


class Null(NamedTuple):
    """Pairings of x with u under the hypothesis that u plays no part in x.

    Attributes:
      kind: how they are drawn.
      draws: how many there are beside the one that was found.
      pair: gives pairing 0, the one that was found, and 1 to `draws`.
      least: the p-value below which no statistic can fall.
    """

    kind: Kind
    draws: int
    pair: Callable[[int], Pair]
    least: float

    def p_value(self, statistics: Sequence[float]) -> float:
        """Chance of so large a statistic; that of the pairing found first, then all others.

        A statistic that is not a number counts as one that reaches the one found.
        """
        found, *others = np.asarray(statistics, float)
        assert len(others) == self.draws
        reached = 1 + int(np.sum(~(np.array(others) < found)))
        # a shift is among the best of its neighbours in either direction twice as often as chance
        # would have it if the statistic is smooth (Harris 2020)
        known = self.draws // 2 if self.kind == "shifts" else self.draws
        return min(1.0, reached / (1 + known))


def find_structure(
    x: Real[np.ndarray, "rows dim_x"],
    u: Int[np.ndarray, " rows"] | Float[np.ndarray, "rows dim_u"],
    groups: Shaped[np.ndarray, " rows"] | None = None,
) -> Structure:
    """Which rows of a table can stand for which.

    Args:
      x: observations in the order in which they were taken.
      u: level codes, or columns of a continuous u.
      groups: of rows that belong together; None where the user named none.
    """
    found = dependence(x, u, groups)
    code = None if groups is None else np.unique(groups, return_inverse=True)[1]
    if code is not None and is_constant_within(u, code):
        return Structure("labels", code, length=found.length)
    if found.dependent:
        return in_time(u, code, found.length)
    if code is None and (copies := copied_rows(x, u)) is not None:
        return Structure("labels", copies, "copies")
    return Structure("rows", code)


def in_time(
    u: Num[np.ndarray, "rows ..."], groups: Int[np.ndarray, " rows"] | None, length: int
) -> Structure:
    """The structure of rows that resemble their neighbours: the first that can show anything."""
    shifted = Structure("shifts", groups, length=length)
    origin: Origin = "blocks" if groups is None else "table"
    # a u that repeats itself may repeat itself with the blocks of one length, not of all
    cuts = [groups] if groups is not None else [blocks_of(len(u), length + i) for i in range(3)]
    sequences = [Structure(kind, cut, origin, length)
                 for kind in IN_TIME[1:] for cut in cuts if cut is not None]  # fmt: skip
    some = slice(None, None, -(-len(u) // MOST_ROWS))
    able = (each for each in (shifted, *sequences) if can_tell(u[some], each.at(some)))
    return next(able, shifted)


def can_tell(u: Num[np.ndarray, "rows ..."], structure: Structure) -> bool:
    """Whether a p-value can be small, and pairings leave enough of u unknown."""
    null, code = make_null(u, structure), as_codes(u)
    if null.least > LEVEL or structure.kind == "shifts":  # which go far enough by themselves
        return null.least <= LEVEL
    pairs = [null.pair(number) for number in range(1, 1 + LOOKED_AT)]
    unknown = np.mean([conditional_entropy(code[i], code[j]) for i, j in pairs])
    row = pairs[0][1]
    groups = structure.groups if structure.kind == "slides" else None
    group = np.zeros(len(row), int) if groups is None else groups[row]
    chance = code[row][permute_rows(np.random.default_rng(0), group)]
    return bool(unknown > CHANGED * conditional_entropy(code[row], chance))


def make_null(
    u: Int[np.ndarray, " rows"] | Float[np.ndarray, "rows dim_u"],
    structure: Structure,
    draws: int = 199,
    seed: int = 0,
) -> Null:
    """Pairings that keep the structure of the rows.

    Args:
      u: of all rows, in the order of the table.
      structure: of the same rows.
      draws: pairings wanted; there are as many shifts as there are, whatever is wanted.
      seed: of the pairings drawn; shifts are not drawn.
    """
    kind, groups = structure.kind, structure.groups
    groups = np.zeros(len(u), int) if groups is None else groups
    if kind == "shifts":
        steps, slide = shifts(groups, turning(u, groups))
        return Null(kind, 2 * steps, slide, 1 / (1 + steps))
    ways, pair = _drawn(kind, u, groups, seed)
    return Null(kind, draws, pair, max(1 / (1 + draws), 1 / ways))


def _drawn(
    kind: Kind, u: np.ndarray, groups: Int[np.ndarray, " rows"], seed: int
) -> tuple[float, Callable[[int], Pair]]:
    """The number of distinct pairings, and what gives the one found (0) and drawn ones."""
    if kind == "courses":
        return deal_courses(u, groups, seed)
    if kind == "slides":
        return slide_each(groups, seed)
    permute = permute_labels if kind == "labels" else permute_rows
    rows = np.arange(len(u))

    def pair(number: int) -> Pair:
        return rows, (permute(np.random.default_rng((seed, number)), groups) if number else rows)

    return distinct_labels(u, groups) if kind == "labels" else np.inf, pair
