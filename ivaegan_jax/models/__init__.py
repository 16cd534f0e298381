"""What a model is: networks, densities, loss terms, who minimises what, and the table of presets.

Belongs here: pure functions of parameters and one batch of one run. Does not: steps, optimisers,
many runs, devices.
"""

from ivaegan_jax.models.batched import in_batches
from ivaegan_jax.models.blocks import ENCODERS, GENERATORS
from ivaegan_jax.models.choices import CHOICES, COMBINATIONS, LEFT_OPEN, combinable
from ivaegan_jax.models.config import ModelConfig
from ivaegan_jax.models.distributions import gaussian_sample
from ivaegan_jax.models.families import (
    ORDER_AND_FUNCTION,
    ORDER_AND_SCALE,
    PRIOR_FAMILIES,
    ROTATION,
    Known,
    PriorFamily,
    Theory,
)
from ivaegan_jax.models.game import PLAYERS, Game, Player, weighed_as, weight_name
from ivaegan_jax.models.hyperparameters import Hyperparameters, stack_hyperparameters
from ivaegan_jax.models.layers import OF_CODES, OF_COLUMNS
from ivaegan_jax.models.likelihoods import LIKELIHOODS, Likelihood
from ivaegan_jax.models.linalg import triangular
from ivaegan_jax.models.model import Model, build
from ivaegan_jax.models.networks import Dims
from ivaegan_jax.models.noise import LEARNED, LOG_NOISE
from ivaegan_jax.models.presets import PRESETS, Preset, resolve
from ivaegan_jax.models.sessions import key_of, of_session, share_prior
from ivaegan_jax.models.terms import TERMS, need_no_u
from ivaegan_jax.models.terms.evidence import DRAWS, FIT_ROWS
from ivaegan_jax.models.terms.forward import Pass, rows_and_jacobian
from ivaegan_jax.models.terms.losses import ADVERSARIAL_LOSSES, AdversarialLoss
from ivaegan_jax.models.unmixed import INVERSE, MATRIX, PRIOR, SPREAD, UNMIXED, to_unmixed

__all__ = [
    "ADVERSARIAL_LOSSES",
    "CHOICES",
    "COMBINATIONS",
    "DRAWS",
    "ENCODERS",
    "FIT_ROWS",
    "GENERATORS",
    "INVERSE",
    "LEARNED",
    "LEFT_OPEN",
    "LIKELIHOODS",
    "LOG_NOISE",
    "MATRIX",
    "OF_CODES",
    "OF_COLUMNS",
    "ORDER_AND_FUNCTION",
    "ORDER_AND_SCALE",
    "PLAYERS",
    "PRESETS",
    "PRIOR",
    "PRIOR_FAMILIES",
    "ROTATION",
    "SPREAD",
    "TERMS",
    "UNMIXED",
    "AdversarialLoss",
    "Dims",
    "Game",
    "Hyperparameters",
    "Known",
    "Likelihood",
    "Model",
    "ModelConfig",
    "Pass",
    "Player",
    "Preset",
    "PriorFamily",
    "Theory",
    "build",
    "combinable",
    "gaussian_sample",
    "in_batches",
    "key_of",
    "need_no_u",
    "of_session",
    "resolve",
    "rows_and_jacobian",
    "share_prior",
    "stack_hyperparameters",
    "to_unmixed",
    "triangular",
    "weighed_as",
    "weight_name",
]
