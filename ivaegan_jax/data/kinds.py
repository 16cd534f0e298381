"""What the columns of u hold, as arrays beside a model."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ivaegan_jax.types import Column, Kind

PLAIN = Column(Kind.CONTINUOUS)


def described(column: Column) -> dict[str, Any]:
    """A column as JSON values."""
    found: dict[str, Any] = {"name": column.name, "kind": column.kind.value}
    found |= {} if column.period is None else {"period": column.period}
    return found | ({"levels": np.asarray(column.levels).tolist()} if column.has_levels else {})


def kinds_as_arrays(columns: Sequence[Column]) -> dict[str, np.ndarray]:
    """Arrays for an `.npz` file, without pickle; none of no columns."""
    if not columns:
        return {}
    periods = [np.nan if each.period is None else each.period for each in columns]
    found = {
        "u_kind": np.array([each.kind.value for each in columns]),
        "u_name": np.array([each.name for each in columns]),
        "u_period": np.array(periods),
    }
    levels = {f"u_levels/{i}": each.levels for i, each in enumerate(columns)}
    return found | {name: each for name, each in levels.items() if each is not None}


def kinds_from_arrays(arrays: Mapping[str, np.ndarray]) -> tuple[Column, ...]:
    """Undoes `kinds_as_arrays`, for what earlier versions stored too."""
    if "u_level" in arrays:  # of version 0.1: the column and the category of every feature
        column, level = arrays["u_column"], arrays["u_level"]
        own = [level[column == i] for i in range(int(column.max()) + 1)]
        return tuple(PLAIN if np.isnan(each[0]) else Column(Kind.CATEGORICAL, each) for each in own)
    if "u_kind" not in arrays:
        return ()
    periods = [None if np.isnan(each) else float(each) for each in arrays["u_period"]]
    each = zip(arrays["u_kind"].tolist(), arrays["u_name"].tolist(), periods, strict=True)
    return tuple(
        Column(Kind(kind), arrays.get(f"u_levels/{i}"), name, period)
        for i, (kind, name, period) in enumerate(each)
    )
