"""A scored model is opened from its own folder, with everything else gone."""

import shutil

import numpy as np
import pytest

from ivaegan_jax import open_model, restore
from ivaegan_jax.studies.restored import restore_checkpoint
from ivaegan_jax.studies.workdir import Workdir


@pytest.fixture
def copy(on_b1, tmp_path):
    return shutil.copytree(on_b1, tmp_path / "copy")


@pytest.fixture
def encoded(run, tmp_path):
    """`encoded(workdir, preset)`: the file that `encode` writes for the study's own data."""

    def encode(workdir, *flags):
        out = tmp_path / f"{len(list(tmp_path.glob('*.npz')))}.npz"
        ended = run("encode", f"--workdir={workdir}", "--data=b1", f"--out={out}", *flags)
        assert (ended.code, ended.err) == (0, "")
        return out.read_bytes()

    return encode


def test_opening_a_model_reads_its_folder_alone(encoded, copy, tmp_path):
    flags = "--preset=ivae_gan", "--data_seed=5"
    whole = encoded(copy, *flags)
    for path in copy.iterdir():
        if path.name != "models":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert encoded(copy, *flags) == whole
    alone = shutil.move(copy / "models/ivae_gan", tmp_path / "sent")
    shutil.rmtree(copy)
    assert encoded(alone, "--data_seed=5") == whole


def test_a_models_folder_holds_what_its_checkpoint_holds(on_b1, same):
    workdir = Workdir(on_b1)
    one, other = restore(workdir, "ivae", 5), restore_checkpoint(workdir, "ivae", 5)
    assert same(one.params_by_seed, other.params_by_seed)
    for name in ("label", "data", "data_config", "data_seed", "config", "dims", "chosen", "split"):
        assert getattr(one, name) == getattr(other, name)
    np.testing.assert_array_equal(one.part, other.part)
    np.testing.assert_array_equal(one.seeds, other.seeds)
    assert open_model(on_b1 / "models/ivae", 5).chosen == one.chosen


def test_every_label_has_a_folder(on_b1, rows_of):
    from ivaegan_jax.studies.restored import saved_models

    labels = {row["label"] for row in rows_of(on_b1) if row["kind"] == "score"}
    assert set(saved_models(Workdir(on_b1))) == labels


def test_without_a_choice_the_labels_are_said(refused, copy, tmp_path):
    (copy / "config.json").unlink()
    said = refused("encode", f"--workdir={copy}", "--data=b1", f"--out={tmp_path / 'z.npz'}")
    assert said.startswith("choose one of this work directory's with --preset: ")
