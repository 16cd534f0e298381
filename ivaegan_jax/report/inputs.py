"""Run directories in, one study per data set out."""

import dataclasses
import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ivaegan_jax.evaluation import OfModel, Result, Score
from ivaegan_jax.files import read_json
from ivaegan_jax.report.made_by import MadeBy
from ivaegan_jax.report.recorded import labels, name_of, ordered
from ivaegan_jax.studies import CONTROL, Workdir, control_of, load_whole_results, merge, model_of
from ivaegan_jax.types import InputError, Row


class Results(NamedTuple):
    """Everything recorded about one data set, from all run directories.

    Attributes:
      data: the data set's name.
      results: with the names that the report gives to models.
      train: rows of the training log.
      arrays: npz file by model.
      split: sentences on how rows were split.
      made_by: what made it, where it was one run directory.
    """

    data: str
    results: Sequence[Result]
    train: Sequence[Row]
    arrays: Mapping[str, Path]
    split: Sequence[str] = ()
    made_by: MadeBy = MadeBy()

    def without(self, labels: Collection[str]) -> "Results":
        """The same less some models and their controls."""
        results = [each for each in self.results if model_of(name_of(each)) not in labels]
        train = [row for row in self.train if model_of(row["label"]) not in labels]
        arrays = {n: path for n, path in self.arrays.items() if model_of(n) not in labels}
        return self._replace(results=results, train=train, arrays=arrays)


class Records(NamedTuple):
    """One work directory as it was written."""

    name: str
    results: Sequence[Result]
    train: Sequence[Row]
    arrays: Mapping[str, Path]
    records: Mapping[str, Any]
    made_by: MadeBy = MadeBy()


class Arm(NamedTuple):
    """One line of a study: a work directory of a single preset, and what to call it.

    Attributes:
      path: the work directory.
      name: unique in the study.
      preset: what it was trained as.
      data: what its data are called; arms of one name are compared with each other.
      axis: where it lies on the axes that the study draws.
    """

    path: Path
    name: str
    preset: str
    data: str
    axis: Mapping[str, float]


def read_workdirs(paths: Sequence[Path]) -> list[Records]:
    """Reads work directories; those that differ in their data seeds alone are pieces of one study.

    Raises:
      InputError: one of them is missing, or has no metrics yet.
    """
    if not paths:
        raise InputError("name at least one work directory to report on")
    names = [path.resolve().name for path in paths]
    if len(set(names)) < len(names):
        names = [str(path) for path in paths]
    found: dict[str, list[Records]] = {}
    for path, name in zip(paths, names, strict=True):
        records = _read(path, name)
        found.setdefault(_study_of(records), []).append(records)
    return [whole for pieces in found.values() for whole in _joined(pieces)]


def _study_of(records: Records) -> str:
    """What pieces of one study share; the name alone where the settings are not known."""
    config = records.records["config"]
    settings = {name: value for name, value in config.items() if name not in PIECE}
    return json.dumps(settings, sort_keys=True) if "data_seeds" in config else records.name


PIECE = ("data_seeds", "data_sha256")
"""Settings in which the pieces of one study differ."""


def _joined(pieces: Sequence[Records]) -> Sequence[Records]:
    """Pieces as one, under the name of the first; as they are where a data seed is in several."""
    first, *others = pieces
    if not others:
        return pieces
    seeds = [seed for piece in pieces for seed in piece.records["config"]["data_seeds"]]
    if len(set(seeds)) < len(seeds):
        return pieces
    manifests = merge({piece.name: piece.records["manifest"] for piece in pieces})
    return [
        first._replace(
            results=[each for piece in pieces for each in piece.results],
            train=[row for piece in pieces for row in piece.train],
            records={
                "manifest": manifests | {"data_seeds": seeds},
                "config": first.records["config"] | {"data_seeds": seeds},
            },
        )
    ]


def read_study(path: Path) -> Results:
    """One run directory of one data set.

    Raises:
      InputError: it is missing, or has no metrics yet.
    """
    return studies(read_workdirs([path]))[0]


def read_arms(arms: Sequence[Arm]) -> list[Records]:
    """Reads the work directories of a study's arms, each under its arm's name.

    Raises:
      InputError: one of them is missing, or has no metrics yet.
    """
    return [_renamed(_read(arm.path, arm.name), arm) for arm in arms]


def _renamed(records: Records, arm: Arm) -> Records:
    """The same under the arm's name, which its negative controls follow as they do a model's."""

    def new(label: str) -> str:
        control = "" if control_of(arm.preset) else control_of(label)
        return CONTROL.join(filter(None, (arm.name, control)))

    results = [_named(each, new(name_of(each)), arm.data) for each in records.results]
    train = [row | {"data": arm.data, "label": new(row["label"])} for row in records.train]
    arrays = {new(label): path for label, path in records.arrays.items()}
    return records._replace(results=results, train=train, arrays=arrays)


def _named(result: Result, label: str, data: str) -> Result:
    """The same under the name that the report gives to its model, and to its data."""
    new = {"label": label} if isinstance(result, OfModel) else {}
    return dataclasses.replace(result, data=data, **new)


def studies(workdirs: Sequence[Records]) -> list[Results]:
    """Groups by data set; where models of two run directories collide, they carry its name."""
    names = dict.fromkeys(data for workdir in workdirs for data in _data_names(workdir))
    return [_study(data, [w for w in workdirs if data in _data_names(w)]) for data in names]


def _study(data: str, workdirs: Sequence[Records]) -> Results:
    results, train, arrays = [], [], {}
    for workdir in workdirs:
        others = [other for other in workdirs if other is not workdir]
        taken = {label for other in others for label in labels(_of(other, data))}
        own = _of(workdir, data)
        label = {p: f"{workdir.name}/{p}" if p in taken else p for p in labels(own)}
        results += [_named(each, label.get(name_of(each), name_of(each)), data) for each in own]
        train += [
            row | {"label": label.get(row["label"], row["label"])}
            for row in workdir.train
            if (row.get("data") or _data_names(workdir)[0]) == data
        ]
        # Arrays carry no name of their data: they belong to the first.
        if data == _data_names(workdir)[0]:
            arrays |= {label[p]: path for p, path in workdir.arrays.items() if p in label}
    split = dict.fromkeys(sentence for each in workdirs for sentence in _split(each))
    shown = {p: arrays[p] for p in ordered(arrays)}
    made_by = workdirs[0].made_by if len(workdirs) == 1 else MadeBy()
    return Results(data, results, train, shown, tuple(split), made_by)


def _split(workdir: Records) -> Sequence[str]:
    """What the manifest says of the split; that of the first piece where pieces differ."""
    manifest = workdir.records["manifest"]
    several = [manifest, *manifest.get("parts", {}).values()]
    return next((each["split"]["sentences"] for each in several if "split" in each), ())


def _of(workdir: Records, data: str) -> list[Result]:
    return [each for each in workdir.results if (each.data or "data") == data]


def _data_names(workdir: Records) -> list[str]:
    return list(dict.fromkeys(each.data or "data" for each in workdir.results))


def _read(path: Path, name: str) -> Records:
    if not path.is_dir():
        raise InputError(f"{path}: no such work directory")
    results = load_whole_results(Workdir(path).metrics)
    if not any(isinstance(each, Score) for each in results):
        raise InputError(f"{path}: no metrics recorded yet; let a run reach its first evaluation")
    names = sorted({each.label for each in results if isinstance(each, OfModel)})
    arrays = {n: file for n in names if (file := Workdir(path).arrays(n)).exists()}
    workdir = Workdir(path)
    records = {"manifest": read_json(workdir.manifest), "config": workdir.settings()}
    made_by = MadeBy(records["manifest"].get("command", ""), str(path), records["config"])
    return Records(name, results, workdir.logged(), arrays, records, made_by)
