"""How many latents a study has by default: no more than its data can tell apart."""

import dataclasses
from typing import NamedTuple

import numpy as np

from ivaegan_jax.data import Prepared, directions
from ivaegan_jax.models import PRESETS, PRIOR_FAMILIES, resolve
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.studies.labels import Label, configured
from ivaegan_jax.studies.sources import load_datasets, prepare_data

MOST = 10
"""Latents by default where x has more columns than this and the sources are not known."""

ROWS = 10_000
"""Rows, evenly spread, in which values of u and directions of x are counted."""


class Latents(NamedTuple):
    """A number of latents.

    Attributes:
      number: how many.
      reason: why a default is no larger, where data limit it, or what a request goes beyond.
      requested: whether the number was set.
    """

    number: int
    reason: str = ""
    requested: bool = False

    def sentences(self) -> list[str]:
        """That it is a default, or requested, and what limits it; none where data do not."""
        latents = "1 latent is" if self.number == 1 else f"{self.number} latents are"
        if not self.reason:
            return []
        if self.requested:
            return [
                f"{latents} trained by request, but {self.reason}: the others hold nothing new."
            ]
        return [f"{latents} trained by default: {self.reason}."]


def choose_latents(experiment: Experiment, data: Prepared) -> Latents:
    """As many as set, else as true sources, else what u and x allow but at most `MOST`.

    u of L values identifies at most (L - 1) / k latents, where it moves k sufficient statistics of
    each; and no generator is injective from more latents than x has directions.

    Args:
      experiment: its models say what of the latents u moves.
      data: of all data seeds.

    Source: Khemakhem et al. (2020), theorem 1.
    """
    if requested := experiment.config.model.dim_z:
        found = directions(_some(data.train.x), requested)
        return Latents(requested, _of_x(found) if found < requested else "", True)
    return Latents(data.dim_s) if data.dim_s else _at_most(experiment, data, MOST)


def most_latents(experiment: Experiment, most: int) -> Latents:
    """As many latents as u and x of a study's data allow, up to `most`, and why no more.

    Args:
      experiment: its data are loaded.
      most: how many are looked for.
    """
    data = prepare_data(experiment, load_datasets(experiment, None))
    allowed = _at_most(experiment, data, most)
    counted = "1 column" if data.dim_x == 1 else f"{data.dim_x} columns"
    return allowed._replace(reason=allowed.reason or f"x has {counted}")


def _at_most(experiment: Experiment, data: Prepared, most: int) -> Latents:
    u = _some(data.train.u)
    found, k = directions(_some(data.train.x), most), statistics_of(experiment)
    values = data.dim_u if data.is_categorical else len(np.unique(u, axis=0))
    allowed = max(1, (values - 1) // k) if k else most
    requires = f"{k} for each latent and one more" if values > k else f"{k + 1} even for one latent"
    of_u = f"u has {values:,} values, and theory requires {requires}"
    return min(
        Latents(min(data.dim_x, most)),
        Latents(max(1, found), _of_x(found)),
        Latents(allowed, of_u),
        key=lambda each: each.number,  # of equals the first
    )


def _some(of_seeds: np.ndarray) -> np.ndarray:
    return of_seeds[0][:: -(-len(of_seeds[0]) // ROWS)]


def _of_x(found: int) -> str:
    return f"x varies in no more than {found} independent directions"


def with_latents(experiment: Experiment, number: int) -> Experiment:
    """The experiment with as many latents."""
    model = dataclasses.replace(experiment.config.model, dim_z=number)
    return experiment._replace(config=dataclasses.replace(experiment.config, model=model))


def statistics_of(experiment: Experiment) -> int:
    """How many statistics of each latent u moves, at most over all models; 0 where none is known.

    Models whose prior does not depend on u ask nothing of it.
    """
    return max(_statistics(experiment, label) for label in experiment.labels)


def _statistics(experiment: Experiment, label: Label) -> int:
    own = configured(experiment.config, label)
    config, _ = resolve(PRESETS[label.preset], own.model, own.train.critic_rounds)
    if config.prior != "conditional":
        return 0
    return getattr(PRIOR_FAMILIES[config.prior_family].theory, config.modulation).statistics
