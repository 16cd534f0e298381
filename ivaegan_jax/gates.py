"""Rows that depend on each other: what is trained because of them, and what they show of u."""

from collections.abc import Sequence

from ivaegan_jax.config import Config
from ivaegan_jax.data import is_synthetic
from ivaegan_jax.data.controls import SHIFTED
from ivaegan_jax.data.nulls import Structure
from ivaegan_jax.data.prepare import Prepared
from ivaegan_jax.data.series import series_of, structure_of
from ivaegan_jax.experiment import Experiment
from ivaegan_jax.labels import CONTROL, configured, control_of, preset_name
from ivaegan_jax.presets import PRESETS, resolve
from ivaegan_jax.types import InputError, Row
from ivaegan_jax.verdict.gate import hold_against_null


def structure_of_data(experiment: Experiment, data: Prepared) -> Structure:
    """Which rows can stand for which, on the first data seed.

    The rows of a benchmark are drawn one by one, given u.
    """
    if is_synthetic(experiment.data):
        return Structure("rows")
    return structure_of(series_of(data, 0))


def takes_shifted_u(config: Config, label: str) -> bool:
    """Whether a label is a model that a control with shifted u can be trained beside.

    Its prior has to depend on u, and rows must not be packed by level: every run of the control
    has a u of its own.
    """
    own = configured(config, label).model
    if control_of(label) or own.packing > 1:
        return False
    return resolve(PRESETS[preset_name(label)], own)[0].prior == "conditional"


def with_shifted_u(experiment: Experiment) -> Experiment:
    """The experiment with a control beside every model that takes one."""
    labels: list[str] = []
    for label in experiment.presets:
        takes = takes_shifted_u(experiment.config, label)
        labels += [label, f"{label}{CONTROL}{SHIFTED}"] if takes else [label]
    return experiment._replace(presets=tuple(dict.fromkeys(labels)))


def check_shifted_u(config: Config, labels: Sequence[str]) -> None:
    """Raises InputError for a control with shifted u whose rows are packed by level."""
    for label in labels:
        if control_of(label) == SHIFTED and configured(config, label).model.packing > 1:
            raise InputError(
                f"{label}: rows are packed by level of u (packing) and cannot take a u of their "
                "own in each run; leave the control out with --controls=none, or set packing=1"
            )


def gate_rows(experiment: Experiment, data: Prepared, structure: Structure) -> list[Row]:
    """The recorded row on what dependent rows show of u before training; none for other rows."""
    if structure.kind == "rows":
        return []
    found = hold_against_null(series_of(data, 0), structure)
    where = {"data": experiment.data, "data_seed": experiment.data_seeds[0], "seed": None}
    about = {"kind": "gate", "metric": "gate", "preset": "rows", "step": experiment.steps}
    return [where | about | {"value": float(found.passed), **found.as_row()}]
