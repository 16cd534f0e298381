"""The random nonlinear mixings of the synthetic benchmarks."""

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Float
from scipy import stats

from ivaegan_jax.types import InputError

Activation = Literal["xtanh", "leaky"]
Rows = Float[np.ndarray, "rows dim"]
Observed = Float[np.ndarray, "rows columns"]
Matrix = Float[np.ndarray, "dim columns"]

THRESHOLD_DRAWS = 10_000
WIDE_DRAWS = 1000
"""Of matrices with more columns than there are sources, where 10,000 would take seconds."""

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


class Mixing(NamedTuple):
    """From sources to noiseless observations: matrix products with an activation between them.

    Activations are strictly monotonic and the rows of a matrix linearly independent, so that every
    layer is injective, and so is the whole. Where there are more columns than sources the first
    matrix widens, and those after it are square.

    Attributes:
      matrices: one per layer.
      activate: the non-linearity.
      before: whether it comes before the first product too (B3), not only between two (the others).
    """

    matrices: tuple[Matrix, ...]
    activate: Callable[[Rows], Rows]
    before: bool = False

    def __call__(self, s: Rows) -> Observed:
        """Mixes rows of sources."""
        x = s
        for layer, matrix in enumerate(self.matrices):
            x = (self.activate(x) if layer or self.before else x) @ matrix
        return x


def conditioned(
    rng: np.random.RandomState, dim: int, columns: int, layers: int, *, same: bool
) -> tuple[Matrix, ...]:
    """Matrices of `conditioned_matrix`, the first from `dim` to `columns`, the others square.

    Args:
      rng: draws them.
      dim: number of sources.
      columns: number of observed columns, `dim` or more.
      layers: number of matrices.
      same: whether one square matrix serves in all layers that it fits (B1).
    """
    draws = THRESHOLD_DRAWS if columns == dim else WIDE_DRAWS
    matrices = [conditioned_matrix(rng, dim, columns, draws)]
    while len(matrices) < layers:
        fits = same and matrices[-1].shape == (columns, columns)
        matrices.append(matrices[-1] if fits else conditioned_matrix(rng, columns, columns, draws))
    return tuple(matrices)


def rotations(
    rng: np.random.RandomState, dim: int, columns: int, layers: int
) -> tuple[Matrix, ...]:
    """B3's `layers - 1` orthogonal matrices; of the first, `dim` rows, so that it keeps lengths."""
    drawn = [stats.ortho_group.rvs(columns, random_state=rng) for _ in range(layers - 1)]
    return tuple(matrix if layer else matrix[:dim] for layer, matrix in enumerate(drawn))


def conditioned_matrix(
    rng: np.random.RandomState, dim: int, columns: int, draws: int = THRESHOLD_DRAWS
) -> Matrix:
    """A matrix of unit columns, better conditioned than three quarters of `draws` of its like."""
    like = _unit_columns(rng, (draws, dim, columns))
    threshold = np.percentile(np.linalg.cond(like), THRESHOLD_PERCENTILE)
    return _well_conditioned(rng, (dim, columns), float(threshold))


def bounded_matrix(rng: np.random.RandomState, dim: int) -> Matrix:
    """A matrix of unit columns whose condition number is at most `LARGEST_CONDITION`.

    Raises:
      InputError: for more columns than such matrices are found for.
    """
    if dim > LARGEST_BOUNDED_DIM:
        reason = f"hardly a larger matrix has a condition number below {LARGEST_CONDITION:g}"
        raise InputError(f"b4: dim must be {LARGEST_BOUNDED_DIM} or less, not {dim}: {reason}")
    return _well_conditioned(rng, (dim, dim), LARGEST_CONDITION)


def _well_conditioned(rng: np.random.RandomState, shape: tuple[int, int], largest: float) -> Matrix:
    while True:
        matrix = _unit_columns(rng, shape)
        if np.linalg.cond(matrix) <= largest:
            return matrix


def _unit_columns(rng: np.random.RandomState, shape: tuple[int, ...]) -> np.ndarray:
    matrix = rng.uniform(-1, 1, shape).astype(np.float32)
    return matrix / np.linalg.norm(matrix, axis=-2, keepdims=True)
