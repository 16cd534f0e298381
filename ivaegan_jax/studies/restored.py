"""Trained models of a run directory: from their own folders, or from checkpoints of a training."""

from collections.abc import Iterable
from pathlib import Path

import jax
import numpy as np

from ivaegan_jax.data import preprocessing_from
from ivaegan_jax.evaluation import Chosen, LinearStep, OfModel, Result, candidates, choose
from ivaegan_jax.files import RESTORE, making_sense_of, read_npz
from ivaegan_jax.models import Dims
from ivaegan_jax.studies.experiment import Experiment, experiment_from
from ivaegan_jax.studies.fitted import Fitted, choose_one, open_model
from ivaegan_jax.studies.jobs import Group, Job, make_groups, make_jobs, make_runs
from ivaegan_jax.studies.labels import control_of, listed
from ivaegan_jax.studies.parts import restore_job
from ivaegan_jax.studies.pieces import load_of_study
from ivaegan_jax.studies.results import load_whole_results
from ivaegan_jax.studies.saved import is_model, label_of, sizes_of
from ivaegan_jax.studies.sessions import folders_of_sessions
from ivaegan_jax.studies.workdir import Workdir
from ivaegan_jax.training import TrainState
from ivaegan_jax.types import InputError


def restore(workdir: Workdir, preset: str = "", data_seed: int | None = None) -> Fitted:
    """Opens a trained model of a run directory, or a model's own folder.

    A model that was scored has a folder of its own, which is all that is read. Of one that was not,
    as in a study that was stopped, it is the newest checkpoint.

    Args:
      workdir: a run directory, or such a folder.
      preset: the model's label; may be empty where there is only one beside its controls.
      data_seed: may be None where there is only one.

    Returns:
      The runs of one data seed, with all that `encode` takes.

    Raises:
      InputError: where the choice is not unique, there is nothing to load, or what there is does
        not belong together.

    Examples:
      >>> from pathlib import Path
      >>> from ivaegan_jax import Workdir, restore
      >>> restore(Workdir(Path("runs/mine"))).label
      'ivae'
    """
    if several := folders_of_sessions(workdir.path):
        listed_folders = ", ".join(map(str, several))
        raise InputError(f"{workdir.path} holds several sessions; name one of {listed_folders}")
    if is_model(workdir.path):
        return open_model(workdir.path, data_seed)
    saved = saved_models(workdir)
    label = _label(preset, [*saved])
    if saved and (label in saved or workdir.done.exists() or not workdir.config.exists()):
        return open_model(saved[choose_one("preset", label, [*saved])], data_seed)
    return restore_checkpoint(workdir, preset, data_seed)


def saved_models(workdir: Workdir) -> dict[str, Path]:
    """The folders of models in a run directory, by label."""
    folders = sorted(path for path in workdir.path.glob("models/[!.]*") if is_model(path))
    return {label_of(folder): folder for folder in folders}


def restore_checkpoint(workdir: Workdir, preset: str = "", data_seed: int | None = None) -> Fitted:
    """The newest checkpoint of one model and data seed; of a scored one the final one.

    Args:
      workdir: of a finished or stopped study.
      preset: the model's label; may be empty where there is only one beside its controls.
      data_seed: may be None where there is only one.

    Raises:
      InputError: where the choice is not unique, there is nothing to load, the model that was
        scored took a linear step, which checkpoints do not hold, or settings, checkpoint and
        preprocessing do not belong together.
    """
    load_of_study(workdir.path)
    with making_sense_of(workdir.config):
        experiment, dims = _stored_experiment(workdir)
        groups = make_groups(experiment, make_jobs(experiment, dims))
    label = choose_one("preset", _label(preset, experiment.presets), experiment.presets)
    data_seed = choose_one("data_seed", data_seed, experiment.data_seeds)
    [(group, job)] = [(g, job) for g in groups for job in g.jobs if job.label == label]
    scored = load_whole_results(workdir.metrics)
    _check_no_linear_step(workdir, label, scored)
    states = _restore_states(workdir, experiment, group, job, scored)
    runs, index = make_runs(experiment), experiment.data_seeds.index(data_seed)
    members, stored = np.flatnonzero(runs.data_index == index), read_npz(workdir.preprocessing)
    with making_sense_of(workdir.preprocessing):
        return Fitted(
            label=label,
            data=experiment.data,
            data_config=experiment.config.data,
            data_seed=data_seed,
            config=job.config,
            hyperparameters=job.own.hyperparameters,
            model=job.model,
            params_by_seed=jax.tree.map(lambda leaf: leaf[members], states.evaluated),
            preprocessing=preprocessing_from(stored, index),
            split=str(stored.get("split", "random")),
            part=stored.get(f"{index}/part", np.zeros(0, "<U5")),
            dims=dims,
            seeds=np.asarray(runs.seed)[members],
            chosen=_chosen(workdir, scored, label, data_seed),
        )


def _check_no_linear_step(workdir: Workdir, label: str, scored: Iterable[Result]) -> None:
    if any(isinstance(s, LinearStep) and (s.label, s.code) == (label, "taken") for s in scored):
        raise InputError(
            f"checkpoints of {label} are from before its linear step; open {workdir.model(label)} "
            f"instead; if that is missing, {RESTORE}"
        )


def _restore_states(
    workdir: Workdir, experiment: Experiment, group: Group, job: Job, scored: Iterable[Result]
) -> TrainState:
    """The newest states of a job's runs; the final ones of a model that was scored."""
    labels = {each.label for each in scored if isinstance(each, OfModel)}
    final = experiment.steps if workdir.done.exists() or job.label in labels else None
    with making_sense_of(workdir.path / "checkpoints"):
        states = restore_job(workdir, group, job, final)
    if states is None:
        raise InputError(f"{workdir.path} has no checkpoint of {job.label} yet; train it first")
    return states


def _label(preset: str, present: list[str] | tuple[str, ...]) -> str | None:
    """The label in its one spelling; without one, that of the only model there is."""
    if preset:
        [requested] = listed([preset]) if "[" in preset else [preset]
        return requested
    models = [each for each in present if not control_of(each)]
    return models[0] if len(models) == 1 else None


def _stored_experiment(workdir: Workdir) -> tuple[Experiment, Dims]:
    settings = workdir.settings()
    try:
        return experiment_from(settings), sizes_of(settings["sizes"])
    except (KeyError, TypeError) as error:
        raise InputError(f"{workdir.config} was not written by this version: {error}") from error


def _chosen(workdir: Workdir, scored: list[Result], label: str, data_seed: int) -> Chosen | None:
    with making_sense_of(workdir.metrics):
        runs = candidates(scored, label).get(data_seed)
        return choose(runs) if runs else None
