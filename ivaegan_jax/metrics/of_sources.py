"""The table of scores of latents against true sources: a new one is one line."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

import numpy as np
from jaxtyping import Float

from ivaegan_jax.metrics.affine import affine_r2, canonical_correlation
from ivaegan_jax.metrics.disentanglement import dci, mutual_information_gap
from ivaegan_jax.metrics.mcc import mcc

Means: TypeAlias = Float[np.ndarray, "rows dim_z"]
Sources: TypeAlias = Float[np.ndarray, "rows dim_s"]

DEFAULT = {"latent": "posterior_mean", "corr": "pearson", "assignment": "held_out"}
OF_DRAWS = {"latent": "posterior_sample"}
BY_AN_AFFINE_MAP = {"corr": None}
BY_ITS_NAME = {"corr": None, "assignment": None}
"""Measures of another literature have their conventions in their names and docstrings."""


class Measure(NamedTuple):
    """One line of the table.

    Attributes:
      metrics: names of what the score returns.
      score: `(latents, sources) -> number`, or as many numbers as there are names.
      convention: where it differs from `DEFAULT`.
    """

    metrics: tuple[str, ...]
    score: Callable[[Means, Sources], float | tuple[float, ...]]
    convention: Mapping[str, str | None] = {}

    def rows(self, mu: Means, z: Means, s: Sources) -> list[dict[str, float | str | None]]:
        """A row per name, with its convention; NaN where latents are not finite.

        Args:
          mu: posterior means.
          z: a draw from every posterior.
          s: true sources.
        """
        convention = {**DEFAULT, **self.convention}
        latents = z if convention["latent"] == "posterior_sample" else mu
        found = np.full(len(self.metrics), np.nan)
        if np.isfinite(latents).all():
            found[:] = self.score(latents, s)
        return [
            {"metric": metric, "value": float(value), **convention}
            for metric, value in zip(self.metrics, found, strict=True)
        ]


OF_SOURCES = (
    Measure(("mcc",), mcc),
    Measure(("mcc",), lambda z, s: mcc(z, s, corr="spearman"), {"corr": "spearman"}),
    Measure(("mcc",), lambda z, s: mcc(z, s, held_out=False), {"assignment": "in_sample"}),
    Measure(("mcc",), mcc, OF_DRAWS),
    Measure(("affine_r2",), affine_r2, BY_AN_AFFINE_MAP),
    Measure(("affine_r2_z_given_s",), lambda z, s: affine_r2(s, z), BY_AN_AFFINE_MAP),
    Measure(("cca",), canonical_correlation),
    Measure(("dci_disentanglement", "dci_completeness"), dci, BY_ITS_NAME),
    Measure(("mig",), mutual_information_gap, BY_ITS_NAME),
)
