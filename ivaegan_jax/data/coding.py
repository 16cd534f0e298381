"""U of any rows in the form that a model was trained on: level codes, or standardised features."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int, Shaped

from ivaegan_jax.data.columns import Moments, pieces
from ivaegan_jax.data.tables.auxiliary import one_hot
from ivaegan_jax.data.tables.categories import is_missing
from ivaegan_jax.types import Auxiliary, Column, InputError

SHOWN = 5
"""How many known categories, or faulty rows, a message names."""


def level_codes(u: Auxiliary, levels: Shaped[np.ndarray, " levels"]) -> Int[np.ndarray, " rows"]:
    """Codes of categories, or of the columns of a one-hot u.

    Raises:
      InputError: for a category that is none of the levels, or is missing.
    """
    if not u.is_categorical and (hot := one_hot(u.values)) is not None and not hot[1].any():
        u = Auxiliary.categorical(hot[0])
    if not u.is_categorical:
        shape = f"this u is continuous or has several columns (shape {u.values.shape})"
        raise InputError(f"the model was trained on one category per row, {shape}")
    # Python values compare across types: 1, 1.0 and True name the same category.
    code = {level: i for i, level in enumerate(levels.tolist())}
    present, inverse = np.unique(u.codes, return_inverse=True)
    values = u.levels[present]
    unseen = np.array([value not in code for value in values.tolist()], bool)
    if unseen.any():
        _check_missing((unseen & is_missing(values))[inverse])
        more = f" (and {unseen.sum() - 1} more)" if unseen.sum() > 1 else ""
        known = ", ".join(map(repr, list(code)[:SHOWN])) + ", ..." * (len(code) > SHOWN)
        raise InputError(
            f"u holds {values[unseen].tolist()[0]!r}{more}, never seen in training; "
            f"the {len(code)} known categories are {known}"
        )
    return np.array([code[value] for value in values.tolist()], np.int32)[inverse]


def features(
    u: Auxiliary,
    columns: Sequence[Column],
    mean: Float[np.ndarray, " dim_u"],
    std: Float[np.ndarray, " dim_u"],
) -> Float[np.ndarray, "rows dim_u"]:
    """U as networks see columns of these kinds, features of quantities standardised.

    Args:
      u: of any kinds, with as many columns.
      columns: of the training rows, with their levels.
      mean: of every feature.
      std: of every feature.

    Raises:
      InputError: for text in place of numbers, other numbers of columns, a category that was
        never seen, or missing values.
    """
    check_columns("u", u[:1].table(), len(columns))
    for i, column in enumerate(columns):
        _check_quantity(u.own_column(i), column)
    known, unseen = u.in_columns(columns)
    for i, column in enumerate(columns):
        _check_seen(u.own_column(i), unseen[:, i], column, i)
    found = np.empty((len(u), len(mean)), np.float32)
    for rows in pieces(*found.shape):
        at = 0
        for _, values in known[rows].features():
            place = slice(at, at := at + values.shape[1])
            found[rows, place] = (values - mean[place]) / std[place]
    return found


def of_features(
    u: Auxiliary, of_u: Moments | None, dtype: np.dtype
) -> tuple[Float[np.ndarray, " dim_u"], Float[np.ndarray, " dim_u"]]:
    """Mean and standard deviation of every feature; 0 and 1 of those that stay as they are.

    Args:
      u: of any rows.
      of_u: of its quantities on the training rows; None where it has none.
      dtype: of the quantities.
    """
    given = iter(zip(*of_u.exact(dtype), strict=True)) if of_u else iter(())
    found = []
    for column, values in u[:1].features():
        own = (0.0, 1.0) if column.has_levels else next(given)
        found += [own if column.is_standardised else (0.0, 1.0)] * values.shape[1]
    mean, std = np.array(found, np.result_type(dtype, np.float32)).T
    return mean, std


def _check_quantity(own: Shaped[np.ndarray, " rows"], column: Column) -> None:
    """Raises InputError where a quantity is text, or missing in some rows."""
    if column.has_levels:
        return
    if own.dtype.kind not in "iufb":
        raise InputError(f"the model was trained on a continuous u, this u holds {own.dtype}")
    _check_missing(np.asarray(np.isnan(own)))


def _check_seen(
    own: Shaped[np.ndarray, " rows"], unseen: Bool[np.ndarray, " rows"], column: Column, place: int
) -> None:
    """Raises InputError for categories that training rows lacked."""
    if not unseen.any():
        return
    _check_missing(unseen & is_missing(own))
    known = np.asarray(column.levels).tolist()
    names = ", ".join(map(_shown, known[:SHOWN])) + ", ..." * (len(known) > SHOWN)
    raise InputError(
        f"u holds {_shown(own[unseen].tolist()[0])} in column {column.name or place}, never seen "
        f"in training; the {len(known)} known categories are {names}"
    )


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else repr(value)


def check_columns(name: str, columns: np.ndarray, expected: int) -> None:
    """Raises InputError for rows of another number of columns than the model was trained on."""
    if columns.shape[-1] == expected:
        return
    found = f"the model was trained on {expected} {name} columns, this has {columns.shape[-1]}"
    if columns.ndim == 2 and len(columns) == expected:
        found += f": is {name} transposed? use `{name} = {name}.T`"
    raise InputError(found)


def check_present(u: Auxiliary) -> None:
    """Raises InputError for rows whose u is known to be missing."""
    if u.missing is not None:
        _check_missing(u.missing)


def _check_missing(missing: Bool[np.ndarray, " rows"]) -> None:
    if missing.any():
        first = ", ".join(map(str, np.flatnonzero(missing)[:SHOWN]))
        raise InputError(
            f"u is missing in {missing.sum():,} row(s), first in {first}; this encoder reads u: "
            "leave these rows out, or use a model whose encoder does not"
        )
