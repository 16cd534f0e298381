"""The auxiliary variable u as the user has it: its type, levels and counts, or its columns."""

import numpy as np

from ivaegan_jax.doctor.finding import Finding, counted, listed
from ivaegan_jax.types import Dataset

FEW_ROWS = 30
"""Rows below which a level's means and variances are hardly known."""

FEW_VALUES = 50
"""A continuous u of so few distinct values is perhaps none."""


def describe_u(dataset: Dataset) -> list[Finding]:
    """Findings `u` and `levels` of a discrete u, or `u` and `range` of a continuous one."""
    return describe_levels(dataset) if dataset.u.ndim == 1 else describe_columns(dataset)


def describe_levels(dataset: Dataset) -> list[Finding]:
    """How many categories there are, and whether each has rows enough."""
    assert dataset.levels is not None
    codes, counts = np.unique(dataset.u, return_counts=True)
    names = dataset.levels[codes].tolist()
    span = f"{counts.min():,} to {counts.max():,} rows each, {np.median(counts):,.0f} in the middle"
    if counts.min() == counts.max():
        span = f"{counted(int(counts[0]), 'row')} each"
    sentence = f"u is a category with {counted(len(names), 'level')}: {span}."
    values = {"type": "discrete", "levels": len(names), "smallest": int(counts.min())}
    values |= {"largest": int(counts.max())}
    return [Finding("u", "fine", sentence, values=values), check_levels(names, counts.tolist())]


def check_levels(names: list, counts: list[int]) -> Finding:
    """Levels of few rows; `names` and `counts` go together."""
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
    advice = "Merge small levels with others or leave them out."
    if len(small) > len(names) / 2:
        advice += (
            " If u is a quantity such as time or position, save it as floats, u[:, None], and it "
            "is taken as continuous."
        )
    return Finding("levels", "warn", sentence, advice, values)


def describe_columns(dataset: Dataset) -> list[Finding]:
    """Range and number of distinct values of a continuous u."""
    rows, columns = dataset.u.shape
    distinct = len(np.unique(dataset.u, axis=0))
    low, high = float(dataset.u.min()), float(dataset.u.max())
    values = {"type": "continuous", "columns": columns, "distinct": distinct}
    sentence = (
        f"u is continuous, {counted(columns, 'column')} from {low:.3g} to {high:.3g}, with "
        f"{counted(distinct, 'distinct value')} in {counted(rows, 'row')}."
    )
    found = Finding("u", "fine", sentence, values=values | {"low": low, "high": high})
    return [found, check_columns_of_u(dataset.u, distinct)]


def check_columns_of_u(u: np.ndarray, distinct: int) -> Finding:
    """Columns `[rows, dim_u]` that never change, and a u that looks like categories."""
    constant = np.flatnonzero((u == u[0]).all(axis=0)).tolist()
    values = {"constant": constant, "distinct": distinct}
    if constant:
        sentence = f"Columns {listed(constant)} of u, counting from 0, never change."
        return Finding("range", "warn", sentence, "Leave them out of u.", values)
    if distinct <= FEW_VALUES < len(u):
        sentence = f"u was saved as floats but has only {distinct} distinct values."
        advice = "If these are categories, save them as integers or names in one column."
        return Finding("range", "warn", sentence, advice, values)
    return Finding("range", "fine", "Every column of u varies.", values=values)
