"""Columns of a table that become x: numbers alone, and those that are no numbers named."""

import re
from collections.abc import Collection, Sequence

import numpy as np
from jaxtyping import Shaped

from ivaegan_jax.data.tables.categories import is_missing
from ivaegan_jax.data.tables.table import Table, listed
from ivaegan_jax.types import InputError

INDEX = re.compile(r"(unnamed: \d+|__index_level_\d+__|index|)", re.IGNORECASE)
"""Names under which programs write row numbers beside a table."""

NUMBER = re.compile(r"[-+]?(\d+[.,]?\d*|[.,]\d+)(e[-+]?\d+)?", re.IGNORECASE)
MARKED = re.compile(r"[-+]?(\d{1,3}(,\d{3})+(\.\d+)?|\d+([.,]\d+)?\s*%)")
"""Numbers with separated thousands or a per cent sign, which are read as text."""


CONVERT = "convert it to numbers, as by astype(float)"

MOSTLY = 0.5
"""Share of numbers from which a column of text is taken for numbers with a fault."""


def joined(
    table: Table, names: Sequence[str], what: str = "x"
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Columns side by side, and their names; one array alone as it is.

    Raises:
      InputError: for columns that hold no numbers.
    """
    known = table.known()
    if not names:
        raise InputError(f"which columns are {what}? None is left; there are {listed(known)}")
    if len(names) == 1 and known[names[0]][1] is None and table.arrays[names[0]].ndim > 1:
        return table.arrays[names[0]], table.names.get(names[0], ())
    parts: list[np.ndarray] = []
    columns: list[str] = []
    for name in names:
        array, place = known[name]
        values = table.arrays[array]
        column = values if place is None else values[:, place]
        part = column[:, None] if column.ndim == 1 else column.reshape(len(column), -1)
        own = table.names.get(array, ()) if place is None else (name,)
        single = (name,) if part.shape[1] == 1 else [f"{name}[{i}]" for i in range(part.shape[1])]
        parts.append(part)
        columns += own or single
    for name, part in zip(names, parts, strict=True):
        if part.dtype.kind not in "iufb":
            wrong, advice = no_numbers(name, part.ravel()), f"leave it out of {what}"
            advice = CONVERT if "numbers as text" in wrong else advice
            raise InputError(f"{what}: {wrong}; {advice}")
    if len({len(part) for part in parts}) > 1:
        rows = ", ".join(f"{n} has {len(part)} rows" for n, part in zip(names, parts, strict=True))
        raise InputError(f"{what}: {rows}; they must belong to each other row by row")
    return np.concatenate(parts, axis=1), tuple(columns)


def all_numbers(table: Table, others: Collection[str]) -> tuple[list[str], str]:
    """Every column of numbers that is nothing else, and a sentence on the choice.

    Raises:
      InputError: where there is none, or a column has a fault that makes text of its numbers.
    """
    columns = {n: each for n, each in table.arrays.items() if each.ndim == 1 and n not in others}
    numbers = {n: each for n, each in columns.items() if each.dtype.kind in "iufb"}
    wide = [n for n, each in table.arrays.items() if each.ndim > 1 and n not in others]
    if numbers and wide:
        raise InputError(f"which columns are x? Name them, as in --x={wide[0]}; there are "
                         f"{_described(table)}")  # fmt: skip
    index = [n for n, each in numbers.items() if INDEX.fullmatch(n) and _counts(each)]
    opaque = [n for n, each in columns.items() if each.dtype.kind == "O"]
    dates = [n for n, each in columns.items() if each.dtype.kind in "mM"]
    text = [n for n in columns if n not in (*numbers, *opaque, *dates)]
    for name in text:
        if columns[name].dtype.kind in "US" and _share_of_numbers(columns[name]) > MOSTLY:
            what = no_numbers(name, columns[name])
            raise InputError(f"x: {what}; mend it, or leave it out, as in --x='!{name}'")
    empty = [n for n, each in numbers.items() if each.dtype.kind == "f" and np.isnan(each).all()]
    chosen = [name for name in numbers if name not in (*index, *empty)]
    if not chosen:
        raise InputError(f"which columns are x? Name them, as in --x=NAME,NAME; there are "
                         f"{_described(table)}")  # fmt: skip
    taken = f"x is all {len(chosen)} columns of numbers that are nothing else: {listed(chosen)}"
    left = [f"text {listed(text)}"] if text else []
    left += [f"dates {listed(dates)}"] if dates else []
    left += [f"row numbers {listed(index)}"] if index else []
    left += [f"without a value {listed(empty)}"] if empty else []
    left += [f"neither numbers nor text {listed(opaque)}"] if opaque else []
    return chosen, f"{taken}{'; left out: ' if left else ''}{', '.join(left)}."


def no_numbers(name: str, column: Shaped[np.ndarray, " rows"]) -> str:
    """What a column holds that is no number, and in which row first."""
    if column.dtype.kind == "O":
        return f"column {name!r} holds neither numbers nor text"
    if column.dtype.kind not in "US":
        return f"column {name!r} holds {column.dtype} instead of numbers"
    column = column.astype(str)
    faulty = np.flatnonzero([not _is_number(value, ".") for value in column.tolist()])
    first = int(faulty[0]) if len(faulty) else 0
    where = f"such as {str(column[first])!r} in row {first} (counting from 0)"
    if len(faulty) and all(_is_number(value, ".,") for value in column[faulty].tolist()):
        return f"column {name!r} holds numbers with a decimal comma, {where}"
    counts = f"{len(faulty):,} values that are no numbers" if len(faulty) else "numbers as text"
    return f"column {name!r} holds {counts}, {where}"


def _share_of_numbers(column: Shaped[np.ndarray, " rows"]) -> float:
    """Share of numbers among the values that are not missing."""
    levels, counts = np.unique(column.astype(str), return_counts=True)
    there = ~is_missing(levels)
    numbers = np.array(
        [_is_number(v, ".,") or bool(MARKED.fullmatch(v.strip())) for v in levels.tolist()], bool
    )
    return float(counts[there & numbers].sum() / max(1, counts[there].sum()))


def _is_number(value: str, points: str) -> bool:
    return bool(NUMBER.fullmatch(value.strip())) and ("," in points or "," not in value)


def _counts(column: np.ndarray) -> bool:
    """Whether a column numbers the rows in their order."""
    return len(column) > 1 and bool((np.diff(column) == 1).all()) and column[0] in (0, 1)


def _described(table: Table) -> str:
    """All arrays with their shapes."""
    return listed(f"{n} {'x'.join(map(str, e.shape))}" for n, e in table.arrays.items())
