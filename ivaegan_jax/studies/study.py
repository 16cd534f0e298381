"""One study: prepare the data, train every model over all runs, score, and leave rows behind."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import jax
import numpy as np
from jax.sharding import Mesh

from ivaegan_jax.data import SPOILT, Part, Prepared, as_control, preprocessing_arrays, split_arrays
from ivaegan_jax.evaluation import (
    Baseline,
    Chosen,
    Gate,
    OfModel,
    Result,
    baseline_rows,
    candidates,
    ceiling_rows,
    choose,
    scoring,
)
from ivaegan_jax.files import read_npz, write_npz
from ivaegan_jax.studies.described import describe
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.studies.gates import gate_rows
from ivaegan_jax.studies.jobs import Job, make_groups, make_runs, watched_terms
from ivaegan_jax.studies.needs import check_memory, known_sources
from ivaegan_jax.studies.opened import open_data
from ivaegan_jax.studies.pieces import used_pieces
from ivaegan_jax.studies.results import add_results, keep_results, load_results, read_results
from ivaegan_jax.studies.running import Running
from ivaegan_jax.studies.saved import save_model
from ivaegan_jax.studies.scorer import Scorer, paced
from ivaegan_jax.studies.workdir import Workdir
from ivaegan_jax.training import Call, InBlocks, TrainState, make_seeds_mesh, shapes_of_states
from ivaegan_jax.types import Dataset, InputError, Pause, TrainData

if TYPE_CHECKING:
    import pandas as pd


class Scored(NamedTuple):
    """What was found of a model's runs: results, and arrays for figures."""

    rows: list[Result]
    arrays: dict[str, Any]


def is_of(result: Result, label: str) -> bool:
    """Whether a result is one of a model's runs."""
    return isinstance(result, OfModel) and result.label == label


class Study(Running):
    """An experiment together with its data. Making one writes nothing."""

    def __init__(
        self,
        experiment: Experiment,
        batch_devices: int = 1,
        controls: bool = False,
        table: Dataset | None = None,
    ):
        """Loads and checks everything.

        Args:
          experiment: what is to be done.
          batch_devices: devices that every batch is split over.
          controls: whether every model whose prior depends on u gets a control with shifted u,
            should the rows depend on each other.
          table: the data, which the experiment's `data` is then just the name of; None where that
            names a data set or a file.

        Raises:
          InputError: for settings or data that cannot work, or too many runs for the memory.
        """
        opened = open_data(experiment, table, controls)
        self.experiment, self.data, self.seen, self.stream = opened[:4]
        self.dims, self.jobs, self.notes = opened[4:]
        self.batch_devices = batch_devices
        self._workdir: Workdir | None = None
        self.rows = lru_cache(maxsize=3)(self._make_rows)
        self.scorer = lru_cache(maxsize=3)(self._make_scorer)
        self.mesh = self._make_mesh()
        block, needs = self.stream.rows if self.stream else 0, (self.data, self.dims, self.jobs)
        self.bytes = check_memory(self.experiment, *needs, batch_devices, block)
        self.groups = make_groups(self.experiment, self.jobs)
        self.runs = make_runs(self.experiment)

    def settings(self) -> dict[str, Any]:
        """What decides the results: the experiment, the sizes, and the data itself."""
        data = {"sizes": self.dims._asdict(), "data_sha256": self.data.sha256}
        pieces = used_pieces(self.experiment.data, self.jobs)
        brought = {"pieces": pieces} if pieces else {}
        model = self.experiment.config.model
        observation: dict[str, Any] = {"likelihood": model.likelihood, "noise": model.noise}
        form = self.experiment.config.data
        observation |= {"whiten": form.whiten, "codes": form.codes}
        observation["activation"] = model.activation
        observation["starts"] = self.experiment.config.train.starts
        chosen = {"split": self.data.split.split, "observation": observation}
        streamed = {"stream": self.stream.record()} if self.stream else {}
        return self.experiment.settings() | data | chosen | brought | streamed

    @property
    def results(self) -> "pd.DataFrame":
        """All results of the study that was run, as `read_results` gives them.

        Raises:
          InputError: before `run`.
        """
        if self._workdir is None:
            raise InputError("the study has no results before it is run")
        return read_results(self._workdir.path)

    @property
    def sources_known(self) -> bool:
        """Whether there are true sources to score by."""
        return self.data.train.s is not None

    def run(self, workdir: Workdir, *args: Any, **kwargs: Any) -> None:
        """Trains and scores whatever the work directory does not hold yet, see `Running.run`."""
        self._workdir = workdir
        super().run(workdir, *args, **kwargs)

    def split_record(self) -> dict[str, Any]:
        """How rows were split, for the manifest."""
        record = self.data.split.record()
        streamed = self.stream.sentences() if self.stream else []
        return record | {"sentences": [*record["sentences"], *streamed]}

    def kept_arrays(self) -> dict[str, np.ndarray]:
        """The preprocessing and the split, for the work directory."""
        return preprocessing_arrays(self.data.preprocessing) | split_arrays(self.data)

    def training_part(self, job: Job) -> Part:
        """The training rows of one model of the study, in the order of the table."""
        return self.rows(job.parsed.control).train

    def train_data(self, job: Job) -> TrainData:
        """The training rows as one model of the study sees them; the first block of many."""
        return self._seen_by(job, self._block(job, 0) if self.stream else self.training_part(job))

    def in_blocks(self, job: Job) -> InBlocks | None:
        """The training rows in blocks; None where all are in memory."""
        if self.stream is None:
            return None
        steps = max(1, self.stream.rows // job.own.train.batch)
        return InBlocks(steps, lambda number: self._seen_by(job, self._block(job, number)))

    def _block(self, job: Job, number: int) -> Part:
        assert self.stream is not None
        return self.stream.part(number, job.parsed.control)

    def _seen_by(self, job: Job, train: Part) -> TrainData:
        """Training rows as one model sees them."""
        train = train.by_level() if job.config.packing > 1 or job.own.train.balanced else train
        s = known_sources(job, self.data, self.dims, train.s)
        return TrainData(train.x, train.u, s, self.rows(job.parsed.control).unlabelled)

    def trained(self, job: Job, states: TrainState) -> scoring.Trained:
        """A job's runs with these states, or their shapes."""
        runs = make_runs(self.experiment, job)
        return scoring.Trained(job.label, job.model, job.game, runs, states, watched_terms(job))

    def alike(self, job: Job) -> Job:
        """The same on rows that are not spoilt: their shapes are the same."""
        spoilt = job.parsed.control in SPOILT
        return job._replace(parsed=job.parsed._replace(control="")) if spoilt else job

    def foresee(self, job: Job) -> Iterator[Call]:
        """What scoring a job will call, to be compiled while it trains."""
        shapes = shapes_of_states(job.trainer, make_runs(self.experiment, job))
        scorer = self.scorer(job.parsed.control)
        train = job.own.train
        return scorer.foresee(self.trained(job, shapes), train.unmix, train.spread)

    def score(self, job: Job, states: TrainState, workdir: Workdir, pause: Pause) -> list[Result]:
        """Scores a trained job and records the results."""
        trained = self.trained(job, states)
        scorer = self.scorer(job.parsed.control)
        trained, stepped = scorer.unmix(trained) if job.own.train.unmix else (trained, [])
        trained = scorer.spread(trained) if job.own.train.spread else trained
        rows, arrays = scorer.score(trained, pause)
        rows += stepped
        found = candidates(rows, job.label)
        chosen = [choose(found[data_seed]) for data_seed in self.experiment.data_seeds]
        self.keep(job, trained, Scored(rows, arrays), chosen, workdir)
        return rows

    def keep(
        self,
        job: Job,
        trained: scoring.Trained,
        scored: Scored,
        chosen: Sequence[Chosen],
        workdir: Workdir,
    ) -> None:
        """Records a model and what was found of it.

        Args:
          job: the model.
          trained: its runs.
          scored: what was found of them.
          chosen: the run to use of every data seed.
          workdir: where.
        """
        write_npz(workdir.arrays(job.label), scored.arrays)
        about = describe(self.experiment, self.data, self.dims, job, chosen)
        kept, params = read_npz(workdir.preprocessing), trained.states.evaluated
        save_model(workdir.model(job.label), about, params, kept)
        others = [r for r in load_results(workdir.metrics) if not is_of(r, job.label)]
        keep_results(workdir.metrics, [*others, *scored.rows])

    def score_data(self, workdir: Workdir, pause: Pause) -> None:
        """What needs no model: baselines, and what dependent rows show of u."""
        if any(isinstance(each, Baseline | Gate) for each in load_results(workdir.metrics)):
            return
        e = self.experiment
        rows: list[Result] = []
        for made in (baseline_rows, ceiling_rows):
            rows += paced(made(self.data, e.data_seeds, e.data), pause)
        add_results(workdir.metrics, [*rows, *gate_rows(e, self.seen)])

    def _make_rows(self, control: str) -> Prepared:
        """The rows that models of one control see; empty for no control."""
        e, kind = self.experiment, self.seen.structure.kind
        return as_control(self.data, control, e.data_seeds, e.seeds, kind)

    def _make_scorer(self, control: str) -> Scorer:
        """Scores models on the rows of one control."""
        mesh = make_seeds_mesh(jax.local_devices())
        return Scorer(self.experiment, self.rows(control), self.dims, mesh)

    def _make_mesh(self) -> Mesh:
        """All devices of all processes; batches over as many of them as `batch_devices`."""
        batch, parts = self.experiment.config.train.batch, self.batch_devices
        mesh = make_seeds_mesh(per_batch=parts)
        if batch % parts:
            raise InputError(f"config.train.batch={batch} cannot be split over {parts} devices")
        return mesh
