"""All that is recorded of one model's trained runs: scores, agreement, samples, verdicts."""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, partial
from typing import Any

import numpy as np
from jax.sharding import Mesh

from ivaegan_jax import scoring, verdict
from ivaegan_jax.data.prepare import Prepared
from ivaegan_jax.experiment import Experiment
from ivaegan_jax.networks import Dims
from ivaegan_jax.types import Pause, Row


def paced(rows: Iterable[Row], pause: Pause) -> Iterator[Row]:
    """The rows as they come, with a pause after each."""
    for row in rows:
        yield row
        pause()


class Scorer:
    """Scores the models of one experiment, one after the other, on the same held-out rows."""

    def __init__(self, experiment: Experiment, data: Prepared, dims: Dims, mesh: Mesh):
        """Keeps what all models are scored with."""
        self.experiment, self.data, self.dims, self.mesh = experiment, data, dims, mesh

    def score(
        self, trained: scoring.Trained, pause: Pause = lambda: None
    ) -> tuple[list[Row], dict[str, Any]]:
        """A model's rows, and what figures need; pauses between its parts."""
        parts = {"valid": self.data.valid, "test": self.data.test}
        where = self.experiment.data_seeds, self.dims.dim_u, self.mesh
        evaluations = {
            split: scoring.evaluate_runs(trained, part, split, *where)
            for split, part in parts.items()
        }
        stamps = {split: partial(self._stamp, trained, split) for split in (*parts, None)}
        rows = [
            row
            for split, part in parts.items()
            for row in paced(
                scoring.run_rows(trained, evaluations[split], part, stamps[split]), pause
            )
        ]
        rows += paced(scoring.agreement_rows(trained, evaluations["test"], stamps["test"]), pause)
        both = list(evaluations.values()), list(parts.values())
        rows += paced(scoring.quality_rows(trained, *both, stamps[None]), pause)
        judged, agreed = self._judge(trained, stamps[None], pause)
        arrays = scoring.arrays_for_figures(trained, evaluations["test"], self.data)
        return rows + judged, arrays | agreed

    def _judge(
        self, trained: scoring.Trained, stamp: Callable[[int], Row], pause: Pause
    ) -> tuple[list[Row], dict[str, np.ndarray]]:
        """Whether identification happened, without the truth: rows, and consensus latents."""
        checked = verdict.precondition_of_runs(trained, self._held_out, self.dims.dim_u, self.mesh)
        rows = list(paced(verdict.judge_runs(trained, checked, self._held_out, stamp), pause))
        found = verdict.consensus_of_runs(trained, checked)
        rows += verdict.consensus_rows(trained, checked, found, stamp)
        return rows, verdict.consensus_arrays(found)

    @cached_property
    def _held_out(self) -> list[verdict.HeldOut]:
        """The held-out rows of each data seed, as verdicts see them."""
        parts, sizes = (self.data.valid, self.data.test), (self.dims.dim_u, self.dims.dim_z)
        seeds = range(len(self.experiment.data_seeds))
        held_out = [verdict.held_out_rows(parts, i) for i in seeds]
        ratio = self.data.train.x.shape[1] / len(held_out[0][0])
        some = verdict.looked_at([u for _, u in held_out])
        return [
            verdict.hold_out(x[rows], u[rows], *sizes, ratio)
            for (x, u), rows in zip(held_out, some, strict=True)
        ]

    def _stamp(self, trained: scoring.Trained, split: str | None, i: int) -> Row:
        """Says which run and which part of the data a row belongs to."""
        return {
            "preset": trained.label,
            "split": split,
            "data": self.experiment.data,
            "seed": int(trained.runs.seed[i]),
            "data_seed": self.experiment.data_seeds[int(trained.runs.data_index[i])],
            "status": "ok" if trained.states.alive[i] else "diverged",
            "kind": "run",
            "step": self.experiment.steps,
        }
