"""The sizes at which everything is measured: those of iVAE's reference code, and of images."""

from typing import NamedTuple

import jax
import numpy as np

from ivaegan_jax import (
    Dims,
    Hyperparameters,
    ModelConfig,
    Run,
    TrainData,
    Trainer,
    build,
    make_trainer,
)
from ivaegan_jax.models.hyperparameters import stack_hyperparameters
from ivaegan_jax.models.presets import PRESETS, resolve


class Size(NamedTuple):
    """Shapes of data and nets.

    Attributes:
      dims: of the data.
      batch: rows per update.
      width: hidden units of encoder and generator.
      critic_width: hidden units of the critic.
      convolutions: before the dense layers of encoder and critic, and after the generator's.
      channels: of the first of them.
    """

    dims: Dims
    batch: int
    width: int
    critic_width: int
    convolutions: int = 0
    channels: int = 32


IMAGES = Dims(dim_x=784, dim_u=10, dim_z=10, rows=8_000, image_shape=(28, 28))

SIZES = {
    "b1": Size(Dims(dim_x=5, dim_u=40, dim_z=5, rows=32_000), 64, 100, 128),
    "image": Size(IMAGES, 64, 400, 400),
    "image_conv": Size(IMAGES, 64, 400, 400, convolutions=2),
}
"""B1 as in iVAE's reference code, and images of 28 x 28 pixels without and with convolutions."""


def trainer_of(preset: str, size: Size) -> Trainer:
    """The training program of one model at a size."""
    names = ("width", "critic_width", "convolutions", "channels")
    nets = ModelConfig(**{name: getattr(size, name) for name in names})
    config, game = resolve(PRESETS[preset], nets)
    return make_trainer(build(config, size.dims, game.blocks), game, size.batch, size.dims.dim_u)


def made_up_data(size: Size) -> TrainData:
    """Noise in the shapes of the data: speed does not depend on what is learned."""
    rng, dims = np.random.default_rng(0), size.dims
    x = rng.standard_normal((1, dims.rows, dims.dim_x), np.float32)
    return TrainData(x, rng.integers(0, dims.dim_u, (1, dims.rows)).astype(np.int32))


def stacked_runs(seeds: int) -> Run:
    """That many model seeds on the one data set (host arrays)."""
    numbers = np.arange(seeds, dtype=np.int32)
    steps = np.full(seeds, 50_000, np.int32)
    return Run(
        numbers, np.zeros_like(numbers), steps, stack_hyperparameters(Hyperparameters(), seeds)
    )


def one_run() -> Run:
    """A single run, for what is looked at and not timed."""
    return jax.tree.map(lambda leaf: leaf[0], stacked_runs(1))
