"""Posterior means of many rows at once, by adaptive importance sampling.

Student-t proposals are moved to the mean and covariance of all weighted draws so far, which are
weighted by the mixture of all proposals. The prior is one of them, so that no weight is large.

Source: Cornuet et al. 2012, "Adaptive multiple importance sampling".
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from scipy.special import gammaln, logsumexp

from ivaegan_jax.data.benchmarks.mixing import Rows
from ivaegan_jax.data.benchmarks.priors import Prior

DRAWS, ROUNDS = 96, 5
"""Draws from every proposal, and how many proposals there are; the prior is the first of them."""

FREEDOM = 5.0
"""Degrees of freedom of the proposals."""

KEPT = 10.0
"""Effective draws that the last proposal counts for when the next one is made."""

Several = Float[np.ndarray, "rows draws dim"]
Matrices = Float[np.ndarray, "rows dim dim"]
Logarithms = Float[np.ndarray, "rows draws"]


class Proposal(NamedTuple):
    """A Student-t law for each row.

    Attributes:
      centre: its mean.
      root: Cholesky factor of its scale matrix.
    """

    centre: Rows
    root: Matrices

    @classmethod
    def of(cls, centre: Rows, precision: Matrices) -> "Proposal":
        """With the inverse of this as the scale matrix."""
        return cls(centre, np.linalg.cholesky(np.linalg.inv(precision)))

    def draw(self, rng: np.random.RandomState, draws: int) -> Several:
        """Draws for every row."""
        rows, dim = self.centre.shape
        z = rng.standard_normal((rows, draws, dim))
        z /= np.sqrt(rng.chisquare(FREEDOM, (rows, draws, 1)) / FREEDOM)
        return self.centre[:, None] + z @ self.root.swapaxes(1, 2)

    def log_density(self, s: Several) -> Logarithms:
        """Of several values for each row."""
        dim = s.shape[2]
        z = (s - self.centre[:, None]) @ np.linalg.inv(self.root).swapaxes(1, 2)
        log_volume = np.log(np.diagonal(self.root, axis1=1, axis2=2)).sum(axis=1)
        constant = gammaln((FREEDOM + dim) / 2) - gammaln(FREEDOM / 2)
        constant = constant - dim / 2 * np.log(FREEDOM * np.pi) - log_volume
        squares = np.square(z).sum(axis=2)
        return constant[:, None] - (FREEDOM + dim) / 2 * np.log1p(squares / FREEDOM)


def posterior_mean(
    log_likelihood: Callable[[Several], Logarithms],
    prior: Prior,
    first: Proposal,
    rng: np.random.RandomState,
) -> tuple[Rows, Float[np.ndarray, " rows"]]:
    """Means of the posteriors of a few rows, and the effective numbers of draws behind them.

    Args:
      log_likelihood: of several sources for each row, but for a constant.
      prior: of the sources.
      first: where each row's posterior is, roughly.
      rng: of the draws.
    """
    laws, s = [first], prior.draw(rng, len(first.centre), DRAWS)
    likelihood, density = log_likelihood(s), prior.log_density(s)
    for _ in range(1, ROUNDS):
        new = laws[-1].draw(rng, DRAWS)
        s = np.concatenate([s, new], axis=1)
        likelihood = np.concatenate([likelihood, log_likelihood(new)], axis=1)
        density = np.concatenate([density, prior.log_density(new)], axis=1)
        proposed = logsumexp([density, *(law.log_density(s) for law in laws)], axis=0)
        mean, draws, law = weigh(s, likelihood + density - proposed, laws[-1])
        laws.append(law)
    return mean, draws


def weigh(
    s: Several, log_weights: Logarithms, last: Proposal
) -> tuple[Rows, Float[np.ndarray, " rows"], Proposal]:
    """The mean of weighted draws, their effective number, and the next proposal."""
    weights = np.exp(log_weights - log_weights.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    mean, draws = (weights[:, :, None] * s).sum(axis=1), 1 / np.square(weights).sum(axis=1)
    apart = s - mean[:, None]
    covariance = (weights[:, :, None] * apart).swapaxes(1, 2) @ apart
    share = (draws / (draws + KEPT))[:, None, None]
    scale = share * covariance + (1 - share) * last.root @ last.root.swapaxes(1, 2)
    return mean, draws, Proposal(mean, np.linalg.cholesky(scale))
