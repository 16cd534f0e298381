"""Observation noise, an axis of every synthetic benchmark."""

import dataclasses
import numbers
from typing import Any

import numpy as np

from ivaegan_jax.types import Dataset, InputError


def add_noise(dataset: Dataset, noise: Any, data_seed: int) -> Dataset:
    """Adds Gaussian noise to x, from a generator of its own.

    The benchmark's own draws stay as they are: the same rows are seen through more or less noise.

    Args:
      dataset: a benchmark; u and s are kept.
      noise: standard deviation relative to that of the column; 0 keeps x bit by bit.
      data_seed: draws the noise.

    Raises:
      InputError: if the noise is no finite number of 0 or more.
    """
    is_number = isinstance(noise, numbers.Real) and not isinstance(noise, bool)
    if not (is_number and 0 <= float(noise) < np.inf):
        raise InputError(f"noise must be a finite number of 0 or more, not {noise!r}")
    if noise == 0:
        return dataset
    std = noise * dataset.x.std(axis=0, dtype=np.float64)
    draws = np.random.default_rng((data_seed, 2)).standard_normal(dataset.x.shape)
    return dataclasses.replace(dataset, x=(dataset.x + std * draws).astype(np.float32))
