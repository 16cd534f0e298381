"""Comments between the rows of a file of text."""

import csv
import re
from collections.abc import Sequence

from ivaegan_jax.data.tables.categories import MISSING
from ivaegan_jax.data.tables.observations import NUMBER

COMMENT = re.compile(r"\s*[#%]+ *")
"""What marks a line as a comment, or the names among lines of numbers."""


def without_comments(lines: Sequence[str], separator: str) -> tuple[list[str], int]:
    """Lines of a file with comments empty, and how many comments there were.

    A marked line with as many cells as the first that is not marked, and numbers in the same
    places, is a row whose first cell begins so.

    Args:
      lines: all below the names.
      separator: of cells.
    """
    plain = next((line for line in lines if line.strip() and not COMMENT.match(line)), None)
    if plain is None:
        return list(lines), 0
    like = _cells(plain, separator)
    comments = [bool(COMMENT.match(line)) and not _is_row(line, like, separator) for line in lines]
    kept = ["\n" if marked else line for line, marked in zip(lines, comments, strict=True)]
    return kept, sum(comments)


def _is_row(line: str, like: Sequence[str], separator: str) -> bool:
    cells = _cells(line, separator)
    if len(cells) != len(like):
        return False
    own = [cells[i] for i, cell in enumerate(like) if NUMBER.fullmatch(cell)]
    numbers = [cell for cell in own if NUMBER.fullmatch(cell)]
    known = [cell for cell in own if cell.lower() not in MISSING]
    return not own or (len(numbers) > 0 and len(numbers) == len(known))


def _cells(line: str, separator: str) -> list[str]:
    [cells] = csv.reader([line], delimiter=separator, skipinitialspace=True)
    return [cell.strip() for cell in cells]
