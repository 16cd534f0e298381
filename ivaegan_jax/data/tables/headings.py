"""Where the names of a table's columns stand, among lines of cells as people write them."""

import itertools
import re
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import numpy as np

from ivaegan_jax.data.tables.categories import MISSING
from ivaegan_jax.data.tables.objects import as_table
from ivaegan_jax.data.tables.observations import NUMBER
from ivaegan_jax.data.tables.table import Table
from ivaegan_jax.types import InputError

Cells = Sequence[str]
"""One line, cut into cells."""

UNNAMED = re.compile(r"Unnamed: \d+")
MOST_LINES = 3
"""Lines of names and units that a table may have below the first."""


class Heading(NamedTuple):
    """The names of the columns.

    Attributes:
      names: one for each column; `Unnamed: PLACE` for one that has none.
      lines: how many lines stand above the first row.
      note: what was left out or read as units; empty where nothing was.
    """

    names: tuple[str, ...]
    lines: int
    note: str = ""


def find_heading(lines: Sequence[Cells], comments: Collection[int] = ()) -> Heading:
    """Finds the line of names: behind comments and lines of fewer cells, before the first numbers.

    A second line, that has text where the first row has numbers, holds units, which stand behind
    the names in brackets; further lines of names, or names that are not unique without the line
    below them, are joined by `_`.

    Args:
      lines: the first of a file; empty ones are empty.
      comments: which of them are marked as comments, without the mark.

    Raises:
      InputError: where there are no names, or one twice.
    """
    at = _line_of_names(lines, comments)
    more = _more_lines(lines, at)
    names, notes = [cell.strip() for cell in lines[at]], []
    if at:
        counted = "1 line" if at == 1 else f"{at} lines"
        notes.append(f"{counted} above the names {'is' if at == 1 else 'are'} left out.")
    if len(more) == 1 and "" not in names[1:] and len(set(names)) == len(names):
        units = [cell.strip() for cell in lines[more[0]]]
        names = [_with_unit(name, unit) for name, unit in zip(names, units, strict=False)]
        notes.append(f"The line below the names holds units: {', '.join(filter(None, units))}.")
    elif more:
        names = _joined([names, *(lines[i] for i in more)])
        notes.append(f"The names stand in {len(more) + 1} lines, which are joined by _.")
    count = (more[-1] if more else at) + 1
    rows = [cells for cells in lines[count:] if _filled(cells)]
    if rows and all(len(cells) > len(names) and not cells[-1].strip() for cells in rows):
        names.append("")  # every row ends with a separator, and the line of names does not
    _check(names)
    found = tuple(name or f"Unnamed: {i}" for i, name in enumerate(names))
    return Heading(found, count, " ".join(notes))


def count_numbers(lines: Sequence[Cells]) -> int:
    """How many cells are numbers."""
    return sum(map(_is_number, itertools.chain(*lines)))


def tidied(frame: Any, *notes: str) -> Table:
    """The columns of a file, less empty rows, and empty columns without a name.

    Args:
      frame: as it was read.
      notes: what there is to say of the file already.
    """
    bare = [n for n in frame.columns if UNNAMED.fullmatch(str(n)) and frame[n].isna().all()]
    frame = frame.drop(columns=bare)
    empty = (
        frame.isna().all(axis=1).to_numpy() if len(frame.columns) else np.zeros(len(frame), bool)
    )
    left_out = f"{empty.sum():,} empty rows are left out." if empty.any() else ""
    table = as_table(frame[~empty] if empty.any() else frame, "the file")
    assert table is not None
    return table._replace(notes=tuple(filter(None, [*notes, left_out])))


def _line_of_names(lines: Sequence[Cells], comments: Collection[int]) -> int:
    """The first line that is as wide as most and filled as most are.

    Where that is one of numbers it is the line above, which may be a comment, or lack a name for
    the names of rows.
    """
    widths, filled = Counter(map(len, filter(None, lines))), Counter(map(_filled, lines))
    del filled[0]
    if not filled:
        raise InputError("it is empty; give a line of names and a line for every row")
    width, most = max(widths, key=lambda w: (widths[w], w)), max(filled, key=filled.__getitem__)
    likely = [i for i, cells in enumerate(lines) if _filled(cells) > most / 2]
    wide = [i for i in likely if len(lines[i]) == width and i not in comments]
    at = wide[0] if wide else likely[0]
    above = [i for i in likely if i < at and len(lines[i]) in (width, width - 1)]
    return above[-1] if above and count_numbers([lines[at]]) else at


def _more_lines(lines: Sequence[Cells], at: int) -> list[int]:
    """Lines below the first of the names that are none of the rows."""
    below = [i for i in range(at + 1, len(lines)) if _filled(lines[i])]
    first = next((i for i in below if any(map(_is_number, lines[i]))), at)
    own = [i for i in below if i < first]
    numbers = [j for j, cell in enumerate(lines[first]) if _is_number(cell)]
    if not 1 <= len(own) <= MOST_LINES or any(len(lines[i]) < len(lines[at]) for i in own):
        return []
    for i in own:
        filled = {j for j, cell in enumerate(lines[i]) if cell.strip().lower() not in MISSING}
        if not filled & {*numbers} or (len(numbers) == 1 and filled - {*numbers}):
            return []
    return own


def _with_unit(name: str, unit: str) -> str:
    unit = unit.strip("[]() ")
    known = unit.lower() in MISSING or name.endswith((f"[{unit}]", f"({unit})"))
    return name if known else f"{name} [{unit}]"


def _joined(lines: Sequence[Cells]) -> list[str]:
    """Names of several lines; one above several columns is written once, or above each."""
    parts = []
    for depth, cells in enumerate(lines):
        own, last = [], ""
        for place, cell in enumerate(cells):
            last = cell.strip() or (last if depth < len(lines) - 1 and place else "")
            own.append(last)
        parts.append(own)
    return ["_".join(filter(None, each)) for each in zip(*parts, strict=False)]


def _check(names: Sequence[str]) -> None:
    if all(map(_is_number, names)):
        shown = "; ".join(names[:3]) if any("," in n for n in names) else ",".join(names[:3])
        raise InputError(
            f"its first line holds numbers ({shown}), not names; put a line of names first"
        )
    if twice := sorted({name for name in names if name and names.count(name) > 1}):
        raise InputError(f"it has more than one column {twice[0]!r}; rename them")


def _filled(cells: Cells) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def _is_number(cell: str) -> bool:
    return bool(NUMBER.fullmatch(cell.strip()))
