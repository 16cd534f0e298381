"""Whether x carries u, and how much of x u alone explains; both on rows kept out of the fit."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from ivaegan_jax.doctor.finding import Finding
from ivaegan_jax.doctor.sample import Sample, some_rows
from ivaegan_jax.metrics import label_r2

LEVEL = 0.05
"""Chance of a test to find what is not there."""

COLUMNS = 10
"""Principal components that the classifier sees; fewer than half of the rows of any level."""

PERMUTATIONS = 999
REGULARISATION = 0.1
DOUBT = 0.05
"""Weight of the levels' shares in its probabilities: it is too sure of itself."""

REPEATED = 0.95
"""Share of x explained by u from which on latents may just repeat u."""


class Guess(NamedTuple):
    """How well u is told from x on rows that the classifier never saw.

    Attributes:
      accuracy: share of rows whose level is guessed right.
      largest: share of the most frequent level.
      bits: of u that x carries at least, not below 0.
      entropy: of u, in bits.
      p_value: of no dependence.
    """

    accuracy: float
    largest: float
    bits: float
    entropy: float
    p_value: float


def guess_u(sample: Sample, seed: int = 0) -> Guess:
    """Fits a quadratic discriminant on one half of the rows and guesses u on the other.

    The statistic is the mean probability given to the true level, and its null distribution comes
    from permuting u over the unseen rows alone: that is exact for any classifier, any distribution
    of x and any sizes of levels, where rows are exchangeable (in a time series whose neighbouring
    rows resemble each other they are not). Counting right guesses against the largest level's
    share is no such test: it finds nothing where one level is frequent.

    False alarms and power are measured in `results/calibration`.
    """
    from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
    from sklearn.model_selection import train_test_split

    x, u = sample.x[:, :COLUMNS], sample.u
    halves = train_test_split(x, u, test_size=0.5, stratify=u, random_state=seed)
    x_fit, x_new, u_fit, u_new = map(np.asarray, halves)
    classifier = QuadraticDiscriminantAnalysis(reg_param=REGULARISATION).fit(x_fit, u_fit)
    probability = classifier.predict_proba(x_new)
    shares = np.bincount(u_new) / len(u_new)
    careful = (1 - DOUBT) * probability + DOUBT * shares
    entropy = -float(np.sum(shares * np.log2(shares)))
    told = np.log2(careful[np.arange(len(u_new)), u_new]).mean()
    return Guess(
        accuracy=float(np.mean(probability.argmax(axis=1) == u_new)),
        largest=float(shares.max()),
        bits=max(0.0, entropy + float(told)),
        entropy=entropy,
        p_value=permutation_p(probability, u_new, seed),
    )


def permutation_p(
    score: Float[np.ndarray, "rows levels"], u: Int[np.ndarray, " rows"], seed: int
) -> float:
    """Chance of so high a mean score of the true level if u were dealt out at random."""
    rng, rows = np.random.default_rng(seed), np.arange(len(u))
    shuffled = [score[rows, rng.permutation(u)].mean() for _ in range(PERMUTATIONS)]
    return (1 + int(np.sum(np.array(shuffled) >= score[rows, u].mean()))) / (1 + PERMUTATIONS)


def check_u_in_x(sample: Sample, continuous_u: bool) -> Finding:
    """Whether x carries u: without that nothing ties latents to u."""
    found = guess_u(sample)
    what = "cell of u (a continuous u is cut into cells)" if continuous_u else "level of u"
    numbers = (
        f"on unseen rows the {what} is guessed right from x in {found.accuracy:.1%} of rows, where "
        f"always naming the most frequent gives {found.largest:.1%}"
    )
    if found.p_value > LEVEL:
        sentence = (
            f"x carries nothing of u that could be found: {numbers} (p = {found.p_value:.2g})."
        )
        advice = (
            "Check that x and u belong together row by row (a shift, a sort, a shuffle?), and that "
            "u is something that x could depend on; more rows find weaker ties."
        )
        return Finding("u_in_x", "blocks", sentence, advice, found._asdict())
    sentence = (
        f"x carries u: {numbers}; that is at least {found.bits:.2g} of {found.entropy:.2g} bits "
        f"(p = {found.p_value:.2g})."
    )
    return Finding("u_in_x", "fine", sentence, values=found._asdict())


def check_x_from_u(
    x: Float[np.ndarray, "rows dim_x"],
    u: Int[np.ndarray, " rows"] | Float[np.ndarray, "rows dim_u"],
) -> Finding:
    """How much of the variance of x the mean given u explains, columns weighted by variance."""
    rows = some_rows(len(x))
    variance = x[rows].var(axis=0, dtype=float)
    share = float(np.average(label_r2(x[rows], u[rows]), weights=variance))
    values = {"share": share}
    sentence = f"u alone explains {max(0.0, share):.0%} of the variance of x."
    if share < REPEATED:
        return Finding("x_from_u", "fine", sentence, values=values)
    advice = "Latents may merely repeat u: look at what is found within levels of u."
    return Finding("x_from_u", "warn", sentence, advice, values)
