"""Whether rows are square pictures without being declared so: neighbours on the grid are alike."""

import math
from collections.abc import Callable

import numpy as np
from jaxtyping import Bool, Float, Real

LEAST_PIXELS = 256

ROWS = 1000
"""Rows that are looked at: a correlation of .5 is then known to .03."""

ALIKE, APART = 0.5, 0.25
"""Median correlation of neighbours at least, and its median size for columns drawn at random."""

COLOURS = (1, 3)


def side_of_pictures(x: Real[np.ndarray, "rows columns"]) -> int:
    """The side of square pictures, grey or of three colours; 0 where rows look like none.

    Neighbours across and down are alike, and columns far from each other are not: so it is in
    pictures, and neither in mixed sources nor in spectra, which are alike along one direction.
    """
    for colours in COLOURS:
        side = math.isqrt(x.shape[1] // colours)
        if side**2 * colours == x.shape[1] and side**2 >= LEAST_PIXELS:
            grid = np.asarray(x[:ROWS], float).reshape(-1, side, side, colours).mean(axis=3)
            return side if _is_picture(grid) else 0
    return 0


def taken_as_pictures(columns: int, side: int) -> str:
    """That rows are taken as pictures, and why."""
    return (
        f"x has {columns:,} columns; neighbours on a grid of {side} x {side} are alike and others "
        "are not: rows are taken as pictures."
    )


def _is_picture(grid: Float[np.ndarray, "rows side side"]) -> bool:
    spread = grid.std(axis=0)
    varies = spread > 0
    z = (grid - grid.mean(axis=0)) / np.where(varies, spread, 1)
    flat, kept = z.reshape(len(z), -1), varies.ravel()
    others = np.random.default_rng(0).permutation(flat.shape[1])
    across = _alike(z[:, :, 1:], z[:, :, :-1], varies[:, 1:] & varies[:, :-1])
    down = _alike(z[:, 1:], z[:, :-1], varies[1:] & varies[:-1])
    apart = _alike(flat, flat[:, others], kept & kept[others], size=np.abs)
    return min(across, down) > ALIKE and apart < APART


def _alike(
    one: Float[np.ndarray, "rows ..."],
    other: Float[np.ndarray, "rows ..."],
    kept: Bool[np.ndarray, "..."],
    size: Callable[[np.ndarray], np.ndarray] = np.asarray,
) -> float:
    """Median correlation, or its size, of pairs of standardised columns; 0 where none varies."""
    return float(np.median(size(np.mean(one * other, axis=0)[kept]))) if kept.any() else 0.0
