"""Permutations of u: of rows within groups, and of the one value of u that whole groups have."""

import numpy as np
from jaxtyping import Int, Num
from scipy.special import gammaln


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
    labels = u[np.unique(groups, return_index=True)[1]]
    counts = np.unique(labels, axis=0, return_counts=True)[1]
    alike = np.unique(counts, return_counts=True)[1]
    return float(np.exp(min(700.0, log_ways(counts) - gammaln(alike + 1).sum())))


def log_ways(counts: Int[np.ndarray, " values"]) -> float:
    """Logarithm of the number of ways to order values, each of which occurs so many times."""
    return float(gammaln(counts.sum() + 1) - gammaln(counts + 1).sum())
