"""Tables of several sessions: other columns of x in each, and one coding of u for all."""

import dataclasses
from collections.abc import Sequence

import numpy as np
from jaxtyping import Shaped

from ivaegan_jax.types import Auxiliary, Column, Dataset, InputError, Kind


def coded_alike(tables: Sequence[Dataset]) -> list[Dataset]:
    """The tables, u of each coded as u of all: with the levels and the scale of all their rows.

    A session may lack levels that others have.

    Args:
      tables: one for each session.

    Raises:
      InputError: for other columns of u than those of the first session, and for a session that
        has no level in common with any other.
    """
    for i, table in enumerate(tables[1:], start=2):
        _check_columns(tables[0].u, table.u, i)
    columns = [_of_all(tables, i) for i in range(len(tables[0].u.columns))]
    _check_common(tables)
    own = (table.u.in_columns(columns)[0].values.reshape(len(table.u), -1) for table in tables)
    values = np.concatenate(list(own))
    shared = Auxiliary.of_columns(values, columns)
    return [dataclasses.replace(table, coded_as=shared) for table in tables]


def _of_all(tables: Sequence[Dataset], place: int) -> Column:
    """A column of u with the levels that it has in any session."""
    column = tables[0].u.columns[place]
    if column.kind is not Kind.CATEGORICAL:
        return column
    own = [_levels(table.u, place) for table in tables]
    return column._replace(levels=np.unique(np.concatenate(own)))


def _levels(u: Auxiliary, place: int) -> Shaped[np.ndarray, " levels"]:
    return np.unique(u.own_column(place))


def _check_columns(first: Auxiliary, own: Auxiliary, session: int) -> None:
    """Raises InputError where u of a session has other columns than that of session 1."""
    what = f"u of session {session}"
    if len(own.columns) != len(first.columns):
        counts = f"{what} has {len(own.columns)} columns and that of session 1 {len(first.columns)}"
        raise InputError(f"{counts}; all sessions need the same columns of u")
    for i, (a, b) in enumerate(zip(first.columns, own.columns, strict=True)):
        name = f" {b.name or a.name}" if b.name or a.name else ""
        if a.name != b.name:
            raise InputError(
                f"column {i + 1} of {what} is called {b.name!r} and that of session 1 {a.name!r}; "
                "give the columns of u in the same order in all sessions"
            )
        ordered = a.kind is Kind.ORDERED and not np.array_equal(
            np.asarray(a.levels), np.asarray(b.levels)
        )
        if a.kind is not b.kind or a.period != b.period or ordered:
            kinds = f"{b.kind.value} in session {session} and {a.kind.value} in session 1"
            raise InputError(f"u{name} is {kinds}; say in u_kinds what it is in all of them")
        text = [u.own_column(i).dtype.kind in "US" for u in (first, own)]
        if a.has_levels and text[0] != text[1]:
            raise InputError(
                f"u{name} is text in one of sessions 1 and {session} and numbers in the other; "
                "write its levels alike in all sessions"
            )


def _check_common(tables: Sequence[Dataset]) -> None:
    """Raises InputError where a session has no level of u in common with any other."""
    if len(tables) < 2 or not tables[0].u.is_categorical:
        return
    levels = [set(_levels(table.u, 0).tolist()) for table in tables]
    for i, own in enumerate(levels):
        others = set().union(*(each for j, each in enumerate(levels) if j != i))
        if not own & others:
            known = ", ".join(map(repr, sorted(others)[:3]))
            raise InputError(
                f"session {i + 1} has no level of u in common with another session, which have "
                f"{known}, ...; write equal conditions alike, or fit this session alone"
            )
