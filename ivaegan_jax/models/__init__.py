"""What a model is: networks, densities, loss terms, who minimises what, and the table of presets.

Belongs here: pure functions of parameters and one batch of one run. Does not: steps, optimisers,
many runs, devices.
"""

from ivaegan_jax.models.batched import in_batches
from ivaegan_jax.models.config import CHOICES, COMBINATIONS, ModelConfig
from ivaegan_jax.models.distributions import gaussian_sample
from ivaegan_jax.models.game import PLAYERS, Game, Player, weighed_as, weight_name
from ivaegan_jax.models.hypers import Hypers, stack_hypers
from ivaegan_jax.models.linalg import triangular
from ivaegan_jax.models.model import Model, build
from ivaegan_jax.models.networks import Dims
from ivaegan_jax.models.presets import PRESETS, Preset, resolve
from ivaegan_jax.models.terms.evidence import DRAWS, FIT_ROWS
from ivaegan_jax.models.terms.forward import rows_and_jacobian

__all__ = [
    "CHOICES",
    "COMBINATIONS",
    "DRAWS",
    "FIT_ROWS",
    "PLAYERS",
    "PRESETS",
    "Dims",
    "Game",
    "Hypers",
    "Model",
    "ModelConfig",
    "Player",
    "Preset",
    "build",
    "gaussian_sample",
    "in_batches",
    "resolve",
    "rows_and_jacobian",
    "stack_hypers",
    "triangular",
    "weighed_as",
    "weight_name",
]
