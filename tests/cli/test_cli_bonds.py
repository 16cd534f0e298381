"""Settings, seeds, checkpoints, preprocessing: `encode` says which do not belong together."""

import json
import re
import shutil

import numpy as np
import pytest
from programs_forked import SMALL_BENCHMARK

CONTROL = "vae+shuffled_u"


@pytest.fixture(scope="module")
def pair(compare):
    """A model and a control that its program trains, with checkpoints of steps 20 and 30."""
    workdir = compare("pair", ("vae", CONTROL), *SMALL_BENCHMARK, "--data=b1", "--data_seeds=3-3",
                      "--seeds=2,7", "--config.train.checkpoint_chunks=1")  # fmt: skip
    assert sorted(path.name for path in (workdir / "checkpoints/vae").iterdir()) == ["20", "30"]
    return workdir


@pytest.fixture
def copy(pair, tmp_path):
    """As a study that was stopped, or an earlier version, leaves it: models have no folders."""
    copied = shutil.copytree(pair, tmp_path / "copy")
    shutil.rmtree(copied / "models")
    return copied


@pytest.fixture
def encode(run, copy, tmp_path):
    """`encode()`: how it ended, for the model's own data."""
    return lambda: run("encode", f"--workdir={copy}", "--data=b1", "--preset=vae",
                       f"--out={tmp_path / 'z.npz'}")  # fmt: skip


def edit(*path, to):
    def change(workdir):
        settings = json.loads((workdir / "config.json").read_text())
        part = settings
        for name in path[:-1]:
            part = part[name]
        assert part[path[-1]] != to
        part[path[-1]] = to
        (workdir / "config.json").write_text(json.dumps(settings))

    return change


def rename(one, other):
    return lambda workdir: (workdir / "checkpoints" / one).rename(workdir / "checkpoints" / other)


def remove(name):
    return lambda workdir: shutil.rmtree(workdir / "checkpoints" / name)


def swap(one, other):
    def change(workdir):
        rename(one, "aside")(workdir)
        rename(other, one)(workdir)
        rename("aside", other)(workdir)

    return change


def damage_newest(workdir):
    for path in (workdir / "checkpoints/vae/30").rglob("d/*"):
        path.write_bytes(path.read_bytes()[::-1])


def other_preprocessing(workdir):
    with np.load(workdir / "preprocessing.npz") as stored:
        arrays = dict(stored)
    [name] = [each for each in arrays if each.endswith("/x_mean")]
    arrays[name] = arrays[name] + 1
    np.savez(workdir / "preprocessing.npz", **arrays)


VAE = r"checkpoints/vae/30"
CHANGES = {
    "a number": (edit("config", "hyperparameters", "vae_rate", to=0.5),
                 r"config\.json .*vae_rate: .* 0\.5"),
    "a choice": (edit("config", "model", "activation", to="relu"), r"config\.json .*activation"),
    "a width": (edit("config", "model", "width", to=9), r"config\.json .*width: 8 -> 9"),
    "steps": (edit("steps", to=20), r"config\.json .*steps: 30 -> 20"),
    "more steps": (edit("steps", to=40), r"config\.json .*steps: 30 -> 40"),
    "the model seeds": (edit("seeds", to=[2, 8]), r"config\.json .*seeds: \[2, 7\] -> \[2, 8\]"),
    "their order": (edit("seeds", to=[7, 2]), r"config\.json .*seeds: \[2, 7\] -> \[7, 2\]"),
    "the data seeds": (edit("data_seeds", to=[4]), r"config\.json .*data_seeds: \[3\] -> \[4\]"),
    "folders of two models": (swap("vae", CONTROL), rf"{VAE} was stored as step 30 of vae\+s"),
    "steps of two models": (swap("vae/30", f"{CONTROL}/30"), r"move it back to .*shuffled_u/30"),
    "steps of one model": (swap("vae/20", "vae/30"), rf"{VAE} was stored as step 20 of vae"),
    "a step": (rename("vae/30", "vae/31"), r"vae/31 was stored as step 30 of vae; move it back to"),
    "the newest": (remove("vae/30"), rf"{VAE} is missing"),
    "all of them": (remove("vae"), rf"{VAE} is missing"),
    "a file of the newest": (damage_newest, rf"{VAE} is damaged"),
    "the preprocessing": (other_preprocessing, r"preprocessing\.npz is not the one"),
    "no preprocessing": (lambda path: (path / "preprocessing.npz").unlink(), r"npz is missing"),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_what_does_not_belong_together_encodes_nothing(encode, copy, tmp_path, what):
    change, words = CHANGES[what]
    change(copy)
    before = sorted(tmp_path.rglob("*"))
    ended = encode()
    assert (ended.code, ended.out) == (2, "")
    [line] = ended.err.splitlines()
    assert re.match(rf"error: .*{words}.*(restore it|move it back)", line), line
    assert sorted(tmp_path.rglob("*")) == before


def of_an_earlier_version(workdir):
    """Seals held checksums alone."""
    for path in workdir.glob("checkpoints/*/*/SEAL.json"):
        seal = json.loads(path.read_text())
        del seal["belongs to"]
        path.write_text(json.dumps(seal))


def resaved(workdir):
    with np.load(workdir / "preprocessing.npz") as stored:
        np.savez(workdir / "preprocessing.npz", **dict(stored))


@pytest.mark.parametrize(
    "change",
    [
        lambda workdir: None,
        of_an_earlier_version,
        resaved,
        edit("config", "train", "chunk", to=3),
        remove("vae/20"),
        remove(CONTROL),
    ],
    ids=["nothing", "an earlier version", "resaved", "pace", "the one before", "another model"],
)
def test_what_changes_no_result_may_change(encode, copy, tmp_path, change):
    change(copy)
    ended = encode()
    assert (ended.code, ended.err) == (0, "")
    assert (tmp_path / "z.npz").exists()
