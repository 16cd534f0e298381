"""U as its columns were chosen: arrays as they are, columns by their kinds."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Shaped

from ivaegan_jax.data.splits.order import GROUPS, TIME, group_codes, times
from ivaegan_jax.data.tables.build import Reading
from ivaegan_jax.data.tables.grammar import Selected
from ivaegan_jax.data.tables.kinds_of_order import Rows
from ivaegan_jax.data.tables.table import Table
from ivaegan_jax.data.tables.typed import OF_ORDER, read_typed


def read_chosen(
    table: Table,
    which: Sequence[Selected],
    x: np.ndarray,
    columns: tuple[str, ...],
    side: Mapping[str, np.ndarray],
) -> np.ndarray | Reading:
    """U as it was selected; an array called u, or of several columns, without a kind as it is."""
    (first, *others), held = which, table.arrays
    is_array = first.name == "u" or (first.name in held and held[first.name].ndim > 1)
    if not others and not first.kind and is_array and not _are_instants(held[first.name]):
        return held[first.name]
    pairs = [pair for each in which for pair in _columns_of(table, each)]
    names, own = zip(*pairs, strict=True)
    in_order = any(each.kind in OF_ORDER for each in which)
    return read_typed(names, own, len(x), _rows(x, columns, side) if in_order else None)


def _are_instants(u: np.ndarray) -> bool:
    return u.dtype.kind in "mM" and u.size == len(u)


def _columns_of(
    table: Table, which: Selected
) -> list[tuple[Selected, Shaped[np.ndarray, " rows"] | None]]:
    """The columns of what was selected, more than one where that is an array."""
    if not which.name:
        return [(which, None)]
    array, place = table.known()[which.name]
    values = table.arrays[array]
    if not which.kind and which.name in table.orders:
        which = which._replace(kind="ordered", arguments=table.orders[which.name])
    if place is not None or values.ndim == 1:
        return [(which, values if place is None else values[:, place])]
    values, names = values.reshape(len(values), -1), table.names.get(array, ())
    names = names or [f"{array}[{i}]" for i in range(values.shape[1])]
    return [(which._replace(name=n), column) for n, column in zip(names, values.T, strict=True)]


def _rows(x: np.ndarray, columns: tuple[str, ...], side: Mapping[str, np.ndarray]) -> Rows:
    """The order of rows, by the columns that are groups and time."""
    groups, time = side.get(GROUPS), side.get(TIME)
    group = np.zeros(len(x), np.int32) if groups is None else group_codes(groups)
    at = np.zeros(len(x)) if time is None else times(time)
    return Rows(x, columns, np.lexsort((at, group)), group, groups, time)
