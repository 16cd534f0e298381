"""The random nonlinear mixings of the synthetic benchmarks."""

from collections.abc import Callable
from typing import Literal

import numpy as np
from jaxtyping import Float
from scipy import stats

from ivaegan_jax.types import InputError

Activation = Literal["xtanh", "leaky"]
Rows = Float[np.ndarray, "rows dim"]
Matrix = Float[np.ndarray, "dim dim"]

THRESHOLD_DRAWS = 10_000
THRESHOLD_PERCENTILE = 25
LEAKY_SLOPE = 0.2
"""Of B3 and B4; B1 and B2 have their own activations."""

LARGEST_CONDITION = 5.0
LARGEST_BOUNDED_DIM = 10
"""At 10 columns one matrix in 1,500 is that well conditioned, at 15 next to none."""

ACTIVATIONS: dict[Activation, Callable[[Rows], Rows]] = {
    "xtanh": lambda x: np.tanh(x) + 0.1 * x,
    "leaky": lambda x: np.where(x > 0, x, 0.1 * x),
}


def leaky(x: Rows) -> Rows:
    """B3 and B4's leaky ReLU."""
    return np.where(x > 0, x, LEAKY_SLOPE * x)


def conditioned_matrix(rng: np.random.RandomState, dim: int) -> Matrix:
    """A matrix of unit columns, better conditioned than three quarters of its like."""
    draws = _unit_columns(rng, (THRESHOLD_DRAWS, dim, dim))
    threshold = np.percentile(np.linalg.cond(draws), THRESHOLD_PERCENTILE)
    return _well_conditioned(rng, dim, float(threshold))


def bounded_matrix(rng: np.random.RandomState, dim: int) -> Matrix:
    """A matrix of unit columns whose condition number is at most `LARGEST_CONDITION`.

    Raises:
      InputError: for more columns than such matrices are found for.
    """
    if dim > LARGEST_BOUNDED_DIM:
        reason = f"hardly a larger matrix has a condition number below {LARGEST_CONDITION:g}"
        raise InputError(f"b4: dim must be {LARGEST_BOUNDED_DIM} or less, not {dim}: {reason}")
    return _well_conditioned(rng, dim, LARGEST_CONDITION)


def mix(s: Rows, matrices: list[Matrix], activate: Callable[[Rows], Rows]) -> Rows:
    """B1, B2 and B4: the activation after every product but the last."""
    x = s.astype(np.float32) @ matrices[0]
    for matrix in matrices[1:]:
        x = activate(x) @ matrix
    return x


def rotate(rng: np.random.RandomState, s: Rows, layers: int) -> Rows:
    """B3: the activation before every rotation."""
    x = s
    for _ in range(layers - 1):
        rotation = stats.ortho_group.rvs(s.shape[1], random_state=rng)
        x = leaky(x) @ rotation
    return x


def _well_conditioned(rng: np.random.RandomState, dim: int, largest: float) -> Matrix:
    while True:
        matrix = _unit_columns(rng, (dim, dim))
        if np.linalg.cond(matrix) <= largest:
            return matrix


def _unit_columns(rng: np.random.RandomState, shape: tuple[int, ...]) -> np.ndarray:
    matrix = rng.uniform(-1, 1, shape).astype(np.float32)
    return matrix / np.linalg.norm(matrix, axis=-2, keepdims=True)
