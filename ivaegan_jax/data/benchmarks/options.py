"""What a data set's maker accepts: options and data seeds, checked with one clear line each."""

import dataclasses
import functools
import inspect
import numbers
import typing
from collections.abc import Callable
from typing import Any, ParamSpec

import numpy as np

from ivaegan_jax.types import Dataset, InputError

P = ParamSpec("P")

LOWEST = {
    "segments": 2, "per_segment": 2, "dim": 2, "columns": 2, "layers": 1, "size": 16, "objects": 1,
    "session": 1,
}  # fmt: skip
"""The smallest sensible value of every integer option."""

BETWEEN = {"zeros": (0.0, 1.0), "dispersion": (0.0, np.inf), "gain": (0.0, np.inf),
           "blur": (0.0, np.inf), "spread": (0.0, np.inf), "separation": (0.0, np.inf)}  # fmt: skip
"""What every other number lies between, both ends left out."""

SEED_LIMIT = 2**32
"""numpy's legacy generator takes seeds below this."""


def checked(make: Callable[P, Dataset]) -> Callable[P, Dataset]:
    """Has a maker of data sets check its keyword-only options before it runs.

    Their rows are known to be independent of each other. A `Literal` annotation lists the values
    allowed; options of `BETWEEN` are numbers, and every other one is an integer.

    Args:
      make: `make(data_seed, /, *, option=default, ...)`, or without the data seed.

    Returns:
      The same function, which raises InputError for an unknown option or an unfit value.
    """
    parameters = inspect.signature(make).parameters.values()
    accepted = {p.name: p.annotation for p in parameters if p.kind is p.KEYWORD_ONLY}

    @functools.wraps(make)
    def call(*args: P.args, **options: P.kwargs) -> Dataset:
        for option, value in options.items():
            if option not in accepted:
                names = ", ".join(accepted) or "none"
                raise InputError(f"{make.__name__} has no option {option!r}; its options: {names}")
            _check_value(make.__name__, option, value, typing.get_args(accepted[option]))
        return dataclasses.replace(make(*args, **options), independent=True)

    return call


def check_data_seed(data_seed: int) -> int:
    """Returns the data seed; raises InputError if it is no integer from 0 to 2**32 - 1."""
    if not _is_integer(data_seed) or not 0 <= data_seed < SEED_LIMIT:
        raise InputError(f"a data seed is an integer from 0 to 2**32 - 1, not {data_seed!r}")
    return int(data_seed)


def _check_value(name: str, option: str, value: Any, choices: tuple[str, ...]) -> None:
    if choices:
        if value not in choices:
            raise InputError(f"{name}: {option} must be one of {', '.join(choices)}, not {value!r}")
    elif option in BETWEEN:
        low, high = BETWEEN[option]
        if not (is_number(value) and low < value < high):
            limits = f"above {low:g}" if high == np.inf else f"between {low:g} and {high:g}"
            raise InputError(f"{name}: {option} must be a number {limits}, not {value!r}")
    elif not (_is_integer(value) and value >= LOWEST[option]):
        limit = f"an integer of {LOWEST[option]} or more"
        raise InputError(f"{name}: {option} must be {limit}, not {value!r}")


def is_number(value: Any) -> bool:
    """Whether a value is a number, finite or not."""
    # True and False are numbers to Python, never to a user.
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    return is_number(value) and isinstance(value, numbers.Integral)
