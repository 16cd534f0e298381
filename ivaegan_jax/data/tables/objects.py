"""What users hold in memory, as arrays: frames, series, sparse matrices, AnnData, lists."""

import datetime
import numbers
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
from jaxtyping import Shaped

from ivaegan_jax.data.tables.table import Table
from ivaegan_jax.types import InputError

FRAMES = ("pandas", "polars", "pyarrow")
"""Libraries whose tables have named columns; none is imported here."""

REAL = numbers.Real | np.bool_ | Decimal

ABSENT = ("NoneType", "NAType", "NaTType")
"""Types of values that stand for a missing one, beside NaN."""

AS_KNOWN: dict[str, Callable[[Any], Any]] = {
    "Interval": str,
    "Period": lambda period: period.to_timestamp(),
    "time": lambda time: datetime.datetime.combine(datetime.date.min, time) - datetime.datetime.min,
}
"""What values of other types are read as, by the type's name: bins, months, times of day."""


def as_table(value: Any, name: str) -> Table | None:
    """The named columns of a frame, a mapping or an AnnData; None for anything else.

    Args:
      value: what the user gave; of an AnnData its X is the array `x`, beside the columns of obs
        and the arrays of obsm.
      name: x or u, for messages.

    Raises:
      InputError: for two columns of one name, or an AnnData without X.
    """
    if is_annotated(value):
        return _of_annotated(value, name)
    if (isinstance(value, Mapping) and not hasattr(value, "toarray")) or _is_frame(value):
        return Table(columns_of(value, name), of_columns=True, orders=orders_of(value))
    return None


def _of_annotated(value: Any, name: str) -> Table:
    """X, the columns of obs and the arrays of obsm; a note names layers, which are left out."""
    value = value.to_memory() if getattr(value, "isbacked", False) else value
    layers = list(getattr(value, "layers", {}))
    advice = f"use `{name}.X = {name}.layers[{layers[0]!r}]`" if layers else "fill it"
    if value.X is None:
        raise InputError(f"{name} is an AnnData whose X is empty; {advice}")
    names = tuple(map(str, value.var_names))
    if len(set(names)) < len(names):
        twice = next(each for each in names if names.count(each) > 1)
        raise InputError(
            f"{name} has more than one column {twice!r}; use `{name}.var_names_make_unique()`"
        )
    found = {"x": as_array(value.X, name)} | columns_of(value.obs, "obs")
    found |= {each: as_array(values, each) for each, values in value.obsm.items()}
    note = f"x is X of the AnnData, not its layers {', '.join(layers)}; for another one {advice}."
    notes = (note,) if layers else ()
    return Table(found, {"x": names}, orders=orders_of(value.obs), notes=notes)


def orders_of(frame: Any) -> dict[str, tuple[str, ...]]:
    """The values of ordered categories of pandas, in order, by column."""
    if type(frame).__module__.partition(".")[0] != "pandas" or not hasattr(frame, "columns"):
        return {}
    ordered = {str(n): kind for n, kind in frame.dtypes.items() if getattr(kind, "ordered", False)}
    return {name: tuple(map(str, kind.categories)) for name, kind in ordered.items()}


def is_annotated(value: Any) -> bool:
    """Whether it is an AnnData, or has all that one is read by."""
    return all(hasattr(value, part) for part in ("X", "obs", "obsm", "var_names"))


def _is_frame(value: Any) -> bool:
    library = type(value).__module__.partition(".")[0]
    return library in FRAMES and any(hasattr(type(value), n) for n in ("columns", "column_names"))


def columns_of(value: Any, name: str) -> dict[str, np.ndarray]:
    """The columns of a frame or a mapping, `[rows]` each, by name in order.

    One of a frame that holds neither numbers nor text, such as lists, is an array of objects, which
    nothing takes: what is made of the other columns does not depend on it.

    Raises:
      InputError: for two columns of one name, or of different lengths.
    """
    if hasattr(value, "collect"):  # a frame of polars that is not computed yet
        value = value.collect()
    labels = list(value) if isinstance(value, Mapping) else list(_labels(value))
    names = ["_".join(map(str, e)) if isinstance(e, tuple) else str(e) for e in labels]
    if twice := sorted({each for each in names if names.count(each) > 1}):
        raise InputError(f"{name} has more than one column {twice[0]!r}; rename them")
    read = as_array if isinstance(value, Mapping) else _column
    own = {n: read(value[label], n) for n, label in zip(names, labels, strict=True)}
    found = {n: np.atleast_1d(each) for n, each in own.items()}  # a mapping may be one row
    lengths = {n: len(each) for n, each in found.items()}
    if len(set(lengths.values())) > 1:
        ordered = sorted(lengths.items(), key=lambda each: each[1])
        (first, rows), (last, other) = ordered[0], ordered[-1]
        raise InputError(f"{name}: column {first!r} has {rows} rows and {last!r} has {other}")
    return found


def _column(column: Any, name: str) -> np.ndarray:
    try:
        return as_array(column, name)
    except InputError:
        return np.full(len(column), None, object)


def _labels(frame: Any) -> Any:
    return frame.column_names if hasattr(frame, "column_names") else frame.columns


def as_array(value: Any, name: str) -> Shaped[np.ndarray, "..."]:
    """An array of what is no frame: sparse matrices whole, objects as numbers or text.

    Raises:
      InputError: for what is no array, such as rows of different lengths.
    """
    if hasattr(value, "toarray"):  # scipy's sparse matrices and arrays
        return np.asarray(value.toarray())
    if type(value).__module__.partition(".")[0] == "pandas" and hasattr(value, "dtype"):
        return _of_pandas(value)
    if isinstance(value, np.ma.MaskedArray):
        numeric = value.dtype.kind in "iufb"
        value = np.ma.filled(value.astype(float), np.nan) if numeric else np.ma.filled(value, "")
    try:
        array = np.asarray(value)
        if array.dtype.kind in "US" and isinstance(value, list | tuple):  # numbers became text
            array = np.asarray(value, dtype=object)
    except (TypeError, ValueError, RuntimeError) as error:
        raise InputError(
            f"{name} cannot be read as an array ({' '.join(str(error).split())}); give rows of "
            "equal length"
        ) from None
    return plain(array, name)


def _of_pandas(series: Any) -> np.ndarray:
    """A series of any type: missing numbers are NaN, missing text is empty."""
    from pandas import Series
    from pandas.api import types

    series = Series(series)
    if isinstance(series.dtype, np.dtype):
        return plain(np.asarray(series), str(series.name))
    if types.is_float_dtype(series.dtype):
        return series.to_numpy(dtype=float, na_value=np.nan)
    if types.is_datetime64_any_dtype(series.dtype):
        return np.asarray(series.dt.tz_localize(None))
    return plain(np.asarray(series, dtype=object), str(series.name))


def plain(values: Shaped[np.ndarray, "..."], name: str) -> Shaped[np.ndarray, "..."]:
    """Numbers or text in place of Python objects: a missing number is NaN, missing text empty.

    Raises:
      InputError: for objects that are neither.
    """
    if values.dtype.kind == "T":
        return values.astype(str)
    if values.dtype.kind != "O":
        return values
    if values.ndim == 2 and values.shape[1] > 1:
        columns = [plain(column, name) for column in values.T]
        if all(column.dtype.kind in "iufb" for column in columns):
            return np.stack(columns, axis=1)
    return _plain([*map(_known, values.ravel().tolist())], name).reshape(values.shape)


def _known(value: Any) -> Any:
    """A value as number, text, date or duration; None where it stands for a missing one."""
    kind = type(value).__name__
    if kind in ABSENT or (isinstance(value, float) and value != value):
        return None
    return AS_KNOWN[kind](value) if kind in AS_KNOWN else value


def _plain(values: list[Any], name: str) -> np.ndarray:
    """One column of objects, None for every missing one."""
    known = [value for value in values if value is not None]
    whole = len(known) == len(values)
    if all(isinstance(value, REAL) for value in known):
        if whole and all(isinstance(value, bool | np.bool_) for value in known):
            return np.array(values, bool)
        if whole and all(isinstance(value, numbers.Integral) for value in known):
            return found if (found := np.array(values)).dtype.kind != "O" else found.astype(float)
        return np.array([np.nan if value is None else float(value) for value in values])
    for kind, dtype in ((datetime.date, "datetime64[us]"), (datetime.timedelta, "timedelta64[us]")):
        if all(isinstance(value, kind) for value in known):
            return np.array(["NaT" if value is None else value for value in values], dtype)
    if any(not isinstance(value, str | bytes | REAL) for value in known):
        other = next(v for v in known if not isinstance(v, str | bytes | REAL))
        raise InputError(f"{name} holds {type(other).__name__}; give numbers or text")
    return np.array(["" if v is None else _as_text(v) for v in values])


def _as_text(value: Any) -> str:
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)
