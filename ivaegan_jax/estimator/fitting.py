"""Trains the study that an estimator asks for, in a work directory that may be for a while."""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from ivaegan_jax.doctor import recommend_latents
from ivaegan_jax.estimator.record import Record, collect
from ivaegan_jax.files import write_text
from ivaegan_jax.progress import ConsoleReporter, stages_of
from ivaegan_jax.studies import (
    Experiment,
    Latents,
    Study,
    Workdir,
    model_of,
    recorded,
    with_latents,
)
from ivaegan_jax.training import programs_numerics, use_cores
from ivaegan_jax.types import Dataset


class Call(NamedTuple):
    """How a fit was called, beside what it trains.

    Attributes:
      command: as the report shows it.
      workdir: where it goes on after a stop; None for a folder that is removed.
      controls: whether a control with shifted u is added where rows depend on each other.
      progress: whether a bar is shown in a terminal or a notebook.
      about: what is kept beside the study's files.
    """

    command: str
    workdir: str | Path | None
    controls: bool
    progress: bool
    about: dict[str, object]


def train(experiment: Experiment, table: Dataset, call: Call) -> Record:
    """Brings a study of a table in memory to its end.

    Args:
      experiment: what is trained; the first label is the estimator's.
      table: the data.
      call: how it was called.

    Returns:
      What is kept of it; `notes` among what is said of it: of data, latents and split.

    Raises:
      InputError: for data or settings that cannot work, or a work directory of something else.
    """
    use_cores()
    with programs_numerics(), _folder(call.workdir) as path:
        study, latents = make_study(experiment, table, call.controls)
        workdir = Workdir(path)
        workdir.open(study.settings())
        with closing(workdir), recorded(study, workdir, call.command, {}):
            _run(study, workdir, call.progress)
            write_text(workdir.done, "")
        notes = [*study.notes, *latents.sentences(), *study.data.split.sentences()]
        return collect(workdir, model_of(experiment.presets[0]), {**call.about, "notes": notes})


def make_study(experiment: Experiment, table: Dataset, controls: bool) -> tuple[Study, Latents]:
    """The study; where nobody said how many latents, with no more than u is seen to move."""
    study = Study(experiment, controls=controls, table=table)
    if experiment.config.model.dim_z or table.s is not None:
        return study, Latents(study.dims.dim_z)
    advised = recommend_latents(study, table)
    if advised.number < study.dims.dim_z:
        study = Study(with_latents(experiment, advised.number), controls=controls, table=table)
    return study, advised


def _run(study: Study, workdir: Workdir, progress: bool) -> None:
    stages = [stage for stage in stages_of(study, study.left(workdir)) if stage.kind != "page"]
    runs, steps = len(study.runs.seed), study.experiment.steps
    with ConsoleReporter(stages, steps, runs, lines=False, bar=progress) as reporter:
        study.run(workdir, reporter, on_plan=reporter.plan)


@contextmanager
def _folder(workdir: str | Path | None) -> Iterator[Path]:
    if workdir is not None:
        yield Path(workdir).expanduser()
        return
    with tempfile.TemporaryDirectory(prefix="ivaegan_jax_") as folder:
        yield Path(folder) / "fit"
