"""All rows of one data seed in the order in which they were taken, and u moved along them."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int, Num

from ivaegan_jax.data.dependence.nulls import IN_TIME, Kind, Structure, find_structure
from ivaegan_jax.data.dependence.permutations import permute_labels, permute_rows
from ivaegan_jax.data.dependence.sequences import other_course, turn_each
from ivaegan_jax.data.dependence.shifts import turning
from ivaegan_jax.data.prepare import Prepared
from ivaegan_jax.types import Auxiliary

MOST_ROWS = 20_000
"""Rows at which it is looked how far u can be shifted, evenly spread."""

TRIES = 100
"""Moves of u that are tried until every value of it is left in training rows."""

MOVES = {
    "rows": permute_rows,
    "labels": permute_labels,
    "courses": other_course,
    "slides": turn_each,
}
"""For every row, given the groups, the row whose u it gets; shifts take more than the groups."""


class Series(NamedTuple):
    """The rows of all parts together, group by group in the order of time.

    Attributes:
      x: standardised observations.
      u: level codes or features.
      group: of every row; None where there is one group.
      place: of every row in the table put in order; rows that gaps left out are missing.
      order: which row of the parts (training, validation, test, one after the other) each one is.
      sizes: rows of each part.
    """

    x: Float[np.ndarray, "rows dim_x"]
    u: Num[np.ndarray, "rows ..."]
    group: Int[np.ndarray, " rows"] | None
    place: Int[np.ndarray, " rows"]
    order: Int[np.ndarray, " rows"]
    sizes: tuple[int, ...]

    def as_parts(self, values: Num[np.ndarray, "rows ..."]) -> list[np.ndarray]:
        """Values of these rows, part by part as they lie there."""
        back = np.empty_like(values)
        back[self.order] = values
        return np.split(back, np.cumsum(self.sizes)[:-1])


def series_of(data: Prepared, index: int) -> Series:
    """The rows of one data seed, by its index."""
    parts = data.train, data.valid, data.test
    x, u, group, place = (
        np.concatenate([getattr(part, name)[index] for part in parts])
        for name in ("x", "u", "group", "place")
    )
    order = np.argsort(place, kind="stable")
    known = group[order] if np.ptp(group) else None
    sizes = tuple(part.x.shape[1] for part in parts)
    return Series(x[order], u[order], known, place[order], order, sizes)


def structure_as(kind: Kind, series: Series) -> Structure:
    """The structure of a series whose kind is known; copies of rows are found once more.

    Of one series that was cut into blocks, u is shifted as of any other.
    """
    if kind == "labels" and series.group is None:
        return find_structure(series.x, series.u)
    one = kind in IN_TIME and series.group is None
    return Structure("shifts" if one else kind, series.group)


def reach_of(series: Series, structure: Structure) -> int:
    """How far u in time is shifted at most, in rows of the largest group; 0 for other rows."""
    if structure.kind != "shifts":
        return 0
    groups = np.zeros(len(series.u), int) if structure.groups is None else structure.groups
    step = -(-len(series.u) // MOST_ROWS)
    return step * turning(series.u[::step], groups[::step])


def moved_u(
    series: Series, structure: Structure, reach: int, rng: np.random.Generator
) -> list[np.ndarray]:
    """U of every part once it was moved along the rows.

    Groups that have one value of u each get that of another group, sequences the course of
    another one, and rows that do not depend on each other that of any other row. Rows in time get
    the u of rows before or after them, each group by itself, by a shift at random (`reach_of`);
    rows at an end that no other u reaches get that of the rows beside it, mirrored, since u that
    came round from the other end would leave a jump.

    Returns:
      U of the training, validation and test rows; every level that training rows have had is left
      to them, where some move leaves it.
    """
    all_of = Auxiliary.of(series.u)
    for _ in range(TRIES):
        train, *held_out = series.as_parts(series.u[moved_rows(series, structure, reach, rng)])
        if not all_of.is_categorical or len(np.unique(train)) == all_of.distinct():
            break
    return [train, *held_out]


def moved_rows(
    series: Series, structure: Structure, reach: int, rng: np.random.Generator
) -> Int[np.ndarray, " rows"]:
    """For every row, the row whose u it gets; shifts are between half of `reach` and all of it.

    Where that row was left out by a gap, the next one stands for it.
    """
    groups = np.zeros(len(series.u), int) if structure.groups is None else structure.groups
    if structure.kind != "shifts":
        return MOVES[structure.kind](rng, groups)
    shift = int(rng.integers(-(-reach // 2), reach, endpoint=True) * rng.choice((-1, 1)))
    place, number = series.place, np.cumsum(np.diff(groups, prepend=groups[0]) != 0)
    ends = np.flatnonzero(np.diff(number, append=-1))
    last = place[ends][number]
    first = place[np.concatenate([[0], ends[:-1] + 1])][number]
    span = last - first + 1
    there = place - first - np.rint(shift * span / span.max()).astype(int)
    there = np.where(there < 0, -1 - there, there)
    there = np.where(there >= span, 2 * span - 1 - there, there)
    return np.minimum(np.searchsorted(place, first + there), ends[number])


def moved_along(
    x: Float[np.ndarray, "rows dim_x"],
    u: Num[np.ndarray, "rows ..."],
    structure: Structure,
    rng: np.random.Generator,
) -> Int[np.ndarray, " rows"]:
    """For every row of a whole table in order, the row whose u it gets (see `moved_rows`)."""
    place = np.arange(len(u))
    if structure.kind in IN_TIME and structure.origin == "blocks":
        structure = Structure("shifts", None)
    series = Series(x, u, structure.groups, place, place, (len(u),))
    return moved_rows(series, structure, reach_of(series, structure), rng)
