"""Settings under the names that they had in earlier versions."""

import dataclasses
import os

import pytest

from ivaegan_jax.cli._program import as_meant
from ivaegan_jax.models import TERMS
from ivaegan_jax.studies import Config, config_of, listed, parse
from ivaegan_jax.studies.experiment import experiment_from
from ivaegan_jax.studies.former import TODAY, name_of_today, settings_of_today, value_of_today
from ivaegan_jax.studies.labels import SETTINGS, configured
from ivaegan_jax.types import InputError

TODAYS = {*SETTINGS, *TERMS, *(field.name for field in dataclasses.fields(Config))}


def test_former_names_are_free_and_todays_exist():
    assert set(TODAY.values()) <= TODAYS
    assert not set(TODAY) & TODAYS


def test_settings_by_name():
    config = config_of({"hypers.cycle_weight": 2.0, "model.extra_terms": "density"})
    assert config.hyperparameters.latent_reconstruction_weight == 2.0
    assert config.model.extra_terms == "flow_likelihood"
    with pytest.raises(InputError, match=r"unknown setting 'hypers\.cycel_weight'"):
        config_of({"hypers.cycel_weight": 2.0})


def test_flags():
    given = ["--config.hypers.kl_weight=2", "--config.data.split=contrast", "--steps=3"]
    assert as_meant(given) == ["--config.hyperparameters.kl_weight=2", *given[1:]]
    home = os.path.expanduser("~")
    assert as_meant(["--config.data.time=~/mine"]) == [f"--config.data.time={home}/mine"]


def test_a_term_of_ones_own_may_have_a_former_name(monkeypatch):
    name = "model.extra_terms"
    assert value_of_today(name, "cycle,density") == "latent_reconstruction,flow_likelihood"
    monkeypatch.setitem(TERMS._pieces, "cycle", lambda run: 0.0)
    assert value_of_today(name, "cycle,density") == "cycle,flow_likelihood"


def test_a_label_keeps_its_spelling_under_which_results_were_stored():
    text = "ivae_gan[contrast_weight=1,extra_terms=density+feat]"
    assert listed([text]) == [text]
    config = configured(Config(), parse(text))
    assert config.hyperparameters.infonce_weight == 1.0
    assert config.model.extra_terms == "flow_likelihood,feat"


def test_stored_settings_of_today_stay_as_they_are():
    own = config_of({"hyperparameters.density_weight": 4.0})
    stored = {"config": dataclasses.asdict(own), "data": "b1", "presets": ["igan"]}
    stored |= {"steps": 1, "seeds": [1], "data_seeds": [1]}
    assert settings_of_today(stored) == stored
    assert experiment_from(stored).config == own


@pytest.mark.parametrize("name", TODAY)
def test_a_name_is_translated_once(name):
    assert name_of_today(name_of_today(name)) == name_of_today(name)
