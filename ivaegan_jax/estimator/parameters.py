"""From an estimator's parameters to the experiment that programs would run."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ivaegan_jax.data import CONTROLS
from ivaegan_jax.estimator.rows import DATA
from ivaegan_jax.studies import Experiment, config_of, with_controls
from ivaegan_jax.types import InputError

OF_DATA = ("split", "unlabelled")
"""Settings of data that are parameters."""

OWN = {"model.dim_z": "n_latents", **{f"data.{name}": name for name in OF_DATA}}
"""Settings that have a parameter of their own, and its name."""

AUTO, NONE, ALL = "auto", "none", "all"
"""Controls: those that the rows need, none, and all that there are."""


def experiment_of(preset: str, parameters: Mapping[str, Any]) -> Experiment:
    """What an estimator of this row of the table of models trains.

    Args:
      preset: the row.
      parameters: of the estimator.

    Raises:
      InputError: for a parameter that cannot be meant.
    """
    n_seeds = _whole("n_seeds", parameters["n_seeds"])
    state = _state(parameters["random_state"], n_seeds)
    first = state * n_seeds + 1
    return Experiment(
        data=DATA,
        presets=tuple(with_controls([preset], _controls(parameters["controls"]))),
        seeds=tuple(range(first, first + n_seeds)),
        data_seeds=(state + 1,),
        steps=_whole("steps", parameters["steps"]),
        config=config_of(_settings(parameters)),
    )


def _settings(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that differ from the defaults, with those that have a parameter of their own."""
    config = parameters["config"] if parameters["config"] is not None else {}
    if not isinstance(config, Mapping):
        raise InputError('config takes settings by name, such as {"model.width": 50}')
    own = {f"data.{name}": parameters[name] for name in OF_DATA}
    if parameters["n_latents"] is not None:
        own["model.dim_z"] = _whole("n_latents", parameters["n_latents"])
    for name, parameter in OWN.items():
        if name in config:
            raise InputError(
                f"{name} has a parameter of its own, {parameter}; leave it out of config"
            )
    return {**config, **own}


def _whole(name: str, value: Any) -> int:
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not whole or value < 1:
        raise InputError(f"{name} must be a whole number of at least 1, not {value!r}")
    return int(value)


def _state(given: Any, n_seeds: int) -> int:
    """A number for every random state; the same one whenever an integer is given."""
    most = 2**31 // n_seeds - 1
    if given is None or isinstance(given, np.random.RandomState):
        drawn = np.random.RandomState() if given is None else given
        return int(drawn.randint(most))
    whole = isinstance(given, int | np.integer) and not isinstance(given, bool)
    if not whole or not 0 <= given < most:
        raise InputError(
            f"random_state must be a whole number from 0 to {most - 1} with {n_seeds} seeds, a "
            f"numpy RandomState or None, not {given!r}"
        )
    return int(given)


def _controls(given: Any) -> Sequence[str]:
    named = {AUTO: (), NONE: (), ALL: tuple(CONTROLS)}
    if isinstance(given, str):
        given = named.get(given, (given,))
    unknown = [each for each in given if each not in CONTROLS]
    if unknown:
        known = ", ".join([AUTO, NONE, ALL, *CONTROLS])
        raise InputError(f"controls are any of {known}; not {unknown[0]!r}")
    return list(given)
