"""A user's table as named arrays, and the choice of columns by name or pattern."""

import difflib
import fnmatch
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Num

from ivaegan_jax.types import InputError

KEYS = ("x", "u", "s", "image_shape")
"""Names of arrays that mean themselves."""

SHOWN = 12
"""How many names a message lists."""


class Table(NamedTuple):
    """What a file or an object holds.

    Attributes:
      arrays: by name: columns `[rows]`, and arrays `[rows, columns]`.
      names: of the columns of a two-dimensional array, where they have some.
      found: names of all arrays of a file, of which only some were read; none where all were.
      how: what to do where such a file lacks x or u.
      of_columns: whether all arrays are columns, of which x is one as any other.
      notes: how the file was read where that was not plain, one sentence each.
      orders: of columns whose values have an order, all values in it.
    """

    arrays: Mapping[str, np.ndarray]
    names: Mapping[str, tuple[str, ...]] = {}
    found: tuple[str, ...] = ()
    how: str = ""
    of_columns: bool = False
    orders: Mapping[str, tuple[str, ...]] = {}
    notes: tuple[str, ...] = ()

    @property
    def is_named(self) -> bool:
        """Whether observations have names: columns by themselves, or those of the array x."""
        return self.of_columns or "x" not in self.arrays or "x" in self.names

    def known(self) -> dict[str, tuple[str, int | None]]:
        """Every name that can be chosen: its array, and the column in it; None for all of it."""
        found: dict[str, tuple[str, int | None]] = {
            column: (name, i) for name, own in self.names.items() for i, column in enumerate(own)
        }
        return found | {name: (name, None) for name, each in self.arrays.items() if each.ndim}

    def column(self, name: str, what: str) -> np.ndarray:
        """One column `[rows]`.

        Raises:
          InputError: where there is none of that name, or it is an array of several columns.
        """
        known = self.known()
        array, place = known[literally(name, known, what)]
        found = self.arrays[array] if place is None else self.arrays[array][:, place]
        if found.dtype.kind == "O":
            raise InputError(
                f"{what}: {name!r} holds neither numbers nor text; name another column"
            )
        if found.size != len(found):
            raise InputError(f"{what}: {name!r} has several columns; name one column")
        return found.reshape(len(found))


def as_pictures(
    images: Num[np.ndarray, "rows height width colours"],
    columns: Mapping[str, np.ndarray],
    scale: float = 255.0,
) -> Table:
    """Pictures as rows of floats, and columns that belong to them.

    Args:
      images: as they are stored.
      columns: one value per picture, by name.
      scale: of their pixels, which becomes 1.

    Raises:
      InputError: for columns of another length than there are pictures.
    """
    rows, height, width, _ = images.shape
    for name, each in columns.items():
        if len(each) != rows:
            raise InputError(f"{rows} pictures, and {len(each)} values of {name}; fetch both again")
    x = images.reshape(rows, -1).astype(np.float32)
    x /= np.float32(scale)
    return Table({"x": x, "image_shape": np.array([height, width]), **columns})


def matching(patterns: Iterable[str], known: Sequence[str], what: str) -> list[str]:
    """The names that patterns choose, in their order; `!PATTERN` takes names out again.

    Args:
      patterns: names, or patterns with `*`, `?` and `[...]`; a name is taken literally first.
      known: all names.
      what: whose patterns they are, for messages.

    Raises:
      InputError: for a pattern that matches nothing.
    """
    chosen: dict[str, None] = {}
    for pattern in patterns:
        negated = pattern.startswith("!") and pattern not in known
        text = pattern[1:] if negated else pattern
        found = fnmatch.filter(known, text) if (own := named(text, known)) is None else [own]
        if not found:
            raise InputError(unknown(text, known, what))
        for name in found:
            chosen.pop(name, None) if negated else chosen.setdefault(name)
    return list(chosen)


UNIT = re.compile(r"\s+(\[[^\[\]]*\]|\([^()]*\))$")
"""A unit behind a name, as in `force [N]` or `Rate (Hz)`."""


def without_unit(name: str) -> str:
    """The name of a column without the unit behind it."""
    return UNIT.sub("", name)


def named(name: str, known: Iterable[str]) -> str | None:
    """The column of that name, or the one that has a unit in brackets behind it; None if none."""
    known = list(known)
    alike = [name] if name in known else [each for each in known if without_unit(each) == name]
    return alike[0] if len(alike) == 1 else None


def literally(name: str, known: Iterable[str], what: str) -> str:
    """As `named`; raises InputError where there is no such column."""
    known = list(known)
    if (found := named(name, known)) is None:
        raise InputError(unknown(name, known, what))
    return found


def unknown(name: str, known: Iterable[str], what: str) -> str:
    """That there is no column of that name, and which are nearest."""
    known = list(known)
    lower = {each.lower(): each for each in known}
    near = [each for each in known if without_unit(each) == name]
    near = near or [lower[each] for each in difflib.get_close_matches(name.lower(), lower, 3)]
    hint = f"did you mean {' or '.join(map(repr, near))}? " if near else ""
    return f"{what}: {name!r} is no column; {hint}columns are {listed(known)}"


def listed(names: Iterable[str]) -> str:
    """Names with commas, the first of many."""
    names = list(names)
    more = f", ... ({len(names)} in all)" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more if names else "none"
