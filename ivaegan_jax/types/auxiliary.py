"""The auxiliary variable u as one object: what its columns hold, and what follows from that.

No other module looks at the type or the shape of an array to find out what kind of u it is; files
are read by `data.tables`, which makes this object. On a device u is a plain array: level codes
`[rows]`, or features `[rows, dim_u]`; `are_codes` says which.
"""

import dataclasses
import enum
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

import jax
import numpy as np
from jaxtyping import Bool, Float, Int, Num, Shaped

Coded: TypeAlias = Int[np.ndarray, " rows"] | Float[np.ndarray, "rows dim_u"]
"""An array of u as programs take it: level codes, or features."""


class Kind(enum.Enum):
    """What a column of u holds; each kind has its own features (`Auxiliary.features`)."""

    CATEGORICAL = "categorical"
    CONTINUOUS = "continuous"


class Column(NamedTuple):
    """One column of u.

    Attributes:
      kind: what it holds.
      levels: of a categorical column, the user's own values in order; None where only codes are
        known, and for other kinds.
    """

    kind: Kind
    levels: Shaped[np.ndarray, " levels"] | None = None


def are_codes(u: jax.Array | np.ndarray) -> bool:
    """Whether one run's array of u holds level codes `[rows]`, not features `[rows, dim_u]`."""
    return u.ndim == 1 and bool(np.issubdtype(u.dtype, np.integer))


@dataclasses.dataclass(frozen=True, eq=False)
class Auxiliary:
    """The auxiliary variable of some rows.

    Attributes:
      values: of one categorical column its codes `[rows]`; otherwise numbers `[rows, columns]`,
        in which categories are the user's own numbers.
      columns: what each column holds; none where the table has no u.
      missing: rows whose u is missing, `[rows]`; their values mean nothing. None where all are
        known.
    """

    values: Int[np.ndarray, " rows"] | Shaped[np.ndarray, "rows columns"]
    columns: tuple[Column, ...]
    missing: Bool[np.ndarray, " rows"] | None = None

    @classmethod
    def categorical(
        cls,
        codes: Int[np.ndarray, " rows"],
        levels: Shaped[np.ndarray, " levels"] | None = None,
        missing: Bool[np.ndarray, " rows"] | None = None,
    ) -> "Auxiliary":
        """One column of categories.

        Args:
          codes: of each row, from 0 to the number of levels - 1.
          levels: the user's own value of each code; None where codes are all that is known.
          missing: rows whose u is missing.
        """
        return cls(codes, (Column(Kind.CATEGORICAL, levels),), missing)

    @classmethod
    def continuous(
        cls,
        values: Shaped[np.ndarray, "rows *columns"],
        categories: Sequence[int] = (),
        missing: Bool[np.ndarray, " rows"] | None = None,
    ) -> "Auxiliary":
        """Columns of numbers.

        Args:
          values: `[rows, columns]`, or `[rows]` for one column.
          categories: columns that hold categories, not quantities.
          missing: rows whose u is missing; they name no category.
        """
        values = values.reshape(len(values), -1)
        if values.shape[1] == len(categories) == 1:
            return dataclasses.replace(cls.as_given(values[:, 0]), missing=missing)
        known = values if missing is None else values[~missing]
        columns = tuple(
            Column(Kind.CATEGORICAL, np.unique(known[:, i]))
            if i in categories
            else Column(Kind.CONTINUOUS)
            for i in range(values.shape[1])
        )
        return cls(values, columns, missing)

    @classmethod
    def absent(cls, rows: int) -> "Auxiliary":
        """That of a table without a u."""
        return cls(np.zeros(rows, np.int32), ())

    @classmethod
    def of(cls, u: "Auxiliary | Num[np.ndarray, 'rows *dim_u']") -> "Auxiliary":
        """U itself, or what an array of level codes `[rows]` or of features stands for."""
        if isinstance(u, Auxiliary):
            return u
        u = np.asarray(u)
        return cls.categorical(u) if are_codes(u) else cls.continuous(u)

    @classmethod
    def as_given(cls, u: Shaped[np.ndarray, "rows *columns"]) -> "Auxiliary":
        """A user's own values: categories `[rows]`, or numbers `[rows, columns]`."""
        if u.ndim != 1:
            return cls.continuous(u)
        levels, codes = np.unique(u, return_inverse=True)
        return cls.categorical(codes, levels)

    def __len__(self) -> int:
        """Rows."""
        return len(self.values)

    def __getitem__(self, rows: Shaped[np.ndarray, " some"] | slice) -> "Auxiliary":
        """Some rows, by their numbers or a mask."""
        missing = None if self.missing is None else self.missing[rows]
        return dataclasses.replace(self, values=self.values[rows], missing=missing)

    @property
    def is_absent(self) -> bool:
        """Whether the table has no u."""
        return not self.columns

    @property
    def is_categorical(self) -> bool:
        """Whether it is one column of categories, which programs see as codes of its levels."""
        return [each.kind for each in self.columns] == [Kind.CATEGORICAL]

    @property
    def is_numeric(self) -> bool:
        """Whether the user's own values are numbers."""
        values = self.levels if self.is_categorical else self.values
        return not self.is_absent and values.dtype.kind in "iuf"

    @property
    def codes(self) -> Int[np.ndarray, " rows"]:
        """The level of every row; only where u is one column of categories."""
        assert self.is_categorical, "u has no levels"
        return self.values

    @property
    def levels(self) -> Shaped[np.ndarray, " levels"]:
        """The user's own value of every code; only where u is one column of categories."""
        levels, codes = self.columns[0].levels, self.codes
        return np.arange(codes.max(initial=-1) + 1) if levels is None else levels

    @property
    def categories(self) -> tuple[int, ...]:
        """Columns that hold categories."""
        return tuple(i for i, each in enumerate(self.columns) if each.kind is Kind.CATEGORICAL)

    def known(self) -> "Auxiliary":
        """The rows whose u is not missing."""
        if self.missing is None or not self.missing.any():
            return dataclasses.replace(self, missing=None)
        return dataclasses.replace(self[~self.missing], missing=None)

    def own(self) -> Shaped[np.ndarray, "rows *columns"]:
        """The user's own values: categories `[rows]`, or numbers `[rows, columns]`."""
        return self.levels[self.codes] if self.is_categorical else self.values

    def table(self) -> Shaped[np.ndarray, "rows columns"]:
        """The user's own values, column by column."""
        return self.own().reshape(len(self), -1)

    def level(self) -> Int[np.ndarray, " rows"]:
        """What rows are split within: their levels; 0 for all rows of another u."""
        return self.codes if self.is_categorical else np.zeros(len(self), np.int32)

    def levels_or(
        self, cut: Callable[[Shaped[np.ndarray, "rows columns"]], Int[np.ndarray, " rows"]]
    ) -> Int[np.ndarray, " rows"]:
        """Level codes as they are; of another u the cell of every row, as `cut` finds them."""
        return self.codes if self.is_categorical else cut(self.values)

    def distinct(self) -> int:
        """Values that rows have."""
        return len(np.unique(self.values, axis=None if self.is_categorical else 0))

    def varies(self) -> bool:
        """Whether two rows have different values."""
        return bool((self.values != self.values[0]).any())

    def features(self) -> tuple[Int[np.ndarray, " dim_u"], Float[np.ndarray, " dim_u"]]:
        """The column of every feature, and its level: NaN for a quantity.

        A continuous column is one feature; a categorical one has a feature of 0 and 1 for each of
        its levels.
        """
        quantity = np.array([np.nan])
        levels = [quantity if each.levels is None else each.levels for each in self.columns]
        counts = [len(each) for each in levels]
        return np.repeat(range(len(counts)), counts), np.concatenate(levels).astype(float)
