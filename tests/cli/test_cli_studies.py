"""The named studies hold together and say what they are; nothing is trained here."""

import ast
import dataclasses
import inspect

import pytest

from ivaegan_jax.data import DATASETS
from ivaegan_jax.data.config import COLUMNS, DataConfig
from ivaegan_jax.studies import Band
from ivaegan_jax.studies.named import (
    STUDIES,
    Arm,
    NamedStudy,
    Quick,
    config_of,
    data_label,
    experiment_of,
    first_line,
    load_study,
    study_names,
)
from ivaegan_jax.types import InputError

ASKED_FOR = {
    "b1", "b2", "b3", "b4", "ten_sources", "adversaries", "critic_inputs", "segments", "samples",
    "depth", "dimension", "nets", "players", "noise", "baselines", "encoders", "continuous_u",
    "noisy", "counts", "laws", "emg", "smartwatch", "vowels", "place_cells", "flow_cytometry",
}  # fmt: skip
PREPARATION = {
    "scale", "whiten", "codes", "unlabelled", "valid_fraction", "test_fraction", "split", "noise",
    "noise_law",
}  # fmt: skip
WITHOUT_TRUTH = {"verdict", "agreement_mcc", "selection_gain"}
SAMPLES = {"c2st", "samples_accuracy"}
METRICS = {"mcc", "mcc_within", "affine_r2", "recon_r2"} | WITHOUT_TRUTH | SAMPLES
MOST_QUICK_ARMS = 8

ARM = Arm("one", "b1", "ivae_gan", {"data.layers": 2})
STUDY = NamedStudy([ARM, Arm("two", "b1", "ivae", steps=7, data_seeds=[1, 2])], [6], [1], 10)


def test_the_studies_asked_for_are_there():
    assert set(study_names()) >= ASKED_FOR


@pytest.mark.parametrize("name", study_names())
def test_a_study_says_its_purpose_command_time_and_band(name):
    text = ast.get_docstring(ast.parse((STUDIES / f"{name}.py").read_text()))
    assert text.startswith(first_line(name))
    for part in ("\nPurpose: ", "\nTime: about ", "\nBand: "):
        assert part in text
    command = f"\nCommand: python -m experiments.reproduce --name={name} --out=results/{name}\n"
    assert command in text


@pytest.mark.parametrize("name", study_names())
def test_every_arm_of_a_study_is_valid(name):
    study = load_study(name)
    for arm in study.arms:
        experiment = experiment_of(study, arm)
        options = set(inspect.signature(DATASETS[arm.data].make).parameters) | PREPARATION
        options |= {*COLUMNS} if DATASETS[arm.data].is_table else set()
        changed = {key[5:] for key in arm.settings if key.startswith("data.")}
        assert changed <= options, arm.name
        assert experiment.config.train.batch % experiment.config.model.packing == 0
    assert {band.metric for band in study.bands} <= METRICS
    assert study.bands


@pytest.mark.parametrize("name", study_names())
def test_quick_is_small(name):
    quick = load_study(name).quickened()
    assert 1 <= len(quick.arms) <= MOST_QUICK_ARMS
    for arm in quick.arms:
        experiment = experiment_of(quick, arm)
        assert experiment.steps * len(experiment.seeds) * len(experiment.data_seeds) <= 500


def test_controls_of_an_arm_are_trained_beside_it():
    arm = dataclasses.replace(ARM, controls=("shifted_u", "u_only"))
    experiment = experiment_of(STUDY, arm)
    assert experiment.presets == ("ivae_gan", "ivae_gan+shifted_u", "ivae_gan+u_only")


def test_settings_become_a_config():
    config = config_of(
        {"model.regularisers": "r1,r2", "hyperparameters.r1_weight": 1, "train.ema": True}
    )
    assert config.model.regularisers == "r1,r2"
    assert isinstance(config.hyperparameters.r1_weight, float)
    assert config.train.ema


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"model.widht": 3}, "unknown setting 'model.widht'; did you mean model.width"),
        ({"width": 3}, "unknown setting 'width'"),
        ({"model": 3}, "unknown setting 'model'"),
        ({"model.width": 2.5}, "model.width takes a value such as 100, not 2.5"),
        ({"model.width": True}, "model.width takes a value such as 100, not True"),
        ({"model.width": "wide"}, "model.width takes a value such as 100, not 'wide'"),
        (
            {"hyperparameters.r1_weight": None},
            "hyperparameters.r1_weight takes a value such as 0.01, not None",
        ),
        ({"train.ema": 1}, "train.ema takes a value such as False, not 1"),
        ({"model.adversarial": 3}, "model.adversarial takes a value such as 'non_sat"),
        ({"model.adversarial": "hing"}, "config.model.adversarial must be one of"),
        (
            {"hyperparameters.r1_weight": -1.0},
            "config.hyperparameters.r1_weight must be a finite number",
        ),
    ],
)
def test_a_setting_that_cannot_be_meant_names_the_arm(settings, expected):
    with pytest.raises(InputError, match=r"^arm one: ") as error:
        experiment_of(STUDY, dataclasses.replace(ARM, settings=settings))
    assert expected in str(error.value)


def test_choices_that_exclude_each_other_name_the_arm():
    arm = Arm("one", "b1", "vae", {"model.posterior": "product"})
    with pytest.raises(InputError, match=r"^arm one: .*needs a conditional prior"):
        experiment_of(STUDY, arm)


def test_an_arm_takes_the_values_of_the_study_where_it_has_none():
    one, two = (experiment_of(STUDY, arm) for arm in STUDY.arms)
    assert (one.steps, list(one.data_seeds), one.config.data.layers) == (10, [6], 2)
    assert (two.steps, list(two.data_seeds), list(two.seeds)) == (7, [1, 2], [1])


def test_values_for_all_arms_replace_their_own():
    study = STUDY.with_all(steps=3, data_seeds=[9])
    found = [experiment_of(study, arm) for arm in study.arms]
    assert [(e.steps, list(e.data_seeds), list(e.seeds)) for e in found] == [(3, [9], [1])] * 2


def test_quick_keeps_some_arms_and_no_arms_mean_all():
    quick = dataclasses.replace(STUDY, quick=Quick(["two"], 5)).quickened()
    assert [(arm.name, quick.steps) for arm in quick.arms] == [("two", 5)]
    assert len(STUDY.quickened().arms) == 2


def test_arms_on_other_data_are_labelled_apart():
    one, two = STUDY.arms
    assert data_label(STUDY, one) == "b1, layers=2"
    assert data_label(STUDY, two) == "b1, data seeds 1 to 2"
    for own, all_seeds in [((), [6]), ([2], [1, 2])]:
        study = dataclasses.replace(STUDY, data_seeds=all_seeds)
        assert data_label(study, dataclasses.replace(two, data_seeds=own)) == "b1"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"arms": [ARM, ARM]}, "several arms are called one"),
        ({"bands": [Band("three", "mcc", 0)]}, "unknown arm 'three'"),
        ({"bands": [Band("one", "mcc", 0, minus="tow")]}, "unknown arm 'tow'; did you mean two"),
        ({"quick": Quick(["three"])}, "unknown arm 'three'"),
    ],
)
def test_a_study_that_does_not_hold_together(change, expected, monkeypatch, tmp_path):
    text = "from ivaegan_jax.studies import named\nget_study = named.mine\n"
    (tmp_path / "mine.py").write_text(text)
    study = dataclasses.replace(STUDY, **change)
    monkeypatch.setattr("ivaegan_jax.studies.named.mine", lambda: study, raising=False)
    with pytest.raises(InputError, match=expected):
        load_study(str(tmp_path / "mine.py"))


def test_preparation_and_options_are_all_of_the_data_settings():
    options = {n for entry in DATASETS.values() for n in inspect.signature(entry.make).parameters}
    assert {field.name for field in dataclasses.fields(DataConfig)} <= options | PREPARATION | {
        *COLUMNS
    }
