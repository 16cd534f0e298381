"""Work directories in, one study per data set out."""

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ivaegan_jax.files import read_json, read_rows
from ivaegan_jax.report.recorded import ordered
from ivaegan_jax.report.view import as_row
from ivaegan_jax.studies import Workdir, load_whole_results, merge, model_of
from ivaegan_jax.types import InputError, Row


class Results(NamedTuple):
    """Everything recorded about one data set, from all work directories.

    Attributes:
      data: the data set's name.
      rows: metric rows.
      train: rows of the training log.
      arrays: npz file by preset.
      split: sentences on how rows were split.
    """

    data: str
    rows: Sequence[Row]
    train: Sequence[Row]
    arrays: Mapping[str, Path]
    split: Sequence[str] = ()

    def without(self, labels: Collection[str]) -> "Results":
        """The same less some models and their controls."""
        rows, train = (
            [row for row in each if model_of(row["preset"]) not in labels]
            for each in (self.rows, self.train)
        )
        arrays = {n: path for n, path in self.arrays.items() if model_of(n) not in labels}
        return self._replace(rows=rows, train=train, arrays=arrays)


class Records(NamedTuple):
    """One work directory as it was written."""

    name: str
    rows: Sequence[Row]
    train: Sequence[Row]
    arrays: Mapping[str, Path]
    records: Mapping[str, Any]


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
            rows=[row for piece in pieces for row in piece.rows],
            train=[row for piece in pieces for row in piece.train],
            records={
                "manifest": manifests | {"data_seeds": seeds},
                "config": first.records["config"] | {"data_seeds": seeds},
            },
        )
    ]


def read_arms(arms: Sequence[Arm]) -> list[Records]:
    """Reads the work directories of a study's arms, each under its arm's name.

    Raises:
      InputError: one of them is missing, or has no metrics yet.
    """
    return [_renamed(_read(arm.path, arm.name), arm) for arm in arms]


def _renamed(records: Records, arm: Arm) -> Records:
    # Baselines are no presets: they keep their names, and belong to the arm's data.
    names = [
        {"data": arm.data} | ({} if row.get("kind") == "baseline" else {"preset": arm.name})
        for row in records.rows
    ]
    rows = [row | new for row, new in zip(records.rows, names, strict=True)]
    train = [row | {"data": arm.data, "preset": arm.name} for row in records.train]
    arrays = dict.fromkeys([arm.name], *list(records.arrays.values())[:1])
    return records._replace(rows=rows, train=train, arrays=arrays)


def studies(workdirs: Sequence[Records]) -> list[Results]:
    """Groups by data set; where presets of two work directories collide, they carry its name."""
    names = dict.fromkeys(data for workdir in workdirs for data in _data_names(workdir))
    return [_study(data, [w for w in workdirs if data in _data_names(w)]) for data in names]


def _study(data: str, workdirs: Sequence[Records]) -> Results:
    rows, train, arrays = [], [], {}
    for workdir in workdirs:
        others = [other for other in workdirs if other is not workdir]
        taken = {preset for other in others for preset in _presets(other, data)}
        label = {p: f"{workdir.name}/{p}" if p in taken else p for p in _presets(workdir, data)}
        rows += _labelled(_of(workdir, workdir.rows, data), label)
        train += _labelled(_of(workdir, workdir.train, data), label)
        # Arrays carry no name of their data: they belong to the first.
        if data == _data_names(workdir)[0]:
            arrays |= {label[p]: path for p, path in workdir.arrays.items() if p in label}
    split = dict.fromkeys(sentence for each in workdirs for sentence in _split(each))
    return Results(data, rows, train, {p: arrays[p] for p in ordered(arrays)}, tuple(split))


def _split(workdir: Records) -> Sequence[str]:
    """What the manifest says of the split; that of the first piece where pieces differ."""
    manifest = workdir.records["manifest"]
    several = [manifest, *manifest.get("parts", {}).values()]
    return next((each["split"]["sentences"] for each in several if "split" in each), ())


def _labelled(rows: Sequence[Row], label: Mapping[str, str]) -> list[Row]:
    # Baselines are no presets: they belong to the data, whoever measured them.
    names = {**{row["preset"]: row["preset"] for row in rows}, **label}
    return [
        {**row, "preset": row["preset"] if row.get("kind") == "baseline" else names[row["preset"]]}
        for row in rows
    ]


def _of(workdir: Records, rows: Sequence[Row], data: str) -> list[Row]:
    # The training log need not name its data: then it belongs to the first.
    return [row for row in rows if (row.get("data") or _data_names(workdir)[0]) == data]


def _presets(workdir: Records, data: str) -> set[str]:
    return {r["preset"] for r in _of(workdir, workdir.rows, data) if r.get("kind", "run") == "run"}


def _data_names(workdir: Records) -> list[str]:
    return list(dict.fromkeys(row.get("data") or "data" for row in workdir.rows))


def _read(path: Path, name: str) -> Records:
    if not path.is_dir():
        raise InputError(f"{path}: no such work directory")
    rows = read_recorded(path)
    if not any(row.get("kind", "run") == "run" for row in rows):
        raise InputError(f"{path}: no metrics recorded yet; let a run reach its first evaluation")
    labels = sorted({row["preset"] for row in rows})
    arrays = {n: file for n in labels if (file := Workdir(path).arrays(n)).exists()}
    records = {key: read_json(path / f"{key}.json") for key in ("manifest", "config")}
    return Records(name, rows, read_rows(path / "train.jsonl"), arrays, records)


def read_recorded(path: Path) -> list[Row]:
    """The results of a run directory as the report takes them."""
    return [as_row(each) for each in load_whole_results(Workdir(path).metrics)]
