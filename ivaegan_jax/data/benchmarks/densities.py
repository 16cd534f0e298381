"""Log densities of what benchmarks draw, element by element: sources, noise and counts."""

from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from scipy.special import gammaln

from ivaegan_jax.data.benchmarks.draws import Source

NoiseLaw: TypeAlias = Literal["gaussian", "laplace", "student_t", "uniform"]

FREEDOM = 5
"""Degrees of freedom of Student-t noise."""

EDGE = 300.0
"""How steeply the logarithm of a uniform density falls outside: .2 % of its mass lies there, so
that a sampler finds the way back in."""


def _gaussian(z: np.ndarray) -> np.ndarray:
    return -0.5 * z**2 - 0.5 * np.log(2 * np.pi)


def _laplace(z: np.ndarray) -> np.ndarray:
    return -np.sqrt(2) * np.abs(z) - 0.5 * np.log(2)


def _hypsec(z: np.ndarray) -> np.ndarray:
    return -np.logaddexp(z, -z) + np.log(2 / np.pi)


def _uniform(z: np.ndarray) -> np.ndarray:
    return -EDGE * np.maximum(np.abs(z) - np.sqrt(3), 0) - 0.5 * np.log(12)


def _student_t(z: np.ndarray) -> np.ndarray:
    half, scale = (FREEDOM + 1) / 2, FREEDOM - 2
    constant = gammaln(half) - gammaln(FREEDOM / 2) - 0.5 * np.log(scale * np.pi)
    return constant - half * np.log1p(z**2 / scale)


SOURCES: dict[Source, Callable[[np.ndarray], np.ndarray]] = {
    "gaussian": _gaussian, "laplace": _laplace, "hypsec": _hypsec, "uniform": _uniform,
}  # fmt: skip
"""Log densities of unmodulated sources."""


class Noise(NamedTuple):
    """Independent noise of every column.

    Attributes:
      law: of the noise.
      std: of every column.
    """

    law: NoiseLaw
    std: np.ndarray

    def log_density(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Of x around y, column by column."""
        laws = {**SOURCES, "student_t": _student_t}
        return laws[self.law]((x - y) / self.std) - np.log(self.std)

    def information(self, y: np.ndarray) -> np.ndarray:
        """That a column has about its y: the inverse variance of an efficient estimate."""
        gain = {
            "laplace": 2.0,
            "student_t": FREEDOM / (FREEDOM - 2) * (FREEDOM + 1) / (FREEDOM + 3),
        }
        return np.broadcast_to(gain.get(self.law, 1.0) / self.std**2, y.shape)


class Counts(NamedTuple):
    """Poisson counts of the rate exp(y), or negative binomial ones.

    Attributes:
      dispersion: variance = mean + dispersion * mean^2; 0 of a Poisson law.
    """

    dispersion: float

    def log_density(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Of the counts x, column by column."""
        if not self.dispersion:
            return x * y - np.exp(y) - gammaln(x + 1)
        size = 1 / self.dispersion
        shape = gammaln(x + size) - gammaln(size) - gammaln(x + 1)
        return shape + x * (y - np.log(size)) - (x + size) * np.log1p(np.exp(y) / size)

    def information(self, y: np.ndarray) -> np.ndarray:
        """That a column has about its y."""
        rate = np.exp(y)
        return rate / (1 + self.dispersion * rate)
