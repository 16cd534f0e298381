"""The auxiliary variable u as the user has it: its type, levels and counts, or its columns."""

import numpy as np
from jaxtyping import Float

from ivaegan_jax.data import PLAIN, moments
from ivaegan_jax.doctor.finding import (
    Finding,
    columns_that,
    counted,
    named,
    span,
)
from ivaegan_jax.doctor.forms import check_turns
from ivaegan_jax.doctor.levels import FEW_ROWS, check_levels, check_names, check_unknown
from ivaegan_jax.doctor.outliers import check_outliers
from ivaegan_jax.doctor.telling import alike
from ivaegan_jax.studies import may_be_categories
from ivaegan_jax.types import Auxiliary, Dataset, Kind

__all__ = ["FEW_ROWS", "describe_u"]

MOST_ROWS = 100_000
"""Rows on which distinct values are counted where there are many."""


def describe_u(dataset: Dataset) -> list[Finding]:
    """Findings `u`, then of its levels or columns, and `reading` where that was not plain."""
    found = describe_levels(dataset.u) if dataset.u.is_categorical else describe_columns(dataset.u)
    if not dataset.notes:
        return found
    sentence = " ".join(dataset.notes)
    advice = "Check that this is what was meant."
    return [*found, Finding("reading", "warn", sentence, advice, {"notes": list(dataset.notes)})]


def describe_levels(u: Auxiliary) -> list[Finding]:
    """How many categories there are, and whether each has rows enough."""
    codes, counts = np.unique(u.codes, return_counts=True)
    names = u.levels[codes].tolist()
    span = f"{counts.min():,} to {counts.max():,} rows each, {np.median(counts):,.0f} in the middle"
    if counts.min() == counts.max():
        span = f"{counted(int(counts[0]), 'row')} each"
    sentence = f"u is a category with {counted(len(names), 'level')}: {span}."
    values = {"type": "discrete", "levels": len(names), "smallest": int(counts.min())}
    values |= {"largest": int(counts.max())}
    found = [Finding("u", "fine", sentence, values=values)]
    found += [check_levels(names, counts.tolist(), u.columns[0].name), check_names(names)]
    if u.is_numeric:
        return [*found, check_outliers(u.table(), None, "u")]
    return [*found, *filter(None, [check_unknown(names, counts.tolist())])]


def check_own(aux: Auxiliary, place: int) -> Finding | None:
    """Levels of one of several columns that may stand for a missing one."""
    levels, codes = np.unique(aux.own_column(place), return_inverse=True)
    if levels.dtype.kind == "U":
        return check_unknown(levels.tolist(), np.bincount(codes).tolist())
    if levels.dtype.kind not in "iuf":
        return None
    name = aux.columns[place].name or f"{place}"
    found = check_outliers(levels[codes][:, None], None, "u", (name,))
    return found._replace(name="u_missing") if found.severity == "warn" else None


def describe_columns(aux: Auxiliary) -> list[Finding]:
    """Range and number of distinct values of a continuous u, and what its columns are."""
    u = aux.values
    rows, columns = u.shape
    some = u[:: -(-rows // MOST_ROWS)]
    distinct = len(np.unique(some, axis=0))
    low, high = float(u.min()), float(u.max())
    values = {"type": "continuous", "columns": columns, "distinct": distinct}
    shown = "" if len(some) == rows else f" {len(some):,} of"
    count = f"with {counted(distinct, 'distinct value')} in{shown} {counted(rows, 'row')}."
    many = counted(columns, "column")
    sentence = f"u is continuous, {many} {span(low, high)}, {count}"
    is_plain = all(each == PLAIN for each in aux.columns)
    if not is_plain:
        each = [described_column(aux, i) for i in range(columns)]
        sentence = f"u has {many}, {count[:-1]}: {'; '.join(each)}."
    found = Finding("u", "fine", sentence, values=values | {"low": low, "high": high})
    checks = [check_columns_of_u(aux, distinct)]
    checks += [check_hot(u)] if all(e.kind is Kind.CONTINUOUS for e in aux.columns) else []
    checks += [check_row_number(aux), check_turns(aux)]
    checks += [check_own(aux, i) for i, each in enumerate(aux.columns) if each.has_levels]
    straight = [i for i, each in enumerate(aux.columns) if each.kind is Kind.CONTINUOUS]
    if straight:
        numbers, names = u[:, straight], named(straight, aux.names) if aux.names else ()
        found_there = moments(numbers, np.arange(rows))
        checks.append(check_outliers(numbers, found_there, "u", names))
    return [found, *(check for check in checks if check)]


def described_column(aux: Auxiliary, place: int) -> str:
    """One column in a few words: its name, its kind, and its levels or range."""
    column, values = aux.columns[place], aux.values[:, place]
    name = column.name or f"column {place}"
    if column.has_levels:
        return f"{name} {column.kind.value}, {counted(len(np.unique(values)), 'level')}"
    period = f" with the period {column.period:.4g}" if column.period else ""
    return f"{name} {column.kind.value}{period}, {span(float(values.min()), float(values.max()))}"


def check_columns_of_u(aux: Auxiliary, distinct: int) -> Finding:
    """Columns that never change, and a u that looks like categories."""
    u, names = aux.values, aux.names
    constant = np.flatnonzero((u == u[0]).all(axis=0)).tolist()
    values = {"constant": constant, "distinct": distinct}
    if constant:
        sentence = columns_that({"that never change": constant}, names, "u")
        code = "" if names else f", `u = np.delete(u, {constant}, axis=1)`"
        return Finding("range", "warn", sentence, f"Leave them out of u{code}.", values)
    if may_be_categories(u, distinct) and not aux.categories:
        sentence = f"u holds floats but has only {distinct} distinct values."
        how = ", `u = np.unique(u, axis=0, return_inverse=True)[1]`"
        how = f", {names[0]}:categorical or {names[0]}:ordered" if names else how
        advice = f"If these are categories, give them as such{how}."
        return Finding("range", "warn", sentence, advice, values)
    return Finding("range", "fine", "Every column of u varies.", values=values)


def check_hot(u: Float[np.ndarray, "rows dim_u"]) -> Finding | None:
    """Columns that are almost one-hot: shares that add up to 1, or rows where none is 1."""
    if u.shape[1] < 2 or u.min() < 0 or u.max() > 1:
        return None
    sums = u.sum(axis=1)
    values = {"none": int((sums == 0).sum())}
    if np.abs(sums - 1).max() < 1e-3:
        sentence = "The columns of u add up to 1 in every row, as shares or soft categories do."
        advice = "If the largest is what is meant, use `u = u.argmax(axis=1)`."
        return Finding("one_hot", "warn", sentence, advice, values)
    if ((u == 0) | (u == 1)).all() and sums.max() == 1:
        sentence = f"u is one-hot but for {counted(values['none'], 'row')} in which no column is 1."
        advice = (
            "If these are a category of their own, use "
            "`u = np.where(u.any(axis=1), u.argmax(axis=1), u.shape[1])`; if they are missing, "
            "`u = np.where(u.any(axis=1), u.argmax(axis=1), np.nan)`."
        )
        return Finding("one_hot", "warn", sentence, advice, values)
    return None


def check_row_number(aux: Auxiliary) -> Finding | None:
    """Quantities of u that follow the row number."""
    rows = np.arange(len(aux))[:: -(-len(aux) // MOST_ROWS)]
    follows = alike(aux.values[rows].astype(float), rows[:, None].astype(float))
    follow = [i for i in np.flatnonzero(follows).tolist() if i in aux.quantities]
    if not follow:
        return None
    sentence = columns_that({"that follow the row number": follow}, aux.names, "u")
    advice = "That is fine for time; an index that means nothing is no u."
    return Finding("u_rows", "warn", sentence, advice, {"columns": follow})
