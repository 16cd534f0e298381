"""What a study is asked to do, checked before anything is written."""

import dataclasses
import difflib
import math
from collections.abc import Sequence
from itertools import product
from typing import Any, NamedTuple

from ivaegan_jax.config import CHOICES, COMBINATIONS, Config
from ivaegan_jax.data import CONTROLS
from ivaegan_jax.presets import PRESETS
from ivaegan_jax.types import InputError

CONTROL = "+"
"""Between the name of a preset and that of a negative control: `ivae_gan+shuffled_u`."""

LISTS = ("presets", "seeds", "data_seeds")

AT_LEAST_ONE = (
    "width", "depth", "critic_width", "critic_depth", "packing",
    "batch", "critic_rounds", "chunk", "checkpoint_chunks",
)  # fmt: skip


class Experiment(NamedTuple):
    """Models x data seeds x model seeds, for a number of steps.

    Attributes:
      data: a data set's name, or a file.
      presets: labels of rows of the table, with `+CONTROL` for a negative control of one.
      seeds: model seeds.
      data_seeds: draws of the benchmark, or of the held-out rows of a table.
      steps: rounds of the game.
      config: everything else.
    """

    data: str
    presets: tuple[str, ...]
    seeds: Sequence[int]
    data_seeds: Sequence[int]
    steps: int
    config: Config

    def settings(self) -> dict[str, Any]:
        """All of it as JSON values; two equal settings give equal results."""
        lists = {name: list(getattr(self, name)) for name in LISTS}
        return self._asdict() | lists | {"config": dataclasses.asdict(self.config)}


def experiment_from(settings: dict[str, Any]) -> Experiment:
    """Undoes `Experiment.settings`, ignoring other entries."""
    stored, config = settings["config"], Config()
    parts = {n: dataclasses.replace(getattr(config, n), **values) for n, values in stored.items()}
    lists = {name: tuple(settings[name]) for name in LISTS}
    return Experiment(settings["data"], steps=settings["steps"], config=Config(**parts), **lists)


def preset_name(label: str) -> str:
    """The row of the table that a label stands for."""
    return label.partition(CONTROL)[0]


def control_of(label: str) -> str:
    """The negative control that a label asks for, a key of `data.CONTROLS`; empty for none."""
    return label.partition(CONTROL)[2]


def with_controls(presets: Sequence[str], controls: Sequence[str]) -> list[str]:
    """Every preset, followed by its negative controls."""
    return [CONTROL.join(filter(None, each)) for each in product(presets, ("", *controls))]


def validate(experiment: Experiment) -> None:
    """Raises InputError for the first value that cannot be meant."""
    if not experiment.presets:
        raise InputError(f"name at least one preset of: {', '.join(PRESETS)}")
    for label in experiment.presets:
        if preset_name(label) not in PRESETS:
            raise InputError(f"unknown preset {label!r}{nearest(preset_name(label), PRESETS)}")
        if CONTROL in label and control_of(label) not in CONTROLS:
            hint = nearest(control_of(label), list(CONTROLS))
            raise InputError(f"unknown control {control_of(label)!r} of {label!r}{hint}")
    if experiment.steps < 1:
        raise InputError(f"--steps must be at least 1, not {experiment.steps}")
    for name in LISTS:
        values = getattr(experiment, name)
        # a range has no doubles, and may be too long to look at one by one
        if not values or not (isinstance(values, range) or len(set(values)) == len(values)):
            raise InputError(f"--{name} needs at least one value and no doubles: {list(values)}")
        ends = [values[0], values[-1]] if isinstance(values, range) else values
        if name != "presets" and not all(0 <= seed < 2**31 for seed in ends):
            raise InputError(f"--{name} must lie between 0 and 2147483647")
    for part in ("data", "model", "train", "hypers"):
        for name, value in dataclasses.asdict(getattr(experiment.config, part)).items():
            _check_value(f"config.{part}.{name}", name, value)
    data = experiment.config.data
    if data.valid_fraction + data.test_fraction >= 1:
        raise InputError("config.data: valid_fraction + test_fraction must stay below 1")


def nearest(name: str, known: Sequence[str] | dict[str, Any]) -> str:
    """`; did you mean ...` with the nearest names, else all of them."""
    close = difflib.get_close_matches(name, list(known), n=3)
    return f"; did you mean {' or '.join(close)}?" if close else f"; known: {', '.join(known)}"


def _check_names(where: str, name: str, value: str) -> None:
    """Checks a named choice, or a comma-separated list of names."""
    choices = CHOICES.get(name)
    if choices and value not in choices:
        known = ", ".join(filter(None, choices))
        raise InputError(f"{where} must be one of {known}; not {value!r}")
    given = [part for part in value.split(",") if part]
    if name in COMBINATIONS and sorted(set(given) & set(COMBINATIONS[name])) != sorted(given):
        known = ", ".join(COMBINATIONS[name])
        raise InputError(f"{where} lists any of {known}, each once; not {value!r}")


def _check_value(where: str, name: str, value: Any) -> None:
    if isinstance(value, str):
        if where.startswith("config.model"):
            _check_names(where, name, value)
        return
    if not math.isfinite(value) or value < 0:
        raise InputError(f"{where} must be a finite number of at least 0, not {value}")
    shares = ("warmup", "hold", "kl_ramp", "adv_g_ramp", "density_ramp", "mixture", "ema_decay")
    if name in shares and value > 1:
        raise InputError(f"{where} is a share and must be at most 1, not {value}")
    if name in AT_LEAST_ONE and value < 1:
        raise InputError(f"{where} must be at least 1, not {value}")
    fractions = ("valid_fraction", "test_fraction", "scale", "decoder_variance")
    if name in fractions and value == 0:
        raise InputError(f"{where} must be above 0")
    if "beta" in name and value >= 1:
        raise InputError(f"{where} must be below 1, not {value}")
