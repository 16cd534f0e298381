"""U of any rows in the form that a model was trained on: level codes, or standardised features."""

import numpy as np
from jaxtyping import Bool, Float, Int, Num, Shaped

from ivaegan_jax.data.tables.auxiliary import one_hot
from ivaegan_jax.data.tables.categories import is_missing
from ivaegan_jax.types import Auxiliary, InputError

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


def standardised(
    table: Shaped[np.ndarray, "rows columns"],
    mean: Float[np.ndarray, " dim_u"],
    std: Float[np.ndarray, " dim_u"],
    column: Int[np.ndarray, " dim_u"],
) -> Float[np.ndarray, "rows dim_u"]:
    """Features of a continuous u, all of them as if they were quantities.

    Raises:
      InputError: for categories in place of numbers, other numbers of columns, or NaN.
    """
    if table.dtype.kind not in "iufb":
        raise InputError(f"the model was trained on a continuous u, this u holds {table.dtype}")
    check_columns("u", table, int(column.max()) + 1)
    _check_missing(np.asarray(np.isnan(table).any(axis=1)))
    found = np.empty((len(table), len(column)), np.float32)
    for i, source in enumerate(column):
        found[:, i] = (table[:, source] - mean[i]) / std[i]
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
