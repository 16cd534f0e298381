"""Stretches of rows with one value of u, and pairings that deal their values out anew.

Where trials or subjects follow one another and nobody names them, x changes wherever u does. Of
all shifts in time the true pairing alone lets both change at the same rows, and so looks special.
"""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Int

FEWEST, DRAWS = 20, 99
"""Stretches from which on their values are dealt out anew, and how often."""


def stretches_of(
    code: Int[np.ndarray, " rows"], groups: Int[np.ndarray, " rows"] | None
) -> Int[np.ndarray, " rows"] | None:
    """The number of each row's stretch; None where there are too few, or no value comes again.

    Args:
      code: of u, in the order of time.
      groups: a stretch lies within one; None where there are none.
    """
    begins = np.diff(code, prepend=code[0]) != 0
    if groups is not None:
        begins |= np.diff(groups, prepend=groups[0]) != 0
    number = np.cumsum(begins)
    enough = number[-1] + 1 >= max(FEWEST, 2 * len(np.unique(code)))
    return number if enough and number[-1] + 1 < len(code) else None


def dealt_out(
    code: Int[np.ndarray, " rows"], stretch: Int[np.ndarray, " rows"]
) -> Iterator[Int[np.ndarray, " rows"]]:
    """Codes of u, its values permuted over the stretches; the lengths of these stay."""
    own = code[np.unique(stretch, return_index=True)[1]]
    for seed in range(DRAWS):
        yield np.random.default_rng(seed).permutation(own)[stretch]
