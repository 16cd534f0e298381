"""Which columns of a table are x, u, groups, time and s."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from ivaegan_jax.data.splits.order import GROUPS, TIME
from ivaegan_jax.data.tables.build import Pieces
from ivaegan_jax.data.tables.chosen import read_chosen
from ivaegan_jax.data.tables.grammar import Selected, parse_u, split_list
from ivaegan_jax.data.tables.instants import read_instants
from ivaegan_jax.data.tables.observations import all_numbers, joined
from ivaegan_jax.data.tables.table import KEYS, Table, listed, matching, named, without_unit
from ivaegan_jax.data.tables.typed import KINDS
from ivaegan_jax.types import InputError


class Choice(NamedTuple):
    """Columns by name, or lists of names with commas; empty leaves the choice to the table.

    Attributes:
      x: names or patterns of observations; empty takes the array x, or else every column of
        numbers that is nothing else.
      u: names, each perhaps with a kind (see `typed`); empty takes u.
      groups: the column of recordings, sessions or subjects; empty takes groups, if there is one.
      time: the column of times; empty takes time, if there is one.
      s: names or patterns of true sources; empty takes the array s, if there is one.
    """

    x: str | Sequence[str] = ""
    u: str | Sequence[str] = ""
    groups: str = ""
    time: str = ""
    s: str | Sequence[str] = ""


def names_in(choice: Choice) -> list[str]:
    """All names and patterns of a choice, without kinds."""
    named = [each for given in choice for each in _parts(given)]
    return [part.lstrip("!").partition(":")[0] for part in named]


def choose(
    table: Table,
    choice: Choice,
    require_u: bool = True,
    model: Sequence[str] = (),
    beside: Table | None = None,
) -> Pieces:
    """The pieces of a table that a choice names.

    Args:
      table: all that there is.
      choice: names.
      require_u: whether there must be a u.
      model: names of the columns that a model was trained on, which are x then; none where there
        is no model, or it has no names.
      beside: columns of u that are none of the table.

    Raises:
      InputError: for names that there are not, and columns that cannot be what they are to be.
    """
    _check_arrays(table, choice, require_u)
    known = table.known()
    choice = _with_order(choice, known)
    order = {
        what: table.column(name, what)
        for what, name in ((GROUPS, choice.groups), (TIME, choice.time))
        if name and (require_u or name in known)
    }
    note = ""
    if TIME in order:
        order[TIME], note = read_instants(order[TIME], choice.time)
    choice = choice if require_u else _of_new_rows(choice, beside or table)
    which = _selected(beside or table, choice, require_u)
    sources = matching(_parts(choice.s), list(known), "s")
    others = _no_observations(table, choice, [] if beside else which, sources)
    x, columns, notes = _observations(table, choice, others, model if table.is_named else ())
    side = {
        name: each for name, each in table.arrays.items()
        if each.ndim == 1 and name not in (*KEYS, *columns) and len(each) == len(x)
        and each.dtype.kind != "O"
    } | order  # fmt: skip
    u = read_chosen(beside or table, which, x, columns, side) if which else None
    own = None if table.of_columns else table.arrays.get("s")  # else a column as any other
    s = joined(table, sources, "s")[0] if sources else own
    notes = (*table.notes, *filter(None, [note]), *notes)
    return Pieces(x, u, s, table.arrays.get("image_shape"), side, columns, notes)


def _with_order(choice: Choice, known: Collection[str]) -> Choice:
    """The choice with the names of the columns that are groups and time; empty where none is."""
    found = {what: named(getattr(choice, what) or what, known) for what in (GROUPS, TIME)}
    return choice._replace(**{what: name for what, name in found.items() if name})


def _no_observations(
    table: Table, choice: Choice, u: Sequence[Selected], sources: Sequence[str]
) -> set[str]:
    """Names of columns that are something else than x."""
    own = {each.name for each in u} | ({"s"} if not table.of_columns else set())
    return own | {choice.groups, choice.time, GROUPS, TIME, *sources}


def columns_of_x(table: Table, choice: Choice) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the columns that are x, and how they were chosen where none were named.

    Args:
      table: some rows of all columns.
      choice: names.

    Raises:
      InputError: for names that there are not, and columns that cannot be x.
    """
    choice = _with_order(choice, table.known())
    sources = matching(_parts(choice.s), list(table.known()), "s")
    others = _no_observations(table, choice, _selected(table, choice, True), sources)
    return _observations(table, choice, others, ())[1:]


def _of_new_rows(choice: Choice, table: Table) -> Choice:
    """The choice less a u that new rows do not have; without u they are encoded all the same."""
    try:
        parse_u(choice.u, table.known(), KINDS) if choice.u else None
    except InputError:
        return choice._replace(u="")
    return choice


def _check_arrays(table: Table, choice: Choice, require_u: bool) -> None:
    """Raises InputError where a file that is read by the names of its arrays lacks x or u."""
    needed = [("x", choice.x), *([("u", choice.u)] if require_u else [])]
    missing = [name for name, named in needed if not named and name not in table.arrays]
    if table.how and missing:
        names = ", ".join(table.found) or "nothing"
        raise InputError(f"no array {' and '.join(missing)} in it (found {names}); {table.how}")


def _parts(given: str | Sequence[str]) -> list[str]:
    return split_list(given) if isinstance(given, str) else list(given)


def _selected(table: Table, choice: Choice, require_u: bool) -> list[Selected]:
    """The columns of u; raises InputError where there are none and there must be some."""
    known = table.known()
    if choice.u:
        return parse_u(choice.u, known, KINDS)
    if require_u and "u" not in table.arrays and list(known) == ["x"]:
        raise InputError("there is no u; give one value for each row of x")
    if require_u and "u" not in table.arrays:
        raise InputError(
            "which columns are u? Name them, each perhaps with its kind, as in "
            f"--u=NAME,NAME:circular; columns are {listed(known)}"
        )
    return [Selected("u")] if "u" in table.arrays else []


def _observations(
    table: Table, choice: Choice, others: set[str], model: Sequence[str]
) -> tuple[np.ndarray, tuple[str, ...], tuple[str, ...]]:
    """X, the names of its columns, and how it was chosen where none was named."""
    known = list(table.known())
    if model:
        own = {name: _of_model(name, known) for name in model}
        if lacking := [name for name, each in own.items() if each is None]:
            what = (
                f"x lacks {len(lacking)} of the {len(model)} columns that the model was trained on"
            )
            raise InputError(f"{what}: {listed(lacking)}; there are {listed(known)}")
        return joined(table, [*filter(None, own.values())])[0], tuple(model), ()
    parts = _parts(choice.x)
    left_out = [part[1:] for part in parts if part.startswith("!") and part not in known]
    if parts and len(left_out) < len(parts):
        # what is something else is no x, unless it is named in so many words
        names = [n for n in matching(parts, known, "x") if n not in others or n in parts]
        return *joined(table, names), ()
    others = others | set(matching(left_out, known, "x"))
    if "x" in table.names and left_out:
        return *joined(table, [n for n in table.names["x"] if n not in others]), ()
    if "x" in table.arrays and not table.of_columns:
        return table.arrays["x"], table.names.get("x", ()), ()
    names, note = all_numbers(table, others)
    return *joined(table, names), (note,)


def _of_model(name: str, known: Sequence[str]) -> str | None:
    """The column that is one of a model's: of that name, or where one of both names no unit."""
    if name in known or without_unit(name) == name:
        return named(name, known)
    return without_unit(name) if without_unit(name) in known else None
