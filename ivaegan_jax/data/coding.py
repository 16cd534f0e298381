"""U of any rows in the form that a model was trained on: level codes, or standardised features."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Int, Num, Shaped

from ivaegan_jax.data.tables.auxiliary import one_hot
from ivaegan_jax.data.tables.categories import is_missing
from ivaegan_jax.types import InputError

SHOWN = 5
"""How many known categories, or faulty rows, a message names."""


def level_codes(
    u: Shaped[np.ndarray, "rows *dim_u"], levels: Shaped[np.ndarray, " levels"]
) -> Int[np.ndarray, " rows"]:
    """Codes of categories, or of the columns of a one-hot u.

    Raises:
      InputError: for a category that is none of the levels, or is missing.
    """
    if (hot := one_hot(u)) is not None and not hot[1].any():
        u = hot[0]
    if u.ndim != 1:
        shape = f"this u is continuous or has several columns (shape {u.shape})"
        raise InputError(f"the model was trained on one category per row, {shape}")
    # Python values compare across types: 1, 1.0 and True name the same category.
    code = {level: i for i, level in enumerate(levels.tolist())}
    values, inverse = np.unique(u, return_inverse=True)
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
    u: Float[np.ndarray, "rows columns"], categories: Sequence[int]
) -> tuple[Int[np.ndarray, " dim_u"], Float[np.ndarray, " dim_u"]]:
    """The column of every feature of a continuous u, and its level: NaN for a quantity.

    Args:
      u: as the user has it.
      categories: columns that have one feature for each of their values.
    """
    columns = range(u.shape[1])
    levels = [np.unique(u[:, c]) if c in categories else np.array([np.nan]) for c in columns]
    return np.repeat(columns, [len(each) for each in levels]), np.concatenate(levels).astype(float)


def standardised(
    u: Shaped[np.ndarray, "rows *columns"],
    mean: Float[np.ndarray, " dim_u"],
    std: Float[np.ndarray, " dim_u"],
    column: Int[np.ndarray, " dim_u"],
) -> Float[np.ndarray, "rows dim_u"]:
    """Features of a continuous u, all of them as if they were quantities.

    Raises:
      InputError: for categories in place of numbers, other numbers of columns, or NaN.
    """
    if u.dtype.kind not in "iufb":
        raise InputError(f"the model was trained on a continuous u, this u holds {u.dtype}")
    u = u[:, None] if u.ndim == 1 else u
    check_columns("u", u, int(column.max()) + 1)
    _check_missing(np.asarray(np.isnan(u).any(axis=1)))
    found = np.empty((len(u), len(column)), np.float32)
    for i, source in enumerate(column):
        found[:, i] = (u[:, source] - mean[i]) / std[i]
    return found


def with_levels(
    found: Float[np.ndarray, "rows dim_u"],
    u: Num[np.ndarray, "rows columns"],
    column: Int[np.ndarray, " dim_u"],
    level: Float[np.ndarray, " dim_u"],
) -> Float[np.ndarray, "rows dim_u"]:
    """The same features, with 0 and 1 in the places of those that stand for a category.

    Raises:
      InputError: for a category that was never seen.
    """
    is_level = ~np.isnan(level)
    for i in np.flatnonzero(is_level):
        found[:, i] = u[:, column[i]] == level[i]
    for source in np.unique(column[is_level]):
        known = level[column == source]
        unseen = ~found[:, column == source].any(axis=1)
        if unseen.any():
            names = ", ".join(f"{value:g}" for value in known[:SHOWN]) + ", ..." * (
                len(known) > SHOWN
            )
            raise InputError(
                f"u holds {u[unseen, source][0]:g} in column {source}, never seen in training; "
                f"the {len(known)} known categories are {names}"
            )
    return found


def check_columns(name: str, columns: np.ndarray, expected: int) -> None:
    """Raises InputError for rows of another number of columns than the model was trained on."""
    if columns.shape[-1] == expected:
        return
    found = f"the model was trained on {expected} {name} columns, this has {columns.shape[-1]}"
    if columns.ndim == 2 and len(columns) == expected:
        found += f": is {name} transposed? save `{name} = {name}.T`"
    raise InputError(found)


def _check_missing(missing: Bool[np.ndarray, " rows"]) -> None:
    if missing.any():
        first = ", ".join(map(str, np.flatnonzero(missing)[:SHOWN]))
        raise InputError(
            f"u is missing in {missing.sum():,} row(s), first in {first}; this encoder reads u: "
            "leave these rows out, or use a model whose encoder does not"
        )
