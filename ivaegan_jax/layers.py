"""What the blocks are made of: activations, dense layers, and a stack of them."""

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
    def __call__(self, x: Float[Array, "*batch inputs"]) -> Float[Array, "*batch features"]:
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
