"""Counts as networks see them, on the host and in compiled programs alike."""

from typing import TypeVar

import jax
import numpy as np

Counts = TypeVar("Counts", np.ndarray, jax.Array)

OFFSET = 3 / 8
"""Of counts below their square root (Anscombe 1948)."""


def counts_as_seen(counts: Counts) -> Counts:
    """`2 sqrt(k + 3/8)`, moved to 0 at 0; Poisson noise has variance 1 there."""
    return 2.0 * ((counts + OFFSET) ** 0.5 - OFFSET**0.5)


def counts_of(seen: Counts) -> Counts:
    """Undoes `counts_as_seen`."""
    return (0.5 * seen + OFFSET**0.5) ** 2 - OFFSET
