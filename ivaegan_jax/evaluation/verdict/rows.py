"""From trained states to verdicts, the numbers behind them, and what runs agree on."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh
from jaxtyping import Int

from ivaegan_jax.evaluation import results
from ivaegan_jax.evaluation.results import Finding, Stamp, Verdict
from ivaegan_jax.evaluation.scoring import AGREED_RUNS, Trained
from ivaegan_jax.evaluation.side_by_side import side_by_side
from ivaegan_jax.evaluation.verdict.findings import Findings, find
from ivaegan_jax.evaluation.verdict.held_out import HeldOut
from ivaegan_jax.evaluation.verdict.judgement import LOST, judge
from ivaegan_jax.evaluation.verdict.precondition import Precondition, make_precondition
from ivaegan_jax.metrics import Consensus, agreement_of_rotations, consensus, evenly
from ivaegan_jax.models import Model
from ivaegan_jax.training import KEPT, Call, Run, default_how, over_runs


class Agreed(NamedTuple):
    """Which runs there were, and what they agree on."""

    members: Int[np.ndarray, " members"]
    consensus: Consensus


ROTATED_ROWS, ROTATIONS = 1000, 100
"""Held-out rows and rotations behind the agreement that a mere rotation would reach."""


def precondition_of_runs(
    trained: Trained, held_out: Sequence[HeldOut], dim_u: int, mesh: Mesh
) -> Precondition:
    """Every run on its own held-out rows, `[runs, ...]`, host arrays.

    Args:
      trained: the runs.
      held_out: of each data seed; or of each run, where runs have a u of their own.
      dim_u: features of u as the networks see it.
      mesh: devices that the runs are split over.
    """
    return precondition_call(trained, held_out, dim_u, mesh)()


def precondition_call(
    trained: Trained, held_out: Sequence[HeldOut], dim_u: int, mesh: Mesh
) -> Call:
    """The call behind `precondition_of_runs`, to be compiled alone as well."""
    shared = tuple(
        np.stack([getattr(each, name) for each in held_out])
        for name in ("x", "u", "references", "weights")
    )
    return Call(_over_precondition(trained.model, dim_u, mesh), trained.parameters, shared, mesh)


def _is_finite(run: Precondition) -> bool:
    return all(np.isfinite(leaf).all() for leaf in run)


@lru_cache(maxsize=KEPT)  # configurations of one structure are judged by one program
def _over_precondition(model: Model, dim_u: int, mesh: Mesh) -> Callable[..., Precondition]:
    precondition = make_precondition(model, dim_u)

    def one(params: Any, run: Run, shared: Any) -> Precondition:
        x, u, references, weights = (array[run.of_u] for array in shared)
        return precondition(params, x, u, references, jnp.log(weights))

    return over_runs(one, mesh, default_how())


def judge_runs(
    trained: Trained,
    checked: Precondition,
    held_out: Sequence[HeldOut],
    stamp: Stamp,
) -> Iterator[Finding | Verdict]:
    """Every finding that there is of each run, and its verdict with the reasons."""

    def look(i: int) -> Findings | None:
        run = jax.tree.map(lambda leaf: leaf[i], checked)
        of_u = int(trained.runs.of_u[i])
        return find(run, held_out[of_u], trained.model.theory) if _is_finite(run) else None

    for i, found in enumerate(side_by_side(look, range(len(trained.runs.seed)))):
        verdict, reasons = judge(found, bool(trained.states.alive[i])) if found else LOST
        which = stamp(i)
        for metric, value in (_numbers(found) if found else {}).items():
            yield Finding(**which, metric=metric, value=value)
        yield Verdict(**which, verdict=verdict, reasons=tuple(reasons))


def consensus_of_runs(trained: Trained, checked: Precondition) -> dict[int, Agreed]:
    """What the runs of each data seed that did not diverge agree on, by index of the data seed.

    Of very many runs as many are looked at as for their agreement (`scoring.AGREED_RUNS`).
    """
    alive, found = np.asarray(trained.states.alive, bool), {}
    alive = alive & np.isfinite(checked.mu).all(axis=(1, 2))
    alive = alive & np.isfinite(checked.log_var).all(axis=(1, 2))
    for index in np.unique(trained.runs.data_index):
        members = np.flatnonzero((trained.runs.data_index == index) & alive)
        members = members[evenly(len(members), AGREED_RUNS)]
        if len(members):
            agreed = consensus(checked.mu[members], checked.log_var[members])
            found[int(index)] = Agreed(members, agreed)
    return found


def consensus_rows(
    trained: Trained,
    checked: Precondition,
    found: Mapping[int, Agreed],
    stamp: Stamp,
) -> Iterator[results.Consensus]:
    """What the runs of each data seed agree on."""
    for members, agreed in found.values():
        medoid, seeds = int(members[agreed.medoid]), trained.runs.seed[members]
        z = checked.mu[medoid][:ROTATED_ROWS]  # a single latent has no rotation to be taken for
        alone, runs = z.shape[1] == 1, max(2, len(members))
        rotation = (0.0, 0.0) if alone else agreement_of_rotations(z, runs, ROTATIONS)
        groups = [seeds[agreed.cluster == c].tolist() for c in np.unique(agreed.cluster)]
        which = {name: v for name, v in stamp(medoid).items() if name not in ("seed", "status")}
        yield results.Consensus(
            **which,
            medoid=int(trained.runs.seed[medoid]),
            groups=tuple(tuple(group) for group in sorted(groups, key=len, reverse=True)),
            rotation=rotation[0],
            rotation_p95=rotation[1],
            stability=_listed(agreed.stability),
            information=_listed(agreed.information),
            vanished=tuple(agreed.vanished.tolist()),
        )


def consensus_arrays(
    found: Mapping[int, Agreed], row: Int[np.ndarray, "all_data_seeds rows"]
) -> dict[str, np.ndarray]:
    """Consensus latents `[data_seeds, rows, dim_z]`, their data seeds, and rows of the table."""
    if not found:
        return {}
    latents = np.stack([agreed.z for _, agreed in found.values()])
    index = np.array(list(found))
    return {
        "consensus_z": latents.astype(np.float32),
        "consensus_index": index,
        "consensus_row": row[index],
    }


def _numbers(found: Findings) -> dict[str, float]:
    rank = found.rank
    weakest = rank.singular[-1] / rank.noise if len(rank.singular) and rank.noise else np.nan
    values = {
        "levels": found.levels,
        "levels_needed": found.needed or np.nan,
        "levels_looked_at": found.looked_at,
        "natural_rank_quadratic": rank.rank,
        "natural_weakest": weakest,
        "natural_inflation": rank.inflation,
        "natural_power": found.power,
        "informative_units": (found.active & ~found.repeating).sum(),
        "slope_p05": np.quantile(found.slopes, 0.05),
        "slope_median": np.median(found.slopes),
        "information_on_u": found.information,
        "information_on_u_p": found.p_value,
    }
    return {metric: float(value) for metric, value in values.items() if np.isfinite(value)}


def _listed(values: np.ndarray) -> tuple[float | None, ...]:
    return tuple(float(f"{value:.4g}") if np.isfinite(value) else None for value in values)
