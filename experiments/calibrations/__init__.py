"""Simulations on data whose truth is known: one file per theme, one case per rate."""

from collections.abc import Sequence

from experiments.calibrations import (
    agreements,
    comparisons,
    doctors,
    means,
    pages,
    ranks,
    resplits,
    sequences,
    series,
    shares,
    verdicts,
)
from experiments.calibrations._case import Case, Measured, judge, measure
from ivaegan_jax.studies.labels import nearest
from ivaegan_jax.types import InputError

__all__ = ["Case", "Measured", "all_cases", "chosen", "judge", "measure"]

THEMES = (
    means, shares, agreements, comparisons, resplits, doctors, series, sequences, ranks,
    verdicts, pages,
)  # fmt: skip


def all_cases() -> list[Case]:
    """Every case, in the order of the tables."""
    return [case for theme in THEMES for case in theme.cases()]


def chosen(names: Sequence[str]) -> list[Case]:
    """The cases of these intervals and tests; no names take all.

    Raises:
      InputError: for a name that no case has.
    """
    cases = all_cases()
    known = list(dict.fromkeys(case.name for case in cases))
    for name in names:
        if name not in known:
            hint = nearest(name, known) or f"; known: {', '.join(known)}"
            raise InputError(f"--only={name} is no interval or test{hint}")
    return [case for case in cases if not names or case.name in names]
