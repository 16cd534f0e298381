"""One study: prepare the data, train every model over all runs, score, and leave rows behind."""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, partial
from typing import Any, Protocol, runtime_checkable

import jax
import numpy as np
from jax.sharding import Mesh

from ivaegan_jax import scoring, verdict
from ivaegan_jax.checkpoint import Checkpoints
from ivaegan_jax.data.controls import as_control
from ivaegan_jax.data.prepare import Prepared
from ivaegan_jax.experiment import Experiment, control_of, validate
from ivaegan_jax.integrity import drop_damaged, logged_until
from ivaegan_jax.jobs import (
    Job,
    check_density,
    check_packing,
    make_jobs,
    make_runs,
    watched_terms,
)
from ivaegan_jax.loop import NEVER, Chunk, Schedule, train_runs
from ivaegan_jax.memory import check_fits, tree_bytes
from ivaegan_jax.networks import Dims
from ivaegan_jax.processes import leads, meet
from ivaegan_jax.replicate import make_seeds_mesh
from ivaegan_jax.sources import choose_dim_z, load_data
from ivaegan_jax.types import InputError, Row, Stop, TrainData
from ivaegan_jax.workdir import Workdir, append_rows, keep_rows, read_rows, write_npz, write_rows


@runtime_checkable
class Reporter(Protocol):
    """Who wants to hear how a study goes on."""

    def start(self, label: str, step: int) -> None:
        """A model's training begins, or goes on, at this step."""
        ...

    def chunk(self, label: str, chunk: Chunk) -> None:
        """A chunk of a model's training is done."""
        ...

    def finish(self, label: str, rows: list[Row]) -> None:
        """A model is trained and scored."""
        ...


class Study:
    """An experiment together with its data. Making one writes nothing."""

    def __init__(self, experiment: Experiment, batch_devices: int = 1):
        """Loads and checks everything.

        Args:
          experiment: what is to be done.
          batch_devices: devices that every batch is split over.

        Raises:
          InputError: for settings or data that cannot work, or too many runs for the memory.
        """
        validate(experiment)
        self.experiment, self.batch_devices = experiment, batch_devices
        self.mesh = self._make_mesh()
        self.data = load_data(experiment)
        dim_z = choose_dim_z(experiment.config.model.dim_z, self.data)
        rows, continuous_u = self.data.train.x.shape[1], self.data.train.u.ndim == 3
        self.dims = Dims(self.data.dim_x, self.data.dim_u, dim_z, rows, continuous_u)
        check_packing(experiment, continuous_u)
        self.jobs = make_jobs(experiment, self.dims)
        for job in self.jobs:
            self._known_sources(job)
            check_density(job, self.dims)
        self.bytes = self._check_memory()
        self.runs = make_runs(experiment)

    def settings(self) -> dict[str, Any]:
        """What decides the results: the experiment, the sizes, and the data itself."""
        data = {"sizes": self.dims._asdict(), "data_sha256": self.data.sha256}
        return self.experiment.settings() | data

    def run(self, workdir: Workdir, reporter: Reporter, stop: Stop = NEVER) -> None:
        """Trains and scores whatever the work directory does not hold yet.

        All processes of a job train; the one that leads keeps the records and scores alone.

        Raises:
          Interrupted: if asked to stop while a model trains; running it again goes on from there.
        """
        if leads():
            ends, runs = tuple(self._schedule.ends()), len(self.runs.seed)
            drop_damaged(workdir, self.experiment.presets, ends, runs)
            write_npz(workdir.preprocessing, stored_preprocessing(self.data))
        for job in self.jobs:
            if meet(f"start of {job.label}", leads() and _is_scored(job.label, workdir))[0]:
                continue
            trained = self._train(job, workdir, reporter, stop)
            if leads():
                rows = self._score(trained, workdir, make_seeds_mesh(jax.local_devices()))
                add_metrics(workdir, rows)
                reporter.finish(job.label, rows)
        if leads() and not any(row["kind"] == "floor" for row in read_rows(workdir.metrics)):
            stamp = {"data": self.experiment.data, "step": self.experiment.steps}
            seeds = self.experiment.data_seeds
            add_metrics(workdir, scoring.floor_rows(self.data, seeds, stamp))

    def train_data(self, job: Job) -> TrainData:
        """The training rows as one model of the study sees them."""
        train = self.data.train
        if control := control_of(job.label):
            train = as_control(train, control, self.experiment.data_seeds)
        if job.config.packing > 1:
            train = train.by_level()
        return TrainData(train.x, train.u, self._known_sources(job))

    def _train(self, job: Job, workdir: Workdir, reporter: Reporter, stop: Stop) -> scoring.Trained:
        logged = meet(f"log of {job.label}", self._logged(job, workdir) if leads() else 0)[0]

        def on_start(step: int) -> None:
            if leads():
                log = workdir.train_log
                keep_rows(log, lambda r: r["preset"] != job.label or r["step"] <= step)
                reporter.start(job.label, step)

        def on_chunk(chunk: Chunk) -> None:
            if leads():
                append_rows(workdir.train_log, self._log_rows(job.label, chunk))
                reporter.chunk(job.label, chunk)

        with Checkpoints(workdir.checkpoints(job.label)) as checkpoints:
            states = train_runs(
                job.trainer,
                self.runs,
                self.train_data(job),
                self._schedule,
                checkpoints,
                self.mesh,
                on_start=on_start,
                on_chunk=on_chunk,
                logged=logged,
                stop=stop,
            )
        watched = watched_terms(job)
        return scoring.Trained(job.label, job.model, job.game, self.runs, states, watched)

    def _score(self, trained: scoring.Trained, workdir: Workdir, mesh: Mesh) -> list[Row]:
        parts = {"valid": self.data.valid, "test": self.data.test}
        evaluations = {
            split: scoring.evaluate_runs(trained, part, self.dims.dim_u, mesh)
            for split, part in parts.items()
        }
        stamps = {split: partial(self._stamp, trained, split) for split in (*parts, None)}
        rows = [
            row
            for split, part in parts.items()
            for row in scoring.run_rows(trained, evaluations[split], part, stamps[split])
        ]
        rows += scoring.agreement_rows(trained, evaluations["test"], stamps["test"])
        both = list(evaluations.values()), list(parts.values())
        rows += scoring.quality_rows(trained, *both, stamps[None])
        judged, agreed = self._judge(trained, mesh, stamps[None])
        arrays = scoring.arrays_for_figures(trained, evaluations["test"], self.data)
        write_npz(workdir.arrays(trained.label), arrays | agreed)
        return rows + judged

    def _judge(
        self, trained: scoring.Trained, mesh: Mesh, stamp: Callable[[int], Row]
    ) -> tuple[list[Row], dict[str, np.ndarray]]:
        """Whether identification happened, without the truth: rows, and consensus latents."""
        checked = verdict.precondition_of_runs(trained, self._held_out, self.dims.dim_u, mesh)
        rows = list(verdict.judge_runs(trained, checked, self._held_out, stamp))
        found = verdict.consensus_of_runs(trained, checked)
        rows += verdict.consensus_rows(trained, checked, found, stamp)
        return rows, verdict.consensus_arrays(found)

    @property
    def _schedule(self) -> Schedule:
        config = self.experiment.config.train
        return Schedule(self.experiment.steps, config.chunk, config.checkpoint_chunks)

    @cached_property
    def _held_out(self) -> list[verdict.HeldOut]:
        """The held-out rows of each data seed, as verdicts see them."""
        parts, sizes = (self.data.valid, self.data.test), (self.dims.dim_u, self.dims.dim_z)
        seeds = range(len(self.experiment.data_seeds))
        return [verdict.hold_out(*verdict.held_out_rows(parts, i), *sizes) for i in seeds]

    def _known_sources(self, job: Job) -> np.ndarray | None:
        """Standardised true sources for the one model that is trained with them, else None."""
        if "supervised" not in job.game.terms:
            return None
        s = self.data.train.s
        if s is None or s.shape[-1] != self.dims.dim_z:
            raise InputError(
                f"{job.label} is trained with the true sources: it needs an array s in the table, "
                "with as many columns as there are latents (config.model.dim_z)"
            )
        return (s - s.mean(1, keepdims=True)) / s.std(1, keepdims=True)

    def _stamp(self, trained: scoring.Trained, split: str | None, i: int) -> Row:
        """Says which run and which part of the data a row belongs to."""
        return {
            "preset": trained.label,
            "split": split,
            "data": self.experiment.data,
            "seed": int(self.runs.seed[i]),
            "data_seed": self.experiment.data_seeds[int(self.runs.data_index[i])],
            "status": "ok" if trained.states.alive[i] else "diverged",
            "kind": "run",
            "step": self.experiment.steps,
        }

    def _logged(self, job: Job, workdir: Workdir) -> int:
        log = read_rows(workdir.train_log)
        return logged_until(log, job.label, self._schedule.ends(), len(self.runs.seed))

    def _log_rows(self, label: str, chunk: Chunk) -> Iterator[Row]:
        for i, (seed, index) in enumerate(zip(self.runs.seed, self.runs.data_index, strict=True)):
            run = {"preset": label, "seed": int(seed), "step": chunk.step}
            run["data_seed"] = self.experiment.data_seeds[int(index)]
            log = {name: float(values[i]) for name, values in chunk.log.items()}
            yield run | {"alive": bool(chunk.alive[i])} | log

    def _make_mesh(self) -> Mesh:
        """All devices of all processes; batches over as many of them as was asked for."""
        batch, parts = self.experiment.config.train.batch, self.batch_devices
        mesh = make_seeds_mesh(per_batch=parts)
        if batch % parts:
            raise InputError(f"config.train.batch={batch} cannot be split over {parts} devices")
        return mesh

    def _check_memory(self) -> int:
        smallest = self.experiment._replace(seeds=self.experiment.seeds[:1])
        one = jax.tree.map(lambda leaf: leaf[0], make_runs(smallest))
        state = max(tree_bytes(jax.eval_shape(job.trainer.init, one)) for job in self.jobs)
        rows = self.data.test.x.shape[1]
        scored = 4 * rows * (3 * self.dims.dim_z + 2 * self.dims.dim_x)
        shared = tree_bytes((self.data.train.x, self.data.train.u))
        seeds, data_seeds = len(self.experiment.seeds), len(self.experiment.data_seeds)
        return check_fits(
            seeds * data_seeds, self.batch_devices * state + scored, shared, data_seeds
        )


def _is_scored(label: str, workdir: Workdir) -> bool:
    return any(row["preset"] == label for row in read_rows(workdir.metrics))


def add_metrics(workdir: Workdir, rows: Iterable[Row]) -> None:
    """Adds rows to `metrics.jsonl`, all of them or none."""
    write_rows(workdir.metrics, [*read_rows(workdir.metrics), *rows])


def stored_preprocessing(data: Prepared) -> dict[str, np.ndarray]:
    """The preprocessing of every data seed under `index/field`, for an `.npz` file."""
    return {
        f"{i}/{name}": array
        for i, fitted in enumerate(data.preprocessing)
        for name, array in fitted.to_arrays().items()
    }
