"""Studies of several tables whose models share one prior and are trained together.

Each session is a study of its own in all but the training: it has its split, its preprocessing, its
scores and its run directory, `sessions/1` and on within that of all. The directory of all has the
checkpoints, the log, and what only all sessions together say.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ivaegan_jax.data import coded_alike
from ivaegan_jax.evaluation import (
    Result,
    across_rows,
    candidates,
    choose_together,
    encode_runs,
    scoring,
    unmixing,
)
from ivaegan_jax.files import write_bytes
from ivaegan_jax.studies.agreed import agreed_experiment
from ivaegan_jax.studies.bonds import keep_arrays
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.studies.jobs import Job, make_groups, make_runs, watched_terms
from ivaegan_jax.studies.results import keep_results, load_results
from ivaegan_jax.studies.running import Running
from ivaegan_jax.studies.scorer import Scorer, paced
from ivaegan_jax.studies.shared import shared_jobs, states_of_session
from ivaegan_jax.studies.study import Scored, Study, is_of
from ivaegan_jax.studies.workdir import Workdir
from ivaegan_jax.training import Call, TrainState, leads, shapes_of_states
from ivaegan_jax.types import AllTrainData, Dataset, InputError, Pause

LEAST_COLUMNS = 2
"""Columns of x that a session needs: with one, order and sign are all that could be found."""


FOLDER = "sessions"
"""Of a run directory, which holds those of its sessions by their numbers."""


def folders_of_sessions(path: Path) -> list[Path]:
    """The run directories of the sessions in one, in order; none where it is of one table."""
    numbered = [each for each in (path / FOLDER).glob("*") if each.name.isdecimal()]
    return sorted(numbered, key=lambda each: int(each.name))


class Sessions(Running):
    """Studies of one experiment on several tables, and the models that they share a prior in."""

    def __init__(self, experiment: Experiment, tables: Sequence[Dataset], controls: bool = False):
        """Checks everything; writes nothing.

        Args:
          experiment: what is to be done in every session; rows of a batch are those of each.
          tables: one for each session, with columns of x of their own and the same columns of u;
            results and models of a session carry the name of its table.
          controls: as `Study` takes it; what the rows of one session need is trained in all.

        Raises:
          InputError: for tables that do not go together, or that no study could be made of.
        """
        for i, table in enumerate(tables, start=1):
            _check_columns(table, i)
        tables = coded_alike(tables)
        made = [
            Study(experiment._replace(data=table.name), controls=controls, table=table)
            for table in tables
        ]
        agreed = agreed_experiment(
            [study.experiment for study in made], [study.dims.dim_z for study in made]
        )
        agreed = agreed._replace(data=experiment.data)
        self.studies = [Study(agreed._replace(data=table.name), table=table) for table in tables]
        first = self.studies[0]
        self.experiment, self.mesh, self.batch_devices = agreed, first.mesh, 1
        self.notes = tuple(
            f"Session {i}: {note}" for i, each in enumerate(made, start=1) for note in each.notes
        )
        self.jobs = shared_jobs(self.studies)
        self.groups = make_groups(agreed, self.jobs)
        self.runs = make_runs(agreed)

    def settings(self) -> dict[str, Any]:
        """What decides the results: that of the first session, and what each has of its own."""
        each = [study.settings() for study in self.studies]
        own = ("sizes", "data_sha256", "split")
        data = {"data": self.experiment.data}
        return each[0] | data | {"sessions": [{name: one[name] for name in own} for one in each]}

    def kept_arrays(self) -> dict[str, np.ndarray]:
        """The preprocessing and the split of every session."""
        return {
            f"{i}/{name}": array
            for i, study in enumerate(self.studies, start=1)
            for name, array in study.kept_arrays().items()
        }

    def train_data(self, job: Job) -> AllTrainData:
        """The training rows of every session as one model sees them."""
        place = self.jobs.index(job)
        return tuple(study.train_data(study.jobs[place]) for study in self.studies)

    @property
    def sources_known(self) -> bool:
        """Whether there are true sources to score by, in all sessions."""
        return all(study.sources_known for study in self.studies)

    def split_record(self) -> dict[str, Any]:
        """How the rows of every session were split."""
        each = [study.split_record() for study in self.studies]
        sentences = [f"Session {i}: {s}" for i, own in enumerate(each, 1) for s in own["sentences"]]
        return {"sentences": sentences, "sessions": each}

    def run(self, workdir: Workdir, *args: Any, **kwargs: Any) -> None:
        """Trains and scores whatever the work directory does not hold yet, see `Running.run`."""
        folders = [self.session(workdir, i) for i in range(1, len(self.studies) + 1)]
        if leads():
            for study, folder in zip(self.studies, folders, strict=True):
                keep_arrays(folder.preprocessing, study.kept_arrays())
        super().run(workdir, *args, **kwargs)
        if leads():
            for folder in folders:
                write_bytes(folder.train_log, workdir.train_log.read_bytes())

    def recorded_in(self, workdir: Workdir) -> Iterator[tuple[Running, Workdir]]:
        """What has a manifest of its own, and its run directory; makes those of the sessions."""
        yield self, workdir
        for i, study in enumerate(self.studies, start=1):
            folder = self.session(workdir, i)
            folder.open(study.settings())
            folder.close()
            yield study, folder

    def session(self, workdir: Workdir, number: int) -> Workdir:
        """The run directory of one session, counted from 1."""
        return Workdir(workdir.path / FOLDER / str(number))

    def trained(self, job: Job, states: TrainState) -> list[scoring.Trained]:
        """A job's runs as every session has them, with these states, or their shapes."""
        place, runs = self.jobs.index(job), make_runs(self.experiment, job)
        trained = []
        for i, own in enumerate(study.jobs[place] for study in self.studies):
            mine, watched = states_of_session(states, i), watched_terms(own)
            trained.append(scoring.Trained(job.label, own.model, job.game, runs, mine, watched))
        return trained

    def foresee(self, job: Job) -> Iterator[Call]:
        """What scoring every session by itself will call, to be compiled while a job trains."""
        shapes = shapes_of_states(job.trainer, make_runs(self.experiment, job))
        trained, dims = self.trained(job, shapes), self.studies[0].dims
        scorers = [study.scorer(job.parsed.control) for study in self.studies]
        if job.own.train.unmix:
            parts = [(scorer.data.train, scorer.data.valid) for scorer in scorers]
            yield from unmixing.foresee_step(trained, parts, dims.dim_u, dims.dim_z, self.mesh)
            trained = [unmixing.foresee_mapped(each, dims.dim_z) for each in trained]
        for scorer, each in zip(scorers, trained, strict=True):
            yield from scorer.foresee(each, unmix=False, spreads=job.own.train.spread)

    def score(self, job: Job, states: TrainState, workdir: Workdir, pause: Pause) -> list[Result]:
        """Scores every session by itself and all together, and records both."""
        place, e = self.jobs.index(job), self.experiment
        trained = self.trained(job, states)
        scorers = [study.scorer(job.parsed.control) for study in self.studies]
        trained, stepped = self._unmixed(job, trained, scorers)
        if job.own.train.spread:
            both = zip(scorers, trained, strict=True)
            trained = [scorer.spread(each) for scorer, each in both]
        both = zip(scorers, trained, strict=True)
        scored = [Scored(*scorer.score(each, pause)) for scorer, each in both]
        for each in scored:
            each.rows.extend(stepped)
        found = [candidates(each.rows, job.label) for each in scored]
        chosen = [choose_together([each[seed] for each in found]) for seed in e.data_seeds]
        for i, study in enumerate(self.studies):
            folder = self.session(workdir, i + 1)
            study.keep(study.jobs[place], trained[i], scored[i], chosen, folder)
        rows = [*self._together(trained, scorers, pause), *stepped]
        others = [r for r in load_results(workdir.metrics) if not is_of(r, job.label)]
        keep_results(workdir.metrics, [*others, *rows])
        return rows

    def score_data(self, workdir: Workdir, pause: Pause) -> None:
        """Records what needs no model, session by session."""
        for i, study in enumerate(self.studies, start=1):
            study.score_data(self.session(workdir, i), pause)

    def _unmixed(
        self, job: Job, trained: list[scoring.Trained], scorers: Sequence[Scorer]
    ) -> tuple[list[scoring.Trained], list[Result]]:
        """The runs with one linear map for all sessions behind those that take one."""
        if not job.own.train.unmix:
            return trained, []
        parts = [(scorer.data.train, scorer.data.valid) for scorer in scorers]
        dim_u = self.studies[0].dims.dim_u
        trained, found = unmixing.unmix_together(trained, parts, dim_u, self.mesh)
        return trained, [*unmixing.step_rows(found, scorers[0].stamp_of(trained[0], "valid"))]

    def _together(
        self, trained: Sequence[scoring.Trained], scorers: Sequence[Scorer], pause: Pause
    ) -> list[Result]:
        mu: dict[str, list[np.ndarray]] = {"valid": [], "test": []}
        for each, scorer in zip(trained, scorers, strict=True):
            for split, found in mu.items():
                part, dim_u = getattr(scorer.data, split), scorer.dims.dim_u
                parts = scoring.in_parts(each, self.mesh)
                means = [encode_runs(some, part.x, part.u, dim_u, self.mesh) for some in parts]
                found.append(np.concatenate(means))
        rows: list[Result] = []
        for split, found in mu.items():
            seen = [getattr(scorer.data, split) for scorer in scorers]
            stamp = scorers[0].stamp_of(trained[0], split)
            rows += paced(across_rows(trained[0], found, seen, stamp), pause)
        return rows


def _check_columns(table: Dataset, session: int) -> None:
    if table.x.shape[1] < LEAST_COLUMNS:
        raise InputError(
            f"session {session} has one column of x, which no more than one latent could be found "
            "in; give all of its columns, or leave the session out"
        )
