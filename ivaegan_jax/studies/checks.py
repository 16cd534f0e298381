"""What a model cannot be trained with, checked before anything is written."""

from typing import Any

import jax
import numpy as np

from ivaegan_jax.data import CONTROLS, SHIFTED
from ivaegan_jax.evaluation import make_evaluate
from ivaegan_jax.models import PLAYERS, Dims, weighed_as
from ivaegan_jax.studies.config import Config
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.studies.jobs import Job, watched_terms
from ivaegan_jax.studies.labels import setting
from ivaegan_jax.studies.pieces import used_pieces
from ivaegan_jax.studies.plugins import in_short
from ivaegan_jax.training import Run
from ivaegan_jax.types import InputError, TrainData

RATES = ("_rate", "_beta1", "_final_rate")
WEIGHTS = ("_weight", "_ramp")


def check_packing(config: Config, continuous_u: bool) -> None:
    """Raises InputError where rows of one u cannot be packed, or levels not be balanced."""
    packing, batch = config.model.packing, config.train.batch
    if packing > 1 and continuous_u:
        raise InputError("config.model.packing needs a discrete u; leave it at 1")
    if batch % packing:
        raise InputError(f"config.train.batch={batch} must be a multiple of packing={packing}")
    if config.train.balanced and continuous_u:
        raise InputError(
            "config.train.balanced draws levels of u equally often, which takes a discrete u; "
            "leave it out"
        )


def check_blocks(experiment: Experiment) -> None:
    """Raises InputError for a control that takes all rows at once, where they come in blocks."""
    for label in experiment.labels:
        if experiment.config.train.block_rows and label.control == SHIFTED:
            others = ",".join(each for each in CONTROLS if each != SHIFTED)
            raise InputError(
                f"{label}: u cannot be shifted along rows that are read in blocks; use "
                f"--controls={others}, or --controls=none"
            )


def check_unlabelled(config: Config) -> None:
    """Raises InputError where rows without u would have to be read in blocks."""
    if config.data.unlabelled == "train":
        raise InputError(
            "--config.data.unlabelled=train takes rows without u in memory, and this table is read "
            "in blocks; leave it out"
        )


def check_batches(job: Job, dims: Dims) -> None:
    """Raises InputError where a label's batches do not fit the rows, or cannot be packed."""
    if (batch := job.own.train.batch) > dims.rows:
        raise InputError(
            f"{job.label}: a batch of {batch} rows does not fit {dims.rows} training rows"
        )
    check_packing(job.own, dims.continuous_u)


def check_density(job: Job, dims: Dims) -> None:
    """Raises InputError where the encoder cannot be a change of variables."""
    if "flow_likelihood" in job.game.terms and dims.dim_z > dims.dim_x:
        raise InputError(
            f"{job.label} trains the density of x, which takes no more latents than there are "
            f"observations: config.model.dim_z={dims.dim_z} is above {dims.dim_x}"
        )


def check_pieces(job: Job, dims: Dims, runs: Run) -> None:
    """Raises InputError where a piece from outside fails in a step, or in scoring what it trained.

    Nothing is computed: shapes alone go through.
    """
    if not used_pieces("", [job]):
        return

    def step_and_score(run: Run, x: jax.Array, u: jax.Array, s: jax.Array) -> Any:
        data = TrainData(x, u, s if "supervised" in job.game.terms else None)
        state, _ = job.trainer.train_step(run, job.trainer.init(run), data)
        evaluate = make_evaluate(job.model, dims.dim_u, watched_terms(job))
        return evaluate(state.params, x[0], u[0], jax.random.key(0), run.hyperparameters)

    def rows(columns: tuple[int, ...], kind: Any = np.float32) -> Any:
        return jax.ShapeDtypeStruct((1, dims.rows, *columns), kind)

    run = jax.tree.map(lambda leaf: leaf[0], runs)
    u = rows((dims.dim_u,)) if dims.continuous_u else rows((), np.int32)
    try:
        jax.eval_shape(step_and_score, run, rows((dims.dim_x,)), u, rows((dims.dim_z,)))
    except InputError as error:
        raise InputError(f"{job.label}: {error}") from error
    except Exception as error:
        names = ", ".join(used_pieces("", [job]))
        raise InputError(
            f"{job.label} fails: {in_short(error)}; its own pieces: {names}"
        ) from error


def check_effect(job: Job) -> None:
    """Raises InputError for a weight or rate in a label whose model has no such term or player."""
    terms = {weighed_as(term) for term in job.game.terms}
    for name, _ in job.parsed.settings:
        field = setting(name).field
        term = next((field.removesuffix(end) for end in WEIGHTS if field.endswith(end)), None)
        player = next((p for p in PLAYERS if field in {p + end for end in RATES}), None)
        if (term and term not in terms) or (player and player not in job.game.players):
            missing = f"no player {player!r}" if player else f"no term {term!r}"
            raise InputError(f"{job.label}: {name} changes nothing, this model has {missing}")
