"""One thing found out about data, model or machine, in words and in numbers."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

from ivaegan_jax.types import InputError

Severity: TypeAlias = Literal["fine", "warn", "blocks"]


class Finding(NamedTuple):
    """What was looked at, what was found, and what to do about it.

    Attributes:
      name: what was looked at, the same in every examination.
      severity: `fine`; `warn`, training makes sense but something will show in the results;
        `blocks`, training is refused or cannot identify the latents.
      sentence: what was found, for a reader who knows the data and not this code.
      advice: what to do; empty where nothing needs to be done.
      values: the numbers behind it, as JSON values.
    """

    name: str
    severity: Severity
    sentence: str
    advice: str = ""
    values: dict[str, Any] = {}  # noqa: RUF012 - never written to


def blocks(findings: Iterable[Finding]) -> bool:
    """Whether any finding says that training would be in vain."""
    return any(finding.severity == "blocks" for finding in findings)


def refusal(name: str, what: str, error: InputError) -> Finding:
    """An error of the user's as a finding; its words are `what is wrong; what to do`.

    Args:
      name: of the finding.
      what: does not work because of it.
      error: the reason.
    """
    reason, *remedy = re.split(r"; |(?<=\?) ", str(error), maxsplit=1)
    advice = f"{remedy[0][0].upper()}{remedy[0][1:]}." if remedy else ""
    stop = "" if reason.endswith(("?", ".")) else "."
    return Finding(name, "blocks", f"{what}: {reason}{stop}", advice)


def counted(number: int, one: str, many: str = "") -> str:
    """`1 row`, `2,000 rows`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def span(low: float, high: float) -> str:
    """`from 1.5 to 2`, with three digits, or as many more as tell how far apart both are."""
    for digits in range(3, 17):
        shown = f"{low:.{digits}g}", f"{high:.{digits}g}"
        if abs((float(shown[1]) - float(shown[0])) - (high - low)) <= 0.05 * abs(high - low):
            break
    return f"from {shown[0]} to {shown[1]}"


def named(columns: Sequence[int], names: Sequence[str]) -> list[Any]:
    """Columns by their names, where they have some; else their numbers."""
    return [names[column] for column in columns] if names else list(columns)


def counting(names: Sequence[str], sentence: str) -> str:
    """A sentence about columns, which says how they are numbered where they have no names."""
    return sentence[:1].upper() + sentence[1:] if names else f"Counting from 0, {sentence}"


def on_columns(
    kinds: Mapping[str, Sequence[int]], names: Sequence[str], of: str = "x"
) -> list[str]:
    """`columns of x KIND: a, b`, for every kind that has columns."""
    return [
        f"columns of {of} {kind}: {listed(named(own, names))}" for kind, own in kinds.items() if own
    ]


def columns_that(kinds: Mapping[str, Sequence[int]], names: Sequence[str], of: str = "x") -> str:
    """One sentence on the columns of every kind.

    Args:
      kinds: numbers of columns by what they do, such as `that never change`.
      names: of all columns; none where they have none.
      of: x or u.
    """
    return counting(names, f"{'; '.join(on_columns(kinds, names, of))}.")


def listed(names: Iterable[Any], shown: int = 3) -> str:
    """The first few of many: `0, 3, 7 and 12 more`."""
    names = [str(name) for name in names]
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more
