"""Noise on any benchmark."""

import dataclasses
from typing import Any, get_args

import numpy as np

from ivaegan_jax.data.benchmarks.densities import FREEDOM, Noise, NoiseLaw
from ivaegan_jax.data.benchmarks.options import is_number
from ivaegan_jax.types import Dataset, InputError


def add_noise(dataset: Dataset, noise: Any, data_seed: int, law: Any = "gaussian") -> Dataset:
    """Adds independent noise to x, from a generator of its own, and keeps the noiseless x.

    The benchmark's own draws stay as they are: the same rows are seen through more or less noise.

    Args:
      dataset: a benchmark; u and s are kept.
      noise: standard deviation relative to that of the column, of images to that of all pixels
        (root mean square); 0 keeps x bit by bit.
      data_seed: draws the noise.
      law: of the noise, one of `NoiseLaw`; Student-t noise has five degrees of freedom.

    Raises:
      InputError: if the noise is no finite number of 0 or more, or of an unknown law.
    """
    if not (is_number(noise) and 0 <= noise < np.inf):
        raise InputError(f"noise must be a finite number of 0 or more, not {noise!r}")
    if law not in (known := get_args(NoiseLaw)):
        raise InputError(f"noise_law must be one of {', '.join(known)}, not {law!r}")
    if noise == 0:
        return dataset
    std = noise * dataset.x.std(axis=0, dtype=np.float64)
    if dataset.image_shape:  # as a camera's, whose noise is that of its pixels and not of a scene
        std = np.full_like(std, np.sqrt(np.mean(np.square(std))))
    draws = draw_noise(np.random.default_rng((data_seed, 2)), law, dataset.x.shape)
    x = (dataset.x + std * draws).astype(np.float32)
    clean, truth = dataset.clean, dataset.truth
    if clean is None:
        clean = dataset.x
        truth = truth and truth.seen(x, Noise(law, std))
    else:  # two noises on top of each other have no law of `NoiseLaw`
        truth = None
    return dataclasses.replace(dataset, x=x, clean=clean, truth=truth)


def draw_noise(rng: np.random.Generator, law: NoiseLaw, shape: tuple[int, ...]) -> np.ndarray:
    """Independent draws of mean 0 and variance 1."""
    if law == "laplace":
        return rng.laplace(0, 1 / np.sqrt(2), shape)
    if law == "student_t":
        return rng.standard_t(FREEDOM, shape) * np.sqrt((FREEDOM - 2) / FREEDOM)
    if law == "uniform":
        return rng.uniform(-np.sqrt(3), np.sqrt(3), shape)
    return rng.standard_normal(shape)
