"""Columns of the auxiliary variable: what each holds, and how networks see it.

Another kind is a member of `Kind` and a row of `ENCODINGS`.
"""

import enum
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Num, Shaped


class Kind(enum.Enum):
    """What a column of u holds; each kind has its own features (`ENCODINGS`)."""

    CATEGORICAL = "categorical"
    CONTINUOUS = "continuous"
    CIRCULAR = "circular"
    ORDERED = "ordered"


class Column(NamedTuple):
    """One column of u.

    Attributes:
      kind: what it holds.
      levels: of categories, the user's own values in order; None where only codes are known, and
        for quantities.
      name: the user's; empty where columns have none.
      period: after which a circular quantity begins again, in its own unit.
    """

    kind: Kind
    levels: Shaped[np.ndarray, " levels"] | None = None
    name: str = ""
    period: float | None = None

    @property
    def has_levels(self) -> bool:
        """Whether it holds categories, ordered or not."""
        return self.kind in (Kind.CATEGORICAL, Kind.ORDERED)

    @property
    def is_standardised(self) -> bool:
        """Whether its features are brought to mean 0 and standard deviation 1."""
        return self.kind is Kind.CONTINUOUS

    def features(self, values: Num[np.ndarray, " rows"]) -> Num[np.ndarray, "rows features"]:
        """What networks see of it, before anything is standardised.

        Args:
          values: codes of the levels, or numbers in the user's unit.
        """
        return ENCODINGS[self.kind](values, self)

    def own(self, values: Num[np.ndarray, " rows"]) -> Shaped[np.ndarray, " rows"]:
        """The user's own values."""
        return values if self.levels is None else self.levels[values.astype(np.int64)]

    def coded(
        self, own: Shaped[np.ndarray, " rows"]
    ) -> tuple[Num[np.ndarray, " rows"], Bool[np.ndarray, " rows"]]:
        """What `own` undoes: codes of the user's values, and which of them are no level."""
        if self.levels is None:
            return own, np.zeros(len(own), bool)
        # Python values compare across types: 1, 1.0 and True name the same category.
        code = {level: i for i, level in enumerate(self.levels.tolist())}
        present, inverse = np.unique(own, return_inverse=True)
        codes = np.array([code.get(value, -1) for value in present.tolist()], np.int32)[inverse]
        return codes, codes < 0


Encoding = Callable[[np.ndarray, Column], np.ndarray]


def _as_it_is(values: np.ndarray, column: Column) -> np.ndarray:
    return values[:, None]


def _one_hot(values: np.ndarray, column: Column) -> np.ndarray:
    """1 in the place of the level."""
    assert column.levels is not None
    return (values[:, None] == np.arange(len(column.levels))).astype(np.float32)


def _thermometer(values: np.ndarray, column: Column) -> np.ndarray:
    """1 for every level above the first that is reached."""
    assert column.levels is not None
    return (values[:, None] >= np.arange(1, len(column.levels))).astype(np.float32)


def _on_circle(values: np.ndarray, column: Column) -> np.ndarray:
    """Cosine and sine of the angle, so that both ends of the period are one place."""
    assert column.period is not None
    angle = 2 * np.pi * (values.astype(np.float64) / column.period)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


ENCODINGS: dict[Kind, Encoding] = {
    Kind.CATEGORICAL: _one_hot,
    Kind.CONTINUOUS: _as_it_is,
    Kind.CIRCULAR: _on_circle,
    Kind.ORDERED: _thermometer,
}
"""`(values of a column, the column) -> [rows, features]`."""
