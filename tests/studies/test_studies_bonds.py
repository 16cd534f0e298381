"""A checkpoint belongs to a name, a step, runs, settings and a preprocessing."""

import json

import numpy as np
import pytest
from stored import TEMPLATE, states, steps_in

from ivaegan_jax.files import read_json, read_npz, write_json, write_npz
from ivaegan_jax.studies.bonds import Bond, check_settings, fingerprint_of, keep_arrays
from ivaegan_jax.studies.workdir import Workdir, deciding
from ivaegan_jax.training.checkpoint import Checkpoints
from ivaegan_jax.training.seals import BOND, SEAL, is_whole, sealed_bond
from ivaegan_jax.types import InputError

SETTINGS = {"steps": 20, "seeds": [1, 2], "config": {"train": {"chunk": 5}, "model": {"width": 8}}}
ARRAYS = {"0/x_mean": np.arange(3, dtype=np.float32), "0/part": np.array(["train", "test"])}


@pytest.fixture
def workdir(tmp_path):
    """One with the checkpoints of steps 10 and 20."""
    made = Workdir(tmp_path / "run")
    made.open(SETTINGS)
    made.close()
    write_npz(made.preprocessing, ARRAYS)
    with opened(made) as checkpoints:
        for step in (10, 20):
            checkpoints.save(states(step))
    return made


def bond_of(workdir, name="vae", runs=(0, 2)):
    own = fingerprint_of(workdir.preprocessing)
    return Bond(workdir, name, runs, deciding(workdir.settings()), own)


def opened(workdir, read_only=False, **other):
    bond = bond_of(workdir, **other)
    return Checkpoints(workdir.checkpoints("vae"), read_only=read_only, bond=bond)


def restored(workdir, read_only=True, **other):
    with opened(workdir, read_only, **other) as checkpoints:
        return checkpoints.restore(TEMPLATE)


def test_what_belongs_together_is_read_and_whole(workdir, same):
    assert is_whole(workdir.checkpoints("vae") / "20")
    assert same(restored(workdir), states(20))
    check_settings(workdir)


@pytest.mark.parametrize("read_only", [True, False])
@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"name": "ivae"}, "20 was stored as step 20 of vae; move it back to .*/vae/20"),
        ({"runs": (2, 2)}, r"parts\.json is not that of checkpoint"),
    ],
)
def test_what_belongs_elsewhere_is_refused_and_stays(workdir, read_only, other, words):
    with pytest.raises(InputError, match=words):
        restored(workdir, read_only, **other)
    assert steps_in(workdir.checkpoints("vae")) == [10, 20]


def test_a_renamed_step_is_refused(workdir):
    folder = workdir.checkpoints("vae")
    (folder / "20").rename(folder / "15")
    with pytest.raises(InputError, match="15 was stored as step 20 of vae"):
        restored(workdir)


def test_other_settings_are_refused_with_their_differences_and_other_paces_taken(workdir):
    changed = json.loads(workdir.config.read_text())
    changed["config"]["train"]["chunk"] = 2
    write_json(workdir.config, changed)
    assert restored(workdir) is not None
    check_settings(workdir)
    write_json(workdir.config, changed | {"seeds": [1, 3]})
    for look in (restored, check_settings):
        with pytest.raises(InputError, match=r"config\.json .*\(seeds: \[1, 2\] -> \[1, 3\]\)"):
            look(workdir)


def test_another_preprocessing_is_refused_where_it_is_used(workdir, same):
    write_npz(workdir.preprocessing, ARRAYS | {"0/x_mean": np.ones(3, np.float32)})
    with pytest.raises(InputError, match=r"preprocessing\.npz is not the one"):
        restored(workdir)
    assert same(restored(workdir, read_only=False), states(20))


def test_only_the_final_step_will_do_where_it_is_asked_for(workdir, same):
    with opened(workdir, read_only=True) as checkpoints:
        assert same(checkpoints.restore_at(20, TEMPLATE), states(20))
        with pytest.raises(InputError, match=r"vae/30 is missing; restore it"):
            checkpoints.restore_at(30, TEMPLATE)


def test_seals_of_an_earlier_version_are_read_and_stay(workdir, same):
    for step in (10, 20):
        path = workdir.checkpoints("vae") / str(step) / SEAL
        old = {name: value for name, value in read_json(path).items() if name != BOND}
        write_json(path, old)
        assert sealed_bond(path.parent) == {}
    write_json(workdir.config, SETTINGS | {"seeds": [5, 6]})
    check_settings(workdir)
    assert same(restored(workdir, read_only=False, name="ivae"), states(20))
    assert read_json(path) == old


def test_a_bond_that_makes_no_sense_is_one_line(workdir):
    path = workdir.checkpoints("vae") / "20" / SEAL
    write_json(path, read_json(path) | {BOND: {"name": "vae", "step": 20}})
    for look in (restored, check_settings):
        with pytest.raises(InputError, match=r"SEAL\.json holds something else"):
            look(workdir)


def test_arrays_are_written_where_there_are_none_or_others(tmp_path, caplog):
    path = tmp_path / "kept.npz"
    keep_arrays(path, ARRAYS)
    assert not caplog.messages
    written = path.read_bytes()
    nearly = ARRAYS | {"0/x_mean": np.nextafter(ARRAYS["0/x_mean"], np.float32(9))}
    keep_arrays(path, nearly)
    assert path.read_bytes() == written
    for content in (b"", written[:99], _packed(tmp_path, {"0/x_mean": np.ones(3, np.float32)})):
        path.write_bytes(content)
        caplog.clear()
        keep_arrays(path, ARRAYS)
        [line] = caplog.messages
        assert f"{path} is written again: it is " in line
        assert read_npz(path)["0/x_mean"].tolist() == [0, 1, 2]


def _packed(folder, arrays):
    np.savez(folder / "other.npz", **arrays)
    return (folder / "other.npz").read_bytes()


def test_a_hash_is_one_of_arrays_and_not_of_how_they_are_packed(tmp_path):
    write_npz(tmp_path / "a.npz", ARRAYS)
    np.savez(tmp_path / "b.npz", **dict(reversed(ARRAYS.items())))
    np.savez(tmp_path / "c.npz", **ARRAYS | {"0/x_mean": ARRAYS["0/x_mean"].astype(np.float64)})
    one, other, third = (fingerprint_of(tmp_path / f"{name}.npz") for name in "abc")
    assert one == other != third
