"""Laws of sources, given u or not."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from ivaegan_jax.data.benchmarks.densities import SOURCES
from ivaegan_jax.data.benchmarks.draws import UNIT_STD, Source, draw_sources


class Prior(NamedTuple):
    """A law of sources: for each row one law, or a mixture of several that is the same for all.

    Attributes:
      source: the law before modulation.
      mean: of the sources, `[rows or 1, components, dim]`.
      std: factor of the unmodulated sources, of the same shape.
    """

    source: Source
    mean: Float[np.ndarray, "rows components dim"]
    std: Float[np.ndarray, "rows components dim"]

    def log_density(
        self, s: Float[np.ndarray, "rows draws dim"]
    ) -> Float[np.ndarray, "rows draws"]:
        """Of several sources for each row."""
        law, s = SOURCES[self.source], s.astype(np.float32)[:, :, None]
        each = -np.log(self.std).sum(axis=2)[:, None]
        for i in range(s.shape[3]):
            each = each + law((s[..., i] - self.mean[:, None, :, i]) / self.std[:, None, :, i])
        most = each.max(axis=2)
        return most + np.log(np.exp(each - most[:, :, None]).mean(axis=2))

    def draw(self, rng: np.random.RandomState, rows: int, draws: int) -> np.ndarray:
        """Sources `[rows, draws, dim]`."""
        component = rng.randint(self.mean.shape[1], size=(rows, draws))
        row = np.arange(rows)[:, None] % len(self.mean)
        z = draw_sources(rng, self.source, rows * draws, self.mean.shape[2], np.float64)
        return z.reshape(rows, draws, -1) * self.std[row, component] + self.mean[row, component]

    def precision(self) -> Float[np.ndarray, "rows dim"]:
        """Inverse variance of every source."""
        within = np.square(UNIT_STD[self.source] * self.std).mean(axis=1)
        return 1 / (within + self.mean.var(axis=1))
