"""What follows from the columns of u and the values in them."""

from collections.abc import Callable, Iterator

import numpy as np
from jaxtyping import Int, Num, Shaped

from ivaegan_jax.types.columns import Column, Kind


class OfColumns:
    """Values of some rows in columns of known kinds, see `Auxiliary`."""

    values: Shaped[np.ndarray, "rows *columns"]
    columns: tuple[Column, ...]

    def __len__(self) -> int:
        """Rows."""
        return len(self.values)

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
        kept = [self.values if each.levels is None else each.levels for each in self.columns]
        return bool(kept) and all(each.dtype.kind in "iuf" for each in kept)

    @property
    def names(self) -> tuple[str, ...]:
        """The user's names of the columns; none where they have none."""
        names = tuple(each.name for each in self.columns)
        return names if any(names) else ()

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
        """Columns that hold categories, ordered or not."""
        return tuple(i for i, each in enumerate(self.columns) if each.has_levels)

    @property
    def quantities(self) -> tuple[int, ...]:
        """Columns that hold quantities."""
        return tuple(i for i, each in enumerate(self.columns) if not each.has_levels)

    def own_column(self, column: int) -> Shaped[np.ndarray, " rows"]:
        """The user's own values of one column."""
        if self.is_categorical:
            return self.levels[self.codes]
        return self.columns[column].own(self.values[:, column])

    def own(self) -> Shaped[np.ndarray, "rows *columns"]:
        """The user's own values: categories `[rows]`, or numbers `[rows, columns]`.

        Text beside numbers makes text of them all.
        """
        if self.is_categorical:
            return self.own_column(0)
        if not self.categories:
            return self.values
        return np.stack([self.own_column(i) for i in range(len(self.columns))], axis=1)

    def own_quantities(self) -> Num[np.ndarray, "rows quantities"]:
        """The columns that hold quantities, in the user's unit."""
        return self._table()[:, list(self.quantities)]

    def table(self) -> Shaped[np.ndarray, "rows columns"]:
        """The user's own values, column by column."""
        return self.own().reshape(len(self), -1)

    def level(self) -> Int[np.ndarray, " rows"]:
        """What rows are split within: their levels; 0 for all rows of another u."""
        if len(self.columns) == 1 and self.categories:
            return self._table()[:, 0].astype(np.int32)
        return np.zeros(len(self), np.int32)

    def levels_or(
        self, cut: Callable[[Shaped[np.ndarray, "rows columns"]], Int[np.ndarray, " rows"]]
    ) -> Int[np.ndarray, " rows"]:
        """Level codes as they are; of another u the cell of every row, as `cut` finds them."""
        return self.codes if self.is_categorical else cut(self.coded())

    def distinct(self) -> int:
        """Values that rows have."""
        return len(np.unique(self.values, axis=None if self.is_categorical else 0))

    def varies(self) -> bool:
        """Whether two rows have different values."""
        return bool((self.values != self.values[0]).any())

    def features(self) -> Iterator[tuple[Column, Num[np.ndarray, "rows features"]]]:
        """What networks see of every column, before anything is standardised."""
        for i, each in enumerate(self.columns):
            yield each, each.features(self._table()[:, i])

    def coded(self) -> Num[np.ndarray, "rows *features"]:
        """Level codes `[rows]`, or the features of all columns, not standardised."""
        if self.is_categorical or all(each.kind is Kind.CONTINUOUS for each in self.columns):
            return self.values
        return np.concatenate([found for _, found in self.features()], axis=1)

    def _table(self) -> Num[np.ndarray, "rows columns"]:
        """Values column by column: codes, or quantities in the user's unit."""
        return self.values.reshape(len(self), -1)
