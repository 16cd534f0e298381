"""The auxiliary variable u as the user has it: its type, levels and counts, or its columns."""

import numpy as np
from jaxtyping import Float

from ivaegan_jax.data import moments
from ivaegan_jax.doctor.finding import Finding, counted, listed
from ivaegan_jax.doctor.levels import FEW_ROWS, check_levels, check_names
from ivaegan_jax.doctor.outliers import check_outliers
from ivaegan_jax.doctor.telling import alike
from ivaegan_jax.types import Auxiliary, Dataset

__all__ = ["FEW_ROWS", "describe_u"]

FEW_VALUES = 50
"""A continuous u of so few distinct values is perhaps none."""

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
    found += [check_levels(names, counts.tolist()), check_names(names)]
    if u.is_numeric:
        found.append(check_outliers(u.table(), None, "u"))
    return found


def describe_columns(aux: Auxiliary) -> list[Finding]:
    """Range and number of distinct values of a continuous u, and what its columns are."""
    u = aux.values
    rows, columns = u.shape
    some = u[:: -(-rows // MOST_ROWS)]
    distinct = len(np.unique(some, axis=0))
    low, high = float(u.min()), float(u.max())
    values = {"type": "continuous", "columns": columns, "distinct": distinct}
    shown = "" if len(some) == rows else f" {len(some):,} of"
    sentence = (
        f"u is continuous, {counted(columns, 'column')} from {low:.3g} to {high:.3g}, with "
        f"{counted(distinct, 'distinct value')} in{shown} {counted(rows, 'row')}."
    )
    found = Finding("u", "fine", sentence, values=values | {"low": low, "high": high})
    quantities = [c for c in range(columns) if c not in aux.categories]
    checks = [check_columns_of_u(u, distinct), check_hot(u), check_row_number(u)]
    if quantities:
        numbers = u[:, quantities]
        checks.append(check_outliers(numbers, moments(numbers, np.arange(rows)), "u"))
    return [found, *(check for check in checks if check)]


def check_columns_of_u(u: Float[np.ndarray, "rows dim_u"], distinct: int) -> Finding:
    """Columns that never change, and a u that looks like categories."""
    constant = np.flatnonzero((u == u[0]).all(axis=0)).tolist()
    values = {"constant": constant, "distinct": distinct}
    if constant:
        sentence = f"Columns {listed(constant)} of u, counting from 0, never change."
        advice = f"Leave them out of u, `u = np.delete(u, {constant}, axis=1)`."
        return Finding("range", "warn", sentence, advice, values)
    if distinct <= FEW_VALUES < len(u):
        sentence = f"u holds floats but has only {distinct} distinct values."
        advice = (
            "If these are categories, give them as such, "
            "`u = np.unique(u, axis=0, return_inverse=True)[1]`."
        )
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


def check_row_number(u: Float[np.ndarray, "rows dim_u"]) -> Finding | None:
    """Columns of u that follow the row number."""
    rows = np.arange(len(u))[:: -(-len(u) // MOST_ROWS)]
    follow = np.flatnonzero(alike(u[rows].astype(float), rows[:, None].astype(float))).tolist()
    if not follow:
        return None
    sentence = f"Columns of u, counting from 0, that follow the row number: {listed(follow)}."
    advice = "That is fine for time; an index that means nothing is no u."
    return Finding("u_rows", "warn", sentence, advice, {"columns": follow})
