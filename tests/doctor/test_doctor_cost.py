"""What a study is expected to take."""

import numpy as np
import pytest

from ivaegan_jax.doctor import cost
from ivaegan_jax.models import ModelConfig
from ivaegan_jax.studies import Config, Experiment, Study
from ivaegan_jax.training import TrainConfig
from ivaegan_jax.types import Auxiliary, Dataset


@pytest.mark.parametrize(("starts", "rounds"), [(1, 100), (3, 130)])
def test_starts_that_do_not_go_on_take_time_too(monkeypatch, starts, rounds):
    u = np.repeat(np.arange(8), 50)
    x = np.random.default_rng(0).normal(size=(400, 3)) * (1 + u[:, None])
    table = Dataset("table", x, Auxiliary.categorical(u, np.arange(8)), independent=True)
    small = ModelConfig(width=8, critic_width=8, dim_z=2)
    config = Config(model=small, train=TrainConfig(batch=16, starts=starts))
    study = Study(Experiment("table", ("ivae_gan",), (1,), (1,), 100, config), table=table)
    monkeypatch.setattr(cost, "measure_speed", lambda study: cost.Speed(1.0, 0.5))
    found = cost.estimate_cost(study, timed=True)
    assert found.values["training_s"] == 0.5 * rounds
    assert (f"from {starts} starts" in found.sentence) == (starts > 1)
