"""The observations x as the user has them: columns, scales, outliers."""

import hashlib
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Real

from ivaegan_jax.data import Moments, moments
from ivaegan_jax.doctor.finding import (
    Finding,
    columns_that,
    counted,
)
from ivaegan_jax.doctor.forms import check_forms
from ivaegan_jax.doctor.outliers import check_outliers
from ivaegan_jax.doctor.telling import check_telling
from ivaegan_jax.types import Dataset

STEPS = 1000.0
"""Steps of its float type that a column's standard deviation spans at least, for three digits."""

LOST = 0.05
"""Steps of a float type beyond which a column that never changes may have lost what varied."""


def describe_x(dataset: Dataset) -> list[Finding]:
    """Findings `x`, `columns`, `telling`, `scale`, `outliers`, and those of `check_forms`."""
    x = dataset.x
    rows, columns = x.shape
    height, width = dataset.image_shape or (0, 0)
    image = f", images of {height} x {width}" if dataset.image_shape else ""
    known = "" if dataset.s is None else f"; {counted(dataset.s.shape[1], 'true source')} known"
    all_rows = dataset.whole.x.shape[0] if dataset.whole else rows
    looked = f", of which {rows:,} rows are looked at" if all_rows > rows else ""
    size = f"{counted(all_rows, 'row')} and {counted(columns, 'column')}"
    sentence = f"x has {size} of numbers{image}{looked}"
    values = {"rows": all_rows, "columns": columns, "missing": 0}
    shape = Finding("x", "fine", f"{sentence}, none missing{known}.", values=values)
    found = moments(x, np.arange(rows))
    names = dataset.columns
    kinds = check_columns(x, found, names), check_telling(dataset, found.varies)
    scale = check_scale(x.dtype, found, names)
    outliers = check_outliers(x, found, names=names)
    return [shape, *kinds, scale, outliers, *check_forms(dataset, found.varies)]


def check_columns(
    x: Real[np.ndarray, "rows dim_x"], found: Moments, names: Sequence[str] = ()
) -> Finding:
    """Columns that never change, and columns that repeat an earlier one to the bit."""
    lost = ~found.varies & (step_of(x.dtype, found) > LOST)
    first: dict[bytes, int] = {}
    digests = [hashlib.blake2b(np.ascontiguousarray(column).data).digest() for column in x.T]
    earlier = [first.setdefault(digest, i) for i, digest in enumerate(digests)]
    repeats = [i for i, e in enumerate(earlier) if e != i and found.varies[i]]
    constant = np.flatnonzero(~found.varies & ~lost).tolist()
    rounded = np.flatnonzero(lost).tolist()
    values = {"constant": constant, "repeated": repeats, "rounded": rounded}
    kinds = {
        "that never change": constant, "that repeat an earlier one": repeats,
        f"whose values are so large that {x.dtype} has rounded away whatever varied": rounded,
    }  # fmt: skip
    if not any(kinds.values()):
        sentence = "Every column of x varies and none repeats another."
        return Finding("columns", "fine", sentence, values=values)
    sentence = columns_that(kinds, names)
    advice = "Leave them out of x: they tell nothing that the others do not."
    if rounded:
        advice += " Export the last as float64, or subtract their offset before they are rounded."
    return Finding("columns", "warn", sentence, advice, values)


def step_of(dtype: np.dtype, found: Moments) -> Float[np.ndarray, " columns"]:
    """Distance of neighbouring numbers at the size of every column; 0 of whole numbers."""
    if dtype.kind != "f":
        return np.zeros(len(found.mean))
    largest = np.maximum(np.abs(found.low), np.abs(found.high))
    return np.spacing(largest.astype(dtype)).astype(float)


def check_scale(dtype: np.dtype, found: Moments, names: Sequence[str] = ()) -> Finding:
    """Spread of the varying columns, and offsets so large that the spread is rounded away."""
    varies = found.varies
    std = found.std[varies] if varies.any() else np.ones(1)
    offset = np.abs(found.mean[varies]) / std if varies.any() else np.zeros(1)
    coarse = np.flatnonzero(varies & (found.std < STEPS * step_of(dtype, found))).tolist()
    values = {"smallest_std": std.min(), "largest_std": std.max(), "largest_offset": offset.max()}
    values = {name: float(value) for name, value in values.items()} | {"coarse": coarse}
    if not coarse:
        sentence = (
            f"Standard deviations of the columns of x run from {std.min():.3g} to {std.max():.3g}; "
            "training rescales them."
        )
        return Finding("scale", "fine", sentence, values=values)
    kind = (
        f"that lie so far from zero that {dtype} keeps less than three digits of what varies in "
        "them"
    )
    sentence = columns_that({kind: coarse}, names)
    advice = "Export them as float64, or subtract their offset before they are rounded."
    return Finding("scale", "warn", sentence, advice, values)
