"""Lists of whole numbers on command lines: read, written, and cut into parts.

What `seeds_text` writes, `parse_seeds` reads as the same numbers: a number alone would be read as a
count.
"""

from collections.abc import Sequence
from itertools import chain, pairwise
from typing import TypeVar

from ivaegan_jax.types import InputError

T = TypeVar("T")

MOST_LISTED = 1_000_000
"""Numbers that a list of several ranges may name; a single range may be of any length."""


def parse_seeds(name: str, text: str) -> Sequence[int]:
    """Reads `4` as 1 to 4 and `3,5-7` as 3, 5, 6, 7.

    Raises:
      InputError: for anything else.
    """
    if text.strip().isdecimal():
        return range(1, int(text) + 1)
    return parse_numbers(name, text, "a number of seeds (4) or a list of them (3,5-7)")


def parse_numbers(name: str, text: str, form: str = "a list of numbers (3,5-7)") -> Sequence[int]:
    """Reads `4` as 4 alone and `3,5-7` as 3, 5, 6, 7.

    Args:
      name: of the flag.
      text: its value.
      form: what the value should have been, for the error.

    Raises:
      InputError: for anything else.
    """
    try:
        parts = [[int(end) for end in part.split("-", 1)] for part in text.split(",")]
        ranges = [range(part[0], part[-1] + 1) for part in parts]
    except ValueError as error:
        raise InputError(f"--{name}={text} is not {form}") from error
    if sum(map(len, ranges)) > MOST_LISTED and len(ranges) > 1:
        raise InputError(f"--{name} lists more than {MOST_LISTED} numbers; give one range")
    return ranges[0] if len(ranges) == 1 else tuple(chain.from_iterable(ranges))


def seeds_text(seeds: Sequence[int]) -> str:
    """Writes 6 as `6-6` and 3, 5, 6, 7 as `3-3,5-7`, in the order given."""
    return ",".join(f"{low}-{high}" for low, high in runs_of(seeds))


def seeds_words(seeds: Sequence[int]) -> str:
    """Says 6 as `6` and 3, 5, 6, 7 as `3, 5 to 7`, for people."""
    runs = runs_of(seeds)
    return ", ".join(f"{low}" if low == high else f"{low} to {high}" for low, high in runs)


def runs_of(seeds: Sequence[int]) -> list[tuple[int, int]]:
    """The first and the last of every run of consecutive numbers."""
    if isinstance(seeds, range) and seeds.step == 1:
        return [(seeds[0], seeds[-1])] if seeds else []
    starts = [i for i, seed in enumerate(seeds) if not i or seed != seeds[i - 1] + 1]
    return [(seeds[a], seeds[b - 1]) for a, b in pairwise([*starts, len(seeds)])]


def dealt(parts: Sequence[T], tasks: int) -> list[Sequence[T]]:
    """Parts in a list per task, or per part if those are fewer; neighbours stay together."""
    tasks = min(tasks, len(parts))
    ends = [len(parts) * i // tasks for i in range(tasks + 1)]
    return [parts[a:b] for a, b in pairwise(ends)]
