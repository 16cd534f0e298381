"""Flax modules of the four blocks. Each sees one batch of one seed; callers vmap."""

from collections.abc import Callable

import flax.linen as nn
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float


def xtanh(x: jax.Array) -> jax.Array:
    """`tanh(x) + 0.1 x`: squashing, yet injective with a slope bounded away from zero."""
    return jnp.tanh(x) + 0.1 * x


ACTIVATIONS: dict[str, Callable[[jax.Array], jax.Array]] = {
    "xtanh": xtanh,
    "leaky_relu": lambda x: jax.nn.leaky_relu(x, 0.1),
    "relu": jax.nn.relu,
    "gelu": jax.nn.gelu,
    "silu": jax.nn.silu,
    "tanh": jnp.tanh,
}


class SpectralDense(nn.Module):
    """A dense layer over its kernel's largest singular value (Miyato et al. 2018, algorithm 1).

    The singular vector is kept between steps, and takes a power iteration wherever it may change.
    """

    features: int
    use_bias: bool = True

    @nn.compact
    def __call__(self, x: Float[Array, "batch inputs"]) -> Float[Array, "batch features"]:
        """A layer that stretches nothing, once its vector has settled; starts as `nn.Dense`."""
        shape = (x.shape[-1], self.features)
        kernel = self.param("kernel", nn.initializers.lecun_normal(), shape)
        bias = self.param("bias", nn.initializers.zeros, shape[1:]) if self.use_bias else 0.0
        vector = self.variable(
            "batch_stats", "vector", lambda: _unit(jax.random.normal(self.make_rng(), shape[:1]))
        )
        if self.is_mutable_collection("batch_stats"):
            vector.value = _unit(kernel @ (vector.value @ kernel))
        # the other vector follows from the kernel, which the slope of a norm holds fixed by itself
        return x @ kernel / jnp.linalg.norm(vector.value @ kernel) + bias


def _unit(vector: Float[Array, " dim"]) -> Float[Array, " dim"]:
    return vector / jnp.linalg.norm(vector)


class Trunk(nn.Module):
    """The hidden layers shared by all blocks: `depth - 1` times dense and activation."""

    width: int
    depth: int
    activation: str
    dense: Callable[..., nn.Module] = nn.Dense

    @nn.compact
    def __call__(self, x: Float[Array, "batch inputs"]) -> Float[Array, "batch width"]:
        """Maps inputs to the last hidden layer; the identity for depth 1."""
        for layer in range(self.depth - 1):
            x = ACTIVATIONS[self.activation](self.dense(self.width, name=f"Dense_{layer}")(x))
        return x


def bounded_log_var(raw: jax.Array) -> jax.Array:
    """Keeps a log variance within (-12, 12), smoothly: exp stays finite in float32 products."""
    return 12.0 * jnp.tanh(raw / 12.0)


class Encoder(nn.Module):
    """`q(z|x)` or `q(z|x,u)`: one product yields mean and log variance."""

    dim_z: int
    width: int
    depth: int
    activation: str

    @nn.compact
    def __call__(
        self, inputs: Float[Array, "batch inputs"]
    ) -> tuple[Float[Array, "batch dim_z"], Float[Array, "batch dim_z"]]:
        """Returns `(mu, log_var)` of the Gaussian posterior."""
        hidden = Trunk(self.width, self.depth, self.activation)(inputs)
        mu, raw = jnp.split(nn.Dense(2 * self.dim_z)(hidden), 2, axis=-1)
        return mu, bounded_log_var(raw)


class Generator(nn.Module):
    """f: latents to the location of x; also holds the likelihood's log variance."""

    dim_x: int
    width: int
    depth: int
    activation: str

    @nn.compact
    def __call__(
        self, z: Float[Array, "batch dim_z"]
    ) -> tuple[Float[Array, "batch dim_x"], Float[Array, ""]]:
        """Returns `(x_logit, log_var_ratio)`, the ratio to the configured variance, in logs."""
        hidden = Trunk(self.width, self.depth, self.activation)(z)
        ratio = self.param("log_var_ratio", nn.initializers.zeros, ())
        return nn.Dense(self.dim_x)(hidden), ratio


class ConditionalPrior(nn.Module):
    """`p(z|u)`: loc and log variance of each latent; what u does not modulate is constant."""

    dim_z: int
    modulation: str
    width: int
    depth: int
    activation: str

    @nn.compact
    def __call__(
        self, u: Float[Array, "batch dim_u"]
    ) -> tuple[Float[Array, "batch dim_z"], Float[Array, "batch dim_z"]]:
        """Returns `(loc, log_var)`; a constant loc is 0 and a constant log variance is 0."""
        hidden = Trunk(self.width, self.depth, self.activation)(u)
        heads = nn.Dense((2 if self.modulation == "both" else 1) * self.dim_z)(hidden)
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

    @nn.compact
    def __call__(
        self, inputs: Float[Array, "batch inputs"], u: Float[Array, "batch dim_u"]
    ) -> tuple[Float[Array, " batch"], Float[Array, "batch width"]]:
        """Returns `(logit, features)`, the features being the last hidden layer.

        Args:
          inputs: all that the critic sees; u is among them unless it is projected.
          u: of the same rows; read by the projection alone (Miyato & Koyama 2018, eq. 3).
        """
        dense = SpectralDense if self.spectral else nn.Dense
        features = Trunk(self.width, self.depth, self.activation, dense)(inputs)
        logit = dense(1, name="Dense_0")(features)[:, 0]
        if self.projection:
            embedding = dense(features.shape[-1], use_bias=False, name="embedding")(u)
            logit = logit + jnp.sum(embedding * features, axis=-1)
        return logit, features
