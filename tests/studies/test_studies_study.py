"""A study before it is run: its jobs, and what they share."""

import jax
import numpy as np
import pandas as pd
import pytest

from ivaegan_jax.data import as_dataset
from ivaegan_jax.data.config import DataConfig
from ivaegan_jax.models.config import ModelConfig
from ivaegan_jax.studies import sources
from ivaegan_jax.studies.config import Config
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.studies.jobs import watched_terms
from ivaegan_jax.studies.sources import OF_FEATURES, load_datasets
from ivaegan_jax.studies.study import Study
from ivaegan_jax.training.ahead import threads_ahead
from ivaegan_jax.training.config import TrainConfig
from ivaegan_jax.training.devices import make_seeds_mesh
from ivaegan_jax.training.limits import used_bytes
from ivaegan_jax.training.memory import COMPILER, SHARE
from ivaegan_jax.training.programs import over_chunks
from ivaegan_jax.types import InputError

DATA = DataConfig(segments=4, per_segment=60)


def study_of(*presets, **model):
    config = Config(DATA, ModelConfig(width=8, critic_width=8, **model), TrainConfig(batch=16))
    return Study(Experiment("b1", presets, (1,), (3,), 10, config))


def test_a_control_trains_with_the_program_of_its_model_on_other_rows():
    study = study_of("ivae", "ivae+shuffled_u", "ivae+shuffled_x")
    mesh = make_seeds_mesh(jax.devices()[:1])
    programs = {id(over_chunks(job.trainer, mesh)) for job in study.jobs}
    assert len(programs) == 1
    assert [job.label for job in study.jobs] == ["ivae", "ivae+shuffled_u", "ivae+shuffled_x"]
    plain, shuffled_u, shuffled_x = (study.train_data(job) for job in study.jobs)
    assert (shuffled_u.u != plain.u).any()
    assert (shuffled_u.x == plain.x).all()
    assert (shuffled_x.x != plain.x).any()
    assert {each.x.shape for each in (plain, shuffled_u, shuffled_x)} == {plain.x.shape}


@pytest.mark.parametrize(
    ("preset", "model", "watched"),
    [("ivae", {}, ()), ("igan", {}, ("critic_accuracy",)), ("igan", {"packing": 2}, ())],
)
def test_the_critic_is_watched_where_it_sees_rows_as_they_come(preset, model, watched):
    assert watched_terms(study_of(preset, **model).jobs[0]) == watched


@pytest.fixture
def series_file(tmp_path):
    """A stationary series whose u is the window, and the same rows in random order."""
    rng = np.random.default_rng(0)
    x, u = np.zeros((600, 3)), np.arange(600) // 150
    for t in range(1, 600):
        x[t] = 0.9 * x[t - 1] + rng.normal(size=3)
    np.savez(tmp_path / "series.npz", x=x, u=u)
    order = rng.permutation(600)
    np.savez(tmp_path / "random.npz", x=x[order], u=u[order])
    return lambda name: str(tmp_path / f"{name}.npz")


def on_table(data, *presets, controls=True, **model):
    config = Config(
        DataConfig(), ModelConfig(width=8, critic_width=8, **model), TrainConfig(batch=16)
    )
    return Study(Experiment(data, presets, (1, 2), (3,), 10, config), controls=controls)


def test_models_on_dependent_rows_get_a_control_with_shifted_u(series_file):
    study = on_table(series_file("series"), "vae", "ivae", "ivae_gan+shuffled_u")
    labels = ("vae", "ivae", "ivae+shifted_u", "ivae_gan+shuffled_u")
    assert study.experiment.presets == labels
    assert study.settings()["presets"] == list(labels)
    own, control = (study.train_data(study.jobs[i]) for i in (1, 2))
    assert control.x is own.x
    assert control.u.shape == (2, *own.u.shape[1:])
    [group] = [group for group in study.groups if group.jobs[0].label == "ivae+shifted_u"]
    assert group.runs.of_u.tolist() == [0, 1]
    assert group.runs.data_index.tolist() == [0, 0]
    as_asked = on_table(series_file("series"), "ivae", "ivae+shifted_u").experiment.presets
    assert as_asked == ("ivae", "ivae+shifted_u")


def test_no_control_is_added_where_it_was_declined_or_rows_are_exchangeable(series_file):
    assert on_table(series_file("series"), "ivae", controls=False).experiment.presets == ("ivae",)
    assert on_table(series_file("random"), "ivae").experiment.presets == ("ivae",)


def test_packed_rows_take_no_u_of_their_own(series_file):
    assert on_table(series_file("series"), "ivae_gan", packing=2).experiment.presets == (
        "ivae_gan",
    )
    with pytest.raises(InputError, match="--controls=none"):
        on_table(series_file("series"), "ivae_gan+shifted_u", packing=2)


def test_the_memory_that_is_said_holds_the_process_and_grows_with_rows_and_runs():
    config = Config(DataConfig(segments=4, per_segment=6000), ModelConfig(width=8, critic_width=8))
    small, more = (Study(Experiment("b1", ("ivae",), seeds, (3,), 10, config)).bytes
                   for seeds in (range(1, 2), range(1, 401)))  # fmt: skip
    kept = 4 * (2400 + 6 * 4800) * 5  # of every run, beside its states
    compilers = COMPILER * (1 + threads_ahead())
    assert used_bytes()[0] < small < used_bytes()[0] + compilers + 2**30  # the process, too
    assert more - small > 399 * kept


def test_rows_of_named_data_sets_count_as_exchangeable():
    """Digits come writer by writer: rows are alike beyond chance, but hardly."""
    assert on_table("digits", "ivae").experiment.presets == ("ivae",)


def test_features_of_many_levels_beside_other_columns_are_refused_before_they_are_made(monkeypatch):
    rng, levels = np.random.default_rng(0), np.arange(600) % 300
    u = pd.DataFrame({"subject": [f"s{code}" for code in levels], "speed": rng.normal(size=600)})
    x = rng.normal(size=(600, 3))
    config = Config(model=ModelConfig(width=8), train=TrainConfig(batch=16))
    experiment = Experiment("mine", ("ivae",), (1,), (1,), 10, config)
    needed = 4 * OF_FEATURES * 600 * 301
    for free, fits in ((needed / SHARE, True), (needed / SHARE - 8, False)):
        monkeypatch.setattr(sources, "free_bytes", lambda free=free: free)
        if fits:
            assert load_datasets(experiment, as_dataset(x, u))
            continue
        with pytest.raises(InputError, match="subject of u has 300 levels, a feature each beside"):
            load_datasets(experiment, as_dataset(x, u))
        assert load_datasets(experiment, as_dataset(x, u["subject"])), "as advised"
