"""From recorded results, some runs missing or diverged, to the intervals of `statistics`."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from jaxtyping import Float

from ivaegan_jax.evaluation import Agreement, Result
from ivaegan_jax.metrics import (
    Interval,
    Paired,
    hierarchical_interval,
    mean_agreement_interval,
    paired_comparison,
)
from ivaegan_jax.report.recorded import LIMITS, Scores, counted, scores


def interval(
    results: Sequence[Result],
    metric: str,
    label: str,
    statistic: Literal["mean", "iqm"] = "mean",
    confidence: float = 0.95,
) -> Interval | None:
    """The headline interval of a metric; None where no run has a number."""
    found = scores(results, metric, label)
    values = found.values
    some = values[np.isfinite(values).any(axis=1)]
    if not some.size:
        return None
    whole = hierarchical_interval(_filled(some), statistic, confidence, shared=found.shared)
    return cut(whole, metric)


def paired(a: Scores, b: Scores) -> Paired | None:
    """Compares two models on the data seeds they share; None where they share none.

    With a single data seed the pairs are the model seeds that both were run with.
    """
    matched = _matched(a, b)
    several = len(a.data_seeds) > 1 and len(b.data_seeds) > 1
    shared = max(a.shared, b.shared) if several else 0.0
    return paired_comparison(*matched, shared=shared) if matched else None


def differences(a: Scores, b: Scores) -> dict[Any, float]:
    """Mean over model seeds of `a` minus that of `b`, by shared data seed."""
    of_a, of_b = _by_data_seed(a), _by_data_seed(b)
    return {seed: float(of_a[seed].mean() - of_b[seed].mean()) for seed in of_a if seed in of_b}


def agreement(pairs: Sequence[Agreement]) -> Interval | None:
    """Mean agreement between runs, averaged over data seeds; None without pairs."""
    seeds = dict.fromkeys(pair.data_seed for pair in pairs)
    found = [pairwise([pair for pair in pairs if pair.data_seed == seed]) for seed in seeds]
    whole = [matrix for matrix in found if np.isfinite(matrix).all()]
    return cut(mean_agreement_interval(whole), "agreement_mcc") if whole else None


def pairwise(pairs: Sequence[Agreement]) -> Float[np.ndarray, "runs runs"]:
    """The symmetric matrix of agreement between the runs of one data seed, 1 on the diagonal.

    A pair without a number has a lost run in it and agrees on nothing; a pair that was never
    written is nan.
    """
    seeds = sorted({seed for pair in pairs for seed in (pair.seed or 0, pair.other_seed)})
    index = {seed: i for i, seed in enumerate(seeds)}
    matrix = np.full((len(seeds), len(seeds)), np.nan)
    np.fill_diagonal(matrix, 1.0)
    for pair in pairs:
        i, j = index[pair.seed or 0], index[pair.other_seed]
        matrix[i, j] = matrix[j, i] = counted(pair)
    return matrix


def cut(interval: Interval, metric: str) -> Interval:
    """The interval within what the score can be at all."""
    low, high = LIMITS.get(metric, (-np.inf, np.inf))
    return interval._replace(
        low=float(np.maximum(interval.low, low)), high=float(np.minimum(interval.high, high))
    )


def _matched(a: Scores, b: Scores) -> tuple[np.ndarray, np.ndarray] | None:
    of_a, of_b = _by_data_seed(a), _by_data_seed(b)
    shared = [seed for seed in of_a if seed in of_b]
    if len(shared) == 1:
        [seed] = shared
        of_a, of_b = (_by_seed(scores, seed) for scores in (a, b))
        both = [name for name in of_a if name in of_b]
        pair = np.array([[of_a[name] for name in both], [of_b[name] for name in both]])
        return (pair[:1], pair[1:]) if both else None
    means = np.array([[of[seed].mean() for seed in shared] for of in (of_a, of_b)])
    return (means[0][:, None], means[1][:, None]) if shared else None


def _by_data_seed(scores: Scores) -> dict[Any, Float[np.ndarray, " seeds"]]:
    finite = [row[np.isfinite(row)] for row in scores.values]
    return {s: row for s, row in zip(scores.data_seeds, finite, strict=True) if row.size}


def _by_seed(scores: Scores, data_seed: Any) -> dict[Any, float]:
    row = scores.data_seeds.index(data_seed)
    values = dict(zip(scores.seeds[row], scores.values[row], strict=False))
    return {seed: float(value) for seed, value in values.items() if np.isfinite(value)}


def _filled(values: Float[np.ndarray, "data_seeds seeds"]) -> Float[np.ndarray, "data_seeds seeds"]:
    # A data seed with fewer runs keeps its mean and weighs as much as any other.
    means = np.nanmean(values, axis=1, keepdims=True)
    return np.where(np.isnan(values), means, values)
