"""How well a plain classifier tells what a person does from short windows of latents."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int, Shaped
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

LEAST = 1e-12
"""Added to a variance, so that its logarithm is finite."""


class Windows(NamedTuple):
    """Stretches of rows that belong together.

    Attributes:
      first: the first row of each `[windows]`.
      length: rows in each.
    """

    first: Int[np.ndarray, " windows"]
    length: int

    def of(self, column: Shaped[np.ndarray, " rows"]) -> Shaped[np.ndarray, " windows"]:
        """What a column that does not vary within a window has in each."""
        return column[self.first]

    def log_variances(
        self, z: Float[np.ndarray, "rows latents"]
    ) -> Float[np.ndarray, "windows latents"]:
        """Logarithm of the variance of every latent in every window."""
        rows = self.first[:, None] + np.arange(self.length)
        return np.log(z[rows].var(axis=1) + LEAST)


class Guess(NamedTuple):
    """How well a classifier did on people it never saw.

    Attributes:
      accuracy: share of windows that were guessed right.
      bits: of the class that its probabilities tell, at least: entropy minus cross entropy.
    """

    accuracy: float
    bits: float


def cut(group: Int[np.ndarray, " rows"], length: int) -> Windows:
    """Windows of so many rows within each group, whose rows stand together; rests are left out."""
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    sizes = np.diff(np.r_[starts, len(group)])
    first = [s + np.arange(n // length) * length for s, n in zip(starts, sizes, strict=True)]
    return Windows(np.concatenate(first), length)


def guess(
    features: Float[np.ndarray, "windows latents"],
    label: Shaped[np.ndarray, " windows"],
    unseen: Float[np.ndarray, "others latents"],
    truth: Shaped[np.ndarray, " others"],
) -> Guess:
    """Fits logistic regression on some windows and guesses the label of others."""
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    model.fit(features, label)
    own = np.searchsorted(model.classes_, truth)
    chance = model.predict_proba(unseen)[np.arange(len(truth)), own]
    share = np.bincount(own) / len(own)
    entropy = -(share[share > 0] * np.log2(share[share > 0])).sum()
    accuracy = float((model.predict(unseen) == truth).mean())
    return Guess(accuracy, float(entropy + np.log2(np.maximum(chance, LEAST)).mean()))
