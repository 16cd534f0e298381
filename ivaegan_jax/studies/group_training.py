"""The training of one group of a study: its parts, its log, and its reporter."""

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol, runtime_checkable

from jax.sharding import Mesh

from ivaegan_jax.evaluation import Result
from ivaegan_jax.files import append_rows, write_rows
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.studies.integrity import logged_until
from ivaegan_jax.studies.jobs import Group
from ivaegan_jax.studies.parts import Part
from ivaegan_jax.studies.workdir import Workdir
from ivaegan_jax.training import (
    Checkpoints,
    Chunk,
    InBlocks,
    Schedule,
    TrainState,
    barrier,
    leads,
    train_runs,
)
from ivaegan_jax.types import AllTrainData, Row, Stop


@runtime_checkable
class Reporter(Protocol):
    """Receives the events of a study."""

    def stage(self, kind: str, what: str = "") -> None:
        """A stage begins: `compile`, `train` or `score` of a program or model, or `baselines`."""
        ...

    def start(self, label: str, step: int) -> None:
        """The training of a model, or of runs of several, begins, or goes on, at this step."""
        ...

    def chunk(self, label: str, chunk: Chunk) -> None:
        """A chunk of it is done."""
        ...

    def finish(self, label: str, rows: list[Result]) -> None:
        """A model is trained and scored."""
        ...


RUN = ("label", "seed", "data_seed")
"""What identifies one run's rows in the training log."""


class Training(NamedTuple):
    """All that training a group of an experiment takes.

    Attributes:
      experiment: what is to be done.
      group: what is trained.
      data: the rows that its runs share.
      mesh: devices that the runs are split over.
      workdir: where the log goes.
      reporter: receives the events.
      stop: whether there is a request to stop.
    """

    experiment: Experiment
    group: Group
    data: AllTrainData | InBlocks
    mesh: Mesh
    workdir: Workdir
    reporter: Reporter
    stop: Stop

    def train(self, part: Part, checkpoints: Checkpoints) -> TrainState:
        """Brings a part of the group to its end, from its newest checkpoint where there is one."""
        stamps, title = self._stamps(part), self.group.title + part.title
        mine, schedule = set(map(_run_of, stamps)), schedule_of(self.experiment, self.group)
        log = [row for row in self._log() if _run_of(row) in mine]
        logged = barrier(f"log of {part.name}"[-200:], logged_until(log, len(mine)))

        def on_start(step: int) -> None:
            if leads():
                log, rows = self.workdir.train_log, self.workdir.logged()
                write_rows(log, [r for r in rows if r["step"] <= step or _run_of(r) not in mine])
                self.reporter.start(title, step)

        def on_chunk(chunk: Chunk) -> None:
            if leads():
                append_rows(self.workdir.train_log, log_rows(stamps, chunk))
                self.reporter.chunk(title, chunk)

        def on_piece(which: str, piece: Chunk) -> None:
            if leads():
                self.reporter.chunk(f"{title}, {which}", piece)

        return train_runs(
            self.group.jobs[0].trainer,
            part.runs,
            self.data,
            schedule,
            checkpoints,
            self.mesh,
            on_start=on_start,
            on_chunk=on_chunk,
            on_piece=on_piece,
            logged=logged[0],
            stop=self.stop,
        )

    def _log(self) -> list[Row]:
        return self.workdir.logged() if leads() else []

    def _stamps(self, part: Part) -> list[Row]:
        """The first entries of each run's row in the log; repetitions have none."""
        group, data_seeds = self.group, self.experiment.data_seeds
        return [
            {
                "label": group.jobs[i // group.runs_per_job].label,
                "seed": int(group.runs.seed[i]),
                "step": 0,
                "data_seed": data_seeds[int(group.runs.data_index[i])],
            }
            for i in range(part.start, part.start + part.count)
        ]


def schedule_of(experiment: Experiment, group: Group) -> Schedule:
    """How long a group is trained, from which starts, and when it stops between steps."""
    config = experiment.config.train
    return Schedule(experiment.steps, config.chunk, config.checkpoint_chunks, group.starts)


def log_rows(stamps: list[Row], chunk: Chunk) -> Iterator[Row]:
    """The rows of a training log that a chunk gives, one per run."""
    for i, stamp in enumerate(stamps):
        log = {name: float(values[i]) for name, values in chunk.log.items()}
        yield stamp | {"step": chunk.step, "alive": bool(chunk.alive[i])} | log


def _run_of(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in RUN)
