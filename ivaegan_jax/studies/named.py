"""Named studies: what a file of `experiments/studies/` says, and how it becomes experiments."""

import ast
import dataclasses
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from ivaegan_jax.models import PRESETS, resolve
from ivaegan_jax.studies.bands import Band
from ivaegan_jax.studies.config import Config
from ivaegan_jax.studies.experiment import Experiment, validate
from ivaegan_jax.studies.former import name_of_today, value_of_today
from ivaegan_jax.studies.labels import configured, nearest, with_controls
from ivaegan_jax.studies.seeds import seeds_words
from ivaegan_jax.studies.workdir import file_name
from ivaegan_jax.types import InputError

ROOT = Path(__file__).resolve().parents[2]

STUDIES = ROOT / "experiments" / "studies"
"""Those of the checkout; an installed wheel has none."""


@dataclasses.dataclass(frozen=True)
class Arm:
    """One model in one setting on one data set: a line of the study's table.

    Attributes:
      name: unique in the study; also its folder's name.
      data: a data set's name.
      preset: a row of `ivaegan_jax/models/presets.py`.
      settings: what differs from the defaults, as `{"model.adversarial": "hinge"}`.
      axis: where the arm lies on the axes that the study draws, as `{"segments": 6}`.
      steps: rounds of the game; 0 takes the study's.
      seeds: model seeds; none takes the study's.
      data_seeds: data seeds; none takes the study's.
      controls: negative controls that are trained beside it, keys of `data.CONTROLS`.
    """

    name: str
    data: str
    preset: str
    settings: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    axis: Mapping[str, float] = dataclasses.field(default_factory=dict)
    steps: int = 0
    seeds: Sequence[int] = ()
    data_seeds: Sequence[int] = ()
    controls: Sequence[str] = ()


@dataclasses.dataclass(frozen=True)
class Quick:
    """What `--quick` runs instead; no arms means all of them."""

    arms: Sequence[str] = ()
    steps: int = 300
    data_seeds: Sequence[int] = (6,)
    seeds: Sequence[int] = (1,)


@dataclasses.dataclass(frozen=True)
class NamedStudy:
    """Arms that belong to one question, and what is expected of them."""

    arms: Sequence[Arm]
    data_seeds: Sequence[int]
    seeds: Sequence[int]
    steps: int = 12_500
    bands: Sequence[Band] = ()
    quick: Quick = Quick()

    def only(self, names: Sequence[str]) -> "NamedStudy":
        """The study with these arms alone, in its own order; no names keep all."""
        known = [arm.name for arm in self.arms]
        for name in names:
            if name not in known:
                raise InputError(f"unknown arm {name!r}{nearest(name, known)}")
        kept = [arm for arm in self.arms if not names or arm.name in names]
        return dataclasses.replace(self, arms=kept)

    def with_all(self, **values: Any) -> "NamedStudy":
        """The study with these values of `steps`, `seeds`, `data_seeds`, in every arm."""
        nothing_own = {name: 0 if name == "steps" else () for name in values}
        arms = [dataclasses.replace(arm, **nothing_own) for arm in self.arms]
        return dataclasses.replace(self, arms=arms, **values)

    def quickened(self) -> "NamedStudy":
        """What `--quick` makes of it: fewer arms, steps and seeds."""
        q = self.quick
        return self.only(q.arms).with_all(steps=q.steps, data_seeds=q.data_seeds, seeds=q.seeds)


def experiment_of(study: NamedStudy, arm: Arm) -> Experiment:
    """The experiment of an arm.

    Raises:
      InputError: for a setting that there is not, a value that it cannot have, or choices that
        exclude each other.
    """
    steps, seeds = arm.steps or study.steps, arm.seeds or study.seeds
    data_seeds = arm.data_seeds or study.data_seeds
    try:
        config = config_of(arm.settings)
        labels = tuple(with_controls([arm.preset], arm.controls))
        experiment = Experiment(arm.data, labels, seeds, data_seeds, steps, config)
        validate(experiment)
        label, *_ = experiment.labels
        own = configured(config, label)
        resolve(PRESETS[label.preset], own.model, own.train.critic_rounds)
    except InputError as error:
        raise InputError(f"arm {arm.name}: {error}") from error
    return experiment


def config_of(settings: Mapping[str, Any]) -> Config:
    """The defaults with these settings.

    Raises:
      InputError: for a setting that there is not, or a value of another kind.
    """
    config = Config()
    known = {f"{p}.{n}": v for p, vs in dataclasses.asdict(config).items() for n, v in vs.items()}
    for given, value in settings.items():
        key, value = name_of_today(given), value_of_today(given, value)
        if key not in known:
            raise InputError(f"unknown setting {given!r}{nearest(given, known)}")
        kind = type(known[key])
        accepted = (int, float) if kind is float else kind
        if not isinstance(value, accepted) or isinstance(value, bool) > (kind is bool):
            raise InputError(f"{key} takes a value such as {known[key]!r}, not {value!r}")
        part, _, name = key.partition(".")
        setattr(getattr(config, part), name, kind(value))
    return config


def data_label(study: NamedStudy, arm: Arm) -> str:
    """The data set with what the arm changes in it; arms of one label may be compared.

    Fewer data seeds than the study's are no change: arms are compared on those they share.
    """
    changed = [
        f"{key.removeprefix('data.')}={value}"
        for key, value in arm.settings.items()
        if key.startswith("data.")
    ]
    seeds = arm.data_seeds
    if not set(seeds) <= set(study.data_seeds):
        changed.append(f"data seeds {seeds_words(seeds)}")
    return ", ".join([arm.data, *changed])


def study_names() -> list[str]:
    """All named studies."""
    return sorted(path.stem for path in STUDIES.glob("[!_]*.py"))


def first_line(name: str) -> str:
    """The first line of a study's docstring."""
    text = ast.get_docstring(ast.parse((STUDIES / f"{name}.py").read_text())) or ""
    return text.partition("\n")[0]


def load_study(name: str) -> NamedStudy:
    """A study by its name, or from a file of one's own.

    Raises:
      InputError: where there is none, or it does not hold together.
    """
    path = Path(name) if name.endswith(".py") else STUDIES / f"{name}.py"
    if not path.is_file():
        if not STUDIES.is_dir():
            raise InputError(
                f"no study {name!r} here: named studies are in the project's checkout; run it "
                "there, or give a .py file"
            )
        hint = nearest(name, study_names())
        known = "" if "known" in hint else f"; known: {', '.join(study_names())}"
        raise InputError(f"unknown study {name!r}{hint}{known}")
    try:
        study = _module(path).get_study()
    except Exception as error:  # a study is code: anything may go wrong in it
        raise InputError(f"{path}: {type(error).__name__}: {error}") from error
    _check_names(study)
    return study


def _check_names(study: NamedStudy) -> None:
    names = [arm.name for arm in study.arms]
    if doubles := {name for name in names if names.count(name) > 1}:
        raise InputError(f"several arms are called {', '.join(sorted(doubles))}")
    if unfit := next((name for name in names if name != file_name(name)), None):
        raise InputError(f"arm {unfit!r}: a name has letters, digits and any of _ + . = - alone")
    bands = [arm for band in study.bands for arm in (band.arm, band.minus) if arm]
    study.only([*study.quick.arms, *bands])


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"study_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.path.insert(0, str(ROOT))  # studies of the checkout share modules
    try:  # nothing is left in the user's folder
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(ROOT))
        sys.dont_write_bytecode = writes
    return module
