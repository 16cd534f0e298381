"""What the jobs of a study need of its data and of the machine, before anything is written."""

from collections.abc import Sequence

import jax
import numpy as np
from jaxtyping import Float

from ivaegan_jax.data import Prepared
from ivaegan_jax.models import Dims, need_no_u
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.studies.jobs import Job, make_runs
from ivaegan_jax.training import (
    COMPILER,
    COPIES,
    check_fits,
    threads_ahead,
    tree_bytes,
    used_bytes,
)
from ivaegan_jax.types import Auxiliary, InputError, Kind

FEW_VALUES, FEW_WHOLE, ROWS_OF_EACH = 50, 200, 30
"""A continuous u of so few distinct values is perhaps none, nor one of so few whole numbers that
have so many rows each."""


def known_sources(
    job: Job, data: Prepared, dims: Dims, of: np.ndarray | None = None
) -> np.ndarray | None:
    """Standardised true sources for the one model that is trained with them, else None.

    Args:
      job: the model.
      data: whose training rows they are standardised by.
      dims: sizes.
      of: sources of the rows that are wanted; None for those of the training rows.

    Raises:
      InputError: where such a model has no sources, too few or too many, or constant ones.
    """
    if "supervised" not in job.game.terms:
        return None
    s = data.train.s
    if s is None or s.shape[-1] != dims.dim_z:
        raise InputError(
            f"{job.label} is trained with the true sources: it needs an array s in the table, "
            "with as many columns as there are latents (config.model.dim_z)"
        )
    if not (std := s.std(1, keepdims=True)).all():
        raise InputError(
            f"{job.label} is trained with the true sources, and a column of s is the same in "
            "all training rows; leave that column out of s"
        )
    standardised = ((s if of is None else of) - s.mean(1, keepdims=True)) / std
    return standardised.astype(np.float32)


def notes_on_unlabelled(jobs: Sequence[Job]) -> tuple[str, ...]:
    """What of each model rows without u train, one sentence."""
    models = {job.label: job for job in jobs if not job.parsed.control}
    each = {name: sorted(job.game.terms & need_no_u(job.config)) for name, job in models.items()}
    trained = [f"{', '.join(terms) or 'nothing'} of {name}" for name, terms in each.items()]
    return (f"Rows without u train {'; '.join(trained)}.",) if trained else ()


def notes_on_few_values(u: Auxiliary) -> tuple[str, ...]:
    """That a quantity of few values may be categories, one sentence."""
    if u.is_categorical or [each.kind for each in u.columns] != [Kind.CONTINUOUS]:
        return ()
    distinct, name = u.distinct(), u.columns[0].name or "u"
    if not may_be_categories(u.values, distinct):
        return ()
    return (f"{name} is read as a quantity and has {distinct} different values; if these are "
            f"categories, give {name}:categorical.",)  # fmt: skip


def may_be_categories(u: Float[np.ndarray, "rows columns"], distinct: int) -> bool:
    """Whether quantities have so few values that they may be the codes of categories.

    Args:
      u: quantities.
      distinct: how many different rows they have.
    """
    most = FEW_VALUES
    if not (u % 1).any():
        most = max(most, min(FEW_WHOLE, len(u) // ROWS_OF_EACH))
    return distinct <= most < len(u)


def check_memory(
    experiment: Experiment,
    data: Prepared,
    dims: Dims,
    jobs: Sequence[Job],
    batch_devices: int,
    block_rows: int = 0,
) -> int:
    """Bytes that a study takes at its highest; on a CPU those of the whole process.

    Its compilers are counted there, those in the background too.

    Args:
      experiment: what is to be done.
      data: the rows of all data seeds.
      dims: sizes.
      jobs: all models.
      batch_devices: devices that each batch is split over, each with a copy of the state.
      block_rows: of a table that is read in blocks: as read, as it is trained on, and read ahead.

    Raises:
      InputError: where the machine has less.
    """
    smallest = experiment._replace(seeds=experiment.seeds[:1])
    one = jax.tree.map(lambda leaf: leaf[0], make_runs(smallest))
    state = max(tree_bytes(jax.eval_shape(job.trainer.init, one)) for job in jobs)
    test, valid, train = data.test, data.valid, data.train
    held_out = test.x.shape[1] + valid.x.shape[1]
    # of every run latents are kept; the rest is there for one run per device, twice with a copy
    kept = 4 * (test.x.shape[1] + 6 * held_out) * dims.dim_z
    evaluated = 2 * 4 * held_out * (3 * dims.dim_z + 2 * dims.dim_x)
    shared = tree_bytes([(part.x, part.u) for part in (train, valid, test)]) + evaluated
    shared += tree_bytes(data.unlabelled)
    shared += 3 * 4 * block_rows * (dims.dim_x + dims.dim_u * dims.continuous_u)
    seeds, data_seeds = len(experiment.seeds), len(experiment.data_seeds)
    run = batch_devices * state + int(kept / COPIES)
    needed = check_fits(seeds * data_seeds, run, shared, data_seeds)
    if jax.default_backend() != "cpu":
        return needed
    now, peak = used_bytes()
    return max(peak, now + needed + COMPILER * (1 + threads_ahead()))
