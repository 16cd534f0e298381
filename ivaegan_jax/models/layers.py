"""What the blocks are made of: activations, dense layers, and a stack of them."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int


def xtanh(x: jax.Array) -> jax.Array:
    """`tanh(x) + 0.1 x`: squashing, yet injective with a slope bounded away from zero."""
    return jnp.tanh(x) + 0.1 * x


def leaky_relu(x: jax.Array) -> jax.Array:
    """With a slope of .1 below zero."""
    return jax.nn.leaky_relu(x, 0.1)


def mixed(x: Float[Array, "*batch units"]) -> Float[Array, "*batch units"]:
    """`xtanh` of the first half of the units, `leaky_relu` of the others: smooth and bent maps."""
    half = x.shape[-1] // 2
    return jnp.concatenate([xtanh(x[..., :half]), leaky_relu(x[..., half:])], axis=-1)


ACTIVATIONS: dict[str, Callable[[jax.Array], jax.Array]] = {
    "xtanh": xtanh,
    "leaky_relu": leaky_relu,
    "mixed": mixed,
    "relu": jax.nn.relu,
    "gelu": jax.nn.gelu,
    "silu": jax.nn.silu,
    "tanh": jnp.tanh,
}


OF_COLUMNS, OF_CODES = "mixed", "leaky_relu"
"""Activations by default: where columns are seen, and where codes of images are."""


class Coded(NamedTuple):
    """`[features, scale * one_hot(codes)]` for a dense layer, without the zeros.

    Attributes:
      features: what is seen beside u, perhaps no columns.
      codes: the level of u of each row.
      levels: how many there are.
      scale: of the ones.
    """

    features: Float[Array, "batch inputs"]
    codes: Int[Array, " batch"]
    levels: int
    scale: jax.Array | float = 1.0

    @property
    def shape(self) -> tuple[int, int]:
        """Of the matrix that it stands for."""
        return len(self.codes), self.features.shape[-1] + self.levels


Inputs: TypeAlias = Float[Array, "..."] | Coded
"""What a dense layer may be given."""


def beside(features: Float[Array, "batch features"], others: Inputs) -> Inputs:
    """Columns to the left of others."""
    if isinstance(others, Coded):
        return others._replace(features=jnp.concatenate([features, others.features], axis=-1))
    return jnp.concatenate([features, others], axis=-1)


def as_array(inputs: Inputs) -> Float[Array, "*batch inputs"]:
    """The matrix that levels stand for; for a critic that has no layer below its features."""
    if not isinstance(inputs, Coded):
        return inputs
    ones = jax.nn.one_hot(inputs.codes, inputs.levels)
    return jnp.concatenate([inputs.features, inputs.scale * ones], axis=-1)


def product(inputs: Inputs, kernel: Float[Array | np.ndarray, "inputs outputs"]) -> jax.Array:
    """`inputs @ kernel`; of levels, the kernel's rows are looked up."""
    if not isinstance(inputs, Coded):
        return inputs @ kernel
    width = inputs.features.shape[-1]
    looked_up = inputs.scale * kernel[width + inputs.codes]
    return inputs.features @ kernel[:width] + looked_up if width else looked_up


class Dense(nn.Module):
    """`nn.Dense` that also takes levels of u as codes."""

    features: int
    use_bias: bool = True

    @nn.compact
    def __call__(self, inputs: Inputs) -> Float[Array, "*batch features"]:
        """A product with the kernel, and a bias."""
        shape = (inputs.shape[-1], self.features)
        outputs = product(inputs, self.param("kernel", nn.initializers.lecun_normal(), shape))
        if not self.use_bias:
            return outputs
        return outputs + self.param("bias", nn.initializers.zeros, shape[1:])


class SpectralDense(nn.Module):
    """A dense layer over its kernel's largest singular value (Miyato et al. 2018, algorithm 1).

    The singular vector is kept between steps, and takes a power iteration wherever it may change.
    """

    features: int
    use_bias: bool = True

    @nn.compact
    def __call__(self, x: Inputs) -> Float[Array, "*batch features"]:
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
        return product(x, kernel) / jnp.linalg.norm(vector.value @ kernel) + bias


def _unit(vector: Float[Array, " dim"]) -> Float[Array, " dim"]:
    return vector / jnp.linalg.norm(vector)


class Trunk(nn.Module):
    """The hidden layers shared by all blocks: `depth - 1` times dense and activation."""

    width: int
    depth: int
    activation: str
    dense: Callable[..., nn.Module] = Dense

    @nn.compact
    def __call__(self, x: Inputs) -> Inputs:
        """Maps inputs to the last hidden layer; the identity for depth 1."""
        for layer in range(self.depth - 1):
            x = ACTIVATIONS[self.activation](self.dense(self.width, name=f"Dense_{layer}")(x))
        return x
