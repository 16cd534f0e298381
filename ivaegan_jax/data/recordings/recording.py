"""What is known of a recording beside its numbers, and how it becomes a data set."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ivaegan_jax.data.tables.choose import Choice
from ivaegan_jax.data.tables.load import from_table
from ivaegan_jax.data.tables.table import Table
from ivaegan_jax.types import Dataset


class Recording(NamedTuple):
    """A recording of others.

    Attributes:
      about: what was measured.
      question: what one would like to know of it.
      columns: which columns are x, u, groups and time unless others are named, as `load_table`
        takes them.
      licence: of the data.
      citation: of those who recorded them.
      read: the table, given names and patterns of what is wanted of it.
    """

    about: str
    question: str
    columns: Mapping[str, str]
    licence: str
    citation: str
    read: Callable[[Sequence[str]], Table]

    @property
    def credit(self) -> str:
        """One sentence that programs print: what it is, under which licence, whom to cite."""
        return f"{self.about} ({self.licence}; cite {self.citation})."

    def load(
        self,
        name: str,
        new_rows_of: int | Sequence[str] | None = None,
        rows: str = "",
        **columns: Any,
    ) -> Dataset:
        """The data set.

        Args:
          name: the recording's.
          new_rows_of: rows for a model instead of rows to train on, see `load_table`.
          rows: which of its rows, as `load_table` takes them.
          **columns: other columns than its own, as `load_table` takes them.

        Raises:
          InputError: for columns that there are not, or where it cannot be read.
        """
        choice = Choice(**{**self.columns, **columns})
        table = from_table(self.read, name, choice, rows, new_rows_of)
        return dataclasses.replace(table, name=name, credit=self.credit)
