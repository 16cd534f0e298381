"""What changes in the course of a training: learning rates, and whatever rises from 0."""

import jax.numpy as jnp
import optax

from ivaegan_jax.models import Hyperparameters
from ivaegan_jax.types import Number, Scalar

TINY = 1e-12
"""Keeps a quotient finite."""


def optimiser(
    name: str, hyperparameters: Hyperparameters, progress: Scalar
) -> optax.GradientTransformation:
    """Adam with clipping and a rate that rises, holds and decays, built from traced numbers.

    Args:
      name: of the player, which selects rate and momentum.
      hyperparameters: traced numbers of this run.
      progress: share of the training that is done, 0 to 1.
    """
    rate = getattr(hyperparameters, f"{name}_rate") * rate_factor(name, hyperparameters, progress)
    return optax.chain(
        optax.clip_by_global_norm(hyperparameters.max_grad_norm),
        optax.scale_by_adam(b1=getattr(hyperparameters, f"{name}_beta1"), b2=hyperparameters.beta2),
        optax.scale_by_learning_rate(rate),
    )


def rate_factor(name: str, hyperparameters: Hyperparameters, progress: Scalar) -> Scalar:
    """Share of the peak rate: a linear rise, the peak itself, then half a cosine to the end."""
    final = getattr(hyperparameters, f"{name}_final_rate")
    done = jnp.clip(
        (progress - hyperparameters.hold) / jnp.maximum(1.0 - hyperparameters.hold, TINY), 0.0, 1.0
    )
    decay = final + (1.0 - final) * 0.5 * (1.0 + jnp.cos(jnp.pi * done))
    return decay * risen(hyperparameters.warmup, progress)


def risen(share: Number, progress: Scalar) -> Scalar:
    """How far something has risen that takes the first `share` of the training; 1 where 0."""
    return jnp.where(share > 0, jnp.clip(progress / jnp.maximum(share, TINY), 0.0, 1.0), 1.0)
