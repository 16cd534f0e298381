"""The auxiliary variable u as one object: what its columns hold, and what follows from that.

No other module looks at the type or the shape of an array to find out what kind of u it is; files
are read by `data.tables`, which makes this object. On a device u is a plain array: level codes
`[rows]`, or features `[rows, dim_u]`; `are_codes` says which.
"""

import dataclasses
from collections.abc import Sequence
from typing import TypeAlias

import jax
import numpy as np
from jaxtyping import Bool, Float, Int, Num, Shaped

from ivaegan_jax.types.columns import Column, Kind
from ivaegan_jax.types.of_columns import OfColumns

Coded: TypeAlias = Int[np.ndarray, " rows"] | Float[np.ndarray, "rows dim_u"]
"""An array of u as programs take it: level codes, or features."""


def are_codes(u: jax.Array | np.ndarray) -> bool:
    """Whether one run's array of u holds level codes `[rows]`, not features `[rows, dim_u]`."""
    return u.ndim == 1 and bool(np.issubdtype(u.dtype, np.integer))


@dataclasses.dataclass(frozen=True, eq=False)
class Auxiliary(OfColumns):
    """The auxiliary variable of some rows.

    Attributes:
      values: of one categorical column its codes `[rows]`; otherwise numbers `[rows, columns]`:
        quantities in the user's unit, codes of categories.
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

        Examples:
          >>> import numpy as np
          >>> u = Auxiliary.categorical(np.array([0, 1, 0]), np.array(["left", "right"]))
          >>> u.own().tolist(), u.distinct()
          (['left', 'right', 'left'], 2)
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

        Examples:
          >>> import numpy as np
          >>> u = Auxiliary.continuous(np.array([0.1, 2.5, 3.0]))
          >>> u.is_categorical, len(u)
          (False, 3)
        """
        values = values.reshape(len(values), -1)
        known = values if missing is None else values[~missing]
        columns = [
            Column(Kind.CATEGORICAL, np.unique(known[:, i]))
            if i in categories
            else Column(Kind.CONTINUOUS)
            for i in range(values.shape[1])
        ]
        if categories:
            coded = [each.coded(values[:, i])[0] for i, each in enumerate(columns)]
            values = np.stack(coded, axis=1).astype(values.dtype)
        return cls.of_columns(values, columns, missing)

    @classmethod
    def of_columns(
        cls,
        values: Shaped[np.ndarray, "rows columns"],
        columns: Sequence[Column],
        missing: Bool[np.ndarray, " rows"] | None = None,
    ) -> "Auxiliary":
        """Columns of any kinds.

        Args:
          values: quantities in the user's unit, and codes of categories.
          columns: what each holds.
          missing: rows whose u is missing; their values mean nothing.
        """
        if [each.kind for each in columns] == [Kind.CATEGORICAL]:
            return cls(np.maximum(values[:, 0], 0).astype(np.int32), tuple(columns), missing)
        return cls(values, tuple(columns), missing)

    @classmethod
    def absent(cls, rows: int) -> "Auxiliary":
        """That of a table without a u."""
        return cls(np.zeros(rows, np.int32), ())

    @classmethod
    def of(cls, u: "Auxiliary | Num[np.ndarray, 'rows *dim_u']") -> "Auxiliary":
        """U itself, or what an array of level codes `[rows]` or of numbers stands for."""
        if isinstance(u, Auxiliary):
            return u
        u = np.asarray(u)
        return cls.categorical(u) if are_codes(u) else cls.continuous(u)

    @classmethod
    def given(cls, u: "Auxiliary | Shaped[np.ndarray, 'rows *columns']") -> "Auxiliary":
        """U itself, or a user's array: floats are quantities, all else `[rows]` categories."""
        if isinstance(u, Auxiliary):
            return u
        u = np.asarray(u)
        return cls.continuous(u) if u.dtype.kind == "f" else cls.as_given(u)

    @classmethod
    def as_given(cls, u: Shaped[np.ndarray, "rows *columns"]) -> "Auxiliary":
        """A user's own values: categories `[rows]`, or numbers `[rows, columns]`."""
        if u.ndim != 1:
            return cls.continuous(u)
        levels, codes = np.unique(u, return_inverse=True)
        return cls.categorical(codes, levels)

    def __getitem__(self, rows: Shaped[np.ndarray, " some"] | slice) -> "Auxiliary":
        """Some rows, by their numbers or a mask."""
        missing = None if self.missing is None else self.missing[rows]
        return dataclasses.replace(self, values=self.values[rows], missing=missing)

    def known(self) -> "Auxiliary":
        """The rows whose u is not missing."""
        if self.missing is None or not self.missing.any():
            return dataclasses.replace(self, missing=None)
        return dataclasses.replace(self[~self.missing], missing=None)

    def in_columns(
        self, columns: Sequence[Column]
    ) -> tuple["Auxiliary", Bool[np.ndarray, "rows columns"]]:
        """The same rows as values of other columns, as many, and which of them are no level."""
        own = [self.own_column(i) for i in range(len(columns))]
        each = [column.coded(values) for column, values in zip(columns, own, strict=True)]
        exact = [v.dtype for v, column in zip(own, columns, strict=True) if not column.has_levels]
        values = np.stack([v for v, _ in each], axis=1).astype(np.result_type(*exact, np.float32))
        unseen = np.stack([missed for _, missed in each], axis=1)
        return Auxiliary.of_columns(values, columns, self.missing), unseen
