"""Dates and times that are written as text."""

import re
import warnings

import numpy as np
from jaxtyping import Shaped

YEAR_FIRST = re.compile(r"\d{4}[-/]\d")
DAY_FIRST = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}")
"""How dates begin; `1/2/2026` is read as none, since either may be the month."""


def as_instants(column: Shaped[np.ndarray, " rows"]) -> Shaped[np.ndarray, " rows"]:
    """Text of which every value is a date as dates; any other column as it is.

    Dates are those of ISO 8601, with `/` too, and `31.1.2026`, each perhaps with a time behind it.
    """
    if column.dtype.kind not in "US" or not len(column):
        return column
    first = str(column.astype(str)[0])
    day_first = DAY_FIRST.match(first) is not None
    if not day_first and not (YEAR_FIRST.match(first) and len(first) >= 8):
        return column
    import pandas as pd

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            text = np.char.replace(column.astype(str), "/", "-")
            how = "mixed" if day_first else "ISO8601"
            found = pd.to_datetime(text, format=how, dayfirst=day_first, utc=True)
        except ValueError:
            return column
    return np.asarray(found.tz_localize(None).astype("datetime64[us]"))
