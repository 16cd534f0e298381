"""Rows that depend on each other: what is trained because of them, and what they show of u."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ivaegan_jax.data import (
    IN_TIME,
    SHIFTED,
    Structure,
    find_structure,
    in_order,
    ordered_as,
    parse_split,
)
from ivaegan_jax.evaluation import MOST_ROWS, Gate, hold_against_null
from ivaegan_jax.models import PRESETS, resolve
from ivaegan_jax.studies.config import Config
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.studies.labels import Label, configured
from ivaegan_jax.types import Dataset, InputError


class Seen(NamedTuple):
    """The table before it was split.

    Attributes:
      structure: which of some of its rows can stand for which.
      x: of these rows, in order and evenly spread.
      u: of the same.
    """

    structure: Structure
    x: np.ndarray
    u: np.ndarray


def look_at(experiment: Experiment, dataset: Dataset, split: str) -> Seen:
    """What the table of the first data seed is like, with all of its rows.

    The rows of a named data set count as drawn one by one, given u, as they do where it is split.

    Args:
      experiment: what is to be done.
      dataset: the table.
      split: how it was split, which says what its groups and times are.
    """
    if dataset.independent:
        return Seen(Structure("rows"), dataset.x[:0], dataset.u[:0].coded())
    ordered = ordered_as(dataset, parse_split(split))
    rows = in_order(ordered)
    x, u = ordered.x[rows], ordered.u[rows].coded()
    groups = None if ordered.groups is None else ordered.groups[rows]
    structure = structure_of(x, u, groups)
    some = slice(None, None, -(-len(x) // MOST_ROWS))
    return Seen(structure.at(some), x[some].copy(), u[some].copy())


def structure_of(x: np.ndarray, u: np.ndarray, groups: np.ndarray | None) -> Structure:
    """Which rows can stand for which; any, where neighbours are alike too little to matter.

    Such are rows whose likeness is beyond chance but below `data.likeness.ALIKE` at any distance.
    """
    found = find_structure(x, u, groups)
    weak = found.kind in IN_TIME and found.length == 1
    return Structure("rows", None if found.origin == "blocks" else found.groups) if weak else found


def takes_shifted_u(config: Config, label: Label) -> bool:
    """Whether a label is a model that a control with shifted u can be trained beside.

    Its prior has to depend on u, and rows must not be drawn level by level: every run of the
    control has a u of its own.
    """
    own = configured(config, label)
    if label.control or own.by_level:
        return False
    return resolve(PRESETS[label.preset], own.model)[0].prior == "conditional"


def with_shifted_u(experiment: Experiment) -> Experiment:
    """The experiment with a control beside every model that takes one."""
    labels: list[Label] = []
    for label in experiment.labels:
        takes = takes_shifted_u(experiment.config, label)
        labels += [label, label._replace(control=SHIFTED)] if takes else [label]
    return experiment._replace(presets=tuple(dict.fromkeys(map(str, labels))))


def check_shifted_u(config: Config, labels: Sequence[Label]) -> None:
    """Raises InputError for a control with shifted u whose rows are drawn level by level."""
    for label in labels:
        if label.control == SHIFTED and configured(config, label).by_level:
            raise InputError(
                f"{label}: rows are packed or balanced by level of u (packing, balanced) and "
                "cannot take a u of their own in each run; leave the control out with "
                "--controls=none, or set packing=1 and balanced=false"
            )


def gate_rows(experiment: Experiment, seen: Seen) -> list[Gate]:
    """The recorded result on what dependent rows show of u before training; none for other rows."""
    if seen.structure.kind == "rows":
        return []
    found = hold_against_null(seen.x, seen.u, seen.structure)
    return [
        Gate(
            data=experiment.data,
            data_seed=experiment.data_seeds[0],
            passed=found.passed,
            pairings=found.kind,
            length=found.length,
            carries=found.carries,
            modulates=found.modulates,
            least=found.least,
        )
    ]
