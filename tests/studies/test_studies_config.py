import dataclasses
import inspect

import pytest

from ivaegan_jax.data.config import DataConfig
from ivaegan_jax.models.choices import CHOICES, COMBINATIONS, LEFT_OPEN
from ivaegan_jax.models.config import ModelConfig
from ivaegan_jax.models.families import PRIOR_FAMILIES
from ivaegan_jax.models.layers import ACTIVATIONS
from ivaegan_jax.models.likelihoods import LIKELIHOODS
from ivaegan_jax.models.terms import TERMS
from ivaegan_jax.models.terms.losses import ADVERSARIAL_LOSSES
from ivaegan_jax.training.config import TrainConfig

FIELDS = {field.name: field.default for field in dataclasses.fields(ModelConfig)}


def test_exactly_the_named_choices_of_a_model_have_a_list_of_values():
    named = {name for name, default in FIELDS.items() if isinstance(default, str)}
    assert set(CHOICES) | set(COMBINATIONS) == named
    assert not set(CHOICES) & set(COMBINATIONS)


@pytest.mark.parametrize("name", sorted(CHOICES))
def test_every_default_is_a_valid_choice(name):
    assert FIELDS[name] in CHOICES[name] or (name in LEFT_OPEN and not FIELDS[name])


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("prior_family", PRIOR_FAMILIES),
        ("likelihood", LIKELIHOODS),
        ("adversarial", ADVERSARIAL_LOSSES),
        ("activation", ACTIVATIONS),
        ("critic_activation", ACTIVATIONS),
    ],
)
def test_choices_are_the_keys_of_their_table(name, table):
    assert sorted(CHOICES[name]) == sorted(table)


@pytest.mark.parametrize("name", COMBINATIONS)
def test_what_may_be_combined_are_terms(name):
    assert set(COMBINATIONS[name]) <= set(TERMS)
    assert set(filter(None, FIELDS[name].split(","))) <= set(COMBINATIONS[name])


@pytest.mark.parametrize("config", [DataConfig, ModelConfig, TrainConfig])
def test_equal_configs_have_equal_hashes(config):
    assert hash(config()) == hash(config())
    assert config() == config()


@pytest.mark.parametrize("config", [DataConfig, ModelConfig, TrainConfig])
def test_every_field_is_a_plain_value_with_a_docstring_line(config):
    for field in dataclasses.fields(config):
        assert isinstance(field.default, str | int | float)
        assert f"\n  {field.name}: " in inspect.getdoc(config)
