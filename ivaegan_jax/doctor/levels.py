"""Levels of a discrete u: whether each has rows enough, and names that may mean the same."""

from collections import defaultdict
from typing import Any

from ivaegan_jax.doctor.finding import Finding, listed

UNKNOWN = frozenset(
    {"unknown", "unk", "unassigned", "undefined", "undetermined", "unclassified", "unlabelled"}
    | {"unlabeled", "unspecified", "not recorded", "not determined", "not applicable", "no data"}
    | {"nodata", "nd", "n.d.", "n/d", "tbd", "blank", "empty", "none", "null", "missing"}
    | {"error", "invalid", "inf", "-inf", "-1", "-9", "-99", "99", "-999", "999", "-9999", "9999"}
)
"""Names, in small letters and without brackets, that may stand for a missing level among others."""

FEW_ROWS = 30
"""Rows below which a level's means and variances are hardly known."""


def check_levels(names: list[Any], counts: list[int], column: str = "") -> Finding:
    """Levels of few rows; `names` and `counts` go together, `column` is the name of u."""
    small = {str(n): count for n, count in zip(names, counts, strict=True) if count < FEW_ROWS}
    values = {"few_rows": FEW_ROWS, "small": small}
    if not small:
        sentence = f"Every level of u has at least {FEW_ROWS} rows."
        return Finding("levels", "fine", sentence, values=values)
    sentence = (
        f"Levels of u with fewer than {FEW_ROWS} rows, too few to learn the mean and variance of "
        f"latents from: {len(small):,} of {len(names):,} "
        f"({listed(f'{name} has {count}' for name, count in small.items())})."
    )
    if len(names) > sum(counts) / 2:
        sentence = f"Nearly every row has a level of u to itself. {sentence}"
    advice = "Merge small levels with others or leave them out."
    if len(small) > len(names) / 2 and not isinstance(names[0], str):
        floats = "as floats in a column, `u = u.reshape(len(u), -1).astype(float)`"
        how = f"as {column}:continuous" if column else f"{floats}, and it is taken as continuous"
        advice += f" If u is a quantity such as time or position, give it {how}."
    elif len(small) > len(names) / 2 and any(letter.isdecimal() for letter in str(names[0])):
        advice += " If u is a date or a time, write it as 2026-01-31 12:00:00."
    return Finding("levels", "warn", sentence, advice, values)


def check_unknown(names: list[Any], counts: list[int]) -> Finding | None:
    """Levels whose names may mean that there is none; `names` and `counts` go together."""
    if not all(isinstance(name, str) for name in names):
        return None
    rows = dict(zip(names, counts, strict=True))
    found = {name: n for name, n in rows.items() if name.strip(" ()[]<>").lower() in UNKNOWN}
    words = [name for name in names if name not in found and not name.strip("+-.").isdecimal()]
    if not found or not words:
        return None
    each = listed(f"{name} has {n}" for name, n in found.items())
    sentence = f"Levels of u that may stand for a missing one: {each}."
    advice = "If they do, leave their places empty: such rows are left out."
    return Finding("u_missing", "warn", sentence, advice, {"unknown": found})


def check_names(names: list[Any]) -> Finding:
    """Levels whose names differ in outer blanks or in capital letters alone."""
    alike = defaultdict(list)
    for name in names:
        alike[str(name).strip().lower()].append(name)
    doubles = [found for found in alike.values() if len(found) > 1]
    values = {"alike": [list(map(str, found)) for found in doubles]}
    if not doubles:
        sentence = "No two levels of u differ in blanks or capital letters alone."
        return Finding("names", "fine", sentence, values=values)
    shown = listed(" and ".join(map(repr, found)) for found in doubles)
    sentence = f"Levels of u that differ in blanks or capital letters alone: {shown}."
    advice = "If they are the same, spell them alike, as by `u = np.char.lower(np.char.strip(u))`."
    return Finding("names", "warn", sentence, advice, values)
