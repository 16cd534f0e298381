"""A few numbers for many columns: a dense autoencoder, as a nonlinear form of principal components.

Where x has hundreds of columns and few rows, such as pixels, a critic tells rows from their likes
by columns that say nothing. Codes hold what can be reconstructed, and a model of codes is a model
of x, whose decoder is the last part of its generator and stays as it is. Nothing here sees u.
"""

import hashlib
import itertools
import logging
import time
from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Float

WIDTH, BATCH, STEPS, RATE = 400, 64, 3000, 1e-3
"""Units of both hidden layers (twice as many for `MANY` columns); rows per update, least updates,
and Adam's first rate."""

PASSES, MOST_STEPS = 50, 20_000
"""How often a row of many is seen, which takes more updates, and updates at most."""

MANY, COMPONENTS = 2000, 300
"""Columns from which rows are seen through principal components, and how many of these."""

PART = 300
"""Updates between two looks at the clock."""

PAUSE = 10.0
"""Seconds between two lines on how far it is."""

SMALLEST = 1e-6
"""Variance of a code, over that of the largest, that counts as its least."""

Weights: TypeAlias = tuple[tuple[Any, Any], ...]
"""Kernel and bias of every layer."""

Rows = Float[np.ndarray, "*rows dim_x"]
Codes = Float[np.ndarray, "*rows codes"]


logger = logging.getLogger(__name__)


class Codec(NamedTuple):
    """From rows to codes that are uncorrelated and of variance 1, and back.

    Attributes:
      encoder: layers; none where codes are principal components.
      decoder: layers.
      mean: of the encoder's outputs on training rows.
      matrix: from what is left to codes.
    """

    encoder: Weights
    decoder: Weights
    mean: Float[np.ndarray, " codes"]
    matrix: Float[np.ndarray, "codes codes"]

    @property
    def is_whitening(self) -> bool:
        """Whether codes are principal components, of which none is lost."""
        return not self.encoder

    @property
    def log_volume(self) -> float:
        """Log density of a row less that of its principal components, in nats."""
        return float(np.linalg.slogdet(self.matrix.astype(np.float64))[1])

    def encode(self, x: Rows) -> Codes:
        """Codes of standardised rows."""
        return (layers(self.encoder, x) - self.mean) @ self.matrix

    def decode(self, codes: Codes) -> Rows:
        """Standardised rows of codes."""
        return layers(self.decoder, codes @ np.linalg.inv(self.matrix) + self.mean)

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Its arrays by name."""
        named = {"mean": self.mean, "matrix": self.matrix}
        for side, weights in (("encoder", self.encoder), ("decoder", self.decoder)):
            for i, (kernel, bias) in enumerate(weights):
                named |= {f"{side}/{i}/kernel": kernel, f"{side}/{i}/bias": bias}
        return named

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "Codec":
        """Undoes `to_arrays`."""
        count = sum(name.startswith("encoder/") for name in arrays) // 2
        encoder, decoder = (
            tuple((arrays[f"{side}/{i}/kernel"], arrays[f"{side}/{i}/bias"]) for i in range(count))
            for side in ("encoder", "decoder")
        )
        return cls(encoder, decoder, arrays["mean"], arrays["matrix"])


def layers(weights: Weights, x: Any) -> Any:
    """Dense layers with SiLU between them, of numpy or jax."""
    for i, (kernel, bias) in enumerate(weights):
        x = x if not i else x * (0.5 + 0.5 * x.__array_namespace__().tanh(0.5 * x))
        x = x @ kernel + bias
    return x


FITTED: dict[tuple[str, int], Codec] = {}
"""Codecs by their training rows and numbers of codes: the arms of a study share them."""


def fit_codec(x: Rows, codes: int) -> Codec:
    """Fits an autoencoder by least squares; equal rows give equal codes.

    Rows of many columns, such as pixels in colour, are seen through their first principal
    components, whose axes become part of the outer layers: what these leave out no code would
    hold, and an update takes a fraction of the time.

    Args:
      x: standardised training rows.
      codes: how many numbers stand for a row.
    """
    known = hashlib.sha256(np.ascontiguousarray(x).data).hexdigest(), codes
    if known not in FITTED:
        axes = principal_axes(x) if x.shape[1] > MANY else None
        seen, width = (x, WIDTH) if axes is None else (x @ axes, 2 * WIDTH)
        start = first_weights((seen.shape[1], width, width, codes))
        encoder, decoder = jax.tree.map(np.asarray, _trained(start, jnp.asarray(seen)))
        if axes is not None:
            encoder, decoder = with_axes(encoder, decoder, axes)
        FITTED[known] = Codec(encoder, decoder, *_whitening(layers(encoder, x)))
    return FITTED[known]


def principal_axes(x: Rows) -> Float[np.ndarray, "dim_x components"]:
    """Orthonormal axes of the first principal components, of one size in all."""
    from sklearn.decomposition import TruncatedSVD

    fitted = TruncatedSVD(min(COMPONENTS, *x.shape), n_iter=2, random_state=0).fit(x)
    return np.asarray(fitted.components_, np.float32).T


def with_axes(
    encoder: Weights, decoder: Weights, axes: Float[np.ndarray, "dim_x components"]
) -> tuple[Weights, Weights]:
    """Layers for columns from those for components: the outer ones take the axes in."""
    (kernel, bias), *inner = encoder
    *outer, (last, shift) = decoder
    return ((axes @ kernel, bias), *inner), (*outer, (last @ axes.T, shift @ axes.T))


def updates(rows: int) -> int:
    """How many updates an autoencoder of so many rows takes."""
    return int(np.clip(PASSES * rows // BATCH, STEPS, MOST_STEPS))


def whitening(x: Rows) -> Codec:
    """Principal components at one scale: as many codes as columns, and nothing lost.

    Args:
      x: standardised training rows.
    """
    return Codec((), (), *_whitening(x))


def first_weights(dims: tuple[int, ...]) -> tuple[Weights, Weights]:
    """Of an encoder and of a decoder, which has the same layers backwards."""
    rng = np.random.default_rng(0)

    def drawn(sizes: tuple[int, ...]) -> Weights:
        pairs = itertools.pairwise(sizes)
        return tuple(
            ((rng.standard_normal(pair) / pair[0] ** 0.5).astype(np.float32),
             np.zeros(pair[1], np.float32))
            for pair in pairs
        )  # fmt: skip

    return drawn(dims), drawn(dims[::-1])


def _trained(
    weights: tuple[Weights, Weights], x: Float[jax.Array, "rows dim_x"]
) -> tuple[Weights, Weights]:
    """Weights after all updates; says at the beginning, and then at times, how far it is."""
    logger.info("An autoencoder of %s columns is fitted before any model.", f"{x.shape[1]:,}")
    steps, began = updates(len(x)), time.monotonic()
    carry, reported = (weights, _adam(steps).init(weights)), began
    for done in range(0, steps, PART):
        if (now := time.monotonic()) - reported > PAUSE:
            left, reported = (now - began) / done * (steps - done), now
            logger.info("autoencoder: %d%%, about %d s left", 100 * done // steps, left)
        carry = jax.block_until_ready(_updated(carry, x, done, min(done + PART, steps), steps))
    return carry[0]


def _adam(steps: int) -> optax.GradientTransformation:
    return optax.adam(optax.cosine_decay_schedule(RATE, steps))


@partial(jax.jit, static_argnames="steps")
def _updated(
    carry: Any, x: Float[jax.Array, "rows dim_x"], first: Any, end: Any, steps: int
) -> Any:
    """Weights and state of the optimiser after updates `first` to `end` of so many."""
    tx, key = _adam(steps), jax.random.key(0)

    def loss(weights: tuple[Weights, Weights], rows: jax.Array) -> jax.Array:
        return jnp.square(layers(weights[1], layers(weights[0], rows)) - rows).mean()

    def step(i: jax.Array, carry: Any) -> Any:
        rows = x[jax.random.randint(jax.random.fold_in(key, i), (BATCH,), 0, len(x))]
        updates, state = tx.update(jax.grad(loss)(carry[0], rows), carry[1], carry[0])
        return optax.apply_updates(carry[0], updates), state

    return jax.lax.fori_loop(first, end, step, carry)


def _whitening(
    found: Float[np.ndarray, "rows codes"],
) -> tuple[Float[np.ndarray, " codes"], Float[np.ndarray, "codes codes"]]:
    """The mean, and a matrix that makes the rest uncorrelated, the largest first."""
    mean = found.mean(axis=0)
    values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(found.astype(np.float64).T)))
    values = np.maximum(values[::-1], SMALLEST * values[-1])
    return mean, (vectors[:, ::-1] / np.sqrt(values)).astype(np.float32)
