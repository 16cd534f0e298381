"""Labels: what they say, their only spelling, and what cannot be meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivaegan_jax.data import CONTROLS
from ivaegan_jax.models.choices import COMBINATIONS
from ivaegan_jax.models.presets import PRESETS
from ivaegan_jax.studies.config import Config
from ivaegan_jax.studies.labels import (
    SETTINGS,
    Label,
    configured,
    control_of,
    listed,
    make_label,
    model_of,
    parse,
    preset_name,
    with_controls,
)
from ivaegan_jax.studies.workdir import file_name
from ivaegan_jax.types import InputError

KINDS = {
    float: st.floats(min_value=0, allow_nan=False),
    int: st.integers(0, 10**6),
    bool: st.booleans(),
    str: st.lists(st.sampled_from(["", "x", "r1", "gp", "least_squares"])).map(",".join),
}


@st.composite
def labels(draw):
    names = draw(st.lists(st.sampled_from(list(SETTINGS)), unique=True, max_size=5))
    values = {name: draw(KINDS[type(SETTINGS[name].default)]) for name in names}
    preset = draw(st.sampled_from(list(PRESETS)))
    return make_label(preset, values, draw(st.sampled_from(["", *CONTROLS])))


@given(labels())
def test_a_label_is_read_as_it_was_written(label):
    text = str(label)
    assert parse(text) == label
    assert str(parse(text)) == text
    assert listed([text]) == [text]
    assert listed(f"vae,{text},ivae".split(",")) == ["vae", text, "ivae"]


@given(labels())
def test_the_parts_of_a_label(label):
    text = str(label)
    assert preset_name(text) == label.preset
    assert control_of(text) == label.control
    assert model_of(text) == str(label._replace(control=""))
    models = with_controls([model_of(text)], [label.control] if label.control else [])
    assert models[-1] == text


@given(labels())
def test_a_label_changes_its_settings_and_nothing_else(label):
    config = configured(Config(), label)
    told = dict(label.settings)
    for name, (part, field, default) in SETTINGS.items():
        assert getattr(getattr(config, part), field) == told.get(name, default)
    assert config.data == Config().data


@given(labels(), labels())
def test_files_are_named_legally_and_apart(one, other):
    names = [file_name(str(label)) for label in (one, other)]
    assert all(0 < len(name) <= 80 and not set(name) & set("[],/ ") for name in names)
    assert (names[0] == names[1]) == (str(one) == str(other))


def test_a_label_without_settings_is_its_own_file_name():
    for label in (*PRESETS, *(f"{name}+shuffled_u" for name in PRESETS)):
        assert file_name(label) == label


def test_spaces_order_and_zeros_do_not_matter():
    text = "ivae_gan[ vae_rate=.0030, batch=128,critic_input=x+z+u ]"
    assert listed(text.split(",")) == ["ivae_gan[batch=128,critic_input=x+z+u,vae_rate=0.003]"]
    assert parse("vae[ema=true,max_grad_norm=1e9]") == Label(
        "vae", (("ema", True), ("max_grad_norm", 1e9))
    )
    assert dict(parse(text).settings)["critic_input"] == "x,z,u"


def test_a_name_that_two_parts_have_carries_its_part():
    config = configured(
        Config(), parse("ivae[decoder_variance=0.5,model.decoder_variance=learned]")
    )
    assert (config.hyperparameters.decoder_variance, config.model.decoder_variance) == (
        0.5,
        "learned",
    )


def test_lists_of_names_may_be_empty():
    assert configured(Config(), parse("igan[regularisers=]")).model.regularisers == ""
    assert set(COMBINATIONS) <= set(SETTINGS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "unknown preset ''"),
        ("ivae_gna[vae_rate=1]", "did you mean ivae_gan"),
        ("ivae+shufled_u", "did you mean shuffled_u"),
        ("ivae+", "unknown control ''"),
        ("ivae[vae_rat=1]", "did you mean vae_rate"),
        ("ivae[vae_rate]", "'vae_rate' is no setting such as"),
        ("ivae[]", "'' is no setting"),
        ("ivae[vae_rate=fast]", "vae_rate takes a number, not 'fast'"),
        ("ivae[vae_rate=]", "vae_rate takes a number, not ''"),
        ("ivae[width=1.5]", "width takes a whole number"),
        ("ivae[ema=1]", "ema takes true or false"),
        ("ivae[vae_rate=1,vae_rate=2]", "vae_rate is set twice"),
        ("ivae[dim_z=3]", "ivaegan latents"),
        ("ivae[chunk=3]", "changes no result"),
        ("ivae[vae_rate=1", "is no label such as"),
        ("ivae]", "did you mean ivae"),
        ("ivae[vae_rate=1]x", "is no label such as"),
    ],
)
def test_what_no_label_can_say_is_named(text, message):
    with pytest.raises(InputError) as error:
        parse(text)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["ivae_gan+noise", "b1+", "a+shuffled_u_longer"])
def test_what_follows_a_plus_is_a_control_only_where_it_is_called_like_one(name):
    assert (control_of(name), model_of(name)) == ("", name)
    assert (control_of("ivae+shuffled_u"), model_of("ivae+shuffled_u")) == ("shuffled_u", "ivae")
