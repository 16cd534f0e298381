"""What is measured, in which order, and what was measured before."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from experiments.rivals import contrastive, flows
from experiments.rivals.alone import Request
from experiments.rivals.methods import CEBRA, CEILING, METHODS, PI_VAE
from ivaegan_jax.types import InputError

RECORDED = ("emg", "vowels")
"""Without true sources."""

OWN_STEPS = {"cebra": contrastive.OWN_STEPS, PI_VAE: flows.OWN_STEPS}
"""Of methods whose number of steps is part of what was published."""

QUICK = 40
"""Steps, to see that all of it works."""


def wanted(named: Sequence[str]) -> list[str]:
    """The methods that are named, or all that are installed.

    Raises:
      InputError: for one that there is not, or that is not installed.
    """
    if unknown := [name for name in named if name not in METHODS]:
        raise InputError(f"--methods: {', '.join(unknown)} is none of {', '.join(METHODS)}")
    if contrastive.is_installed():
        return [name for name in METHODS if name in (named or METHODS)]
    if needing := [name for name in named if name in CEBRA]:
        raise InputError(f"--methods: {', '.join(needing)} needs pip install -e '.[peers]'")
    if not named:
        print("CEBRA is not installed and left out; pip install -e '.[peers]' brings it")
    return [name for name in METHODS if name not in CEBRA and name in (named or METHODS)]


def planned(
    methods: Sequence[str], data: Sequence[str], data_seeds: Sequence[int], values: Any
) -> Iterator[Request]:
    """All that is to be measured, draw by draw.

    Args:
      methods: their names.
      data: names of data sets.
      data_seeds: of their draws.
      values: the program's flags.
    """
    for data_seed, name, method in itertools.product(data_seeds, data, methods):
        if method == CEILING and name in RECORDED:
            continue
        seeds = tuple(range(1, values.seeds + 1))
        steps = steps_of(method, values)
        yield Request(method, name, data_seed, seeds, steps, values.compilation_cache)


def steps_of(method: str, values: Any) -> int:
    """Steps of a method; few where flags ask for a quick look."""
    if values.quick:
        return QUICK
    if method in OWN_STEPS:
        return OWN_STEPS[method]
    return values.cebra_steps if method in CEBRA else values.steps


def is_of(row: Mapping[str, Any], request: Request) -> bool:
    """Whether a record is one of a request."""
    own = {"data": request.data, "data_seed": request.data_seed, "method": request.method}
    return row["seed"] in request.seeds and all(
        row[name] == value for name, value in (own | {"steps": request.steps}).items()
    )
