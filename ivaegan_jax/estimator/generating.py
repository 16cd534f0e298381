"""What a fitted model says of x: decoded latents, samples, and scores of held-out rows."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from jaxtyping import Float
from scipy.stats import t

from ivaegan_jax.estimator.arguments import numbers, one_of, sources, whole
from ivaegan_jax.estimator.rows import Rows, Seeds
from ivaegan_jax.estimator.wording import spoken_in_python
from ivaegan_jax.metrics import Correlation, mcc
from ivaegan_jax.studies import coded_u, decode, draw, learned_noise, log_likelihood
from ivaegan_jax.training import programs_numerics
from ivaegan_jax.types import InputError

if TYPE_CHECKING:
    import pandas as pd


class Traversal(NamedTuple):
    """x as one latent moves and the others stay where they are.

    Attributes:
      latent: its number, from 0.
      values: of the latent `[points]`.
      x: decoded `[points, columns]`, in the units of the table.
    """

    latent: int
    values: Float[np.ndarray, " points"]
    x: Float[np.ndarray, "points columns"]


class Generating(Rows):
    """The way from latents to x, and likelihoods."""

    def inverse_transform(self, z: Any, *, seeds: Seeds = "chosen") -> Float[np.ndarray, "..."]:
        """X that latents stand for, in the units of the table.

        Args:
          z: `[rows, latents]`, or `[seeds, rows, latents]` of all seeds.
          seeds: of the runs that z are latents of.

        Returns:
          `[rows, columns]`; of all seeds `[seeds, rows, columns]`.
        """
        run, z = self._run(seeds), numbers(z, "z")
        if z.ndim != (3 if seeds == "all" else 2):
            raise InputError('z has rows and latents, and with seeds="all" seeds before them')
        with spoken_in_python(), programs_numerics():
            x = decode(run, z if seeds == "all" else z[None])
        return x if seeds == "all" else x[0]

    def reconstruct(self, x: Any, u: Any = None) -> Float[np.ndarray, "rows columns"]:
        """What the chosen run makes of its own latents of x.

        Args:
          x: rows with the columns of the training rows.
          u: of the same rows, where the encoder reads it.

        Returns:
          `[rows, columns]`, in the units of the table.
        """
        return self.inverse_transform(self._encoded(x, u, "chosen")[0][0])

    def sample(self, u: Any, n: int = 1, *, random_state: int = 0) -> Float[np.ndarray, "..."]:
        """New x for given u: decoded draws of p(z|u), without the noise of x.

        Args:
          u: values of u, a row each.
          n: draws for each of them.
          random_state: equal numbers give equal draws.

        Returns:
          `[rows * n, columns]`, the draws of one row of u side by side.
        """
        run, n = self._run("chosen"), whole(n, "n", 1)
        random_state = whole(random_state, "random_state", 0)
        with spoken_in_python(), programs_numerics():
            codes = coded_u(run, self._new_u(u))
            return draw(run, np.repeat(codes, n, axis=0), random_state)[0]

    def traverse(self, latent: int, points: int = 9) -> Traversal:
        """What the chosen run's latent does to x: from its 2nd to its 98th percentile.

        The others stay at their medians over held-out rows.

        Args:
          latent: its number, from 0.
          points: how many values it takes.

        Returns:
          The values, and x at each of them.
        """
        z = self._held_out()["z"]
        latent, points = whole(latent, "latent", 0, z.shape[1] - 1), whole(points, "points", 2)
        low, high = np.quantile(z[:, latent], [0.02, 0.98])
        values = np.linspace(low, high, points)
        at = np.tile(np.median(z, axis=0), (points, 1))
        at[:, latent] = values
        return Traversal(latent, values, self.inverse_transform(at))

    def noise(self) -> "pd.DataFrame":
        """How large the noise of each column is, as the runs learned it.

        Where noise was learned alone: `config={"model.noise": "column"}`, which x decides by
        default (`docs/noise.md`).

        Returns:
          A row for each column of x, in its unit: `std`, the geometric mean over runs, and its 95 %
          interval over runs, `low` and `high`, NaN with one run. The interval covers differences
          between runs, no error that all of them share. `share` is that of the column's variance;
          near 1 the column holds nothing of the latents.
        """
        import pandas as pd

        run = self._run("all")
        with spoken_in_python():
            logs = np.log(learned_noise(run))
        mean, runs = logs.mean(axis=0), len(logs)
        half = np.full(mean.shape, np.nan)
        if runs > 1:
            half = t.ppf(0.975, runs - 1) * logs.std(axis=0, ddof=1) / np.sqrt(runs)
        found = {"std": mean, "low": mean - half, "high": mean + half}
        frame = pd.DataFrame(found, index=list(run.preprocessing.columns) or None)
        frame = frame.map(np.exp)
        return frame.assign(share=(frame["std"] / run.preprocessing.x_std) ** 2)

    def score(self, x: Any, u: Any = None) -> float:
        """Mean log p(x|u) of rows under the chosen run.

        As `results_` has it of held-out rows (`log_likelihood`): an importance-weighted bound whose
        noise is fitted on every other row and scored on the rest.

        Args:
          x: rows with the columns of the training rows.
          u: of the same rows.

        Returns:
          Nats per row of standardised x.
        """
        run = self._run("chosen")
        with spoken_in_python(), programs_numerics():
            return float(log_likelihood(run, self._new_rows(x, u))[0])

    def score_sources(
        self, x: Any, s: Any, u: Any = None, *, corr: Correlation = "pearson", held_out: bool = True
    ) -> float:
        """Mean correlation of matched latents and true sources (MCC).

        Args:
          x: rows.
          s: their sources `[rows, sources]`.
          u: where the encoder reads it.
          corr: `pearson` or `spearman`.
          held_out: whether latents are matched on one half of the rows and scored on the other.

        Returns:
          From 0 to 1.
        """
        one_of(corr, "corr", ["pearson", "spearman"])
        z = self._encoded(x, u, "chosen")[0][0]
        return float(mcc(z, sources(s, len(z)), corr=corr, held_out=held_out))
