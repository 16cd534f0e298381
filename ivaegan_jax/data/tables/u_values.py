"""U that was given as values: its columns by name, and the kind of each."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ivaegan_jax.data.tables.objects import as_array, as_table, orders_of
from ivaegan_jax.data.tables.table import Table, unknown
from ivaegan_jax.types import InputError

Kinds = str | Sequence[str] | Mapping[str, str]
"""One for all columns, one for each, or by name."""


def as_columns(u: Any, kinds: Kinds) -> tuple[Table | None, list[str]]:
    """The columns of u by name, and how they are selected; no table where there is no u.

    Raises:
      InputError: where kinds are not those of its columns.
    """
    if u is None:
        return None, []
    table = as_table(u, "u")
    if table is None:
        table = _named(u, bool(kinds))
        if "u" in table.arrays and not table.of_columns:
            return table, ["u"]
    names = list(table.arrays)
    by_name = _by_name(kinds, names)
    return table, [f"{n}:{kind}" if (kind := by_name.get(n, "")) else n for n in names]


def _named(u: Any, have_kinds: bool) -> Table:
    """Values without names: one array where nothing needs its columns, else u, or u0, u1 and on."""
    columns, own = _mixed(u), getattr(u, "name", None) or None
    if columns is None:
        array = as_array(u, "u")
        if not have_kinds and (array.ndim != 1 or not isinstance(own, str)):
            return Table({"u": array})
        columns = list(array.reshape(len(array), -1).T)
    name = own if isinstance(own, str) else "u"
    several = [f"{name}{i}" for i in range(len(columns))] if len(columns) > 1 else [name]
    frame = u.to_frame(name) if hasattr(u, "to_frame") else u
    found = dict(zip(several, columns, strict=True))
    return Table(found, of_columns=True, orders=orders_of(frame))


def _mixed(u: Any) -> list[np.ndarray] | None:
    """The columns of rows that hold text beside numbers; None for anything else."""
    if not isinstance(u, list | tuple) and not (isinstance(u, np.ndarray) and u.dtype.kind == "O"):
        return None
    rows = [row for row in u if isinstance(row, list | tuple | np.ndarray)]
    if not rows or len(rows) < len(u) or len({len(row) for row in rows}) > 1:
        return None
    columns = [as_array(list(column), "u") for column in zip(*rows, strict=True)]
    text = {column.dtype.kind in "US" for column in columns}
    return columns if text == {True, False} else None


def _by_name(kinds: Kinds, names: Sequence[str]) -> Mapping[str, str]:
    if isinstance(kinds, str):
        kinds = [kinds] * len(names)
    if not isinstance(kinds, Mapping):
        if kinds and len(kinds) != len(names):
            raise InputError(f"u has {len(names)} columns and there are {len(kinds)} u_kinds")
        kinds = dict(zip(names, kinds or [""] * len(names), strict=True))
    if other := sorted(set(kinds) - set(names)):
        raise InputError(unknown(other[0], names, "u_kinds"))
    return kinds
