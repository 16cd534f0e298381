"""Which pieces from outside the package a study uses: recorded, and found again."""

import hashlib
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from ivaegan_jax.data import DATASETS, FORMATS, format_of
from ivaegan_jax.evaluation import METRICS
from ivaegan_jax.files import making_sense_of, read_json
from ivaegan_jax.models import CHOICES, PRESETS, TERMS
from ivaegan_jax.studies.jobs import Job
from ivaegan_jax.studies.plugins import load, load_installed
from ivaegan_jax.types import REGISTRIES, InputError, Registry

Pieces: TypeAlias = dict[str, dict[str, str]]
"""By kind and name: `kind`, `name`, `module` and, where that is no part of a package, `file`."""

PARTS_OF_A_MODEL = ("prior family", "likelihood", "encoder", "generator")
"""Kinds that a trained model cannot do without."""


def used_pieces(data: str, jobs: Sequence[Job]) -> Pieces:
    """What of data set, models and metrics is not the package's own; every metric counts.

    Args:
      data: a data set's name, or a file.
      jobs: the models.
    """
    named: list[tuple[Registry[Any], Iterable[str]]] = [
        (DATASETS, [data]),
        (FORMATS, [format_of(Path(each)) for each in data.split(",")]),
        (PRESETS, [job.parsed.preset for job in jobs]),
        (TERMS, [term for job in jobs for term in job.game.terms]),
        (METRICS, METRICS),
    ]
    for field, values in CHOICES.items():
        if isinstance(values, Registry):
            named.append((values, [getattr(job.config, field) for job in jobs]))
    found: Pieces = {}
    for registry, names in named:
        for name in sorted(set(names) & set(registry.origins)):
            origin = {k: v for k, v in registry.origins[name]._asdict().items() if v}
            found[f"{registry.kind} {name}"] = {"kind": registry.kind, "name": name, **origin}
    return found


def fingerprints(pieces: Pieces) -> dict[str, str]:
    """A hash of the source of every module that brought one, by module, as far as there is one."""
    found = {}
    for piece in pieces.values():
        module = sys.modules.get(piece["module"])
        path = Path(piece.get("file") or getattr(module, "__file__", None) or "")
        if path.is_file():
            found[piece["module"]] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def load_recorded(pieces: Mapping[str, Any], where: Path, needed: Collection[str] = ()) -> None:
    """Imports the modules that brought what a study or model used, unless it is there.

    Args:
      pieces: as `used_pieces` made them.
      where: what was recorded with them.
      needed: kinds without which it will not do; all where it is empty.

    Raises:
      InputError: naming the piece and the module that brought it.
    """
    load_installed()
    for piece in pieces.values():
        kind, name, file = piece["kind"], piece["name"], piece.get("file", "")
        if name in REGISTRIES[kind]:
            continue
        try:
            if piece["module"] == "__main__":
                raise InputError("a program registered it itself")
            load(file or piece["module"])
            if name not in REGISTRIES[kind]:
                raise InputError("it no longer registers that name")
        except InputError as error:
            if not needed or kind in needed:
                raise InputError(
                    f"{where} needs the {kind} {name!r}, which {file or piece['module']} brought, "
                    f"and that cannot be loaded ({error}); name the module that brings it with "
                    "--plugins"
                ) from error


def load_of_study(folder: Path) -> None:
    """Imports what the studies in a run directory, or in its arms, were begun with.

    Raises:
      InputError: naming a piece that is not there, and the module that brought it.
    """
    for path in (folder / "config.json", *sorted(folder.glob("*/config.json"))):
        if path.is_file():
            with making_sense_of(path):
                load_recorded(read_json(path).get("pieces", {}), path.parent)
