"""The observations x as the user has them: columns, scales, outliers."""

import numpy as np
from jaxtyping import Bool, Float

from ivaegan_jax.doctor.finding import Finding, counted, listed
from ivaegan_jax.types import Dataset

FAR = 20.0
"""Robust standard deviations from the median beyond which a value counts as an outlier; Laplace
tails hold one such value in a million."""

LARGEST_OFFSET = 1e4
"""Offset of a column over its spread beyond which float32 keeps less than three digits of it."""


def describe_x(dataset: Dataset) -> list[Finding]:
    """Findings `x`, `columns`, `scale` and `outliers` about all rows of a table."""
    x = dataset.x
    rows, columns = x.shape
    height, width = dataset.image_shape or (0, 0)
    image = f", images of {height} x {width}" if dataset.image_shape else ""
    known = "" if dataset.s is None else f"; {counted(dataset.s.shape[1], 'true source')} known"
    sentence = f"x has {counted(rows, 'row')} and {counted(columns, 'column')} of numbers{image}"
    values = {"rows": rows, "columns": columns, "missing": 0}
    shape = Finding("x", "fine", f"{sentence}, none missing{known}.", values=values)
    return [shape, check_columns(x), check_scale(x), check_outliers(x)]


def is_constant(x: Float[np.ndarray, "rows dim_x"]) -> Bool[np.ndarray, " dim_x"]:
    """Which columns have one value in all rows."""
    return (x == x[0]).all(axis=0)


def check_columns(x: Float[np.ndarray, "rows dim_x"]) -> Finding:
    """Columns that never change, and columns that repeat an earlier one to the bit."""
    still = is_constant(x)
    first: dict[bytes, int] = {}
    earlier = [first.setdefault(column.tobytes(), i) for i, column in enumerate(x.T)]
    repeats = [i for i, e in enumerate(earlier) if e != i and not still[i]]
    constant = np.flatnonzero(still).tolist()
    values = {"constant": constant, "repeated": repeats}
    if not constant and not repeats:
        sentence = "Every column of x varies and none repeats another."
        return Finding("columns", "fine", sentence, values=values)
    kinds = {"that never change": constant, "that repeat an earlier one": repeats}
    said = [f"columns of x {kind}: {listed(found)}" for kind, found in kinds.items() if found]
    sentence = f"Counting from 0, {'; '.join(said)}."
    advice = "Leave them out of x: they tell nothing that the others do not."
    return Finding("columns", "warn", sentence, advice, values)


def check_scale(x: Float[np.ndarray, "rows dim_x"]) -> Finding:
    """Spread of the varying columns, and offsets so large that float32 rounds the spread away."""
    varying = x[:, ~is_constant(x)].astype(float)
    std = varying.std(axis=0) if varying.size else np.ones(1)
    offset = np.abs(varying.mean(axis=0)) / std if varying.size else np.zeros(1)
    values = {"smallest_std": std.min(), "largest_std": std.max(), "largest_offset": offset.max()}
    values = {name: float(value) for name, value in values.items()}
    sentence = (
        f"Standard deviations of the columns of x run from {std.min():.3g} to {std.max():.3g}; "
        "training rescales them."
    )
    if offset.max() <= LARGEST_OFFSET:
        return Finding("scale", "fine", sentence, values=values)
    sentence = (
        f"A column of x lies {offset.max():.3g} standard deviations away from zero, which single "
        "precision rounds to a few digits."
    )
    return Finding("scale", "warn", sentence, "Subtract each column's mean before saving.", values)


def check_outliers(x: Float[np.ndarray, "rows dim_x"]) -> Finding:
    """Values far from the median of their column."""
    deviation = np.abs(x - np.median(x, axis=0))
    # of a Gaussian; where most values are equal (spike counts, ink) it is 0 and cannot serve
    robust = 1.4826 * np.median(deviation, axis=0)
    far = deviation > FAR * np.where(robust > 0, robust, x.std(axis=0))
    rows = np.flatnonzero(far.any(axis=1)).tolist()
    values = {"outliers": int(far.sum()), "rows": len(rows), "first_rows": rows[:10]}
    if not rows:
        sentence = f"No value of x lies more than {FAR:.0f} robust standard deviations out."
        return Finding("outliers", "fine", sentence, values=values)
    sentence = (
        f"Rows with values more than {FAR:.0f} robust standard deviations from the median of their "
        f"column: {len(rows):,} of {len(x):,} (counting from 0, {listed(rows)})."
    )
    advice = "Look at these rows; fix or drop artefacts, and clip or transform heavy tails."
    return Finding("outliers", "warn", sentence, advice, values)
