"""Which columns of a table are x, u, groups, time and s."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Shaped

from ivaegan_jax.data.splits.order import GROUPS, TIME, group_codes, times
from ivaegan_jax.data.tables.build import Pieces, Reading
from ivaegan_jax.data.tables.grammar import Selected, parse_u, split_list
from ivaegan_jax.data.tables.instants import as_instants
from ivaegan_jax.data.tables.kinds_of_order import Rows
from ivaegan_jax.data.tables.observations import all_numbers, joined
from ivaegan_jax.data.tables.table import KEYS, Table, listed, matching
from ivaegan_jax.data.tables.typed import KINDS, OF_ORDER, read_typed
from ivaegan_jax.types import InputError


class Choice(NamedTuple):
    """Columns by name, or lists of names with commas; empty leaves the choice to the table.

    Attributes:
      x: names or patterns of observations; empty takes the array x, or else every column of
        numbers that is nothing else.
      u: names, each perhaps with a kind (see `typed`); empty takes u.
      groups: the column of recordings, sessions or subjects; empty takes groups, if there is one.
      time: the column of times; empty takes time, if there is one.
      s: names or patterns of true sources; empty takes s, if there is one.
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
    order = {
        what: table.column(name or what, what)
        for what, name in ((GROUPS, choice.groups), (TIME, choice.time))
        if what in known or (name and (require_u or name in known))
    }  # fmt: skip
    order |= {TIME: as_instants(order[TIME])} if TIME in order else {}
    choice = choice if require_u else _of_new_rows(choice, beside or table)
    which = _selected(beside or table, choice, require_u)
    sources = matching(_parts(choice.s), list(known), "s")
    others = _no_observations(choice, [] if beside else which, sources)
    x, columns, notes = _observations(table, choice, others, model if table.is_named else ())
    side = {
        name: each for name, each in table.arrays.items()
        if each.ndim == 1 and name not in (*KEYS, *columns) and len(each) == len(x)
        and each.dtype.kind != "O"
    } | order  # fmt: skip
    u = _read_u(beside or table, which, x, columns, side) if which else None
    s = joined(table, sources, "s")[0] if sources else table.arrays.get("s")
    return Pieces(x, u, s, table.arrays.get("image_shape"), side, columns, notes)


def _no_observations(choice: Choice, u: Sequence[Selected], sources: Sequence[str]) -> set[str]:
    """Names of columns that are something else than x."""
    own = {each.name for each in u}
    return own | {choice.groups, choice.time, GROUPS, TIME, "s", *sources}


def columns_of_x(table: Table, choice: Choice) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the columns that are x, and how they were chosen where nobody said it.

    Args:
      table: some rows of all columns.
      choice: names.

    Raises:
      InputError: for names that there are not, and columns that cannot be x.
    """
    sources = matching(_parts(choice.s), list(table.known()), "s")
    others = _no_observations(choice, _selected(table, choice, True), sources)
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
    """X, the names of its columns, and how it was chosen where nobody said it."""
    known = list(table.known())
    if model:
        if lacking := [name for name in model if name not in known]:
            what = (
                f"x lacks {len(lacking)} of the {len(model)} columns that the model was trained on"
            )
            raise InputError(f"{what}: {listed(lacking)}; there are {listed(known)}")
        return *joined(table, model), ()
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


def _read_u(
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
