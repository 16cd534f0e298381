"""Columns that mean something else than their numbers say: angles, shares, totals beside counts."""

import re
from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Bool, Float, Real

from ivaegan_jax.doctor.finding import Finding, columns_that
from ivaegan_jax.types import Auxiliary, Dataset, Kind

STARTS = tuple((start, turn) for turn in (360.0, 2 * np.pi) for start in (0.0, -turn / 2))
"""Where turns begin, and how long they are, in degrees and radians."""

FILLED, ENDS, AT_END, FEWEST = 0.98, 0.05, 0.01, 30
"""Share of a turn that angles fill; parts at both its ends, share of rows in each; values."""

MOST_ROWS = 20_000
"""Rows that are looked at."""

FEWEST_COUNTS, MOST_OTHERS = 3, 0.25
"""Columns of counts at least, and the share of all columns that is none at most."""

NUMBERING = re.compile(r"(.*[\W_])?(ids?|idx|index|uuid|identifier|nr|zip)", re.IGNORECASE)
"""Names of columns that number something."""

SAME, FIXED = 1e-6, 1e-3
"""Range of sums that are one number, over that number and over the spread of the widest column."""


def check_forms(dataset: Dataset, varies: Bool[np.ndarray, " dim_x"]) -> Iterator[Finding]:
    """Findings on columns of x that are not what they seem; none where there are none."""
    x = dataset.x[:: -(-len(dataset.x) // MOST_ROWS)].astype(float)
    if dataset.image_shape is None:
        yield from _angles(x, varies, dataset.columns)
        yield from _beside_counts(x, varies, dataset.columns)
        yield from _shares(x, varies)
    yield from _identifiers(x, dataset.columns)


def check_turns(aux: Auxiliary) -> Finding | None:
    """Quantities of u that fill a turn, as angles do."""
    straight = [i for i, each in enumerate(aux.columns) if each.kind is Kind.CONTINUOUS]
    found = [i for i in straight if is_turn(aux.values[:: -(-len(aux) // MOST_ROWS), i])]
    if not found:
        return None
    names = aux.names
    sentence = columns_that({"that fill 360 degrees or 2 pi": found}, names, "u")
    kind = f"{names[found[0]]}:circular" if names else "--u=u:circular (u_kinds in Python)"
    advice = f"If these are angles, whose ends are one place, give {kind}."
    return Finding("turns", "warn", sentence, advice, {"turns": found})


def is_turn(column: Real[np.ndarray, " rows"]) -> bool:
    """Whether values fill a turn in degrees or radians, and lie at both of its ends."""
    low, high = float(column.min()), float(column.max())
    for start, turn in STARTS:
        within = start - 1e-6 * turn <= low and high <= start + turn * (1 + 1e-6)
        if within and high - low >= FILLED * turn and len(np.unique(column)) >= FEWEST:
            place = (column - start) / turn
            at_ends = min((place < ENDS).mean(), (place > 1 - ENDS).mean())
            return bool(at_ends >= AT_END)
    return False


def _angles(
    x: Float[np.ndarray, "rows dim_x"], varies: Bool[np.ndarray, " dim_x"], names: Sequence[str]
) -> Iterator[Finding]:
    found = [int(i) for i in np.flatnonzero(varies) if is_turn(x[:, i])]
    if found:
        sentence = columns_that({"that fill 360 degrees or 2 pi": found}, names)
        advice = (
            "If these are angles, whose ends are one place, give cosine and sine of each in its "
            "place."
        )
        yield Finding("angles", "warn", sentence, advice, {"angles": found})


def _beside_counts(
    x: Float[np.ndarray, "rows dim_x"], varies: Bool[np.ndarray, " dim_x"], names: Sequence[str]
) -> Iterator[Finding]:
    """Columns that keep all others from being taken for the counts that they are."""
    whole = ((x >= 0) & (x == np.floor(x))).all(axis=0)
    counts = whole & varies & (x.max(axis=0) > 1)
    others = np.flatnonzero(~whole).tolist()
    if counts.sum() < FEWEST_COUNTS or not 0 < len(others) <= MOST_OTHERS * x.shape[1]:
        return
    sentence = columns_that({"that are no counts, while all others are": others}, names)
    advice = (
        "Leave them out of x (totals, size factors, times), and x is taken for counts; as it is, "
        "all columns are taken for real numbers."
    )
    yield Finding("counts", "warn", sentence, advice, {"others": others})


def _identifiers(x: Float[np.ndarray, "rows dim_x"], names: Sequence[str]) -> Iterator[Finding]:
    """Whole numbers that are names, as the names of their columns say."""
    whole = (x == np.floor(x)).all(axis=0)
    found = [i for i, name in enumerate(names) if whole[i] and NUMBERING.fullmatch(name.strip())]
    if found:
        sentence = columns_that({"whose names say that they number something": found}, names)
        advice = "Leave them out of x, unless their size means something."
        yield Finding("identifiers", "warn", sentence, advice, {"identifiers": found})


def _shares(
    x: Float[np.ndarray, "rows dim_x"], varies: Bool[np.ndarray, " dim_x"]
) -> Iterator[Finding]:
    """Rows that add up to one number."""
    sums = x.sum(axis=1)
    most = min(SAME * abs(sums[0]), FIXED * x.std(axis=0).max())
    if varies.sum() < 3 or x.min() < 0 or np.ptp(sums) > most:
        return
    sentence = (
        f"Every row of x adds up to {sums[0]:.6g}, as shares do: a column follows from others."
    )
    logs = "`x = np.log(x) - np.log(x).mean(axis=1, keepdims=True)`"
    advice = f"Leave one column out; where no share is 0, logarithms compare shares: {logs}."
    yield Finding("shares", "warn", sentence, advice, {"sum": float(sums[0])})
