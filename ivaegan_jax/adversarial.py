"""Adversarial losses as (critic, generator) pairs. D is a logit; losses are minimised."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

Logits = Float[Array, "... batch"]


class AdversarialLoss(NamedTuple):
    """A two-player objective on the logits of real and fake batches.

    Both functions take `(logit_real [batch], logit_fake [fakes, batch])` and return a scalar mean.
    At chance (all logits zero) the critic's value is `2 log 2` for the non-saturating pair.
    """

    critic: Callable[[Logits, Logits], jax.Array]
    generator: Callable[[Logits, Logits], jax.Array]


def non_saturating_critic(logit_real: Logits, logit_fake: Logits) -> Float[Array, ""]:
    """`E softplus(-D(x)) + E softplus(D(y))` (Goodfellow et al. 2014, eq. 1)."""
    return jnp.mean(jax.nn.softplus(-logit_real)) + jnp.mean(jax.nn.softplus(logit_fake))


def non_saturating_generator(logit_real: Logits, logit_fake: Logits) -> Float[Array, ""]:
    """`E softplus(-D(y))` (Goodfellow et al. 2014, section 3)."""
    del logit_real
    return jnp.mean(jax.nn.softplus(-logit_fake))


def relativistic_critic(logit_real: Logits, logit_fake: Logits) -> Float[Array, ""]:
    """`E softplus(-(D(x) - D(y)))` over pairs (Jolicoeur-Martineau 2019; R3GAN 2024)."""
    return jnp.mean(jax.nn.softplus(logit_fake - logit_real))


def relativistic_generator(logit_real: Logits, logit_fake: Logits) -> Float[Array, ""]:
    """The critic's pairing loss with the roles exchanged."""
    return jnp.mean(jax.nn.softplus(logit_real - logit_fake))


ADVERSARIAL_LOSSES: dict[str, AdversarialLoss] = {
    "non_saturating": AdversarialLoss(non_saturating_critic, non_saturating_generator),
    "relativistic": AdversarialLoss(relativistic_critic, relativistic_generator),
}
