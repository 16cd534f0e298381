"""An experiment meets its data: what they decide of it, and whether it can be done."""

from collections.abc import Sequence
from typing import NamedTuple

from ivaegan_jax.data import Prepared
from ivaegan_jax.models import Dims
from ivaegan_jax.studies.checks import (
    check_batches,
    check_blocks,
    check_density,
    check_effect,
    check_pieces,
    check_unlabelled,
)
from ivaegan_jax.studies.experiment import Experiment, validate
from ivaegan_jax.studies.gates import Seen, check_shifted_u, look_at, with_shifted_u
from ivaegan_jax.studies.jobs import Job, make_jobs, make_runs
from ivaegan_jax.studies.latents import choose_latents
from ivaegan_jax.studies.needs import known_sources, notes_on_few_values, notes_on_unlabelled
from ivaegan_jax.studies.observation import with_observation
from ivaegan_jax.studies.sources import load_datasets, prepare_data
from ivaegan_jax.studies.streamed import UNSHIFTED, Stream, with_blocks
from ivaegan_jax.types import Dataset


class Opened(NamedTuple):
    """An experiment with its data.

    Attributes:
      experiment: with all that it left to the data.
      data: the rows of all data seeds.
      seen: how the rows depend on each other.
      stream: of a table that is read in blocks; None where all rows are in memory.
      dims: sizes of the data.
      jobs: one for each label.
      notes: how the data were read, and what was decided by them.
    """

    experiment: Experiment
    data: Prepared
    seen: Seen
    stream: Stream | None
    dims: Dims
    jobs: list[Job]
    notes: tuple[str, ...]


def open_data(experiment: Experiment, table: Dataset | None, controls: bool) -> Opened:
    """Loads and checks everything, see `Study`."""
    validate(experiment)
    datasets = load_datasets(experiment, table)
    experiment, data, fits = _decided(with_blocks(experiment, datasets[0]), datasets)
    seen = look_at(experiment, datasets[0], data.split.split)
    stream = None
    if datasets[0].whole:
        check_unlabelled(experiment.config)
        stream = Stream(experiment, datasets, data)
    dependent = controls and seen.structure.kind != "rows"
    experiment = with_shifted_u(experiment) if dependent and not stream else experiment
    check_shifted_u(experiment.config, experiment.labels)
    check_blocks(experiment)
    latents = choose_latents(experiment, data)
    dims = _dims(data, latents.number, stream)
    jobs = make_jobs(experiment, dims)
    _check_jobs(jobs, experiment, data, dims)
    notes = (*data.notes, *notes_on_few_values(datasets[0].u))
    notes += (*fits, *([UNSHIFTED] if dependent and stream else []))
    notes += (
        *latents.sentences(),
        *(notes_on_unlabelled(jobs) if data.unlabelled is not None else ()),
    )
    return Opened(experiment, data, seen, stream, dims, jobs, notes)


def _decided(
    experiment: Experiment, datasets: Sequence[Dataset]
) -> tuple[Experiment, Prepared, list[str]]:
    """The experiment as the data decide it, its rows in the form that this takes, and why."""
    data = prepare_data(experiment, datasets)
    number = choose_latents(experiment, data).number
    experiment, fits = with_observation(experiment, datasets[0], data, number)
    return experiment, prepare_data(experiment, datasets) if fits else data, fits


def _dims(data: Prepared, dim_z: int, stream: Stream | None) -> Dims:
    rows = stream.all_rows if stream else data.train.x.shape[1]
    image = None if data.preprocessing[0].codec else data.image_shape
    return Dims(data.dim_x, data.dim_u, dim_z, rows, not data.is_categorical, image)


def _check_jobs(jobs: Sequence[Job], experiment: Experiment, data: Prepared, dims: Dims) -> None:
    """Raises InputError for the first model that these data cannot train."""
    one = experiment._replace(seeds=experiment.seeds[:1], data_seeds=experiment.data_seeds[:1])
    for job in jobs:
        known_sources(job, data, dims)
        check_batches(job, dims)
        check_density(job, dims)
        check_effect(job)
        check_pieces(job, dims, make_runs(one, job))
