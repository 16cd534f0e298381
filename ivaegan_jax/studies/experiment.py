"""What a study is to do, checked before anything is written."""

import dataclasses
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from ivaegan_jax.data import UNLABELLED, WHITEN, parse_split
from ivaegan_jax.models import CHOICES, COMBINATIONS, LEFT_OPEN, PRESETS, combinable
from ivaegan_jax.studies.config import Config
from ivaegan_jax.studies.former import value_of_today
from ivaegan_jax.studies.labels import Label, parse, setting
from ivaegan_jax.studies.plugins import load_installed
from ivaegan_jax.types import InputError

LISTS = ("presets", "seeds", "data_seeds")

AT_LEAST_ONE = (
    "width", "depth", "critic_width", "critic_depth", "packing", "channels",
    "batch", "critic_rounds", "chunk", "checkpoint_chunks",
)  # fmt: skip


class Experiment(NamedTuple):
    """Models x data seeds x model seeds, for a number of steps.

    Attributes:
      data: a data set's name, or a file.
      presets: labels (see `labels`): rows of the table, `[NAME=VALUE,...]` for settings of their
        own, `+CONTROL` for a negative control.
      seeds: model seeds.
      data_seeds: draws of the benchmark, or of the held-out rows of a table.
      steps: rounds of the game.
      config: everything else.

    Examples:
      >>> from ivaegan_jax import Config, Experiment, Study
      >>> seeds, data_seeds, steps = (1, 2), (6,), 100
      >>> requested = Experiment("b1", ("ivae",), seeds, data_seeds, steps, Config())
      >>> len(Study(requested).runs.seed)  # two model seeds on one data seed
      2
    """

    data: str
    presets: tuple[str, ...]
    seeds: Sequence[int]
    data_seeds: Sequence[int]
    steps: int
    config: Config

    @property
    def labels(self) -> tuple[Label, ...]:
        """What the presets ask for."""
        return tuple(parse(text) for text in self.presets)

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


def validate(experiment: Experiment) -> None:
    """Raises InputError for the first value that cannot be meant."""
    load_installed()
    if not experiment.presets:
        raise InputError(f"name at least one preset of: {', '.join(PRESETS)}")
    for label in experiment.presets:
        _check_label(label)
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
    for part in ("data", "model", "train", "hyperparameters"):
        for name, value in dataclasses.asdict(getattr(experiment.config, part)).items():
            _check_value(f"config.{part}.{name}", part, name, value)
    data = experiment.config.data
    for name, values in (("whiten", WHITEN), ("unlabelled", UNLABELLED)):
        if (given := getattr(data, name)) not in values:
            known = ", ".join(values)
            raise InputError(f"config.data.{name} must be one of {known}; not {given!r}")
    if data.valid_fraction + data.test_fraction >= 1:
        raise InputError("config.data: valid_fraction + test_fraction must stay below 1")
    parse_split(data.split)


def _check_label(text: str) -> None:
    label = parse(text)
    if str(label) != text:
        raise InputError(f"write the label {text!r} as {str(label)!r}")
    for name, value in label.settings:
        part, field, _ = setting(name)
        _check_value(f"{name} of {text}", part, field, value_of_today(name, value))


def _check_names(where: str, name: str, value: str) -> None:
    """Checks a named choice, or a comma-separated list of names."""
    choices = CHOICES.get(name)
    left_open = name in LEFT_OPEN and not value
    if choices and value not in choices and not left_open:
        known = ", ".join(filter(None, choices))
        raise InputError(f"{where} must be one of {known}; not {value!r}")
    given = [part for part in value.split(",") if part]
    if name in COMBINATIONS and sorted(set(given) & set(combinable(name))) != sorted(given):
        known = ", ".join(combinable(name))
        raise InputError(f"{where} lists any of {known}, each once; not {value!r}")


def _check_value(where: str, part: str, name: str, value: Any) -> None:
    if isinstance(value, str):
        if part == "model":
            _check_names(where, name, value)
        return
    if not math.isfinite(value) or value < 0:
        raise InputError(f"{where} must be a finite number of at least 0, not {value}")
    shares = (
        "warmup",
        "hold",
        "kl_ramp",
        "adv_g_ramp",
        "flow_likelihood_ramp",
        "mixture",
        "ema_decay",
    )
    if name in shares and value > 1:
        raise InputError(f"{where} is a share and must be at most 1, not {value}")
    if name in AT_LEAST_ONE and value < 1:
        raise InputError(f"{where} must be at least 1, not {value}")
    fractions = ("valid_fraction", "test_fraction", "scale", "decoder_variance")
    if name in fractions and value == 0:
        raise InputError(f"{where} must be above 0")
    if "beta" in name and value >= 1:
        raise InputError(f"{where} must be below 1, not {value}")
