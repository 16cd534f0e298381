"""The kinds of u by name, and u of several columns as one object."""

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Shaped

from ivaegan_jax.data.tables import kinds_of_order, kinds_of_values
from ivaegan_jax.data.tables.auxiliary import one_hot
from ivaegan_jax.data.tables.build import Reading
from ivaegan_jax.data.tables.grammar import Selected
from ivaegan_jax.data.tables.kinds_of_order import Rows
from ivaegan_jax.data.tables.kinds_of_values import Read, hot
from ivaegan_jax.types import Auxiliary, InputError

OF_VALUES: dict[str, Callable[[Selected, np.ndarray], Read]] = {
    "categorical": kinds_of_values.categorical,
    "continuous": kinds_of_values.continuous,
    "circular": kinds_of_values.circular,
    "ordered": kinds_of_values.ordered,
}
OF_ORDER: dict[str, Callable[[Selected, np.ndarray | None, Rows], list[Read]]] = {
    "segments": kinds_of_order.segments,
    "segment": kinds_of_order.segment,
    "lag": kinds_of_order.lag,
}
KINDS = (*OF_VALUES, *OF_ORDER)
"""What may follow a column's name."""

SHOWN = 3
"""How many spellings of a missing value a note lists."""


def read_typed(
    which: Sequence[Selected],
    own: Sequence[Shaped[np.ndarray, " rows"] | None],
    count: int,
    rows: Rows | None = None,
) -> Reading:
    """U of columns that were selected by name and kind.

    Args:
      which: columns and kinds.
      own: the user's values of each; None where there is no column.
      count: rows of x.
      rows: what else is known of them; None where no kind is made of their order.

    Raises:
      InputError: for values that are not of their kind.
    """
    for each, values in zip(which, own, strict=True):
        if values is not None and len(values) != count:
            what = f"x has {count} rows, {each.name} has {len(values)}"
            raise InputError(f"{what}; they must belong to each other row by row")
    hot = _one_hot(which, own)
    alone = len(which) == 1
    read = ([] if hot is None else [hot[0]]) + [
        found
        for i, (each, values) in enumerate(zip(which, own, strict=True))
        if hot is None or i not in hot[1]
        for found in _read(each, values, rows, alone)
    ]
    missing = np.any([each.missing for each in read], axis=0)
    u = Auxiliary.of_columns(
        np.stack([each.values for each in read], axis=1), [each.column for each in read], missing
    )
    notes = tuple(dict.fromkeys(each.note for each in read if each.note))
    return Reading(u, notes, _missing_note(read) if missing.any() else "")


def _one_hot(
    which: Sequence[Selected], own: Sequence[Shaped[np.ndarray, " rows"] | None]
) -> tuple[Read, tuple[int, ...]] | None:
    """Columns without a kind of which every row has exactly one, as one column, and their places.

    So a u of dummies (`pandas.get_dummies`) is what it would be as an array.
    """
    flags = tuple(
        i for i, (each, values) in enumerate(zip(which, own, strict=True))
        if not each.kind and values is not None and values.dtype.kind in "iufb"
        and np.isin(values[~np.isnan(values)], (0, 1)).all()
    )  # fmt: skip
    if len(flags) < 2:
        return None
    columns = [own[i] for i in flags]
    found = one_hot(np.stack([np.asarray(each, float) for each in columns], axis=1))
    return None if found is None else (hot([which[i].name for i in flags], *found), flags)


def _read(which: Selected, own: np.ndarray | None, rows: Rows | None, alone: bool) -> list[Read]:
    if which.kind in OF_ORDER:
        assert rows is not None
        return OF_ORDER[which.kind](which, own, rows)
    assert own is not None
    if not which.kind:
        return [kinds_of_values.whatever_it_is(which, own, alone)]
    return [OF_VALUES[which.kind](which, own)]


def _missing_note(read: Sequence[Read]) -> str:
    """How many rows are left out, and for which columns."""
    missing = np.any([each.missing for each in read], axis=0)
    counts = ", ".join(
        " as ".join([f"{each.column.name} {each.missing.sum():,}", *_quoted(each.spelt)])
        for each in read if not each.cause and each.missing.any()
    )  # fmt: skip
    causes = dict.fromkeys(each.cause for each in read if each.cause)
    why = "; ".join([*([f"u is missing: {counts}"] if counts else []), *causes])
    return f"{missing.sum():,} of {len(missing):,} rows are left out ({why})."


def _quoted(words: Sequence[str]) -> list[str]:
    """The first words in one text; none where there are none."""
    more = " and others" if len(words) > SHOWN else ""
    return [", ".join(map(repr, words[:SHOWN])) + more] if words else []
