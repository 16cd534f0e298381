"""Dates and times that are written as text."""

import warnings

import numpy as np
from jaxtyping import Shaped


def as_instants(column: Shaped[np.ndarray, " rows"]) -> Shaped[np.ndarray, " rows"]:
    """Text of which every value is a date of ISO 8601 as dates; any other column as it is."""
    if column.dtype.kind not in "US" or not len(column) or not _is_date_like(str(column[0])):
        return column
    import pandas as pd

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = pd.to_datetime(column.astype(str), format="ISO8601", utc=True)
        except ValueError:
            return column
    return np.asarray(found.tz_localize(None).astype("datetime64[us]"))


def _is_date_like(text: str) -> bool:
    """Whether text begins as a date, so that years alone are no dates."""
    return len(text) >= 8 and text[:4].isdecimal() and text[4] == "-"
