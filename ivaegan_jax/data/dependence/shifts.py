"""Shifts in time: x slid under u, group by group."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from jaxtyping import Int, Num

from ivaegan_jax.types import Auxiliary

Pair: TypeAlias = tuple[Int[np.ndarray, " paired"], Int[np.ndarray, " paired"]]
"""Row numbers of x and of u that belong together; equally many in all pairings of one null."""

SHIFTS = 99
"""Shifts in either direction."""

FARTHEST = 8
"""The farthest shift is this part of the rows of a group."""


def shifts(groups: Int[np.ndarray, " rows"], farthest: int) -> tuple[int, Callable[[int], Pair]]:
    """X of every group slid under its u, the ends of which are left out.

    Nothing is wrapped around: that would join the two ends of a recording, a jump that no other
    place of a drifting one has, and would handicap every shift. If x is stationary, or if its
    increments are and the statistic does not care for an offset, then the statistics are a
    stationary series of shifts, whatever u is, and at most a share p of its members is among the
    p (n + 1) largest of the 2 n + 1 around it.

    Args:
      groups: numbers of groups from 0; a group is slid by itself.
      farthest: shift of the largest group, in rows; smaller ones go proportionally less far.

    Returns:
      The number of shifts in one direction, and what gives the pairing of no shift (0), of one
      step forward (1), one step back (2) and so on.

    Source: Harris 2020, "A shift test for independence in generic time series".
    """
    order = np.argsort(groups, kind="stable")
    counts = np.bincount(groups)
    far = np.minimum(counts // 4, np.ceil(farthest * counts / counts.max()).astype(int))
    steps = int(min(SHIFTS, far.max()))
    ends = np.cumsum(counts)
    inner = [np.arange(e - c + f, e - f) for e, c, f in zip(ends, counts, far, strict=True)]
    places = np.concatenate(inner)
    reach = np.repeat(far, [len(each) for each in inner])

    def pair(number: int) -> Pair:
        step = (number + 1) // 2 * (1 if number % 2 else -1)
        slid = places + np.rint(reach * step / max(1, steps)).astype(int)
        return order[slid], order[places]

    return steps, pair


def turning(u: Num[np.ndarray, "rows ..."], groups: Int[np.ndarray, " rows"]) -> int:
    """How far u can be shifted before it repeats itself.

    Shifted by a whole window, a u of equal windows divides the rows as it did before. Half of
    the distance at which that happens is far enough; where it never does, a part of the rows is.
    """
    code = as_codes(u)[np.argsort(groups, kind="stable")]
    most = max(1, int(np.bincount(groups).max()) // FARTHEST)
    lags = np.unique(np.linspace(1, most, 200).astype(int))
    unknown = np.array([conditional_entropy(code[lag:], code[:-lag]) for lag in lags])
    falls = unknown < np.maximum.accumulate(unknown) / 2
    return int(lags[np.argmax(unknown[: np.argmax(falls)])] if falls.any() else most)


def as_codes(u: Num[np.ndarray, "rows ..."]) -> Int[np.ndarray, " rows"]:
    """Level codes; the columns of a continuous u cut into four by rank."""

    def by_rank(columns: Num[np.ndarray, "rows dim_u"]) -> Int[np.ndarray, " rows"]:
        ranks = np.argsort(np.argsort(columns, axis=0, kind="stable"), axis=0) * 4 // len(columns)
        return np.unique(ranks, axis=0, return_inverse=True)[1].ravel()

    return np.unique(Auxiliary.of(u).levels_or(by_rank), return_inverse=True)[1]


def conditional_entropy(a: Int[np.ndarray, " rows"], b: Int[np.ndarray, " rows"]) -> float:
    """H(a | b) in nats."""

    def entropy(code: np.ndarray) -> float:
        share = np.unique(code, return_counts=True)[1] / len(code)
        return -float(np.sum(share * np.log(share)))

    return entropy(a.astype(np.int64) * (int(b.max()) + 1) + b) - entropy(b)
