"""Kinds of u that a column's own values are read as: categories, quantities, angles, steps."""

import itertools
import re
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int, Num, Shaped

from ivaegan_jax.data.tables.auxiliary import MOST_CATEGORIES, ROWS_PER_CATEGORY
from ivaegan_jax.data.tables.categories import as_text, is_missing, note_on_blanks, whole_levels
from ivaegan_jax.data.tables.grammar import Selected
from ivaegan_jax.data.tables.instants import as_instants, read_instants
from ivaegan_jax.data.tables.matrices import EXACT, LARGEST, as_matrix
from ivaegan_jax.data.tables.table import listed
from ivaegan_jax.types import Column, InputError, Kind

TURNS = {"2pi": (2 * np.pi, "radians"), "360": (360.0, "degrees")}
"""Periods that a column's range can give away."""


class Read(NamedTuple):
    """One column of u.

    Attributes:
      column: what it holds.
      values: codes of its levels, or numbers in the user's unit.
      missing: rows that have none; their values mean nothing.
      note: how it was read where that is not plain.
      cause: why rows have none, where the user did not leave them out; see `typed`.
      spelt: the words that stand for a missing one.
    """

    column: Column
    values: Num[np.ndarray, " rows"]
    missing: Bool[np.ndarray, " rows"]
    note: str = ""
    cause: str = ""
    spelt: tuple[str, ...] = ()


def whatever_it_is(which: Selected, own: Shaped[np.ndarray, " rows"], alone: bool) -> Read:
    """The kind that values suggest: text, flags and few whole numbers are categories.

    Whole numbers that are all of u are categories however many there are; beside other columns
    they are one where many rows share each.
    """
    may_be_dates = own.dtype.kind in "USmM" and len(np.unique(own)) * ROWS_PER_CATEGORY > len(own)
    if may_be_dates and as_instants(own, which.name).dtype.kind in "mM":
        return continuous(which, own)  # else days and sessions are categories
    if own.dtype.kind not in "iuf":
        return categorical(which, own)
    known = own[~_absent(own)]
    whole = len(known) and bool(np.all((np.abs(known) < EXACT) & (known == np.round(known))))
    if not whole:
        return continuous(which, own)
    most = min(MOST_CATEGORIES, len(known) // ROWS_PER_CATEGORY)
    if alone or len(np.unique(known)) <= most:
        note = (
            f"{which.name} holds whole numbers that many rows share, which are read as categories; "
            f"if they are a quantity, give {which.name}:continuous."
        )
        return categorical(which, own)._replace(note="" if alone else note)
    return continuous(which, own)


def categorical(which: Selected, own: Shaped[np.ndarray, " rows"]) -> Read:
    """Categories; their levels are the values that there are."""
    levels, codes, missing, spelt = _levels(which, own)
    note = note_on_blanks(which.name, own, as_text(own))
    return Read(Column(Kind.CATEGORICAL, levels, which.name), codes, missing, note, spelt=spelt)


def hot(
    names: list[str], codes: Int[np.ndarray, " rows"], missing: Bool[np.ndarray, " rows"]
) -> Read:
    """The one category of columns of flags of which every row has exactly one, by their names."""
    levels = np.array(names)
    alike = itertools.takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    name = "".join(letters[0] for letters in alike).rstrip(" _-.:=[(") or names[0]
    note = f"{len(names)} columns of u are one-hot: {name} is the categories {listed(names)}."
    return Read(Column(Kind.CATEGORICAL, levels, name), codes.astype(np.int32), missing, note)


def ordered(which: Selected, own: Shaped[np.ndarray, " rows"]) -> Read:
    """Categories with an order: that of numbers, or the one that the arguments give.

    Raises:
      InputError: for text without an order, or values that the order lacks.
    """
    levels, codes, missing, spelt = _levels(which, own)
    column = Column(Kind.ORDERED, levels, which.name)
    if not which.arguments:
        if levels.dtype.kind == "U":
            order = ",".join(levels.tolist()[:4])
            raise InputError(f"u: give the order of {which.name}, as {which.name}:ordered({order})")
        return Read(column, codes, missing, spelt=spelt)
    named = {str(level): level for level in levels.tolist()}
    if lacking := [name for name in named if name not in which.arguments]:
        raise InputError(f"u: {which} lacks {lacking[0]!r}, which {which.name} holds")
    kept = np.array([named[name] for name in which.arguments if name in named])
    column = column._replace(levels=kept)
    return Read(column, np.maximum(column.coded(levels[codes])[0], 0), missing, spelt=spelt)


def continuous(which: Selected, own: Shaped[np.ndarray, " rows"]) -> Read:
    """A quantity; dates become seconds since 1970, in new rows as in those trained on.

    Raises:
      InputError: for text, or numbers that floats do not hold.
    """
    values, note = _numbers(which, own)
    missing = _absent(values)
    faulty = np.flatnonzero(~missing & ~(np.abs(values) < LARGEST))
    if len(faulty):
        what = f"inf or numbers beyond float32 in {len(faulty):,} row(s), first in row {faulty[0]}"
        raise InputError(f"u: {which.name} has {what} (counting from 0); leave these places empty "
                         "(NaN): such rows are left out")  # fmt: skip
    filled = np.where(missing, 0, values)[:, None]
    as_matrix(filled, which.name or "u", ("u",), columns=(which.name,))
    return Read(Column(Kind.CONTINUOUS, name=which.name), filled[:, 0], missing, note)


def circular(which: Selected, own: Shaped[np.ndarray, " rows"]) -> Read:
    """An angle or a phase, whose period the argument gives or, if not, the range of its values.

    Raises:
      InputError: for text, or a range that leaves the period open.
    """
    read = continuous(which, own)
    known = read.values[~read.missing]
    if which.arguments:
        period, note = _period(which), ""
    else:
        period, unit = _guessed(which, known)
        note = f"{which.name} is read as an angle in {unit}; if its period is another, give it as "
        note += f"{which.name}:circular(PERIOD)."
    column = Column(Kind.CIRCULAR, None, which.name, period)
    return read._replace(column=column, note=note)


def _period(which: Selected) -> float:
    found = re.fullmatch(r"(\d*\.?\d*)\s*\*?\s*(pi)?", which.arguments[0])
    if found and any(found.groups()) and len(which.arguments) == 1:
        value = float(found[1] or 1) * (np.pi if found[2] else 1)
        if value > 0:
            return value
    raise InputError(f"u: {which} needs one period above 0, as circular(360) or circular(2pi)")


def _guessed(which: Selected, known: Num[np.ndarray, " rows"]) -> tuple[float, str]:
    """The period that the values nearly fill, and the unit."""
    low, high = (known.min(), known.max()) if len(known) else (0.0, 0.0)
    for period, unit in TURNS.values():
        fits = low >= -period / 2 - 1e-3 * period and high <= period * 1.001
        if fits and period / 2 < high - low <= period * 1.001:
            return period, unit
    raise InputError(
        f"u: {which.name} runs from {low:g} to {high:g}, which is neither radians nor degrees all "
        f"around; give its period, as {which.name}:circular(360)"
    )


def _levels(
    which: Selected, own: Shaped[np.ndarray, " rows"]
) -> tuple[
    Shaped[np.ndarray, " levels"],
    Num[np.ndarray, " rows"],
    Bool[np.ndarray, " rows"],
    tuple[str, ...],
]:
    """The categories of a column, the code of every row, rows that have none, and their words."""
    own = own.astype(str) if own.dtype.kind in "mM" else as_text(own)
    if own.dtype.kind not in "iufbU":
        what = "neither numbers nor text" if own.dtype.kind == "O" else str(own.dtype)
        raise InputError(f"u: {which.name} holds {what}; give numbers or text")
    present, codes = np.unique(own, return_inverse=True)
    missing = is_missing(present)[codes]
    if own.dtype.kind == "U":
        missing |= own == "NaT"
    levels, known = np.unique(own[~missing], return_inverse=True)
    codes = np.zeros(len(own), np.int32)
    codes[~missing] = known
    spelt = np.unique(own[missing]).tolist() if own.dtype.kind == "U" else []
    return whole_levels(levels), codes, missing, tuple(filter(None, spelt))


def _numbers(
    which: Selected, own: Shaped[np.ndarray, " rows"]
) -> tuple[Num[np.ndarray, " rows"], str]:
    """A column as numbers, and a note where it held dates."""
    own, order = read_instants(own, which.name)
    if own.dtype.kind in "mM":
        since = " since 1970" if own.dtype.kind == "M" else ""
        span = own - np.datetime64(0, "s") if since else own
        return span / np.timedelta64(
            1, "s"
        ), f"{which.name} is read in seconds{since}. {order}".strip()
    if own.dtype.kind not in "iufb":
        kind = "text" if own.dtype.kind in "US" else str(own.dtype)
        raise InputError(f"u: {which.name} holds {kind}, which is no quantity; give numbers, or "
                         f"{which.name}:categorical")  # fmt: skip
    return (own.astype(np.uint8) if own.dtype.kind == "b" else own), ""


def _absent(values: Shaped[np.ndarray, " rows"]) -> Bool[np.ndarray, " rows"]:
    return np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(values), bool)
