"""What the maker of a data set knows of every row, and the best estimate that it allows.

The posterior mean under the true mixing, prior and noise has the least squared error of all
functions of what is observed. Its MCC is the ceiling under noise: the rest is information that
is gone.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from ivaegan_jax.data.benchmarks.densities import Counts, Noise
from ivaegan_jax.data.benchmarks.draws import Source
from ivaegan_jax.data.benchmarks.importance import DRAWS, ROUNDS, Proposal, posterior_mean
from ivaegan_jax.data.benchmarks.mixing import Observed, Rows
from ivaegan_jax.data.benchmarks.priors import Prior

COMPONENTS = 50
"""Values of u, at most, that stand for all where u is not known."""

STEP = 1e-4
"""By which derivatives of the mixing are taken, in units of the sources."""

AT_ONCE = 2**22
"""Numbers, at most, of each array of a block of rows."""


class Truth(NamedTuple):
    """How the rows of a benchmark came about; arrays are row by row.

    Attributes:
      s: sources.
      mean: of the sources given u.
      std: factor of the unmodulated sources given u.
      source: law of the unmodulated sources.
      mixing: from sources to what noise or counting is about: clean x, or log rates.
      x: observations; None as long as nothing is observed with noise.
      observed: the law of x given what it is about.
    """

    s: Rows
    mean: Rows
    std: Rows
    source: Source
    mixing: Callable[[Rows], Observed]
    x: Observed | None = None
    observed: Noise | Counts | None = None

    @property
    def is_noisy(self) -> bool:
        """Whether anything is lost: else the sources themselves are their posterior mean."""
        return self.observed is not None

    def seen(self, x: Observed, observed: Noise | Counts) -> "Truth":
        """The same, observed."""
        return self._replace(x=x, observed=observed)

    def at(self, rows: Int[np.ndarray, " rows"]) -> "Truth":
        """The same of some rows."""
        x = None if self.x is None else self.x[rows]
        return self._replace(s=self.s[rows], mean=self.mean[rows], std=self.std[rows], x=x)

    def prior(self, given_u: bool) -> Prior:
        """The law of the sources of each row given its u, or that of all rows together."""
        if given_u:
            return Prior(self.source, self.mean[:, None], self.std[:, None])
        both = np.unique(np.concatenate([self.mean, self.std], axis=1), axis=0)
        if len(both) > COMPONENTS:
            both = both[np.random.default_rng(0).permutation(len(both))[:COMPONENTS]]
        mean, std = np.split(both[None], 2, axis=2)
        return Prior(self.source, mean, std)

    def posterior_means(
        self, given_u: bool, seed: int = 0
    ) -> tuple[Rows, Float[np.ndarray, " rows"]]:
        """E[s|x, u], or E[s|x] with every u as likely as another.

        Args:
          given_u: whether u is known.
          seed: of the draws.

        Returns:
          The means, and the effective number of draws behind that of each row.
        """
        rng, prior = np.random.RandomState(seed), self.prior(given_u)
        columns = max(self._observed()[0].shape[1], prior.mean.shape[1] * prior.mean.shape[2])
        size = max(1, AT_ONCE // (columns * DRAWS * ROUNDS))
        found = []
        for start in range(0, len(self.s), size):
            own = self.at(np.arange(start, min(start + size, len(self.s))))
            of_own = own.prior(True) if given_u else prior
            of_prior = of_own.precision()[:, :, None] * np.eye(self.s.shape[1])
            first = Proposal.of(own.s, own.precision() + of_prior)
            found.append(posterior_mean(own.log_likelihood, of_own, first, rng))
        mean, draws = zip(*found, strict=True)
        return np.concatenate(mean), np.concatenate(draws)

    def _observed(self) -> tuple[Observed, Noise | Counts]:
        """Raises ValueError where there is no noise, so that the posterior is a point."""
        if self.x is None or self.observed is None:
            raise ValueError("without noise the sources are known from x, and no density is finite")
        return self.x, self.observed

    def log_likelihood(
        self, s: Float[np.ndarray, "rows draws dim"]
    ) -> Float[np.ndarray, "rows draws"]:
        """Of several sources for each row."""
        x, observed = self._observed()
        y = self.mixing(s.reshape(-1, s.shape[2])).reshape(*s.shape[:2], -1)
        return observed.log_density(x[:, None], y).sum(axis=2)

    def precision(self) -> Float[np.ndarray, "rows dim dim"]:
        """Fisher information that an observation has about its sources."""
        observed, slopes = self._observed()[1], self.derivative()
        information = observed.information(self.mixing(self.s))
        return slopes.swapaxes(1, 2) @ (information[:, :, None] * slopes)

    def derivative(self) -> Float[np.ndarray, "rows columns dim"]:
        """Of the mixing at the sources."""
        steps = STEP * np.eye(self.s.shape[1])
        moved = [self.mixing(self.s + step) - self.mixing(self.s - step) for step in steps]
        return np.stack(moved, axis=2) / (2 * STEP)
