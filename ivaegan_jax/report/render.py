"""A table of raw values, and how it is shown: on a terminal, in Markdown, as JSON."""

import dataclasses
import json
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ivaegan_jax.files import markdown, printable, printable_lines, without_nan
from ivaegan_jax.metrics import Interval

Record = Mapping[str, Any]
"""One line of a table: raw values by column key; absent or None where there is nothing to say."""


@dataclasses.dataclass(frozen=True)
class Table:
    """Values are kept raw, so that the same table also serves as JSON.

    Attributes:
      title: one line.
      columns: header by record key, in order.
      records: the body.
      footer: lines set apart beneath it, such as baselines.
      notes: what every column and band means.
      digits: decimals by record key, where they are not 3.
    """

    title: str
    columns: Mapping[str, str]
    records: Sequence[Record]
    footer: Sequence[Record] = ()
    notes: Sequence[str] = ()
    digits: Mapping[str, int] = dataclasses.field(default_factory=dict)

    def without_empty_columns(self) -> "Table":
        """The table less the columns in which no line has anything to say."""
        lines = [*self.records, *self.footer]
        kept = {k: h for k, h in self.columns.items() if any(cell(r.get(k)) != "-" for r in lines)}
        return dataclasses.replace(self, columns=kept)


def cell(value: Any, digits: int = 3) -> str:
    """A value as people read it: `.931`, `-12.3`, `.931 [.900, .950]`, `-` for nothing."""
    match value:
        case Interval():
            estimate, low, high = (cell(float(part), digits) for part in (*_parts(value),))
            return estimate if "-" in (low, high) else f"{estimate} [{low}, {high}]"
        case None:
            return "-"
        case float() | np.floating():
            return decimal(float(value), digits) if np.isfinite(value) else "-"
        case _:
            return printable(str(value))


def decimal(value: float, digits: int = 3) -> str:
    """Three decimals without the leading zero below 1; fewer for large values, `2e-05` for tiny."""
    if 0 < abs(value) < 0.5 * 10**-digits:
        return f"{value:.0e}"
    if abs(value) >= 10:
        return f"{value:.1f}" if abs(value) < 1000 else f"{value:.0f}"
    text = f"{value:.{digits}f}"
    return text.replace("0.", ".", 1) if abs(float(text)) < 1 else text


def short(interval: Interval) -> str:
    """`.93 [.90, .95]`; the bare estimate where there is no interval."""
    estimate, low, high = (decimal(part, 2) for part in _parts(interval))
    return estimate if interval.low != interval.low else f"{estimate} [{low}, {high}]"


def to_text(table: Table) -> str:
    """Aligned columns for a terminal; names to the left, numbers to the right."""
    lines = [list(table.columns.values()), *cells(table, table.records)]
    foot = cells(table, table.footer)
    widths = [max(map(len, column)) for column in zip(*lines, *foot, strict=True)]
    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    body = [_aligned(line, widths) for line in lines]
    beneath = [rule, *(_aligned(line, widths) for line in foot)] if foot else []
    notes = [textwrap.fill(note, 118, subsequent_indent="  ") for note in table.notes]
    shown = [table.title, rule, body[0], rule, *body[1:], *beneath, rule, *notes]
    return "\n".join(map(printable_lines, shown))


def to_markdown(table: Table) -> str:
    """A pipe table with its title and notes."""
    lines = cells(table, [*table.records, *table.footer])
    head = list(table.columns.values())
    escaped = [[markdown(text) for text in line] for line in [head, *lines]]
    escaped.insert(1, [":--"] + ["--:"] * (len(head) - 1))
    rows = ["| " + " | ".join(line) + " |" for line in escaped]
    notes = [f"- {markdown(note)}" for note in table.notes]
    return "\n".join([f"**{markdown(table.title)}**", "", *rows, "", *notes]) + "\n"


def to_json(value: Any) -> Any:
    """The value in JSON's own types, to six digits: intervals as objects, not finite as null."""
    match value:
        case Interval():
            return dict(zip(("estimate", "low", "high"), map(to_json, _parts(value)), strict=True))
        case Mapping():
            return {str(key): to_json(part) for key, part in value.items()}
        case list() | tuple():
            return [to_json(part) for part in value]
        case float() | np.floating():
            return float(f"{value:.6g}") if np.isfinite(value) else None
        case np.generic():
            return value.item()
        case _:
            return value


def to_lines(value: Any, indent: str = "") -> str:
    """JSON text in which whatever holds no objects or lists itself takes one line."""
    parts = value.values() if isinstance(value, dict) else value
    if not isinstance(value, dict | list) or not any(isinstance(p, dict | list) for p in parts):
        return json.dumps(without_nan(value), allow_nan=False)
    inner = indent + "  "
    if isinstance(value, dict):
        items = [f"{json.dumps(key)}: {to_lines(part, inner)}" for key, part in value.items()]
    else:
        items = [to_lines(part, inner) for part in value]
    body = ",\n".join(inner + item for item in items)
    return f"{{\n{body}\n{indent}}}" if isinstance(value, dict) else f"[\n{body}\n{indent}]"


def _parts(interval: Interval) -> tuple[float, float, float]:
    return float(interval.estimate), float(interval.low), float(interval.high)


def cells(table: Table, records: Sequence[Record]) -> list[list[str]]:
    """The text of every cell of some lines of a table."""
    digits = {key: table.digits.get(key, 3) for key in table.columns}
    return [[cell(record.get(key), digits[key]) for key in table.columns] for record in records]


def _aligned(line: list[str], widths: list[int]) -> str:
    first, *rest = zip(line, widths, strict=True)
    cells = [first[0].ljust(first[1]), *(text.rjust(width) for text, width in rest)]
    return "  ".join(cells).rstrip()
