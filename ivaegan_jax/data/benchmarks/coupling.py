"""Random flows of affine couplings: nonlinear mixings with an exact inverse."""

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from ivaegan_jax.data.benchmarks.mixing import Rows

Dense = tuple[Float[np.ndarray, "fan_in fan_out"], Float[np.ndarray, " fan_out"]]
"""Weights and biases."""


class Style(NamedTuple):
    """How the networks of a flow are drawn.

    Attributes:
      width: hidden units for a number of columns.
      dense: draws a layer, `dense(rng, fan_in, fan_out)`.
      bound: bounds the logarithms of the scales.
    """

    width: Callable[[int], int]
    dense: Callable[[np.random.RandomState, int, int], Dense]
    bound: Callable[[Rows], Rows]


class Step(NamedTuple):
    """One coupling: the first half of the columns scales and shifts the rest, then follows it.

    Attributes:
      order: of the columns, before they are halved.
      layers: of the ReLU network from the first half to the scales and shifts of the rest.
      bound: bounds the logarithms of the scales.
    """

    order: Int[np.ndarray, " dim"]
    layers: tuple[Dense, ...]
    bound: Callable[[Rows], Rows]

    def forward(self, x: Rows) -> Rows:
        """Couples rows."""
        kept, moved = np.split(x[:, self.order], [len(self.order) // 2], axis=1)
        log_scale, shift = self._scale_and_shift(kept)
        return np.concatenate([moved * np.exp(log_scale) + shift, kept], axis=1)

    def inverse(self, y: Rows) -> Rows:
        """Undoes `forward`."""
        moved, kept = np.split(y, [-(len(self.order) // 2)], axis=1)
        log_scale, shift = self._scale_and_shift(kept)
        x = np.concatenate([kept, (moved - shift) * np.exp(-log_scale)], axis=1)
        return x[:, np.argsort(self.order)]

    def _scale_and_shift(self, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        *hidden, (weights, biases) = self.layers
        for w, b in hidden:
            kept = np.maximum(kept @ w + b, 0)
        log_scale, shift = np.split(kept @ weights + biases, 2, axis=1)
        return self.bound(log_scale), shift


class Flow(NamedTuple):
    """An invertible map of rows `[rows, dim]`: couplings one after the other."""

    steps: tuple[Step, ...]

    def forward(self, x: Rows) -> Rows:
        """Mixes rows."""
        for step in self.steps:
            x = step.forward(x)
        return x

    def inverse(self, y: Rows) -> Rows:
        """Undoes `forward`."""
        for step in reversed(self.steps):
            y = step.inverse(y)
        return y


def random_flow(rng: np.random.RandomState, dim: int, blocks: int, style: Style) -> Flow:
    """Draws a flow: per block two couplings, one for each half, columns permuted between blocks.

    Args:
      rng: draws networks and permutations.
      dim: number of columns, 2 or more.
      blocks: number of blocks.
      style: how networks are drawn.
    """
    orders = [
        np.arange(dim) if i == 0 or i % 2 else rng.permutation(dim) for i in range(2 * blocks)
    ]
    width, half = style.width(dim), dim // 2
    sizes = (half, width, width, 2 * (dim - half))
    steps = []
    for order in orders:
        layers = tuple(style.dense(rng, *ends) for ends in pairwise(sizes))
        steps.append(Step(order, layers, style.bound))
    return Flow(tuple(steps))


def _glorot(rng: np.random.RandomState, fan_in: int, fan_out: int) -> Dense:
    limit = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out)), np.zeros(fan_out)


def _by_fan_in(rng: np.random.RandomState, fan_in: int, fan_out: int) -> Dense:
    limit = 1 / np.sqrt(fan_in)
    weights = rng.uniform(-limit, limit, (fan_in, fan_out))
    return weights, rng.uniform(-limit, limit, fan_out)


PI_VAE = Style(lambda dim: max(dim // 4, 1), _glorot, lambda a: 0.1 * np.tanh(a))
"""Of pi-VAE's simulations (Zhou and Wei 2020): near to volume preserving, without biases."""

GLOW = Style(lambda dim: 10, _by_fan_in, lambda a: 4 / np.pi * np.arctan(a / 2))
"""Of GIN's artificial data: scales from exp(-2) to exp(2)."""
