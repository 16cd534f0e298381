"""Labels: a row of the table of models, settings of its own, and a negative control.

`ivae_gan[r1_weight=0.03,vae_rate=0.003]+shuffled_u` is the preset `ivae_gan` with two settings that
differ from the study's, trained on rows whose u was shuffled. A setting is a traced number of
`Hyperparameters` or a structural choice of `ModelConfig` or `TrainConfig`.
"""

import dataclasses
import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from ivaegan_jax.data import CONTROLS
from ivaegan_jax.models import PRESETS
from ivaegan_jax.studies.config import Config
from ivaegan_jax.studies.former import name_of_today, value_of_today
from ivaegan_jax.types import InputError

CONTROL = "+"
"""Between a model and its negative control: `ivae_gan+shuffled_u`."""

WITHIN = "+"
"""Stands for the comma of a value that lists names, as in `[posterior=x+u]`."""

Value: TypeAlias = float | int | bool | str

NOT_HERE = {
    "dim_z": "`ivaegan latents` sweeps it",
    "likelihood": "it decides how the data are prepared; use --config.model.likelihood",
    "block_rows": "it decides how the data are read; use --config.train.block_rows",
    "chunk": "it changes no result",
    "checkpoint_chunks": "it changes no result",
}
"""Settings that all labels of a study share, and why."""

_GRAMMAR = re.compile(
    r"(?P<preset>[^\[\]+]*)(?:\[(?P<settings>[^\[\]]*)\])?(?:\+(?P<control>[^\[\]]*))?"
)


class Setting(NamedTuple):
    """Where a setting lies in a `Config`, and its default."""

    part: str
    field: str
    default: Value


class Label(NamedTuple):
    """What a label says.

    Attributes:
      preset: a row of the table.
      settings: what differs from the study's settings, by name in alphabetical order.
      control: a key of `data.CONTROLS`; empty for none.
    """

    preset: str
    settings: tuple[tuple[str, Value], ...] = ()
    control: str = ""

    def __str__(self) -> str:
        """The label's only spelling; `parse` undoes it."""
        settings = ",".join(f"{name}={spelt(value)}" for name, value in self.settings)
        control = f"{CONTROL}{self.control}" if self.control else ""
        return f"{self.preset}{f'[{settings}]' if settings else ''}{control}"


def _all_settings() -> dict[str, Setting]:
    """Every setting by its name; one that `Hyperparameters` has as well carries its part's name."""
    found: dict[str, Setting] = {}
    for part in ("hyperparameters", "model", "train"):
        for field, default in dataclasses.asdict(getattr(Config(), part)).items():
            name = f"{part}.{field}" if field in found else field
            if field not in NOT_HERE:
                found[name] = Setting(part, field, default)
    return found


SETTINGS: Mapping[str, Setting] = _all_settings()
"""What a label may set."""


def setting(name: str) -> Setting:
    """The setting of that name, or of one that it had in an earlier version.

    Raises:
      InputError: where there is none.
    """
    if (today := name_of_today(name)) not in SETTINGS:
        raise InputError(f"unknown setting {name!r}{nearest(name, SETTINGS)}")
    return SETTINGS[today]


def make_label(preset: str, settings: Mapping[str, Value], control: str = "") -> Label:
    """A label with its settings in order."""
    return Label(preset, tuple(sorted(settings.items())), control)


def parse(text: str) -> Label:
    """Reads a label.

    Raises:
      InputError: for a preset, setting or control that there is not, or a value of another kind.
    """
    match = _GRAMMAR.fullmatch(text)
    preset = match["preset"] if match else text.partition("[")[0]
    if preset not in PRESETS:
        raise InputError(f"unknown preset {text!r}{nearest(preset, PRESETS)}")
    if not match:
        raise InputError(f"{text!r} is no label such as {preset}[vae_rate=0.003,batch=128]")
    control = match["control"]
    if control is not None and control not in CONTROLS:
        hint = nearest(control, list(CONTROLS))
        raise InputError(f"unknown control {control!r} of {text!r}{hint}")
    try:
        return make_label(preset, _settings(match["settings"]), control or "")
    except InputError as error:
        raise InputError(f"{text}: {error}") from error


def listed(labels: Iterable[str]) -> list[str]:
    """Labels in their only spelling, from a comma-separated list that was cut at every comma."""
    given = list(labels)
    cut = re.split(r",(?![^\[]*\])", ",".join(given)) if given else []
    return [str(parse(text.strip())) for text in cut]


def preset_name(label: str) -> str:
    """The row of the table that a label stands for."""
    return re.split(r"[\[+]", label, maxsplit=1)[0]


def control_of(label: str) -> str:
    """The negative control that a label names, a key of `data.CONTROLS`; empty for none.

    Arms of studies have names of their own: what follows a `+` in these is a control only where
    it is called like one.
    """
    name = label.rpartition("]")[2].partition(CONTROL)[2]
    return name if name in CONTROLS else ""


def model_of(label: str) -> str:
    """The label less its control."""
    control = control_of(label)
    return label.removesuffix(CONTROL + control) if control else label


def with_controls(models: Sequence[str], controls: Sequence[str]) -> list[str]:
    """Every model, followed by its negative controls."""
    return [CONTROL.join(filter(None, (m, c))) for m in models for c in ("", *controls)]


def configured(config: Config, label: Label) -> Config:
    """The study's settings with those of a label."""
    parts: dict[str, dict[str, Value]] = {}
    for name, value in label.settings:
        part, field, _ = setting(name)
        parts.setdefault(part, {})[field] = value_of_today(name, value)
    changed = {p: dataclasses.replace(getattr(config, p), **own) for p, own in parts.items()}
    return dataclasses.replace(config, **changed)


def read_value(name: str, text: str) -> Value:
    """The value of a setting from its text.

    Raises:
      InputError: for a setting that there is not, or a value of another kind.
    """
    if name in NOT_HERE:
        raise InputError(f"{name} is the same for all labels: {NOT_HERE[name]}")
    default = setting(name).default
    if isinstance(default, str):
        return text.replace(WITHIN, ",")
    kind = type(default)
    try:
        return {"true": True, "false": False}[text] if kind is bool else kind(text)
    except (KeyError, ValueError) as error:
        wanted = {bool: "true or false", int: "a whole number"}.get(kind, "a number")
        raise InputError(f"{name} takes {wanted}, not {text!r}") from error


def spelt(value: Value) -> str:
    """A value's only spelling: numbers in their shortest, lists of names without commas."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return str(value).replace(",", WITHIN)


def nearest(name: str, known: Sequence[str] | Mapping[str, Any]) -> str:
    """`; did you mean ...` with the nearest names, else all of them."""
    close = difflib.get_close_matches(name, list(known), n=3)
    return f"; did you mean {' or '.join(close)}?" if close else f"; known: {', '.join(known)}"


def _settings(text: str | None) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for part in text.split(",") if text is not None else ():
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals:
            raise InputError(f"{part!r} is no setting such as vae_rate=0.003")
        if name in found:
            raise InputError(f"{name} is set twice")
        found[name] = read_value(name, value)
    return found
