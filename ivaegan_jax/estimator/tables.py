"""Several tables with columns of their own, one for each session, on their way in."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ivaegan_jax.types import InputError


def are_sessions(x: Any) -> bool:
    """Whether x is a list of tables, one for each session, and not the rows of one table."""
    return isinstance(x, list | tuple) and len(x) > 0 and all(_is_table(each) for each in x)


def _is_table(x: Any) -> bool:
    shape = getattr(getattr(x, "X", x), "shape", None)  # of an AnnData that of its X
    if shape is not None:
        return len(shape) == 2
    return isinstance(x, list) and len(x) > 0 and all(np.ndim(row) == 1 for row in x[:1])


def by_session(given: Any, count: int, name: str) -> list[Any]:
    """What each session is given: an entry of a list, or the same names of columns for all.

    Raises:
      InputError: for a list of another length than there are sessions.
    """
    if given is None or isinstance(given, str) or _are_names(given):
        return [given] * count
    if not isinstance(given, list | tuple):
        raise InputError(f"x is a list of {count} sessions; give {name} as a list too, one of each")
    if len(given) != count:
        raise InputError(
            f"x has {count} sessions and {name} has {len(given)}; give one {name} for each session"
        )
    return list(given)


def _are_names(given: Any) -> bool:
    return isinstance(given, list | tuple) and all(isinstance(each, str) for each in given)


@contextmanager
def said_of(session: int) -> Iterator[None]:
    """Errors of what is done within say which session they are of."""
    try:
        yield
    except InputError as error:
        raise type(error)(f"session {session}: {error}") from error


def chosen_session(session: Any, count: int) -> int:
    """The place of a session that is counted from 1.

    Raises:
      InputError: where there is none, or none was named.
    """
    if session is None:
        raise InputError(
            f"this model has {count} sessions: say whose rows these are with session=1 to "
            f"session={count}, or give a list with the rows of each"
        )
    whole = isinstance(session, int | np.integer) and not isinstance(session, bool)
    if not whole or not 1 <= session <= count:
        raise InputError(f"session is a number from 1 to {count}, not {session!r}")
    return int(session) - 1
