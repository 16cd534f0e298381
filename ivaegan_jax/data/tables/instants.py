"""Dates and times that are written as text."""

import re
import warnings

import numpy as np
from jaxtyping import Shaped

from ivaegan_jax.data.tables.categories import as_text, is_missing

YEAR_FIRST = re.compile(r"\d{4}[-/]\d")
DAY_FIRST = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}")
"""How dates begin; `1/2/2026` is read as none, since either may be the month."""

DURATION = re.compile(r"(-?\d+ days? )?[-+]?\d{1,3}:[0-5]\d:[0-5]\d(\.\d{1,9})?")


def as_instants(column: Shaped[np.ndarray, " rows"]) -> Shaped[np.ndarray, " rows"]:
    """Text of which every value is a date as dates; any other column as it is.

    Dates are those of ISO 8601, with `/` too, and `31.1.2026`, each perhaps with a time behind it;
    times of day and durations are `12:00:00` and `3 days 12:00:00`. Missing ones are NaT.
    """
    if column.dtype.kind not in "US" or not len(column):
        return column
    text = np.char.strip(as_text(column))
    known = ~is_missing(text)
    if not known.any():
        return column
    found = _all_instants(text[known])
    if found is None:
        return column
    instants = np.full(len(text), "NaT", found.dtype)
    instants[known] = found
    return instants


def _all_instants(text: Shaped[np.ndarray, " known"]) -> Shaped[np.ndarray, " known"] | None:
    """Dates or durations; None where one of the values is neither."""
    import pandas as pd

    if all(map(DURATION.fullmatch, text.tolist())):
        return np.asarray(pd.to_timedelta(text)).astype("timedelta64[us]")
    first = str(text[0])
    day_first = DAY_FIRST.match(first) is not None
    if not day_first and not (YEAR_FIRST.match(first) and len(first) >= 8):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            text = np.char.replace(text, "/", "-")
            how = "mixed" if day_first else "ISO8601"
            found = pd.to_datetime(text, format=how, dayfirst=day_first, utc=True)
        except ValueError:
            return None
    return np.asarray(found.tz_localize(None).astype("datetime64[us]"))
