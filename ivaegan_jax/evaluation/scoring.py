"""From trained states to results: every run scored on held-out data."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import jax
import numpy as np
from jax.sharding import Mesh
from jaxtyping import Float

from ivaegan_jax.data import Part, Preprocessing, Split
from ivaegan_jax.evaluation.evaluate import (
    Evaluation,
    evaluation_key,
    make_evaluate,
)
from ivaegan_jax.evaluation.own_metrics import HeldOutRun, own_metric_rows
from ivaegan_jax.evaluation.results import Agreement, Score, Stamp
from ivaegan_jax.evaluation.scores import coverage_rows, likelihood_rows, some_of, source_rows
from ivaegan_jax.metrics import evenly, pairwise_agreement
from ivaegan_jax.models import Game, Model
from ivaegan_jax.training import KEPT, Call, Run, TrainState, default_how, over_runs, take_runs
from ivaegan_jax.types import Params, Row

AGREED_RUNS, AGREED_ROWS = 64, 20_000
"""Runs of a data seed between which agreement is measured, as pairs grow with the square, and
held-out rows; of more, these are evenly spread, and rows of results say so."""

EVALUATED_AT_ONCE = 8
"""Runs per accelerator that are evaluated at once; a CPU evaluates one after the other anyway."""


class Trained(NamedTuple):
    """One model's runs after training.

    Attributes:
      label: as in the results.
      model: its functions.
      game: its players.
      runs: seeds and hyperparameters, leading axis of runs.
      states: final states, leading axis of runs.
      watched: terms of the game that are evaluated on held-out rows too.
      at_once: runs that the program which evaluates them takes; they are filled up to as many.
      start: of the first of these runs among all of the model, where they are a part of them.
      total: how many all are.
    """

    label: str
    model: Model
    game: Game
    runs: Run
    states: TrainState
    watched: tuple[str, ...] = ()
    at_once: int = 1
    start: int = 0
    total: int = 0

    @property
    def parameters(self) -> tuple[Params, Run]:
        """Every run's parameters as they are scored, and the runs: what programs take of them."""
        return self.states.evaluated, self.runs


def in_parts(trained: Trained, mesh: Mesh) -> Iterator[Trained]:
    """The runs, as many at once as are evaluated together, so that memory does not grow with them.

    The last part is filled up with its last run, so that one program serves all.
    """
    runs = len(trained.runs.seed)
    size = min(runs, mesh.size * (1 if default_how() == "map" else EVALUATED_AT_ONCE))
    for start in range(0, runs, size):
        index = np.arange(start, min(start + size, runs))
        taken = take_runs((trained.runs, trained.states), index)
        yield trained._replace(
            runs=taken[0], states=taken[1], at_once=size, start=start, total=runs
        )


def evaluate_runs(
    trained: Trained, part: Part, split: str, data_seeds: Sequence[int], dim_u: int, mesh: Mesh
) -> Evaluation:
    """Evaluates every run on the part's rows of its own data seed, `[runs, rows, ...]`.

    Args:
      trained: the runs.
      part: the rows.
      split: which part they are, one of `Split._fields`; each has draws of its own.
      data_seeds: in the order of `part`; each has draws of its own as well.
      dim_u: features of u as the networks see it.
      mesh: devices that the runs are split over.
    """
    return evaluation_call(trained, part, split, data_seeds, dim_u, mesh)()


def evaluation_call(
    trained: Trained, part: Part, split: str, data_seeds: Sequence[int], dim_u: int, mesh: Mesh
) -> Call:
    """The call behind `evaluate_runs`, to be compiled alone as well."""
    program = _over_evaluation(trained.model, trained.watched, dim_u, mesh)
    number = np.full(len(data_seeds), Split._fields.index(split), np.uint32)
    shared = part.x, part.u, np.array(data_seeds, np.uint32), number
    return Call(program, trained.parameters, shared, mesh, trained.at_once)


def without_lost(trained: Trained, evaluations: Iterable[Evaluation]) -> Trained:
    """The runs, those counted as diverged whose latents are not finite on some held-out rows."""
    finite = [np.isfinite(each.mu).all(axis=(1, 2)) for each in evaluations]
    alive = np.logical_and.reduce([np.asarray(trained.states.alive, bool), *finite])
    return trained._replace(states=trained.states.replace(alive=alive))


@lru_cache(maxsize=KEPT)  # configurations of one structure are scored by one program
def _over_evaluation(
    model: Model, watched: tuple[str, ...], dim_u: int, mesh: Mesh
) -> Callable[..., Evaluation]:
    evaluate = make_evaluate(model, dim_u, watched)

    def one(params: Any, run: Run, shared: Any) -> Evaluation:
        x, data_seed, split = (array[run.data_index] for array in (shared[0], *shared[2:]))
        u = shared[1][run.of_u]
        key = evaluation_key(run.seed, data_seed, split)
        return evaluate(params, x, u, key, run.hyperparameters)

    return over_runs(one, mesh, default_how())


def run_rows(
    trained: Trained,
    evaluation: Evaluation,
    part: Part,
    stamp: Stamp,
    seen: Sequence[Preprocessing],
) -> Iterator[Score]:
    """All scores of one part of the rows.

    Args:
      trained: the runs.
      evaluation: of these rows.
      part: the rows.
      stamp: `stamp(i)` says which run it is.
      seen: what makes x of the user's rows, one for each data seed.
    """
    for i, (index, of_u) in enumerate(zip(trained.runs.data_index, trained.runs.of_u, strict=True)):
        run = jax.tree.map(lambda leaf, i=i: leaf[i], evaluation)
        elbo = "nll" in trained.game.terms
        rows = likelihood_rows(run, part.x[index], part.u[of_u], elbo, seen[index])
        if part.s is not None:
            rows += source_rows(run, part.s[index], part.u[of_u])
            if part.clean is not None and "prior" in trained.states.params:
                rows += coverage_rows(run, part.s[index])
        rows += own_metric_rows(_held_out(run, part, index, of_u))
        for row in rows:
            fields: Row = {**stamp(i), **row, "value": _number(row["value"])}
            yield Score(**fields)


def _held_out(run: Evaluation, part: Part, index: Any, of_u: Any) -> HeldOutRun:
    """What a metric sees of one run: row `index` of the data seeds, row `of_u` of all u."""
    s = None if part.s is None else part.s[index]
    return HeldOutRun(
        run.mu, run.log_var, run.z, part.x[index], run.x_recon, run.x_fake, part.u[of_u], s
    )


def _number(value: Any) -> float:
    return float(value) if np.isfinite(value) else np.nan


def agreement_rows(
    trained: Trained, mu: Float[np.ndarray, "runs rows dim_z"], stamp: Stamp
) -> Iterator[Agreement]:
    """How far the model seeds of one data seed found the same latents; no truth needed."""
    convention = {"latent": "posterior_mean", "corr": "pearson", "assignment": "held_out"}
    for index in np.unique(trained.runs.data_index):
        among = np.flatnonzero(trained.runs.data_index == index)
        members = among[evenly(len(among), AGREED_RUNS)]
        rows = evenly(mu.shape[1], AGREED_ROWS)
        whole = np.array([np.isfinite(mu[member]).all() for member in members])
        pairs = pairwise_agreement(
            np.where(whole[:, None, None], mu[members[:, None], rows], 0)
        ).where(whole[:, None] & whole)
        counts = some_of("runs", members, among) | some_of("rows", rows, mu[0])
        for a in range(len(members)):
            for b in range(a + 1, len(members)):
                pair = {**stamp(int(members[a])), **convention, **counts}
                pair["other_seed"] = int(trained.runs.seed[members[b]])
                found = {"mcc": pairs.mcc[a, b], "affine_r2": pairs.affine_r2[a, b]}
                for name, value in found.items():
                    yield Agreement(**pair, metric=f"agreement_{name}", value=float(value))
