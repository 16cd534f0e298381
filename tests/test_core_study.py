"""A study before it is run: its jobs, and what they share."""

import jax
import pytest

from ivaegan_jax.config import Config, DataConfig, ModelConfig, TrainConfig
from ivaegan_jax.experiment import Experiment
from ivaegan_jax.jobs import watched_terms
from ivaegan_jax.loop import over_chunks
from ivaegan_jax.replicate import make_seeds_mesh
from ivaegan_jax.study import Study

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
