"""Flax modules of the four blocks. Each sees one batch of one seed; callers vmap."""

import flax.linen as nn
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from ivaegan_jax.models.convolutions import NO_IMAGES, Convolutions, Pixels, TransposedConvolutions
from ivaegan_jax.models.layers import Dense, Inputs, SpectralDense, Trunk, as_array, beside


def bounded_log_var(raw: jax.Array) -> jax.Array:
    """Keeps a log variance within (-12, 12), smoothly: exp stays finite in float32 products."""
    return 12.0 * jnp.tanh(raw / 12.0)


class Encoder(nn.Module):
    """`q(z|x)` or `q(z|x,u)`: one product yields mean and log variance."""

    dim_z: int
    width: int
    depth: int
    activation: str

    pixels: Pixels = NO_IMAGES

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch dim_x"], u: Inputs
    ) -> tuple[Float[Array, "batch dim_z"], Float[Array, "batch dim_z"]]:
        """Returns `(mu, log_var)` of the Gaussian posterior; u has no columns if it is unseen."""
        seen = Convolutions(self.pixels, self.activation)(x[:, None])
        hidden = Trunk(self.width, self.depth, self.activation)(beside(seen, u))
        mu, raw = jnp.split(Dense(2 * self.dim_z)(hidden), 2, axis=-1)
        return mu, bounded_log_var(raw)


class Generator(nn.Module):
    """f: latents to the location of x; also holds the likelihood's log variance."""

    dim_x: int
    width: int
    depth: int
    activation: str
    pixels: Pixels = NO_IMAGES

    @nn.compact
    def __call__(
        self, z: Float[Array, "batch dim_z"]
    ) -> tuple[Float[Array, "batch dim_x"], Float[Array, ""]]:
        """Returns `(x_logit, log_var_ratio)`, the ratio to the configured variance, in logs."""
        hidden = Trunk(self.width, self.depth, self.activation)(z)
        ratio = self.param("log_var_ratio", nn.initializers.zeros, ())
        features = Dense(self.pixels.features(self.dim_x))(hidden)
        x_logit = TransposedConvolutions(self.pixels, self.activation, self.dim_x)(features)
        return x_logit, ratio


class ConditionalPrior(nn.Module):
    """`p(z|u)`: loc and log variance of each latent; what u does not modulate is constant.

    So are the shapes of a law that has some.
    """

    dim_z: int
    modulation: str
    width: int
    depth: int
    activation: str
    shapes: int = 0

    @nn.compact
    def __call__(self, u: Inputs) -> tuple[Float[Array, "batch dim_z"], ...]:
        """Returns `(loc, log_var, *shapes)`; a constant loc is 0, a constant log variance 0."""
        moved = self._moved(u)
        if not self.shapes:
            return moved
        shapes = self.param("shapes", nn.initializers.zeros, (self.shapes, self.dim_z))
        return *moved, *(jnp.broadcast_to(each, moved[0].shape) for each in shapes)

    def _moved(self, u: Inputs) -> tuple[Float[Array, "batch dim_z"], Float[Array, "batch dim_z"]]:
        hidden = Trunk(self.width, self.depth, self.activation)(u)
        heads = Dense((2 if self.modulation == "both" else 1) * self.dim_z)(hidden)
        if self.modulation == "mean":
            return heads, jnp.zeros_like(heads)
        if self.modulation == "variance":
            return jnp.zeros_like(heads), bounded_log_var(heads)
        loc, raw = jnp.split(heads, 2, axis=-1)
        return loc, bounded_log_var(raw)


class Critic(nn.Module):
    """D: a logit that is positive for real rows, and the features below it."""

    width: int
    depth: int
    activation: str
    spectral: bool
    projection: bool
    pixels: Pixels = NO_IMAGES

    @nn.compact
    def __call__(
        self,
        x: Float[Array, "batch pack dim_x"],
        others: Inputs,
        u: Inputs,
    ) -> tuple[Float[Array, " batch"], Float[Array, "batch width"]]:
        """Returns `(logit, features)`, the features being the last hidden layer.

        Args:
          x: rows that are judged together.
          others: all else that the critic sees; u is among it unless it is projected.
          u: of the same rows; read by the projection alone (Miyato & Koyama 2018, eq. 3).
        """
        dense = SpectralDense if self.spectral else Dense
        seen = Convolutions(self.pixels, self.activation, dense)(x)
        trunk = Trunk(self.width, self.depth, self.activation, dense)
        features = as_array(trunk(beside(seen, others)))
        logit = dense(1, name="Dense_0")(features)[:, 0]
        if self.projection:
            embedding = dense(features.shape[-1], use_bias=False, name="embedding")(u)
            logit = logit + jnp.sum(embedding * features, axis=-1)
        return logit, features
