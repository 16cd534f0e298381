"""The random nonlinear mixings of the synthetic benchmarks."""

from collections.abc import Callable
from typing import Literal

import numpy as np
from jaxtyping import Float
from scipy import stats

Activation = Literal["xtanh", "leaky"]
Rows = Float[np.ndarray, "rows dim"]
Matrix = Float[np.ndarray, "dim dim"]

THRESHOLD_DRAWS = 10_000
THRESHOLD_PERCENTILE = 25
B3_SLOPE = 0.2

ACTIVATIONS: dict[Activation, Callable[[Rows], Rows]] = {
    "xtanh": lambda x: np.tanh(x) + 0.1 * x,
    "leaky": lambda x: np.where(x > 0, x, 0.1 * x),
}


def conditioned_matrix(rng: np.random.RandomState, dim: int) -> Matrix:
    """A matrix of unit columns, better conditioned than three quarters of its like."""
    draws = _unit_columns(rng, (THRESHOLD_DRAWS, dim, dim))
    threshold = np.percentile(np.linalg.cond(draws), THRESHOLD_PERCENTILE)
    while True:
        matrix = _unit_columns(rng, (dim, dim))
        if np.linalg.cond(matrix) <= threshold:
            return matrix


def mix(s: Rows, matrices: list[Matrix], activation: Activation) -> Rows:
    """B1 and B2: the activation after every product but the last."""
    x = s.astype(np.float32) @ matrices[0]
    for matrix in matrices[1:]:
        x = ACTIVATIONS[activation](x) @ matrix
    return x


def rotate(rng: np.random.RandomState, s: Rows, layers: int) -> Rows:
    """B3: the activation before every rotation."""
    x = s
    for _ in range(layers - 1):
        rotation = stats.ortho_group.rvs(s.shape[1], random_state=rng)
        x = np.where(x > 0, x, B3_SLOPE * x) @ rotation
    return x


def _unit_columns(rng: np.random.RandomState, shape: tuple[int, ...]) -> np.ndarray:
    matrix = rng.uniform(-1, 1, shape).astype(np.float32)
    return matrix / np.linalg.norm(matrix, axis=-2, keepdims=True)
