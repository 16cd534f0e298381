"""A table from what users hold in memory: arrays, frames, sparse matrices, AnnData, lists."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Real

from ivaegan_jax.data.coding import check_columns
from ivaegan_jax.data.tables.build import Pieces, Reading, build
from ivaegan_jax.data.tables.choose import Choice, choose
from ivaegan_jax.data.tables.objects import as_array, as_table
from ivaegan_jax.data.tables.table import Table
from ivaegan_jax.data.tables.u_values import Kinds, as_columns
from ivaegan_jax.types import Auxiliary, Dataset, InputError


def as_dataset(
    x: Any,
    u: Any = None,
    *,
    groups: Any = None,
    time: Any = None,
    s: Any = None,
    columns: str | Sequence[str] = "",
    u_kinds: Kinds = (),
    image_shape: Sequence[int] | None = None,
    name: str = "x",
    new_rows_of: int | Sequence[str] | None = None,
) -> Dataset:
    """Checks what is in memory as `load_table` checks a file.

    x may be an array, nested lists, a frame of pandas or polars, a sparse matrix or an AnnData,
    whose X it is then. u, groups, time and s are values, one row for each row of x; where x is a
    frame, a mapping or an AnnData (its obs and obsm), they may be names of its columns instead:

        as_dataset(frame, ["direction", "position:circular"], groups="trial")

    Columns of u that are named may have a kind, `NAME:KIND`: categorical, continuous,
    circular(PERIOD), ordered(LEVEL,...), segments(COUNT), segment(DURATION), lag(ROWS,...).

    Args:
      x: observations `[rows, dim_x]`.
      u: the auxiliary variable, `[rows]`, `[rows, columns]`, names, or an `Auxiliary`, such as the
        `u` of another table.
      groups: the recording, session or subject of every row, or a name.
      time: when every row was taken, or a name.
      s: true sources `[rows, dim_s]`, or names.
      columns: which columns of a frame are x, names or patterns; empty takes all columns, or all of
        numbers that are nothing else where the frame holds u, groups or time too.
      u_kinds: kinds of the columns of u where u is values: one, one for each column, or by name.
      image_shape: (height, width) where a row of x is an image; x may then be `[rows, height,
        width]`, or have colours behind that.
      name: of the table, for messages.
      new_rows_of: rows for a model instead of rows to train on: the names of its columns of x, or
        how many it has. All rows are kept then, and u may be None. Columns are taken by their
        names, in the model's order, whatever their order here.

    Returns:
      The table; rows without a u are left out, which `notes` says, unless rows are new.

    Raises:
      InputError: one line that says what is wrong and the remedy.

    Examples:
      >>> from ivaegan_jax import as_dataset
      >>> data = as_dataset([[0.5, 1.0], [0.1, 2.0], [0.3, 4.0]], ["left", "right", "left"])
      >>> data.x.shape, data.u.codes.tolist()
      ((3, 2), [0, 1, 0])
    """
    if isinstance(x, str | Path):
        raise InputError(f"x is text, {str(x)[:60]!r}; files are read by load_table")
    if isinstance(x, Dataset):
        raise InputError("x is a table that was read already; give its parts, `x.x` and `x.u`")
    x = _as_frame(x, new_rows_of) if hasattr(x, "to_frame") else x
    beside = {"u": u, "groups": groups, "time": time, "s": s}
    given = _given(x, columns, beside, new_rows_of is not None)
    model = () if isinstance(new_rows_of, int) or new_rows_of is None else tuple(new_rows_of)
    count = new_rows_of if isinstance(new_rows_of, int) else len(model) or None
    pieces = _pieces(given, u_kinds, image_shape, None if new_rows_of is None else model)
    return build(pieces, name, new_rows_of is None, count)


def as_rows(x: Any, columns: int | Sequence[str]) -> Real[np.ndarray, "rows dim_x"]:
    """New rows of x alone, for a model.

    Args:
      x: as `as_dataset` takes it.
      columns: names of the model's columns of x, or how many it has. Named columns are taken by
        their names, in the model's order; others beside them are left out.

    Raises:
      InputError: where columns are missing, or there are fewer or more without a name.
    """
    rows = as_dataset(x, new_rows_of=columns).x
    check_columns("x", rows, columns if isinstance(columns, int) else len(columns))
    return rows


class _Given(NamedTuple):
    """The arrays of x by name, which of them are taken, and what is beside them as values."""

    held: Table
    choice: Choice
    values: dict[str, Any]


def _given(x: Any, columns: str | Sequence[str], beside: Mapping[str, Any], is_new: bool) -> _Given:
    """Separates names of columns of x from values, in what is beside x."""
    table = as_table(x, "x")
    held = Table({"x": as_array(x, "x")}) if table is None else table
    names = {what: each for what, each in beside.items() if _are_names(each, held)}
    if table is not None and "x" not in held.arrays and not names and not columns:
        columns = list(held.arrays) if beside["u"] is not None or is_new else ""
    values = {what: each for what, each in beside.items() if each is not None and what not in names}
    _check_same_order(x, values)
    return _Given(held, Choice(x=columns, **names), values)


def _pieces(
    given: _Given, kinds: Kinds, image_shape: Sequence[int] | None, model: Sequence[str] | None
) -> Pieces:
    """Chosen columns and values; `model` has the columns for new rows, None where none are new."""
    held, choice, values = given
    u = values.pop("u", None)
    read = _as_read(u, kinds) if isinstance(u, Auxiliary) else None
    own = None if isinstance(u, Auxiliary) else u
    own_table, which = as_columns(read.u.values if read else own, kinds)
    choice = choice._replace(u=which) if which else choice
    arrays = {what: as_array(each, what) for what, each in values.items()}
    arrays |= {} if image_shape is None else {"image_shape": np.asarray(image_shape)}
    sources = arrays.pop("s", None)  # a column of that name is another one
    held = held._replace(arrays={**held.arrays, **arrays})
    pieces = choose(held, choice, model is None, tuple(model or ()), own_table)
    pieces = pieces._replace(u=read) if read else pieces
    return pieces if sources is None else pieces._replace(s=sources)


def _as_read(u: Auxiliary, kinds: Kinds) -> Reading | None:
    """U that has the kinds of its columns with it; None where it has no columns."""
    if kinds:
        raise InputError("u has the kinds of its columns with it; leave out u_kinds")
    if u.missing is None or not u.missing.any():
        return None if u.is_absent else Reading(u)
    count = f"{u.missing.sum():,} of {len(u):,}"
    return Reading(u, missing=f"u is missing in {count} rows; these rows are left out.")


def _as_frame(series: Any, new_rows_of: int | Sequence[str] | None) -> Any:
    """A series as one column, or as one row where its index are the names that a model knows."""
    names = [] if isinstance(new_rows_of, int | None) else list(new_rows_of)
    if names and hasattr(series, "index") and set(names) <= set(series.index):
        return series.to_frame().T
    return series.to_frame(str(series.name or "x"))


def _check_same_order(x: Any, values: Mapping[str, Any]) -> None:
    """Raises InputError for frames that hold the same rows in another order."""
    rows: Any = getattr(x, "index", None)
    for name, each in values.items():
        own: Any = getattr(each, "index", None)
        if not hasattr(rows, "equals") or not hasattr(own, "equals") or own.equals(rows):
            continue
        if own.is_unique and rows.isin(own).all() and (len(own) == len(rows) or rows.is_unique):
            order = (
                "in another order"
                if len(own) == len(rows)
                else f"and {len(own) - len(rows)} more rows"
            )
            raise InputError(
                f"{name} has the index of x {order}; use `{name} = {name}.loc[x.index]`"
            )


def _are_names(given: Any, table: Table) -> bool:
    """Whether strings name columns; a list of as many as there are rows may be the values."""
    if isinstance(given, str):
        return True
    if not isinstance(given, list | tuple) or not all(isinstance(each, str) for each in given):
        return False
    known, rows = table.known(), len(next(iter(table.arrays.values())))
    return len(given) != rows or all(each.partition(":")[0] in known for each in given)
