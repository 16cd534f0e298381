"""All that is recorded of one model's trained runs: scores, agreement, samples, verdicts."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, partial
from typing import Any, TypeVar

import numpy as np
from jax.sharding import Mesh

from ivaegan_jax.data import Part, Prepared, is_synthetic
from ivaegan_jax.evaluation import (
    BOTH,
    Evaluation,
    Result,
    Stamp,
    arrays_for_figures,
    clean_rows,
    encoding_call,
    joined_arrays,
    noise_rows,
    quality_rows,
    scoring,
    spread,
    unmixing,
    verdict,
)
from ivaegan_jax.models import Dims
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.training import Call
from ivaegan_jax.types import Pause

T = TypeVar("T")

CHOSEN_BY = "chosen by"
"""Scores of validation rows alone that a run may be chosen by."""


def paced(rows: Iterable[T], pause: Pause) -> Iterator[T]:
    """The results as they come, with a pause after each."""
    for row in rows:
        yield row
        pause()


def as_of(split: str, rows: Iterable[T]) -> Iterator[tuple[str, T]]:
    """The results as they come, each with where it belongs."""
    return ((split, row) for row in rows)


class Scorer:
    """Scores the models of one experiment, one after the other, on the same held-out rows."""

    def __init__(self, experiment: Experiment, data: Prepared, dims: Dims, mesh: Mesh):
        """Keeps what all models are scored with.

        Args:
          experiment: what is to be done.
          data: the rows, as the models see them.
          dims: sizes.
          mesh: devices that runs are split over.
        """
        self.experiment, self.data, self.dims, self.mesh = experiment, data, dims, mesh

    def score(
        self, trained: scoring.Trained, pause: Pause = lambda: None
    ) -> tuple[list[Result], dict[str, Any]]:
        """A model's results, and what figures need; pauses between its parts."""
        parts = {"valid": self.data.valid, "test": self.data.test}
        where = self.experiment.data_seeds, self.dims.dim_u, self.mesh
        by_split: dict[str, list[Result]] = {split: [] for split in (*parts, BOTH, CHOSEN_BY)}
        mu: dict[str, list[np.ndarray]] = {split: [] for split in parts}
        alive, shown = [], []
        for some in scoring.in_parts(trained, self.mesh):
            found = {k: scoring.evaluate_runs(some, part, k, *where) for k, part in parts.items()}
            some = scoring.without_lost(some, found.values())
            for split, row in paced(self._of_runs(some, parts, found), pause):
                by_split[split].append(row)
            for split in parts:
                mu[split].append(found[split].mu)
            shown.append(arrays_for_figures(some, found["test"], self.data))
            alive.append(some.states.alive)
        states = trained.states.replace(alive=np.concatenate(alive))
        trained = trained._replace(states=states)
        rows: list[Result] = [*by_split["valid"], *by_split["test"]]
        for split in parts:
            stamp = self.stamp_of(trained, split)
            between = scoring.agreement_rows(trained, np.concatenate(mu[split]), stamp)
            rows += paced(between, pause)
        judged, agreed = self._judge(trained, self.stamp_of(trained, BOTH), pause)
        arrays = joined_arrays(shown)
        samples = [*by_split[BOTH], *by_split[CHOSEN_BY]]
        return [*rows, *samples, *judged], arrays | agreed

    def _of_runs(
        self, some: scoring.Trained, parts: Mapping[str, Part], found: Mapping[str, Evaluation]
    ) -> Iterator[tuple[str, Result]]:
        """Every score of some of the runs, and where it belongs."""
        stamp = {split: self.stamp_of(some, split) for split in (*parts, BOTH)}
        for split, part in parts.items():
            seen = self.data.preprocessing
            yield from as_of(split, scoring.run_rows(some, found[split], part, stamp[split], seen))
        clean = clean_rows(some, parts["test"], self.dims.dim_u, self.mesh, stamp["test"])
        yield from as_of("test", clean)
        if not self.data.preprocessing[0].counts:
            yield from as_of("test", noise_rows(some, parts["test"], stamp["test"]))
        both = [*found.values()], [*parts.values()], stamp[BOTH]
        yield from as_of(BOTH, quality_rows(some, *both))
        # what may choose a run sees validation rows alone
        valid = [found["valid"]], [parts["valid"]], stamp["valid"], ("energy_distance",)
        yield from as_of(CHOSEN_BY, quality_rows(some, *valid))

    def foresee(self, trained: scoring.Trained, unmix: bool, spreads: bool) -> Iterator[Call]:
        """What scoring will call of a model's runs, to be compiled before they are trained.

        Args:
          trained: the runs, with shapes for states.
          unmix: whether those that take one get a linear map.
          spreads: whether variances of posteriors are fitted.
        """
        if unmix:
            parts, dims = (self.data.train, self.data.valid), self.dims
            yield from unmixing.foresee_step([trained], [parts], dims.dim_u, dims.dim_z, self.mesh)
            trained = unmixing.foresee_mapped(trained, dims.dim_z)
        if spreads and spread.is_open(trained):
            some = next(scoring.in_parts(trained, self.mesh))
            yield spread.spread_call(some, self.data.train, self.dims.dim_u, self.mesh)
            trained = spread.foresee_spread(trained)
        where = self.experiment.data_seeds, self.dims.dim_u, self.mesh
        some = next(scoring.in_parts(trained, self.mesh))
        for split in ("valid", "test"):
            yield scoring.evaluation_call(some, getattr(self.data, split), split, *where)
        test = self.data.test
        if test.clean is not None and test.s is not None:
            yield encoding_call(some, test.clean, test.u, *where[1:])
        yield verdict.precondition_call(trained, self._held_out, *where[1:])

    def unmix(self, trained: scoring.Trained) -> tuple[scoring.Trained, list[Result]]:
        """The runs with a linear map behind those that take one, and what was decided of each."""
        rows = self.data.train, self.data.valid
        trained, found = unmixing.unmix_runs(trained, *rows, self.dims.dim_u, self.mesh)
        return trained, [*unmixing.step_rows(found, self.stamp_of(trained, "valid"))]

    def spread(self, trained: scoring.Trained) -> scoring.Trained:
        """The runs with the variance of their posteriors, where noise leaves latents open."""
        return spread.fit_spread(trained, self.data.train, self.dims.dim_u, self.mesh)

    def _judge(
        self, trained: scoring.Trained, stamp: Stamp, pause: Pause
    ) -> tuple[list[Result], dict[str, np.ndarray]]:
        """Whether identification happened, without the truth: results, and consensus latents."""
        checked = verdict.precondition_of_runs(trained, self._held_out, self.dims.dim_u, self.mesh)
        judged = verdict.judge_runs(trained, checked, self._held_out, stamp)
        rows: list[Result] = list(paced(judged, pause))
        if self._linear:
            rows += verdict.linear_rows(trained, checked, self._linear, stamp)
        found = verdict.consensus_of_runs(trained, checked)
        rows += verdict.consensus_rows(trained, checked, found, stamp)
        held_out = np.concatenate([self.data.valid.row, self.data.test.row], axis=1)
        return rows, verdict.consensus_arrays(found, held_out)

    @cached_property
    def _held_out(self) -> list[verdict.HeldOut]:
        """The held-out rows of each data seed, or run, as verdicts see them."""
        parts, sizes = (self.data.valid, self.data.test), (self.dims.dim_u, self.dims.dim_z)
        own = len(self.data.valid.u) // len(self.data.valid.x)
        held_out = [
            verdict.held_out_rows(parts, i // own, i) for i in range(len(self.data.valid.u))
        ]
        ratio = self.data.train.x.shape[1] / len(held_out[0][0])
        # the same rows for all runs of a data seed, whatever u they have
        some = verdict.looked_at([u for _, u in held_out[::own]])
        return [
            verdict.hold_out(x[some[i // own]], u[some[i // own]], *sizes, ratio)
            for i, (x, u) in enumerate(held_out)
        ]

    @cached_property
    def _linear(self) -> list[Mapping[str, np.ndarray]]:
        """Linear unmixings of each data seed's held-out rows; none where the sources are known."""
        train, sizes = self.data.train, (self.dims.dim_u, self.dims.dim_z)
        if train.s is not None:
            return []
        own = len(train.u) // len(train.x)
        return [
            verdict.linear_unmixings(
                x, train.u[i * own], sizes[0], self._held_out[i * own].x, sizes[1]
            )
            for i, x in enumerate(train.x)
        ]

    @cached_property
    def _resplit(self) -> dict[str, float]:
        """Test rows over training rows where data seeds are re-splits of one table."""
        if is_synthetic(self.experiment.data):
            return {}
        return {"resplit": self.data.test.x.shape[1] / self.data.train.x.shape[1]}

    def stamp_of(self, trained: scoring.Trained, split: str) -> Stamp:
        """Of any run of a model, which it is and which part of the data."""
        return partial(self._stamp, trained, split)

    def _stamp(self, trained: scoring.Trained, split: str, i: int) -> Mapping[str, Any]:
        """The run and the part of the data that a result belongs to."""
        return {
            "label": trained.label,
            "split": split,
            "data": self.experiment.data,
            "seed": int(trained.runs.seed[i]),
            "data_seed": self.experiment.data_seeds[int(trained.runs.data_index[i])],
            "status": "ok" if trained.states.alive[i] else "diverged",
            "step": self.experiment.steps,
        } | self._resplit
