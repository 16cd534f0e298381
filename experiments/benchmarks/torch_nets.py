"""The nets of the PyTorch loop: dense, and with two convolutions."""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from experiments.benchmarks.sizes import Size


def xtanh(x: Tensor) -> Tensor:
    """Squashes, but not all."""
    return torch.tanh(x) + 0.1 * x


def leaky(x: Tensor) -> Tensor:
    """The critic's activation."""
    return functional.leaky_relu(x, 0.1)


def mixed(x: Tensor) -> Tensor:
    """`xtanh` of the first half of the units or channels, `leaky` of the others."""
    first, second = x.tensor_split(2, dim=1)
    return torch.cat([xtanh(first), leaky(second)], dim=1)


def image_of(size: Size) -> tuple[int, int]:
    """Height and width of an image."""
    assert size.dims.image_shape is not None
    height, width = size.dims.image_shape
    return height, width


class Dense(nn.Module):
    """Three dense layers."""

    def __init__(self, inputs: int, width: int, outputs: int, activation: Callable):
        super().__init__()
        self.first, self.second = nn.Linear(inputs, width), nn.Linear(width, width)
        self.last, self.activation = nn.Linear(width, outputs), activation

    def forward(self, x: Tensor) -> Tensor:
        """Outputs of a batch."""
        return self.last(self.activation(self.second(self.activation(self.first(x)))))


class Seeing(nn.Module):
    """Two convolutions of the first columns, which are an image; then dense layers of all."""

    def __init__(self, size: Size, extra: int, width: int, outputs: int, activation: Callable):
        super().__init__()
        self.shape, first = image_of(size), size.channels
        self.fine = nn.Conv2d(1, first, 4, 2, 1)
        self.coarse = nn.Conv2d(first, 2 * first, 4, 2, 1)
        left = 2 * first * (self.shape[0] // 4) * (self.shape[1] // 4)
        self.dense, self.activation = Dense(left + extra, width, outputs, activation), activation

    def forward(self, inputs: Tensor) -> Tensor:
        """Outputs of a batch, whose first columns are the image."""
        x, others = inputs.tensor_split([self.shape[0] * self.shape[1]], dim=-1)
        images = self.activation(self.fine(x.reshape(-1, 1, *self.shape)))
        seen = self.activation(self.coarse(images)).flatten(1)
        return self.dense(torch.cat([seen, others], -1))


class Painting(nn.Module):
    """Dense layers, then two transposed convolutions to an image."""

    def __init__(self, size: Size, width: int, activation: Callable):
        super().__init__()
        height, wide = image_of(size)
        self.shape, self.activation = (2 * size.channels, height // 4, wide // 4), activation
        self.dense = Dense(size.dims.dim_z, width, math.prod(self.shape), activation)
        self.coarse = nn.ConvTranspose2d(self.shape[0], size.channels, 4, 2, 1)
        self.fine = nn.ConvTranspose2d(size.channels, 1, 4, 2, 1)

    def forward(self, z: Tensor) -> Tensor:
        """Images, flattened."""
        images = self.activation(self.dense(z)).reshape(-1, *self.shape)
        return self.fine(self.activation(self.coarse(images))).flatten(1)


def looking(size: Size, extra: int, width: int, outputs: int, activation: Callable) -> nn.Module:
    """A net that sees x, and beside it so many other columns."""
    if size.convolutions:
        return Seeing(size, extra, width, outputs, activation)
    return Dense(size.dims.dim_x + extra, width, outputs, activation)


def generating(size: Size) -> nn.Module:
    """A net from latents to x."""
    if size.convolutions:
        return Painting(size, size.width, mixed)
    return Dense(size.dims.dim_z, size.width, size.dims.dim_x, mixed)
