"""A trained model's folder says all that encoding takes, and whether it is as it was written."""

import dataclasses
import json
import shutil

import numpy as np
import pytest

from ivaegan_jax.data import DataConfig
from ivaegan_jax.evaluation import Chosen
from ivaegan_jax.models import Dims, Hyperparameters, ModelConfig
from ivaegan_jax.studies.saved import (
    SCHEMA,
    Description,
    is_model,
    label_of,
    load_model,
    save_model,
)
from ivaegan_jax.types import InputError

MADE = Description(
    label="ivae_gan[width=8]",
    structure=ModelConfig(width=8, posterior="x"),
    hyperparameters=Hyperparameters(vae_rate=0.02),
    sizes=Dims(12, 3, 2, 100, False, (3, 4)),
    data="mine.npz",
    data_config=DataConfig(noise=0.5),
    data_sha256="0" * 64,
    split="random",
    data_seeds=(4, 2),
    seeds=(1, 7, 9),
    chosen=(Chosen(7, "one"), Chosen(1, "other")),
    steps=20,
)
RNG = np.random.default_rng(1)
PARAMS = {
    "encoder": {"dense": {"kernel": RNG.normal(size=(6, 3, 2)).astype(np.float32)}},
    "prior": {"table": RNG.normal(size=(6, 4)).astype(np.float32)},
}
PREPROCESSING = {"0/x_mean": np.arange(3.0), "split": np.array("random")}


@pytest.fixture
def folder(tmp_path):
    save_model(tmp_path / "models/mine", MADE, PARAMS, PREPROCESSING)
    return tmp_path / "models/mine"


def test_what_was_saved_comes_back_to_the_bit(folder, same):
    found, params, preprocessing = load_model(folder)
    assert found == MADE
    assert same(params, PARAMS)
    assert same(preprocessing, PREPROCESSING)
    assert is_model(folder)
    assert label_of(folder) == MADE.label


def test_a_folder_may_be_moved(folder, tmp_path):
    moved = folder.rename(tmp_path / "sent")
    assert load_model(moved)[0] == MADE


def test_saving_again_replaces_the_folder_whole(folder):
    (folder / "left.txt").write_text("of before")
    save_model(folder, dataclasses.replace(MADE, steps=30), PARAMS, PREPROCESSING)
    assert load_model(folder)[0].steps == 30
    assert sorted(path.name for path in folder.parent.iterdir()) == [folder.name]
    assert not (folder / "left.txt").exists()


def edited(folder):
    text = (folder / "model.json").read_text()
    (folder / "model.json").write_text(text.replace('"seed": 7', '"seed": 9'))


@pytest.mark.parametrize(
    "change",
    [
        edited,
        lambda folder: (folder / "params.npz").write_bytes(b"torn"),
        lambda folder: (folder / "preprocessing.npz").unlink(),
        lambda folder: (folder / "SEAL.json").unlink(),
        lambda folder: shutil.copy(folder / "preprocessing.npz", folder / "params.npz"),
    ],
    ids=["description", "parameters", "no preprocessing", "no seal", "swapped"],
)
def test_a_changed_folder_is_refused(folder, change):
    change(folder)
    with pytest.raises(InputError, match="was changed or is missing; restore it, or"):
        load_model(folder)


def test_a_later_form_is_refused_with_what_to_do(folder):
    stored = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps(stored | {"schema": SCHEMA + 1, "version": "9"}))
    (folder / "SEAL.json").unlink()
    from ivaegan_jax.training import seal

    seal(folder)
    with pytest.raises(InputError, match=r"a model of version 9, .* install that version"):
        load_model(folder)


def test_another_folder_is_no_model(tmp_path):
    with pytest.raises(InputError, match=r"is no model: it has no model\.json"):
        load_model(tmp_path)
