"""How rows are split, as it is written: `random`, `group:subject`, `blocks:200,gap:20`, `auto`."""

from typing import NamedTuple

from ivaegan_jax.types import InputError

GRAMMAR = (
    "random, group:COLUMN, blocks or blocks:LENGTH (each with ,gap:GAP ,group:COLUMN ,time:COLUMN "
    "as needed), or auto"
)
PARTS = {"random": (), "auto": (), "group": (), "blocks": ("gap", "group", "time")}
"""What may follow each kind of split."""


class How(NamedTuple):
    """A split as it was requested.

    Attributes:
      kind: `random`, `group`, `blocks` or `auto`.
      column: side column of the groups; empty takes `groups` where the table has it.
      length: rows of a block; 0 leaves it to the rows' likeness.
      gap: rows left out between parts; None leaves it to the rows' likeness.
      time: side column of the times; empty takes `time` where the table has it.
    """

    kind: str
    column: str = ""
    length: int = 0
    gap: int | None = None
    time: str = ""

    def __str__(self) -> str:
        """As `--split` takes it."""
        if self.kind == "group":
            return f"group:{self.column}"
        words = [f"{self.kind}:{self.length}" if self.length else self.kind]
        words += [] if self.gap is None else [f"gap:{self.gap}"]
        words += [f"group:{self.column}"] if self.column else []
        return ",".join(words + ([f"time:{self.time}"] if self.time else []))


RANDOM, AUTO = How("random"), How("auto")


def parse_split(text: str) -> How:
    """Reads what `--split` was given.

    Raises:
      InputError: for anything else than `GRAMMAR` says.
    """
    words = [word.strip().partition(":") for word in text.split(",")]
    (kind, _, value), *rest = words
    more = {name: own for name, _, own in rest}
    known = kind in PARTS and set(more) <= set(PARTS[kind]) and len(more) == len(rest)
    if not known or not all(more.values()) or (kind == "group") != bool(value and kind != "blocks"):
        raise InputError(f"--split={text} is none of: {GRAMMAR}")
    if kind == "group":
        return How(kind, value)
    length = _count(text, value, 1) if value else 0
    gap = _count(text, more["gap"], 0) if "gap" in more else None
    return How(kind, more.get("group", ""), length, gap, more.get("time", ""))


def _count(text: str, value: str, lowest: int) -> int:
    if not value.isdecimal() or int(value) < lowest:
        raise InputError(f"--split={text}: {value!r} is no number of rows from {lowest} on")
    return int(value)
