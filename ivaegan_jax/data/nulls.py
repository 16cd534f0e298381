"""Pairings of x with u that keep the structure of both: what a test of x against u compares with.

Rows that resemble their neighbours, or that belong together in groups, tell less than as many
exchangeable rows: a u that is permuted at random makes too small a null, and everything looks as
if it depended on u. A `Null` pairs x and u anew in ways that would be as likely as the pairing
that was found if u played no part in x.
"""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from jaxtyping import Float, Int, Num, Shaped

from ivaegan_jax.data.dependence import dependence
from ivaegan_jax.data.repeated import copied_rows, is_constant_within
from ivaegan_jax.data.shifts import Pair, shifts, turning

Kind: TypeAlias = Literal["rows", "shifts", "labels"]
"""How pairings are drawn: rows of u permuted; x shifted in time under u; the u of whole groups
permuted over the groups."""


class Structure(NamedTuple):
    """Which rows can stand for which.

    Attributes:
      kind: of the null, see `Kind`.
      groups: numbers of groups from 0, `[rows]`; None where all rows are one group.
      copies: whether the groups are rows that are equal, not what the user said.
      length: rows until neighbours no longer resemble each other, 1 where they never do.
    """

    kind: Kind
    groups: Int[np.ndarray, " rows"] | None = None
    copies: bool = False
    length: int = 1


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
    x: Float[np.ndarray, "rows dim_x"],
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
        return Structure("shifts", code, length=found.length)
    if code is None and (copies := copied_rows(x, u)) is not None:
        return Structure("labels", copies, copies=True)
    return Structure("rows", code)


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
      seed: of the permutations; shifts are not drawn.
    """
    groups = np.zeros(len(u), int) if structure.groups is None else structure.groups
    if structure.kind == "shifts":
        steps, slide = shifts(groups, turning(u, groups))
        return Null("shifts", 2 * steps, slide, 1 / (1 + steps))
    permute = permute_labels if structure.kind == "labels" else permute_rows
    rows = np.arange(len(u))

    def pair(number: int) -> Pair:
        return rows, (permute(np.random.default_rng((seed, number)), groups) if number else rows)

    possible = distinct_labels(u, groups) if structure.kind == "labels" else np.inf
    return Null(structure.kind, draws, pair, max(1 / (1 + draws), 1 / possible))


def permute_rows(
    rng: np.random.Generator, groups: Int[np.ndarray, " rows"]
) -> Int[np.ndarray, " rows"]:
    """Rows of u permuted among those of their group."""
    drawn = np.empty(len(groups), int)
    drawn[np.argsort(groups, kind="stable")] = np.lexsort((rng.random(len(groups)), groups))
    return drawn


def permute_labels(
    rng: np.random.Generator, groups: Int[np.ndarray, " rows"]
) -> Int[np.ndarray, " rows"]:
    """To every group the u of another one, in all of its rows."""
    first = np.unique(groups, return_index=True)[1]
    return rng.permutation(first)[groups]


def distinct_labels(u: Num[np.ndarray, "rows ..."], groups: Int[np.ndarray, " rows"]) -> float:
    """Number of ways to deal the u of groups out to them that differ by more than names of u.

    Ways that merely rename levels of equally many groups divide the rows alike.
    """
    from scipy.special import gammaln

    labels = u[np.unique(groups, return_index=True)[1]]
    counts = np.unique(labels, axis=0, return_counts=True)[1]
    alike = np.unique(counts, return_counts=True)[1]
    ways = gammaln(len(labels) + 1) - gammaln(counts + 1).sum() - gammaln(alike + 1).sum()
    return float(np.exp(min(700.0, ways)))
