"""Pairings of x with u for many sequences of rows: courses of u dealt out, sequences slid.

A sequence is a group of rows in the order of time, or a block of a long series.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Int, Num

from ivaegan_jax.data.dependence.permutations import log_ways
from ivaegan_jax.data.dependence.shifts import Pair

LONGER = 1.25
"""Sequences that exchange courses of u differ in length by this factor at most."""

FEWEST_SLID = 8
"""Sequences from which on each is slid by itself."""

FEWEST_BLOCKS, BLOCK = 40, 2
"""Blocks into which a long series is cut at least, and their length over that of its likeness.

In a series with fewer, the likeness itself is not known well enough to cut by it."""

Rows = Int[np.ndarray, "sequences kept"]


def exchangeable_rows(groups: Int[np.ndarray, " rows"]) -> list[Rows]:
    """Row numbers of sequences that can exchange their courses of u, one array of each length.

    Sequences of similar length stand together, the longer ones without their last rows.

    Args:
      groups: the sequence of every row; -1 for rows that are in none.
    """
    order, first, counts = _sequences(groups)
    by_length, found = np.argsort(counts, kind="stable"), []
    while len(by_length):
        shortest = int(counts[by_length[0]])
        taken = counts[by_length] <= LONGER * shortest
        found.append(order[first[by_length[taken], None] + np.arange(shortest)])
        by_length = by_length[~taken]
    return found


def deal_courses(
    u: Num[np.ndarray, "rows ..."], groups: Int[np.ndarray, " rows"], seed: int
) -> tuple[float, Callable[[int], Pair]]:
    """To every sequence the whole course of u of another one of its length.

    Exact where courses are as likely with one sequence as with any other, whatever rows of one
    sequence have in common.

    Returns:
      The number of distinct ways, and what gives the pairing found (0) and drawn ones.
    """
    alike = exchangeable_rows(groups)
    rows = np.concatenate([each.ravel() for each in alike])
    courses = [u[each].reshape(len(each), -1) for each in alike]
    counts = [np.unique(each, axis=0, return_counts=True)[1] for each in courses]

    def pair(number: int) -> Pair:
        rng = np.random.default_rng((seed, number))
        dealt = [rng.permutation(each) if number else each for each in alike]
        return rows, np.concatenate([each.ravel() for each in dealt])

    return float(np.exp(min(700.0, sum(map(log_ways, counts))))), pair


def slide_each(groups: Int[np.ndarray, " rows"], seed: int) -> tuple[float, Callable[[int], Pair]]:
    """X of every sequence slid under its u by a step of its own, the ends of which are left out.

    The pairing found lies in the middle of the steps: what is alike from row to row strays less
    from the mean of its neighbours than they do, so the test is conservative where x is
    stationary, but for an oscillation of half to all of the steps (false alarms of 5 % up to 8 %
    were seen). Steps that wrap around are not: a wrap joins two ends, a jump that the pairing
    found does not have.

    Returns:
      The number of distinct pairings, 1 of too few sequences, and what gives them.
    """
    order, first, counts = _sequences(groups)
    far = counts // 4
    kept = counts - 2 * far
    rank = np.arange(kept.sum()) - np.repeat(np.cumsum(kept) - kept, kept)
    places = np.repeat(first + far, kept) + rank

    def pair(number: int) -> Pair:
        step = np.random.default_rng((seed, number)).integers(-far, far, endpoint=True)
        return order[places + (np.repeat(step, kept) if number else 0)], order[places]

    ways = float(np.exp(min(700.0, np.log(2.0 * far + 1).sum())))
    return ways if len(counts) >= FEWEST_SLID else 1.0, pair


def other_course(
    rng: np.random.Generator, groups: Int[np.ndarray, " rows"]
) -> Int[np.ndarray, " rows"]:
    """For every row, that at the same share of another sequence."""
    order, first, counts = _sequences(groups)
    other = rng.permutation(len(counts))
    rank = np.arange(len(order)) - np.repeat(first, counts)
    there = rank * np.repeat(counts[other], counts) // np.repeat(counts, counts)
    drawn = np.empty(len(groups), int)
    drawn[order] = order[np.repeat(first[other], counts) + there]
    return drawn


def turn_each(
    rng: np.random.Generator, groups: Int[np.ndarray, " rows"]
) -> Int[np.ndarray, " rows"]:
    """For every row, one of its sequence so many rows on, from the end to the beginning."""
    order, first, counts = _sequences(groups)
    rank = np.arange(len(order)) - np.repeat(first, counts)
    turned = (rank + np.repeat(rng.integers(counts), counts)) % np.repeat(counts, counts)
    drawn = np.empty(len(groups), int)
    drawn[order] = order[np.repeat(first, counts) + turned]
    return drawn


def blocks_of(rows: int, length: int) -> Int[np.ndarray, " rows"] | None:
    """The block of every row of a series, -1 between blocks; None where there are too few.

    So many rows are left out between two blocks as resemble each other: blocks do not.
    """
    whole = (BLOCK + 1) * length
    if rows < FEWEST_BLOCKS * whole:
        return None
    number, place = np.divmod(np.arange(rows), whole)
    return np.where((place < BLOCK * length) & (number < rows // whole), number, -1)


def _sequences(groups: Int[np.ndarray, " rows"]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row numbers sequence by sequence, and where each begins and how many rows it has."""
    order = np.argsort(groups, kind="stable")
    order = order[groups[order] >= 0]
    first, counts = np.unique(groups[order], return_index=True, return_counts=True)[1:]
    return order, first, counts
