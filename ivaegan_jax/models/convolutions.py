"""Strided convolutions before the dense layers of a block, and transposed ones after them.

A convolution is a dense layer of the patches under its kernel. Many seeds at once are then one
batched product, where kernels that differ would make the compiler group convolutions; whatever
holds of a dense layer, such as its spectral norm, holds of a convolution (Miyato et al. 2018,
section 3); and derivatives of any order are those of products.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import flax.linen as nn
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from ivaegan_jax.models.layers import ACTIVATIONS
from ivaegan_jax.types import InputError

KERNEL = 4
"""Pixels under a kernel in each direction; it moves by half of them."""

FOUR_OVERLAP = nn.initializers.variance_scaling(0.25, "fan_in", "truncated_normal")
"""Four patches lie upon each other at every pixel; their sum has the variance of one input."""


class Pixels(NamedTuple):
    """Rows of x that are images, and the convolutions over them.

    Attributes:
      height: of an image.
      width: of an image.
      channels: of every convolution, from the finest image to the coarsest; none leaves rows as
        they are.
    """

    height: int
    width: int
    channels: tuple[int, ...]

    def sizes(self) -> list[tuple[int, int]]:
        """Height and width before the first convolution, and after each."""
        sizes = [(self.height, self.width)]
        for _ in self.channels:
            sizes.append((-(-sizes[-1][0] // 2), -(-sizes[-1][1] // 2)))
        return sizes

    def features(self, dim_x: int) -> int:
        """Numbers that are left of a row of x."""
        return math.prod(self.sizes()[-1]) * self.channels[-1] if self.channels else dim_x


NO_IMAGES = Pixels(0, 0, ())


def make_pixels(image_shape: Sequence[int] | None, convolutions: int, channels: int) -> Pixels:
    """So many convolutions over rows of x, the first with so many channels, the next with twice.

    Raises:
      InputError: for convolutions of rows that are no images, or of images too small for them.
    """
    if not convolutions:
        return NO_IMAGES
    if not image_shape:
        raise InputError(
            f"config.model.convolutions={convolutions} needs rows that are images: give their "
            "image_shape=(height, width) beside x and u"
        )
    height, width = image_shape
    if 2**convolutions > min(height, width):
        raise InputError(
            f"config.model.convolutions={convolutions} halve an image that often, but these have "
            f"{height} x {width} pixels; use at most {int(math.log2(min(height, width)))}"
        )
    return Pixels(height, width, tuple(channels * 2**layer for layer in range(convolutions)))


def patches(
    images: Float[Array, "batch height width channels"],
) -> Float[Array, "batch rows columns features"]:
    """What a kernel of 4 x 4 pixels sees at every second one, the border padded with zeros.

    Pixels are first taken in blocks of 2 x 2, of which a kernel sees 2 x 2: features are ordered by
    block row, block column, row and column within the block, channel.
    """
    batch, height, width, channels = images.shape
    padded = jnp.pad(images, ((0, 0), (1, 1 + height % 2), (1, 1 + width % 2), (0, 0)))
    rows, columns = padded.shape[1] // 2, padded.shape[2] // 2
    blocks = padded.reshape(batch, rows, 2, columns, 2, channels).swapaxes(2, 3)
    blocks = blocks.reshape(batch, rows, columns, 4 * channels)
    seen = [blocks[:, i : rows - 1 + i, j : columns - 1 + j] for i in (0, 1) for j in (0, 1)]
    return jnp.concatenate(seen, axis=-1)


def overlaid(
    stamps: Float[Array, "batch rows columns features"], shape: tuple[int, ...]
) -> Float[Array, "batch height width channels"]:
    """The adjoint of `patches`: lays each patch where it would have been seen, and adds."""
    images = jax.ShapeDtypeStruct(shape, stamps.dtype)
    (laid,) = jax.linear_transpose(patches, images)(stamps)
    return laid


class Convolutions(nn.Module):
    """Rows to features: strided convolutions, each of which halves the image; else the rows."""

    pixels: Pixels
    activation: str
    dense: Callable[..., nn.Module] = nn.Dense

    @nn.compact
    def __call__(self, x: Float[Array, "batch pack dim_x"]) -> Float[Array, "batch features"]:
        """Features of rows that are looked at together; their images are channels of one."""
        if not self.pixels.channels:
            return x.reshape(len(x), -1)
        images = x.reshape(*x.shape[:2], self.pixels.height, self.pixels.width, -1)
        images = jnp.concatenate(jnp.unstack(images, axis=1), axis=-1)
        for layer, channels in enumerate(self.pixels.channels):
            convolved = self.dense(channels, name=f"Conv_{layer}")(patches(images))
            images = ACTIVATIONS[self.activation](convolved)
        return images.reshape(len(x), -1)


class TransposedConvolutions(nn.Module):
    """Features to rows: the adjoint of every layer of `Convolutions`, the coarsest first."""

    pixels: Pixels
    activation: str
    dim_x: int

    @nn.compact
    def __call__(self, features: Float[Array, "batch features"]) -> Float[Array, "batch dim_x"]:
        """Rows of which nothing is squashed; the features themselves without convolutions."""
        if not self.pixels.channels:
            return features
        sizes, batch = self.pixels.sizes(), len(features)
        channels = (self.dim_x // (self.pixels.height * self.pixels.width), *self.pixels.channels)
        images = features.reshape(batch, *sizes[-1], channels[-1])
        for layer in reversed(range(len(sizes) - 1)):
            finer = (batch, *sizes[layer], channels[layer])
            product = nn.Dense(
                KERNEL**2 * channels[layer],
                use_bias=False,
                kernel_init=FOUR_OVERLAP,
                name=f"Conv_{layer}",
            )
            stamps = product(ACTIVATIONS[self.activation](images))
            bias = self.param(f"bias_{layer}", nn.initializers.zeros, finer[-1:])
            images = overlaid(stamps, finer) + bias
        return images.reshape(batch, -1)
