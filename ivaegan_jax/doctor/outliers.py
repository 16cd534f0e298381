"""Values far from all others of their column, in x and in u."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Real

from ivaegan_jax.data import Moments, Sentinel, find_sentinels, pieces, unmarked
from ivaegan_jax.doctor.finding import Finding, counted, listed, named

FAR = 20.0
"""Robust standard deviations from the median beyond which a value counts as an outlier; Laplace
tails hold one such value in a million."""

MOSTLY_ONE = 0.2
"""Share of equal values from which on the median deviation is no scale."""

MOST_VALUES = 4_000_000
"""Values from which medians are taken."""


def middle_and_scale(
    x: Real[np.ndarray, "rows columns"], found: Moments
) -> tuple[Float[np.ndarray, " columns"], Float[np.ndarray, " columns"]]:
    """Medians, and standard deviations by the median deviation.

    Of a column that is mostly one value (spike counts, ink, padding) that value is the middle, and
    the scale is the distance or the median deviation of the others, whichever is larger.
    """
    some = x[:: -(-x.size // MOST_VALUES)].astype(float)
    middle = np.median(some, axis=0)
    scale = 1.4826 * np.median(np.abs(some - middle), axis=0)
    lowest = (some == found.low).mean(axis=0)
    middle = np.where(lowest > MOSTLY_ONE, found.low, middle)
    equal = (some == middle).mean(axis=0)
    for column in np.flatnonzero(found.varies & ((equal > MOSTLY_ONE) | (scale == 0))):
        others = some[some[:, column] != middle[column], column]
        if len(others):
            spread = 1.4826 * np.median(np.abs(others - np.median(others)))
            scale[column] = max(spread, abs(np.median(others) - middle[column]))
        else:  # so few that the rows looked at have none
            scale[column] = np.inf
    return middle, scale


def far_values(
    x: Real[np.ndarray, "rows columns"], found: Moments
) -> tuple[Bool[np.ndarray, " rows"], int]:
    """Rows with values far from the middle of their column, and how many such values there are."""
    middle, scale = middle_and_scale(x, found)
    rows, number = np.zeros(len(x), bool), 0
    for piece in pieces(*x.shape):
        far = np.abs(x[piece] - middle) > FAR * scale
        rows[piece] = far.any(axis=1)
        number += int(far.sum())
    return rows, number


def check_outliers(
    x: Real[np.ndarray, "rows columns"],
    found: Moments | None,
    name: str = "x",
    names: Sequence[str] = (),
) -> Finding:
    """Values far from the median of their column, and those that look like codes for missing.

    Args:
      x: the numbers.
      found: their moments; None for numbers that are names, of which none is far.
      name: x or u.
      names: of the columns; none where they have none.
    """
    far, number = (np.zeros(0, bool), 0) if found is None else far_values(x, found)
    rows, codes = np.flatnonzero(far).tolist(), find_sentinels(x)
    values = {"outliers": number, "rows": len(rows), "first_rows": rows[:10]}
    values["codes"] = [code._asdict() for code in codes]
    finding = "outliers" if name == "x" else "u_outliers"
    if not rows and not codes:
        sentence = f"No value of {name} lies more than {FAR:.0f} robust standard deviations out."
        if found is None:
            sentence = f"No level of {name} looks like a code for a missing one."
        return Finding(finding, "fine", sentence, values=values)
    sentences, advice = [], []
    if codes:
        sentences.append(_apart(codes, names))
        then = ", and drop or fill these rows" if name == "x" else "; such rows are left out"
        code = "" if names else f", {unmarked(name, codes[0].value)}"
        advice.append(f"If they do, set them to NaN{code}{then}.")
    if rows:
        sentences.append(
            f"Rows with values more than {FAR:.0f} robust standard deviations from the median of "
            f"their column: {len(rows):,} of {len(x):,} (counting from 0, {listed(rows)})."
        )
        artefacts = "Look at these rows; fix or drop artefacts, and clip or transform heavy tails."
        advice.append(artefacts)
    return Finding(finding, "warn", " ".join(sentences), " ".join(advice), values)


def _apart(codes: Sequence[Sentinel], names: Sequence[str]) -> str:
    """Values that may stand for a missing one, with their rows and columns."""
    apart = listed(
        f"{code.value:.10g} in {counted(code.rows, 'row')} of column "
        f"{named([code.column], names)[0]}"
        for code in codes
    )
    return f"Values apart from all others, that may stand for a missing one: {apart}."
