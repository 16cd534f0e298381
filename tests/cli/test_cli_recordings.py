"""A recording by name, from training on some people to the latents of another."""

import numpy as np
import pytest
from programs_forked import SMALL

from ivaegan_jax.data import RECORDINGS, load_dataset

TRAIN = ("--data=emg", "--rows=person=p0,p1;gesture=fist,rest", "--preset=vae", "--seeds=1",
         "--steps=20", *SMALL, "--config.model.dim_z=2")  # fmt: skip

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def workdir(run, tmp_path_factory):
    path = tmp_path_factory.mktemp("emg") / "run"
    ended = run("train", *TRAIN, f"--workdir={path}")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.count(RECORDINGS["emg"].credit) == 1
    return path


def latents(run, workdir, out, *flags):
    ended = run("encode", f"--workdir={workdir}", "--data=emg", f"--out={out}", *flags)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.count(RECORDINGS["emg"].credit) == 1
    return dict(np.load(out))


def test_rows_of_the_study_and_of_another_person_are_encoded(run, workdir, tmp_path):
    data = load_dataset("emg")
    person, gesture = data.side["person"], data.side["gesture"]
    studied = np.isin(person, ["p0", "p1"]) & np.isin(gesture, ["fist", "rest"])
    own = latents(run, workdir, tmp_path / "own.npz")
    assert len(own["part"]) == own["z"].shape[1] == studied.sum()
    other = latents(run, workdir, tmp_path / "other.npz", "--rows=person=p4")
    assert "part" not in other
    whole = latents(run, workdir, tmp_path / "all.npz", "--rows=")
    assert whole["z"].shape[1] == len(data.x)
    for rows, found in ((studied, own), (person == "p4", other)):
        np.testing.assert_allclose(found["z"], whole["z"][:, rows], atol=1e-5)


def test_a_benchmark_has_no_rows_to_choose(run, workdir, tmp_path):
    ended = run("encode", f"--workdir={workdir}", "--data=b1", f"--out={tmp_path / 'z.npz'}",
                "--rows=person=p4")  # fmt: skip
    assert ended.code == 2
    assert ended.err == "error: b1 has no rows to choose from: leave out --rows\n"


def test_an_unknown_person_is_one_line(run, workdir, tmp_path):
    ended = run("encode", f"--workdir={workdir}", "--data=emg", f"--out={tmp_path / 'z.npz'}",
                "--rows=person=p9")  # fmt: skip
    assert ended.code == 2
    assert ended.err == ("error: emg: rows: no row has person 'p9'; there are p0, p1, p2, p3, p4\n")
