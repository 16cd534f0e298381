"""Power that is held against that of independent rows, which is known to be what rows can show."""

import functools
from collections.abc import Callable, Iterator

import numpy as np

from experiments.calibrations._case import POWER, Case
from ivaegan_jax.data.dependence.nulls import Kind, Structure

Table = tuple[np.ndarray, np.ndarray, np.ndarray | None]
"""x, u and the groups of rows, None where the user names none."""

Make = Callable[[np.random.Generator], Table]


def held_to_references(
    name: str, test: Callable[..., bool], settings: dict[str, tuple[Make, Make, Kind]]
) -> Iterator[Case]:
    """Cases of power that expect that of independent rows of the same effective number."""
    for setting, (make, reference, kind) in settings.items():
        happens = functools.partial(test, make)
        known = functools.partial(test, reference, structure=Structure(kind))
        yield Case(POWER, name, setting, happens, (0.0, 1.0), 30, reference=known)
