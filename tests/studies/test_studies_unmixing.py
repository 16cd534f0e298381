"""A study whose models get a linear step: scores, the saved model and a resumed study see it."""

import shutil

import numpy as np
import pytest

from ivaegan_jax.data.config import DataConfig
from ivaegan_jax.evaluation import LinearStep, Score
from ivaegan_jax.metrics import mcc
from ivaegan_jax.models import UNMIXED
from ivaegan_jax.models.config import ModelConfig
from ivaegan_jax.studies import Study, Workdir, open_model
from ivaegan_jax.studies.config import Config
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.studies.fitted import encode
from ivaegan_jax.studies.restored import restore_checkpoint
from ivaegan_jax.studies.results import load_results
from ivaegan_jax.studies.sources import load_datasets
from ivaegan_jax.studies.workdir import as_of_today
from ivaegan_jax.training import Ahead, programs
from ivaegan_jax.training.config import TrainConfig
from ivaegan_jax.types import InputError

LINEAR = Config(
    DataConfig(segments=8, per_segment=300, dim=3, layers=1),
    ModelConfig(width=4, depth=1),
    TrainConfig(batch=32, unmix=True),
)
ASKED = Experiment("b1", ("ivae",), (1,), (5,), 200, LINEAR)


class Silent:
    def stage(self, kind, what=""): ...
    def start(self, label, step): ...
    def chunk(self, label, chunk): ...
    def finish(self, label, rows): ...


@pytest.fixture(scope="module")
def run(tmp_path_factory, compilations):
    """The study, run to its end, its directory, and who compiled."""
    study, workdir = Study(ASKED), Workdir(tmp_path_factory.mktemp("unmixed") / "run")
    workdir.open(study.settings())
    with pytest.MonkeyPatch.context() as patch, compilations() as threads:
        # tests before may have left little room, for which a study gives its programs up
        patch.setattr(programs, "share_of_mappings", lambda: 0.0)
        with Ahead(most=1) as ahead:
            study.compile_ahead(ahead, study.groups[0], workdir)
            for _ in range(2):  # what scoring will call is begun by what was begun
                ahead.begin(lambda: None).result()
        with Ahead(most=0) as nobody:
            study.run(workdir, Silent(), ahead=nobody)
    workdir.close()
    return study, workdir, threads


def mcc_of(results, label):
    [found] = [
        each.value
        for each in results
        if isinstance(each, Score)
        and (each.label, each.metric, each.split) == (label, "mcc", "test")
        and (each.latent, each.corr, each.assignment) == ("posterior_mean", "pearson", "held_out")
    ]
    return found


def test_all_programs_of_a_study_can_be_compiled_ahead(run):
    # the start of a run, a chunk, latents for the linear step, its prior, scores, the verdict
    assert run[2] == ["ahead"] * 6


def test_the_step_is_taken_and_scored(run):
    results = load_results(run[1].metrics)
    [step] = [each for each in results if isinstance(each, LinearStep)]
    assert (step.label, step.code, step.seed) == ("ivae", "taken", 1)
    assert step.before > 0.25 > 0.15 > step.after
    assert mcc_of(results, "ivae") > 0.95


def test_the_saved_model_is_the_one_that_was_scored(run):
    study, workdir, _ = run
    [dataset] = load_datasets(study.experiment, None)
    rows, results = study.data.test.row[0], load_results(workdir.metrics)
    fitted = open_model(workdir.model("ivae"))
    assert UNMIXED in fitted.params_by_seed
    mean = encode(fitted, dataset)[0][0, rows]
    assert mcc(mean, dataset.s[rows]) == pytest.approx(mcc_of(results, "ivae"), abs=1e-4)


def test_a_study_that_stopped_before_scoring_takes_the_same_step(run, tmp_path):
    study, workdir, _ = run
    copy = Workdir(tmp_path / "copy")
    shutil.copytree(workdir.path, copy.path)
    copy.metrics.unlink()
    shutil.rmtree(copy.path / "models")
    copy.open(study.settings())
    study.run(copy, Silent())  # the same programs; nothing of the first run is kept in them
    copy.close()
    assert copy.metrics.read_text() == workdir.metrics.read_text()
    one, other = (np.load(w.model("ivae") / "params.npz") for w in (workdir, copy))
    for name in one:
        np.testing.assert_array_equal(one[name], other[name])


def test_a_checkpoint_is_not_taken_for_the_model_that_took_a_step(run):
    workdir = run[1]
    with pytest.raises(InputError, match="from before its linear step"):
        restore_checkpoint(workdir, "ivae")


def test_directories_of_earlier_versions_took_no_step():
    stored = ASKED.settings()
    del stored["config"]["train"]["unmix"]
    assert not as_of_today(stored, stored)["config"]["train"]["unmix"]
    stored["config"]["train"]["unmix"] = True
    assert as_of_today(stored, stored)["config"]["train"]["unmix"]
