"""Standardisation and coding fitted on the training rows, kept with a model."""

import dataclasses
from collections.abc import Mapping

import numpy as np
from jaxtyping import Float, Int, Shaped

from ivaegan_jax.types import Dataset, InputError

SHOWN = 5
"""How many known categories a message names."""


@dataclasses.dataclass(frozen=True)
class Preprocessing:
    """How a model sees the user's x and u.

    Attributes:
      x_mean: column means of the training rows.
      x_std: their standard deviations, 1 where a column is constant.
      scale: standard deviation of the transformed x.
      levels: discrete u: the category of each code; None for a continuous u.
      u_mean: continuous u: column means; None for a discrete u.
      u_std: continuous u: standard deviations, 1 where a column is constant.
    """

    x_mean: Float[np.ndarray, " dim_x"]
    x_std: Float[np.ndarray, " dim_x"]
    scale: float = 1.0
    levels: np.ndarray | None = None
    u_mean: Float[np.ndarray, " dim_u"] | None = None
    u_std: Float[np.ndarray, " dim_u"] | None = None

    def transform_x(self, x: Float[np.ndarray, "*rows dim_x"]) -> Float[np.ndarray, "*rows dim_x"]:
        """Standardises x; raises InputError if it has another number of columns."""
        _check_columns("x", x, len(self.x_mean))
        return ((x - self.x_mean) / self.x_std * self.scale).astype(np.float32)

    def inverse_x(self, x: Float[np.ndarray, "*rows dim_x"]) -> Float[np.ndarray, "*rows dim_x"]:
        """Brings standardised x back to the user's units."""
        _check_columns("x", x, len(self.x_mean))
        return (x / self.scale * self.x_std + self.x_mean).astype(np.float32)

    def encode_u(
        self, u: Shaped[np.ndarray, "rows *dim_u"]
    ) -> Int[np.ndarray, " rows"] | Float[np.ndarray, "rows dim_u"]:
        """Codes the user's own values of u.

        Args:
          u: categories `[rows]`, or numbers `[rows, dim_u]` (`[rows]` for one column).

        Returns:
          int32 level codes `[rows]`, or standardised float32 `[rows, dim_u]`.

        Raises:
          InputError: for a category that the training rows lacked, another number of
            columns, or numbers where there should be categories and vice versa.
        """
        return self._codes(u) if self.levels is not None else self._standardised_u(u)

    def to_arrays(self) -> dict[str, np.ndarray]:
        """The fields as arrays for an `.npz` file, without pickle; None is left out."""
        fields = dataclasses.asdict(self).items()
        return {name: np.asarray(value) for name, value in fields if value is not None}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "Preprocessing":
        """Undoes `to_arrays`, ignoring other entries.

        Raises:
          InputError: if a field is missing.
        """
        needed = {"x_mean", "x_std", "scale"}
        needed |= {"levels"} if "levels" in arrays else {"u_mean", "u_std"}
        missing = sorted(needed - set(arrays))
        if missing:
            raise InputError(
                f"the stored preprocessing lacks {', '.join(missing)}; save the model again"
            )
        fields = {name: np.asarray(arrays[name]) for name in needed - {"scale"}}
        return cls(scale=float(arrays["scale"]), **fields)

    def _codes(self, u: np.ndarray) -> Int[np.ndarray, " rows"]:
        if u.ndim != 1:
            shape = f"this u is continuous or has several columns (shape {u.shape})"
            raise InputError(f"the model was trained on one category per row, {shape}")
        assert self.levels is not None
        # Python values compare across types: 1, 1.0 and True name the same category.
        code = {level: i for i, level in enumerate(self.levels.tolist())}
        values, inverse = np.unique(u, return_inverse=True)
        unseen = [value for value in values.tolist() if value not in code]
        if unseen:
            more = f" (and {len(unseen) - 1} more)" if len(unseen) > 1 else ""
            known = ", ".join(map(repr, list(code)[:SHOWN])) + ", ..." * (len(code) > SHOWN)
            raise InputError(
                f"u holds {unseen[0]!r}{more}, never seen in training; "
                f"the {len(code)} known categories are {known}"
            )
        return np.array([code[value] for value in values.tolist()], np.int32)[inverse]

    def _standardised_u(self, u: np.ndarray) -> Float[np.ndarray, "rows dim_u"]:
        assert self.u_mean is not None
        assert self.u_std is not None
        if u.dtype.kind not in "iufb":
            raise InputError(f"the model was trained on a continuous u, this u holds {u.dtype}")
        u = u[:, None] if u.ndim == 1 else u
        _check_columns("u", u, len(self.u_mean))
        return ((u - self.u_mean) / self.u_std).astype(np.float32)


def fit_preprocessing(
    dataset: Dataset, rows: Int[np.ndarray, " train"], scale: float = 1.0
) -> Preprocessing:
    """Fits means, standard deviations and the table of levels on the given rows.

    Pixels of images share one standard deviation: most of them hardly vary, and blowing these up
    to the size of the others would leave nothing but rare flecks.

    The codes of a discrete u equal `dataset.u` where every level has a row among them, as
    in the training rows of `make_split`.

    Args:
      dataset: the table.
      rows: indices of the training rows.
      scale: standard deviation that the standardised x shall have, above 0.

    Raises:
      InputError: for a scale that is not a positive finite number.
    """
    if not (np.isfinite(scale) and scale > 0):
        raise InputError(f"the scale of x must be a positive number, not {scale}")
    x_mean, x_std = _moments(dataset.x[rows])
    if dataset.image_shape:
        x_std = np.full_like(x_std, np.sqrt(np.mean(dataset.x[rows].var(axis=0))))
    if dataset.u.ndim == 2:
        u_mean, u_std = _moments(dataset.u[rows])
        return Preprocessing(x_mean, x_std, float(scale), None, u_mean, u_std)
    return Preprocessing(x_mean, x_std, float(scale), np.unique(raw_u(dataset)[rows]))


def raw_u(dataset: Dataset) -> Shaped[np.ndarray, "rows *dim_u"]:
    """The user's own values of u, which `encode_u` takes: categories, or numbers."""
    return dataset.u if dataset.levels is None else dataset.levels[dataset.u]


def _moments(
    columns: Float[np.ndarray, "rows columns"],
) -> tuple[Float[np.ndarray, " columns"], Float[np.ndarray, " columns"]]:
    """Means and standard deviations, the latter 1 for a constant column."""
    mean, std = columns.mean(axis=0, dtype=np.float64), columns.std(axis=0, dtype=np.float64)
    # The rounded mean of a constant column leaves a tiny std, so ask the values themselves.
    varies = (columns != columns[0]).any(axis=0) & (std > np.finfo(np.float32).tiny)
    return mean.astype(np.float32), np.where(varies, std, 1).astype(np.float32)


def _check_columns(name: str, columns: np.ndarray, expected: int) -> None:
    if columns.shape[-1] != expected:
        found = columns.shape[-1]
        raise InputError(f"the model was trained on {expected} {name} columns, this has {found}")
