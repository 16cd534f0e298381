import dataclasses
import json

import pytest

from ivaegan_jax.data.config import DataConfig
from ivaegan_jax.models.choices import CHOICES, COMBINATIONS
from ivaegan_jax.models.config import ModelConfig
from ivaegan_jax.models.hyperparameters import Hyperparameters
from ivaegan_jax.models.presets import PRESETS
from ivaegan_jax.studies.config import Config
from ivaegan_jax.studies.experiment import Experiment, experiment_from, validate
from ivaegan_jax.studies.labels import control_of, nearest, preset_name
from ivaegan_jax.training.config import TrainConfig
from ivaegan_jax.types import InputError

SHARES = ("warmup", "hold", "kl_ramp", "adv_g_ramp", "flow_likelihood_ramp", "mixture", "ema_decay")

GOOD = Experiment("b1", ("ivae", "ivae_gan+shuffled_u"), (1, 5), (101, 102), 10, Config())


def with_value(part, name, value):
    """A good experiment with one config value changed."""
    config = Config()
    setattr(getattr(config, part), name, value)
    return GOOD._replace(config=config)


def test_settings_survive_json():
    changed = with_value("model", "prior", "standard")._replace(steps=3)
    assert experiment_from(json.loads(json.dumps(changed.settings()))) == changed


def test_settings_name_every_config_value():
    stored = GOOD.settings()["config"]
    for part in dataclasses.fields(Config):
        names = {field.name for field in dataclasses.fields(part.default_factory())}
        assert set(stored[part.name]) == names


def test_other_entries_of_stored_settings_are_ignored():
    assert experiment_from(GOOD.settings() | {"sizes": {"dim_x": 3}}) == GOOD


def test_a_range_of_seeds_has_the_settings_of_its_list():
    assert GOOD._replace(seeds=range(1, 4)).settings() == GOOD._replace(seeds=(1, 2, 3)).settings()


@pytest.mark.parametrize("label", PRESETS)
def test_a_control_is_a_label_of_its_preset(label):
    assert not control_of(label)
    assert control_of(f"{label}+shuffled_u") == "shuffled_u"
    assert preset_name(label) == preset_name(f"{label}+shuffled_u") == label


def test_the_defaults_and_every_label_are_valid():
    labels = (*PRESETS, *(f"{label}+shuffled_u" for label in PRESETS))
    assert validate(GOOD._replace(presets=labels, seeds=range(1, 9))) is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"presets": ()}, "at least one preset"),
        ({"presets": ("ivea",)}, "did you mean ivae"),
        ({"presets": ("ivae", "ivae")}, "no doubles"),
        ({"presets": ("ivae+shufled_u",)}, "did you mean shuffled_u"),
        ({"presets": ("ivae+",)}, "unknown control ''"),
        ({"steps": 0}, "at least 1, not 0"),
        ({"seeds": ()}, "--seeds needs at least one value"),
        ({"seeds": (3, 3)}, "no doubles"),
        ({"seeds": (-1,)}, "--seeds must lie between"),
        ({"seeds": range(2**31 + 1)}, "--seeds must lie between"),
        ({"data_seeds": (2**31,)}, "--data_seeds must lie between"),
    ],
)
def test_a_field_that_cannot_be_meant_is_refused(changes, message):
    with pytest.raises(InputError, match=message):
        validate(GOOD._replace(**changes))


@pytest.mark.parametrize("name", CHOICES)
def test_every_named_choice_is_checked(name):
    with pytest.raises(InputError, match=rf"config\.model\.{name} must be one of"):
        validate(with_value("model", name, "nonsense"))


@pytest.mark.parametrize("name", COMBINATIONS)
def test_what_may_be_combined_is_named_once_each_in_any_order(name):
    first, *others = COMBINATIONS[name]
    for value in ("", first, ",".join([*others, first])):
        assert validate(with_value("model", name, value)) is None
    for value in ("nonsense", f"{first},nonsense", f"{first},{first}"):
        with pytest.raises(InputError, match=rf"config\.model\.{name} lists any of"):
            validate(with_value("model", name, value))


@pytest.mark.parametrize("name", SHARES)
def test_a_share_is_at_most_one(name):
    assert validate(with_value("hyperparameters", name, 1.0)) is None
    with pytest.raises(InputError, match=rf"config\.hyperparameters\.{name} is a share"):
        validate(with_value("hyperparameters", name, 1.01))


@pytest.mark.parametrize(
    ("part", "name"),
    [
        (part, field.name)
        for part, kind in (
            ("data", DataConfig),
            ("model", ModelConfig),
            ("train", TrainConfig),
            ("hyperparameters", Hyperparameters),
        )
        for field in dataclasses.fields(kind)
        if not isinstance(field.default, str)
    ],
)
def test_every_number_must_not_be_negative_or_infinite(part, name):
    for value in (-1, float("nan"), float("inf")):
        with pytest.raises(InputError, match=rf"config\.{part}\.{name}"):
            validate(with_value(part, name, value))


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("model", "width"),
        ("model", "depth"),
        ("model", "critic_depth"),
        ("model", "packing"),
        ("train", "batch"),
        ("train", "chunk"),
        ("train", "critic_rounds"),
        ("train", "checkpoint_chunks"),
        ("data", "valid_fraction"),
        ("data", "test_fraction"),
        ("data", "scale"),
        ("hyperparameters", "decoder_variance"),
    ],
)
def test_what_must_be_positive_is_not_zero(part, name):
    with pytest.raises(InputError, match=rf"config\.{part}\.{name} must be (at least 1|above 0)"):
        validate(with_value(part, name, 0))


def test_held_out_fractions_leave_rows_to_train_on():
    config = Config(data=DataConfig(valid_fraction=0.5, test_fraction=0.5))
    with pytest.raises(InputError, match="below 1"):
        validate(GOOD._replace(config=config))


def test_nearest_names_come_first_and_all_names_where_none_is_near():
    assert nearest("ivae_gna", PRESETS).startswith("; did you mean ivae_gan")
    assert nearest("zzz", PRESETS) == f"; known: {', '.join(PRESETS)}"
