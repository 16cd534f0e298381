"""A finished study's models, ready to encode new rows."""

import logging
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import jax
import numpy as np
from jaxtyping import Float

from ivaegan_jax.data import Preprocessing, far_off, preprocessing_from, raw_u
from ivaegan_jax.evaluation import Chosen, candidates, choose
from ivaegan_jax.files import making_sense_of, read_npz, read_whole_rows
from ivaegan_jax.models import Dims, Model
from ivaegan_jax.studies.experiment import Experiment, experiment_from
from ivaegan_jax.studies.jobs import make_groups, make_jobs, make_runs
from ivaegan_jax.studies.labels import control_of, listed
from ivaegan_jax.studies.parts import restore_job
from ivaegan_jax.studies.workdir import Workdir
from ivaegan_jax.training import as_batch
from ivaegan_jax.types import Dataset, InputError, Params, Row

T = TypeVar("T")

ENCODED_ROWS = 65536
"""Rows encoded at once, so that memory does not grow with the table."""


class Fitted(NamedTuple):
    """The runs of one preset on one data seed.

    Attributes:
      experiment: what the study was asked to do.
      data_seed: the chosen one.
      model: its functions.
      params_by_seed: stacked over model seeds.
      preprocessing: fitted on the training rows.
      split: how rows were split, as `--split` takes it.
      part: of every row of the study's table: `train`, `valid`, `test` or `none`.
      dims: sizes.
      needs_u: whether the encoder reads u.
      seeds: the model seeds, in order.
      chosen: the one to use, chosen without the truth; None before the runs were scored.
    """

    experiment: Experiment
    data_seed: int
    model: Model
    params_by_seed: Params
    preprocessing: Preprocessing
    split: str
    part: np.ndarray
    dims: Dims
    needs_u: bool
    seeds: np.ndarray
    chosen: Chosen | None


def restore(workdir: Workdir, preset: str = "", data_seed: int | None = None) -> Fitted:
    """Loads the newest checkpoint of one preset and data seed; of a scored one the final one.

    Args:
      workdir: of a finished or stopped study.
      preset: its label; may be empty where there is only one beside its controls.
      data_seed: may be None where there is only one.

    Raises:
      InputError: where the choice is not unique, there is nothing to load, or settings, checkpoint
        and preprocessing do not belong together.
    """
    with making_sense_of(workdir.config):
        experiment, dims = _stored_experiment(workdir)
        groups = make_groups(experiment, make_jobs(experiment, dims))
    [asked] = listed([preset]) if "[" in preset else [preset]
    models = [each for each in experiment.presets if not control_of(each)]
    asked = asked or (models[0] if len(models) == 1 else None)
    label = _choose("preset", asked, experiment.presets)
    data_seed = _choose("data_seed", data_seed, experiment.data_seeds)
    index = experiment.data_seeds.index(data_seed)
    [(group, job)] = [(g, job) for g in groups for job in g.jobs if job.label == label]
    with making_sense_of(workdir.metrics):
        scored = read_whole_rows(workdir.metrics)
        is_scored = workdir.done.exists() or any(row["preset"] == label for row in scored)
    with making_sense_of(workdir.path / "checkpoints"):
        final = experiment.steps if is_scored else None
        states, runs = restore_job(workdir, group, job, final), make_runs(experiment)
    if states is None:
        raise InputError(f"{workdir.path} has no checkpoint of {label} yet; train it first")
    members, stored = np.flatnonzero(runs.data_index == index), read_npz(workdir.preprocessing)
    with making_sense_of(workdir.preprocessing):
        return Fitted(
            experiment=experiment,
            data_seed=data_seed,
            model=job.model,
            params_by_seed=jax.tree.map(lambda leaf: leaf[members], states.evaluated),
            preprocessing=preprocessing_from(stored, index),
            split=str(stored.get("split", "random")),
            part=stored.get(f"{index}/part", np.zeros(0, "<U5")),
            dims=dims,
            needs_u=job.config.posterior in ("x,u", "product"),
            seeds=np.asarray(runs.seed)[members],
            chosen=_chosen(workdir, scored, label, data_seed),
        )


def of_seed(fitted: Fitted, seed: int) -> Fitted:
    """One of the runs alone, which is then the chosen one.

    Raises:
      InputError: for a model seed that there is not.
    """
    member = list(fitted.seeds).index(_choose("seed", seed, [int(s) for s in fitted.seeds]))
    return fitted._replace(
        params_by_seed=jax.tree.map(lambda leaf: leaf[member : member + 1], fitted.params_by_seed),
        seeds=fitted.seeds[member : member + 1],
        chosen=Chosen(seed, "as asked for"),
    )


def encode(
    fitted: Fitted, dataset: Dataset
) -> tuple[Float[np.ndarray, "seeds rows dim_z"], Float[np.ndarray, "seeds rows dim_z"]]:
    """Posterior means and standard deviations of new rows, in their order, for every seed.

    Rows that are far from the training rows are named in one warning, and encoded all the same.

    Raises:
      InputError: for another number of columns, or a u that is missing or was never seen.
    """
    x = fitted.preprocessing.transform_x(dataset.x)
    if fitted.needs_u and dataset.levels is None and dataset.u.ndim == 1:
        raise InputError(f"{dataset.name}: no array u in it, which this encoder reads")
    if fitted.needs_u:
        u = fitted.preprocessing.encode_u(raw_u(dataset))
    else:
        u = np.zeros(len(x), np.int32)
    _warn_of_other_rows(fitted, dataset)

    def encode_rows(params: Params, x: jax.Array, u: jax.Array) -> tuple[jax.Array, jax.Array]:
        batch = as_batch(x, u, fitted.dims.dim_u)
        return fitted.model.encode(params, batch.x, batch.u)

    encode_all = jax.jit(jax.vmap(encode_rows, in_axes=(0, None, None)))
    starts = range(0, len(x), ENCODED_ROWS)
    parts = [
        jax.device_get(
            encode_all(fitted.params_by_seed, x[i : i + ENCODED_ROWS], u[i : i + ENCODED_ROWS])
        )
        for i in starts
    ]
    mu, log_var = (np.concatenate(arrays, axis=1) for arrays in zip(*parts, strict=True))
    return mu, np.exp(0.5 * log_var)


def _warn_of_other_rows(fitted: Fitted, dataset: Dataset) -> None:
    """Says where new rows are far from the training rows, as far as these are known."""
    seen, seen_u = fitted.preprocessing.seen, fitted.preprocessing.seen_u
    found = [far_off(seen, dataset.x)] if seen else []
    if fitted.needs_u and seen_u:
        found.append(far_off(seen_u, raw_u(dataset).reshape(len(dataset.x), -1), "u"))
    for sentence in filter(None, found):
        logging.getLogger(__name__).warning("%s: %s", dataset.name, sentence)


def _stored_experiment(workdir: Workdir) -> tuple[Experiment, Dims]:
    settings = workdir.settings()
    try:
        return experiment_from(settings), Dims(**settings["sizes"])
    except (KeyError, TypeError) as error:
        raise InputError(f"{workdir.config} was not written by this version: {error}") from error


def _choose(name: str, asked: T | None, present: Sequence[T]) -> T:
    if asked is None and len(present) == 1:
        return present[0]
    if asked is None or asked not in present:
        listed = ", ".join(map(str, present))
        raise InputError(f"choose one of this work directory's with --{name}: {listed}")
    return asked


def _chosen(workdir: Workdir, scored: list[Row], label: str, data_seed: int) -> Chosen | None:
    with making_sense_of(workdir.metrics):
        runs = candidates(scored, label).get(data_seed)
        return choose(runs) if runs else None
