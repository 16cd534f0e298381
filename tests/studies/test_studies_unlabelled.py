"""A study of a table whose u is missing in some rows, and what these train."""

import dataclasses

import numpy as np
import pytest

from ivaegan_jax.data.config import DataConfig
from ivaegan_jax.data.tables.memory import as_dataset
from ivaegan_jax.models.config import ModelConfig
from ivaegan_jax.studies.config import Config
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.studies.study import Study
from ivaegan_jax.training.config import TrainConfig
from ivaegan_jax.types import InputError

ROWS, MISSING, LABELS = 300, 100, ("ivae_gan", "ivae", "ivae_gan+shuffled_u")


def study_of(*labels, unlabelled="train", missing=MISSING, block_rows=0):
    rng = np.random.default_rng(0)
    u = np.arange(ROWS) % 5
    x = rng.normal(size=(ROWS, 3)) * rng.uniform(0.2, 3, (5, 3))[u]
    table = as_dataset(x, np.where(np.arange(ROWS) < missing, np.nan, u), name="gaps")
    model = ModelConfig(dim_z=2, width=8, critic_width=8)
    train = TrainConfig(batch=16, block_rows=block_rows)
    config = Config(DataConfig(split="random", unlabelled=unlabelled), model, train)
    return Study(Experiment("gaps", labels, (1, 2), (3,), 10, config), table=table)


def test_every_model_gets_the_rows_without_u_and_notes_say_what_they_train():
    study = study_of(*LABELS)
    for job in study.jobs:
        assert study.train_data(job).unlabelled.shape == (1, MISSING, 3)
    assert study.data.train.x.shape[1] + study.data.valid.x.shape[1] < ROWS - MISSING
    assert study.notes[-1] == "Rows without u train nll of ivae_gan; nothing of ivae."


def test_without_the_setting_or_such_rows_nothing_is_there():
    for study in (study_of(*LABELS, unlabelled="drop"), study_of(*LABELS, missing=0)):
        assert all(study.train_data(job).unlabelled is None for job in study.jobs)
        assert not any("without u" in note for note in study.notes)


def test_rows_without_u_decide_results():
    with_them, without = study_of("ivae_gan"), study_of("ivae_gan", unlabelled="drop")
    assert with_them.settings()["data_sha256"] != without.settings()["data_sha256"]


def test_blocks_have_no_rows_without_u():
    with pytest.raises(InputError, match="read in blocks; leave it out"):
        study_of("ivae_gan", block_rows=64)


def test_a_value_that_there_is_not():
    study = study_of("ivae_gan")
    data = dataclasses.replace(study.experiment.config.data, unlabelled="guess")
    config = dataclasses.replace(study.experiment.config, data=data)
    with pytest.raises(InputError, match="unlabelled must be one of drop, train; not 'guess'"):
        Study(study.experiment._replace(config=config))
