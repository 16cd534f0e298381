"""Adversarial losses as (critic, generator) pairs. D is a logit; losses are minimised."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from ivaegan_jax.types import Registry, fields_of

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


def minimax_generator(logit_real: Logits, logit_fake: Logits) -> Float[Array, ""]:
    """`-E softplus(D(y))`: the critic's value with its sign changed (Goodfellow et al. 2014)."""
    del logit_real
    return -jnp.mean(jax.nn.softplus(logit_fake))


def hinge_critic(logit_real: Logits, logit_fake: Logits) -> Float[Array, ""]:
    """`E relu(1 - D(x)) + E relu(1 + D(y))` (Lim & Ye 2017, eq. 5)."""
    return jnp.mean(jax.nn.relu(1.0 - logit_real)) + jnp.mean(jax.nn.relu(1.0 + logit_fake))


def least_squares_critic(logit_real: Logits, logit_fake: Logits) -> Float[Array, ""]:
    """`1/2 E (D(x) - 1)^2 + 1/2 E D(y)^2` (Mao et al. 2017, eq. 9)."""
    return 0.5 * (jnp.mean(jnp.square(logit_real - 1.0)) + jnp.mean(jnp.square(logit_fake)))


def least_squares_generator(logit_real: Logits, logit_fake: Logits) -> Float[Array, ""]:
    """`1/2 E (D(y) - 1)^2` (Mao et al. 2017, eq. 9)."""
    del logit_real
    return 0.5 * jnp.mean(jnp.square(logit_fake - 1.0))


def wasserstein_critic(logit_real: Logits, logit_fake: Logits) -> Float[Array, ""]:
    """`E D(y) - E D(x)` (Arjovsky et al. 2017, eq. 2); its critic needs a bound on its slope."""
    return jnp.mean(logit_fake) - jnp.mean(logit_real)


def linear_generator(logit_real: Logits, logit_fake: Logits) -> Float[Array, ""]:
    """`-E D(y)`, the other side of hinge and Wasserstein critics."""
    del logit_real
    return -jnp.mean(logit_fake)


def relativistic_critic(logit_real: Logits, logit_fake: Logits) -> Float[Array, ""]:
    """`E softplus(-(D(x) - D(y)))` over pairs (Jolicoeur-Martineau 2019; R3GAN 2024)."""
    return jnp.mean(jax.nn.softplus(logit_fake - logit_real))


def relativistic_generator(logit_real: Logits, logit_fake: Logits) -> Float[Array, ""]:
    """The critic's pairing loss with the roles exchanged."""
    return jnp.mean(jax.nn.softplus(logit_real - logit_fake))


def as_adversarial_loss(piece: Any) -> AdversarialLoss:
    """A pair from its attributes."""
    return fields_of(AdversarialLoss, piece)


ADVERSARIAL_LOSSES = Registry[AdversarialLoss]("adversarial loss", as_adversarial_loss, {
    "non_saturating": AdversarialLoss(non_saturating_critic, non_saturating_generator),
    "minimax": AdversarialLoss(non_saturating_critic, minimax_generator),
    "hinge": AdversarialLoss(hinge_critic, linear_generator),
    "least_squares": AdversarialLoss(least_squares_critic, least_squares_generator),
    "wasserstein": AdversarialLoss(wasserstein_critic, linear_generator),
    "relativistic": AdversarialLoss(relativistic_critic, relativistic_generator),
})  # fmt: skip
