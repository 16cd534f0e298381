"""The whole examination, from an experiment to its findings."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ivaegan_jax.data import (
    SHIFTED,
    Part,
    as_control,
    group_of,
    in_order,
    ordered_as,
    parse_split,
)
from ivaegan_jax.doctor.auxiliary import FEW_ROWS, describe_u
from ivaegan_jax.doctor.cost import estimate_cost
from ivaegan_jax.doctor.dependence import check_u_in_x, check_x_from_u
from ivaegan_jax.doctor.finding import Finding, counted, refusal
from ivaegan_jax.doctor.modulation import check_modulation
from ivaegan_jax.doctor.neighbours import check_rows
from ivaegan_jax.doctor.noise import check_noise
from ivaegan_jax.doctor.observations import describe_x
from ivaegan_jax.doctor.sample import MOST_COMPONENTS, Sample, draw_sample
from ivaegan_jax.doctor.theory import check_dimension, check_distinct_u, check_prior
from ivaegan_jax.studies import Experiment, Job, Latents, Study, load_raw, validate
from ivaegan_jax.types import Auxiliary, Dataset, InputError


def examine(
    experiment: Experiment, timed: bool = True, table: Dataset | None = None
) -> Iterator[Finding]:
    """Looks at an experiment's data and model before training, one finding after the other.

    Data are those of the first data seed; tests, theory and cost concern the first model and the
    rows it would be trained on; where groups or blocks of rows are held out, tests see them too.
    A file that cannot be used, and a study that training would refuse, are findings too.

    Args:
      experiment: what is to be trained.
      timed: whether to compile and time the training program, which takes most of the time.
      table: the data, which the experiment's `data` is then just the name of, such as
        `as_dataset(x, u)` makes of arrays or a frame.

    Raises:
      InputError: for settings that cannot be meant, and for data that are not there.
    """
    validate(experiment)
    try:
        raw = load_raw(experiment, experiment.data_seeds[0]) if table is None else table
    except InputError as error:
        if not Path(experiment.data).expanduser().exists():
            raise
        yield refusal("table", "This table cannot be used", error)
        return
    if raw.credit:
        yield Finding("source", "fine", raw.credit)
    yield from [*describe_x(raw), *describe_u(raw), check_rows(raw)]
    try:
        study = Study(experiment, table=table)
    except InputError as error:
        yield refusal("training", "Training would be refused", error)
        return
    yield from check_identifiability(study, raw)
    yield estimate_cost(study, timed)


def check_identifiability(study: Study, raw: Dataset) -> Iterator[Finding]:
    """What theory requires, and what the training rows of the first data seed show."""
    job, dim_z = study.jobs[0], study.dims.dim_z
    x, u, sample = look_at(study, raw)
    yield check_prior(job.config)
    yield check_distinct_u(job.config, dim_z, study.training_part(job).u[0])
    is_given = bool(study.experiment.config.model.dim_z or raw.s is not None)
    yield check_dimension(dim_z, sample.x.shape[1], is_given)
    yield check_noise(raw, dim_z, job.config)
    looked_at = sample.x[sample.u >= 0]
    if sample.seen < 2 or not np.ptp(looked_at, axis=0).any():
        yield untestable(raw.u)
        return
    yield check_x_from_u(x, u, sample)
    yield check_u_in_x(sample, study.dims.continuous_u, len(x))
    yield check_modulation(sample, dim_z, study.dims.continuous_u)


def look_at(study: Study, raw: Dataset) -> tuple[np.ndarray, np.ndarray, Sample]:
    """X and u of the first model's rows on the first data seed, and the sample that tests see.

    Columns are standardised and no more: components of what is white already would be any.
    """
    ordered = ordered_as(raw, parse_split(study.data.split.split))
    part = examined_part(study, study.jobs[0], ordered)
    x = study.data.preprocessing[0].standardised(np.asarray(part.x[0]))
    u = np.asarray(part.u[0])
    groups = None if ordered.groups is None else part.group[0]
    return x, u, draw_sample(x, u, max(MOST_COMPONENTS, study.dims.dim_z), groups)


def recommend_latents(study: Study, raw: Dataset) -> Latents:
    """As many latents as the study has, or fewer where u is seen to move x in fewer ways.

    Args:
      study: whose number of latents is its default.
      raw: its table.
    """
    dim_z, sample = study.dims.dim_z, look_at(study, raw)[2]
    looked_at = sample.x[sample.u >= 0]
    if sample.seen < 2 or not np.ptp(looked_at, axis=0).any():
        return Latents(dim_z)
    if study.jobs[0].config.prior != "conditional":
        return Latents(dim_z)
    found = check_modulation(sample, dim_z, study.dims.continuous_u)
    ways = found.values.get("ways", 0)
    if not 0 < ways < dim_z:
        return Latents(dim_z)
    return Latents(ways, f"u is seen to move x in {counted(ways, 'independent way')}")


def examined_part(study: Study, job: Job, raw: Dataset) -> Part:
    """Training rows of the first data seed; where whole stretches are held out, all rows.

    A series with holes cannot be shifted in time: x and u would both jump at each of them.
    """
    control, e = job.parsed.control, study.experiment
    if study.data.split.split == "random" or control == SHIFTED:
        return study.training_part(job)
    row, fitted = in_order(raw), study.data.preprocessing[0]
    x, u = fitted.transform_rows(raw.x, row), fitted.encode_u(raw.u[row])
    columns = (row, np.arange(len(row)), group_of(raw)[row])
    whole = Part(x[None], u[None], None, *(each[None] for each in columns))
    data = study.data._replace(train=whole)
    return as_control(data, control, e.data_seeds[:1], e.seeds[:1]).train


def untestable(u: Auxiliary) -> Finding:
    """The finding about data in which nothing can be looked for."""
    sentence = (
        f"Whether x carries u cannot be looked at: that takes an x that varies and two levels of "
        f"u of at least {FEW_ROWS} training rows each."
    )
    own = f"{u.names[0]}:continuous" if u.names else "floats, u[:, None]"
    advice = f"Give more rows, or merge levels of u; give a u that is a quantity as {own}."
    advice = advice if u.is_categorical else "Give more rows."
    return Finding("u_in_x", "blocks", sentence, advice)
