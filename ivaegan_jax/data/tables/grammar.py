"""U as it is written: `direction,position:circular(360),time:segment(2s),lag(1,2)`."""

import difflib
import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from ivaegan_jax.data.tables.table import matching, named, unknown
from ivaegan_jax.types import InputError

WITHOUT_COLUMN = ("segments", "segment", "lag")
"""Kinds that need no column: they are made of the order of rows, the time, or x."""

GRAMMAR = "NAME, NAME:KIND or NAME:KIND(ARGUMENT,...)"
FORM = re.compile(r"(?:(?P<name>.*):)?(?P<kind>[^:()]*)(?:\((?P<arguments>[^()]*)\))?")


class Selected(NamedTuple):
    """One column of u as it was selected.

    Attributes:
      name: of the column; empty for what is made of the order of rows.
      kind: one of the kinds; empty where the values decide.
      arguments: in parentheses behind the kind.
    """

    name: str
    kind: str = ""
    arguments: tuple[str, ...] = ()

    def __str__(self) -> str:
        """As it is written."""
        behind = f"({','.join(self.arguments)})" if self.arguments else ""
        return ":".join(filter(None, (self.name, f"{self.kind}{behind}")))


def split_list(text: str) -> list[str]:
    """The parts of a list with commas, of which those in parentheses do not count."""
    parts = re.findall(r"(?:[^,(]|\([^()]*\)?)+", text)
    return [part.strip() for part in parts if part.strip()]


def parse_u(
    given: str | Sequence[str], known: Collection[str], kinds: Collection[str]
) -> list[Selected]:
    """Reads what u was given as.

    Args:
      given: a list with commas, or its parts.
      known: names of all columns; a part that is one of them is that column.
      kinds: names of all kinds.

    Raises:
      InputError: for a column or a kind that there is not.
    """
    parts = split_list(given) if isinstance(given, str) else list(given)
    every = [which for part in parts for which in _parse(part, list(known), kinds)]
    found = list(dict.fromkeys(every))
    if not found:
        raise InputError(f"u names no column; name them as {GRAMMAR}")
    return found


def _parse(part: str, known: list[str], kinds: Collection[str]) -> list[Selected]:
    if (own := named(part, known)) is not None:
        return [Selected(own)]
    form = FORM.fullmatch(part)
    if form is None:
        raise InputError(f"u: {part!r} is none of {GRAMMAR}")
    name, kind, text = form["name"], form["kind"], form["arguments"]
    arguments = tuple(each.strip() for each in text.split(",")) if text else ()
    if name is None and not (kind in WITHOUT_COLUMN and (text or kind not in known)):
        if text is not None:
            raise InputError(unknown(part, known, "u"))
        return [Selected(each) for each in matching([part], known, "u")]
    if kind not in kinds:
        near = difflib.get_close_matches(kind, kinds, 1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise InputError(f"u: {kind!r} in {part!r} is no kind; {hint}kinds are {', '.join(kinds)}")
    if not name and kind not in WITHOUT_COLUMN:
        raise InputError(f"u: {part!r} names no column; write NAME:{kind}")
    names = matching([name], known, "u") if name else [""]
    return [Selected(each, kind, arguments) for each in names]
