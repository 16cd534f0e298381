"""Parameters: what they become, what is refused, and in which words."""

import re

import numpy as np
import pytest

import ivaegan_jax
from ivaegan_jax import IVAE, IVAEGAN, PRESETS, VAE, InputError, estimator_of
from ivaegan_jax.estimator.parameters import experiment_of
from ivaegan_jax.estimator.wording import class_name, in_python


def experiment(**parameters):
    made = IVAEGAN(**parameters)
    return experiment_of(made.preset, made.get_params())


def test_defaults_are_those_of_train():
    asked = experiment()
    assert asked.presets == ("ivae_gan",)
    assert (list(asked.seeds), list(asked.data_seeds)) == ([1, 2, 3, 4, 5], [1])
    assert asked.steps == 12_500
    assert asked.config.model.dim_z == 0
    assert asked.config.data.split == "auto"


def test_random_states_share_no_seed():
    first, second = experiment(n_seeds=3), experiment(n_seeds=3, random_state=1)
    assert (list(second.seeds), list(second.data_seeds)) == ([4, 5, 6], [2])
    assert not set(first.seeds) & set(second.seeds)
    drawn = [experiment(random_state=np.random.RandomState(7)).seeds for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert experiment(random_state=None).seeds != experiment(random_state=None).seeds


def test_settings_go_by_the_names_of_the_programs():
    asked = experiment(n_latents=3, split="blocks", config={"model.width": 50, "train.batch": 8})
    assert (asked.config.model.dim_z, asked.config.model.width) == (3, 50)
    assert (asked.config.data.split, asked.config.train.batch) == ("blocks", 8)
    assert experiment(controls="all").presets[-1] == "ivae_gan+u_only"
    assert experiment(controls=["shuffled_u"]).presets == ("ivae_gan", "ivae_gan+shuffled_u")


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"n_latents": 0}, "n_latents must be a whole number of at least 1, not 0"),
        ({"n_latents": 2.5}, "n_latents must be a whole number"),
        ({"n_seeds": True}, "n_seeds must be a whole number"),
        ({"steps": "many"}, "steps must be a whole number"),
        ({"random_state": -1}, "random_state must be a whole number from 0"),
        ({"random_state": 2**31}, "random_state must be a whole number from 0"),
        ({"controls": "shuffled"}, "controls are any of auto, none, all, .*; not 'shuffled'"),
        ({"config": 3}, "config takes settings by name"),
        ({"config": {"model.widht": 3}}, "unknown setting 'model.widht'; did you mean"),
        ({"config": {"model.dim_z": 3}}, "model.dim_z has a parameter of its own, n_latents"),
        ({"config": {"model.width": "a"}}, "model.width takes a value such as 100"),
    ],
)
def test_what_cannot_be_meant_is_said_in_one_line(parameters, said):
    with pytest.raises(InputError, match=said) as caught:
        experiment(**parameters)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("take fewer (--config.model.dim_z=3).", "take fewer (n_latents=3)."),
        ("latents (--config.model.dim_z) help", "latents (n_latents) help"),
        ("use --config.model.likelihood=gaussian", 'use config={"model.likelihood": "gaussian"}'),
        ("lower --config.hyperparameters.vae_rate,", 'lower "hyperparameters.vae_rate" in config,'),
        ("out with --controls=none, or", 'out with controls="none", or'),
        ("--split=group:trial and", 'split="group:trial" and'),
        ("--seeds must lie", "n_seeds must lie"),
        ("depends on u (--preset=ivae_gan); this", "depends on u (IVAEGAN); this"),
        ("name another --workdir", "name another workdir"),
        ("config.data.unlabelled must be one", "unlabelled must be one"),
        ("or --config.data.unlabelled=train.", 'or unlabelled="train".'),
        ("there are latents (config.model.dim_z)", "there are latents (n_latents)"),
        ("config.train.batch must be", '"train.batch" in config must be'),
        ("give u:categorical.", 'give u_kinds="categorical".'),
        ("give dose:categorical.", 'give "dose:categorical", or u_kinds="categorical".'),
    ],
)  # fmt: skip
def test_flags_become_parameters(told, said):
    assert in_python(told) == said


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_code_that_leaves_out_a_column_runs_as_it_is_written(library):
    frame = pytest.importorskip(library).DataFrame({"a": [1, 2], "b c": [np.nan, 2], "d": [3, 4]})
    with pytest.raises(InputError) as caught:
        IVAEGAN().fit(frame, [0, 1])
    own = {"x": frame}
    exec(re.search("`(.*)`", str(caught.value))[1], own)
    assert list(own["x"].columns) == ["a", "d"]


def test_what_is_x_is_named_without_a_flag():
    with pytest.raises(InputError, match=r"which columns are x. Give these alone as x, u beside"):
        IVAEGAN().fit({"spikes": np.eye(6), "session": np.arange(6), "side": [0, 1] * 3}, "side")


def test_every_row_of_the_table_has_a_class_by_rule():
    rows = [name for name in PRESETS if name not in PRESETS.origins]
    for preset in rows:
        own = getattr(ivaegan_jax, class_name(preset))
        assert (own.preset, own.__name__) == (preset, class_name(preset))
        assert own is estimator_of(preset)
        assert preset in own.__doc__
    with pytest.raises(InputError, match="unknown model 'ivea'"):
        estimator_of("ivea")


def test_a_model_without_p_z_given_u_does_not_need_u_to_decode():
    assert not VAE().__sklearn_tags__().target_tags.required
    assert IVAE().__sklearn_tags__().target_tags.required
