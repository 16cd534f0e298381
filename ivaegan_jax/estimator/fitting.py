"""Trains the study of an estimator, in a work directory that may be for a while."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from ivaegan_jax.doctor import recommend_latents
from ivaegan_jax.estimator.record import Record, collect, collect_sessions
from ivaegan_jax.files import write_text
from ivaegan_jax.report import ConsoleReporter, lines_before, stages_of
from ivaegan_jax.studies import (
    Experiment,
    Latents,
    Running,
    Sessions,
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
      What is kept of it; its `notes` are on data, latents and split.

    Raises:
      InputError: for data or settings that cannot work, or a work directory of something else.
    """
    use_cores()
    with programs_numerics(), _folder(call.workdir) as path:
        with lines_before(call.progress):
            study, latents = make_study(experiment, table, call.controls)
        workdir = _done(study, path, call)
        notes = [*study.notes, *latents.sentences(), *study.data.split.sentences()]
        return collect(workdir, model_of(experiment.presets[0]), {**call.about, "notes": notes})


def train_together(experiment: Experiment, tables: Sequence[Dataset], call: Call) -> Record:
    """Brings a study of several sessions to its end, see `train`.

    Args:
      experiment: what is trained in every session.
      tables: one for each.
      call: how it was called.
    """
    use_cores()
    with programs_numerics(), _folder(call.workdir) as path:
        with lines_before(call.progress):
            sessions, latents = make_sessions(experiment, tables, call.controls)
        workdir = _done(sessions, path, call)
        notes = [*sessions.notes, *latents.sentences(), *sessions.split_record()["sentences"]]
        about = {**call.about, "notes": notes}
        return collect_sessions(workdir, model_of(experiment.presets[0]), about, len(tables))


def _done(study: Running, path: Path, call: Call) -> Workdir:
    workdir = Workdir(path)
    workdir.open(study.settings())
    with closing(workdir), ExitStack() as records:
        folders = []
        for own, folder in study.recorded_in(workdir):
            records.enter_context(recorded(own, folder, call.command, {}))
            folders.append(folder)
        _run(study, workdir, call.progress)
        for folder in folders:
            write_text(folder.done, "")
    return workdir


def make_study(experiment: Experiment, table: Dataset, controls: bool) -> tuple[Study, Latents]:
    """The study; without a number of latents, with no more than u is seen to move."""
    study = Study(experiment, controls=controls, table=table)
    if experiment.config.model.dim_z or table.s is not None:
        return study, Latents(study.dims.dim_z)
    advised = recommend_latents(study, table)
    if advised.number < study.dims.dim_z:
        study = Study(with_latents(experiment, advised.number), controls=controls, table=table)
    return study, advised


def make_sessions(
    experiment: Experiment, tables: Sequence[Dataset], controls: bool
) -> tuple[Sessions, Latents]:
    """The sessions; without a number of latents, with the fewest that one of them allows."""
    sessions = Sessions(experiment, tables, controls)
    if experiment.config.model.dim_z or sessions.sources_known:
        return sessions, Latents(sessions.studies[0].dims.dim_z)
    advised = [
        recommend_latents(study, table)
        for study, table in zip(sessions.studies, tables, strict=True)
    ]
    least = min(advised, key=lambda each: each.number)
    if least.number < sessions.studies[0].dims.dim_z:
        sessions = Sessions(with_latents(experiment, least.number), tables, controls)
    return sessions, least


def _run(study: Running, workdir: Workdir, progress: bool) -> None:
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
