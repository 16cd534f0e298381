"""The models of this package, each trained by a study of its own, which scores nothing."""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from experiments.rivals.problem import Latents, Method, Outcome, Problem
from ivaegan_jax.evaluation import Chosen, Result
from ivaegan_jax.studies import Experiment, Job, Study, Workdir, config_of, encode, restore
from ivaegan_jax.studies.study import Scored
from ivaegan_jax.training import Call, Chunk, TrainState
from ivaegan_jax.types import Pause


class Unscored(Study):
    """A study that trains, takes the steps after training, and keeps the models."""

    def foresee(self, job: Job) -> Iterable[Call]:
        """Nothing will be scored."""
        return ()

    def score(self, job: Job, states: TrainState, workdir: Workdir, pause: Pause) -> list[Result]:
        """Keeps the model as a study does that scores it."""
        trained, scorer = self.trained(job, states), self.scorer(job.parsed.control)
        trained = scorer.unmix(trained)[0] if job.own.train.unmix else trained
        trained = scorer.spread(trained) if job.own.train.spread else trained
        chosen = [Chosen(self.experiment.seeds[0], "the first")]
        self.keep(job, trained, Scored([], {}), chosen, workdir)
        return []

    def score_data(self, workdir: Workdir, pause: Pause) -> None:
        """Nothing is scored."""


class Silent:
    """A reporter that shows nothing."""

    def stage(self, kind: str, what: str = "") -> None:
        """Nothing to show."""

    def start(self, label: str, step: int) -> None:
        """Nothing to show."""

    def chunk(self, label: str, chunk: Chunk) -> None:
        """Nothing to show."""

    def finish(self, label: str, rows: list[Result]) -> None:
        """Nothing to show."""


def model(preset: str, own: Mapping[str, Any] | None = None) -> Method:
    """A row of the table of models, all runs of which are trained at once.

    Args:
      preset: the row.
      own: settings that differ from the defaults.
    """

    def fit(problem: Problem, seeds: Sequence[int], steps: int) -> Sequence[Outcome]:
        config = config_of({**problem.settings, **(own or {})})
        label, data_seeds = (preset,), (problem.data_seed,)
        study = Unscored(Experiment(problem.data, label, tuple(seeds), data_seeds, steps, config))
        with tempfile.TemporaryDirectory() as folder:
            workdir = Workdir(Path(folder) / "run")
            workdir.open(study.settings())
            with closing(workdir):
                study.run(workdir, Silent())
                fitted = restore(workdir)
        held_out = fitted.part[problem.test.row]
        assert (held_out == "test").all(), "the study held out other rows"
        encoded = encode(fitted, problem.table)[0]
        return [Latents(z[problem.train.row], z[problem.test.row]) for z in encoded]

    return fit
