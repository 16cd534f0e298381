"""How well x classifies u on rows kept out of the fit, and whether chance would do as well."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from ivaegan_jax.data import Kind, rank_within
from ivaegan_jax.doctor.classifier import COLUMNS, fit_and_predict
from ivaegan_jax.doctor.sample import Sample

PERMUTATIONS = 999
WHOLE_GROUPS = ("labels", "courses")
"""Kinds of pairings for which a group is in one half of the rows."""

DOUBT = 0.05
"""Weight of the levels' shares in the classifier's probabilities: it is too sure of itself."""


class Guess(NamedTuple):
    """How well x classifies u on rows that the classifier never saw.

    Attributes:
      accuracy: share of rows whose level is guessed right.
      largest: share of the most frequent level.
      gain: bits of u that the guesses give beyond its shares, negative where they mislead.
      entropy: of u, in bits.
      p_value: of no dependence.
      least: the p-value below which none can fall with these rows.
      null: how pairings under the hypothesis of no dependence were drawn.
    """

    accuracy: float
    largest: float
    gain: float
    entropy: float
    p_value: float = np.nan
    least: float = 0.0
    null: Kind = "rows"

    @property
    def bits(self) -> float:
        """Bits of u that x carries at least."""
        return max(0.0, self.gain)


def guess_u(sample: Sample, seed: int = 0) -> Guess:
    """Fits a quadratic discriminant on one half of the rows and guesses u on the other.

    What chance makes of its statistic is found from pairings of x with u that keep the structure
    of the rows (`data.nulls`); where rows are exchangeable, from permuting u over the unseen rows
    alone, which is exact for any classifier, any distribution of x and any sizes of levels.
    Counting right guesses against the largest level's share is no such test: it finds nothing
    where one level is frequent.

    False alarms and power are measured in `results/calibration`.
    """
    if sample.structure.kind == "rows" and sample.structure.groups is None:
        return guess_at_random(sample, seed)
    null = sample.null
    pairings = (sample.paired(number) for number in range(1 + null.draws))
    found, *others = (described(cross_fitted(sample, *pair), pair[1]) for pair in pairings)
    p_value = null.p_value([found.gain, *(each.gain for each in others)])
    return found._replace(p_value=p_value, least=null.least, null=null.kind)


def guess_at_random(sample: Sample, seed: int) -> Guess:
    """Fits on one half of exchangeable rows, drawn level by level.

    The statistic is the mean probability given to the true level.
    """
    from sklearn.model_selection import train_test_split

    x, u = sample.x[sample.u >= 0, :COLUMNS], sample.u[sample.u >= 0]
    halves = train_test_split(x, u, test_size=0.5, stratify=u, random_state=seed)
    x_fit, x_new, u_fit, u_new = map(np.asarray, halves)
    probability = fit_and_predict(x_fit, u_fit, x_new, sample.seen)
    p_value, least = permutation_p(probability, u_new, seed), 1 / (1 + PERMUTATIONS)
    return described(probability, u_new)._replace(p_value=p_value, least=least)


def described(probability: Float[np.ndarray, "rows levels"], u: Int[np.ndarray, " rows"]) -> Guess:
    """What probabilities of levels tell about u, without a p-value."""
    shares = np.bincount(u, minlength=probability.shape[1]) / len(u)
    careful = (1 - DOUBT) * probability + DOUBT * shares
    held = shares[shares > 0]
    entropy = -float(np.sum(held * np.log2(held)))
    return Guess(
        accuracy=float(np.mean(probability.argmax(axis=1) == u)),
        largest=float(shares.max()),
        gain=entropy + float(np.log2(careful[np.arange(len(u)), u]).mean()),
        entropy=entropy,
    )


def permutation_p(
    score: Float[np.ndarray, "rows levels"], u: Int[np.ndarray, " rows"], seed: int
) -> float:
    """Chance of so high a mean score of the true level if u were dealt out at random."""
    rng, rows = np.random.default_rng(seed), np.arange(len(u))
    shuffled = [score[rows, rng.permutation(u)].mean() for _ in range(PERMUTATIONS)]
    return (1 + int(np.sum(np.array(shuffled) >= score[rows, u].mean()))) / (1 + PERMUTATIONS)


def cross_fitted(
    sample: Sample,
    x: Float[np.ndarray, "rows components"],
    u: Int[np.ndarray, " rows"],
    place: Int[np.ndarray, " rows"],
) -> Float[np.ndarray, "rows levels"]:
    """Probabilities of every level, for each row from a fit on the half that it is not in."""
    x, first = x[:, :COLUMNS], half_of(sample, u, place)
    probability = np.zeros((len(x), sample.seen))
    for new in (first, ~first):
        if new.any() and not new.all():
            probability[new] = fit_and_predict(x[~new], u[~new], x[new], sample.seen)
    return probability


def half_of(
    sample: Sample, u: Int[np.ndarray, " rows"], place: Int[np.ndarray, " rows"]
) -> Bool[np.ndarray, " rows"]:
    """Which rows are in the first half: whole groups where they are paired anew, or blocks.

    A block is as long as rows resemble each other, but never so long that a level lies in one.
    """
    kind, groups = sample.structure.kind, sample.structure.groups
    if kind in WHOLE_GROUPS and groups is not None:
        first, number = np.unique(groups[place], return_index=True, return_inverse=True)[1:]
        if kind == "labels":
            return rank_within(u[first])[number] % 2 == 0
        return np.random.default_rng(0).permutation(len(first))[number] % 2 == 0
    stride = max(1, int(np.median(np.diff(sample.row)))) if len(sample.row) > 1 else 1
    rows_of_level = int(np.median(np.bincount(u)))
    block = max(1, min(2 * sample.structure.length // stride, rows_of_level // 4))
    return place // block % 2 == 0
