"""Dates and times that are written as text."""

import re
import warnings
from collections.abc import Sequence

import numpy as np
from jaxtyping import Shaped

from ivaegan_jax.data.tables.categories import as_text, is_missing
from ivaegan_jax.types import InputError

YEAR_FIRST = re.compile(r"\d{4}[-/]\d")
YEAR_LAST = re.compile(
    r"(?P<first>\d{1,2})(?P<mark>[./-])(?P<second>\d{1,2})(?P=mark)(?P<year>\d{4})(?P<time>\D.*)?"
)
"""How dates begin; those with points are of day and month, of others either may be the first."""

TWELVE = re.compile(
    r"([^:]*[^:\d])(\d{1,2})((?::\d\d){1,2}(?:\.\d+)?) ?([ap])\.?m\.?", re.IGNORECASE
)
"""A time of day by a clock of twelve hours, and what stands before it."""

DURATION = re.compile(r"(-?\d+ days? )?[-+]?\d{1,3}:[0-5]\d:[0-5]\d(\.\d{1,9})?")


def as_instants(column: Shaped[np.ndarray, " rows"], name: str) -> Shaped[np.ndarray, " rows"]:
    """As `read_instants`, without the sentence."""
    return read_instants(column, name)[0]


def read_instants(
    column: Shaped[np.ndarray, " rows"], name: str
) -> tuple[Shaped[np.ndarray, " rows"], str]:
    """Text of which every value is a date as dates; any other column as it is.

    Dates are those of ISO 8601, with `/` too, `31.1.2026`, and `1/31/2026` or `31/1/2026` where
    some row says which number is the month, each perhaps with a time behind it; times of day and
    durations are `12:00:00` and `3 days 12:00:00`. Missing ones are NaT.

    Args:
      column: the user's.
      name: of it, for messages.

    Returns:
      The column, and a sentence on the order of day and month where rows gave it away.

    Raises:
      InputError: for dates whose day and month are ambiguous.
    """
    if column.dtype.kind not in "US" or not len(column):
        return column, ""
    text = np.char.strip(as_text(column))
    known = ~is_missing(text)
    if not known.any():
        return column, ""
    values = text[known].tolist()
    if all(map(DURATION.fullmatch, values)):
        import pandas as pd

        found, note = np.asarray(pd.to_timedelta(values)).astype("timedelta64[us]"), ""
    else:
        found, note = _dates(values, name)
    if found is None:
        return column, ""
    instants = np.full(len(text), "NaT", found.dtype)
    instants[known] = found
    return instants, note


def _dates(text: Sequence[str], name: str) -> tuple[Shaped[np.ndarray, " known"] | None, str]:
    """Dates, and a sentence on their order; None where one of the values is none."""
    import pandas as pd

    parts = [YEAR_LAST.fullmatch(each) for each in text]
    pairs = list(zip(text, parts, strict=True))
    if not all(part or (YEAR_FIRST.match(each) and len(each) >= 8) for each, part in pairs):
        return None, ""
    either = [part for part in parts if part and part["mark"] != "."]
    days = any(int(part["first"]) > 12 for part in either)
    months = any(int(part["second"]) > 12 for part in either)
    iso = [_as_iso(each, part, days) for each, part in pairs]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = pd.to_datetime(iso, format="ISO8601", utc=True)
        except ValueError:
            return None, ""
    found = np.asarray(found.tz_localize(None).astype("datetime64[us]"))
    if not either:
        return found, ""
    if not (days or months) and (doubt := [p[0] for p in either if p["first"] != p["second"]]):
        raise InputError(
            f"{name}: either number of a date such as {doubt[0]} may be the month, and no row says "
            "which; write dates as 2026-01-31"
        )
    order = "day/month/year" if days else "month/day/year"
    return found, f"Dates of {name} such as {either[0][0]} are read as {order}."


def _as_iso(text: str, part: re.Match[str] | None, days: bool) -> str:
    """A date with the year first and a clock of 24 hours."""
    if part is None:
        text = text.replace("/", "-")
    else:
        day_first = days or part["mark"] == "."
        day, month = part["first"], part["second"]
        day, month = (day, month) if day_first else (month, day)
        time = (part["time"] or "").strip(" ,")
        text = f"{part['year']}-{int(month):02}-{int(day):02} {time}".strip()
    if found := TWELVE.fullmatch(text):
        hour = int(found[2]) % 12 + 12 * (found[4] in "pP")
        text = f"{found[1]}{hour:02}{found[3]}"
    return text
