"""A work directory belongs to one setting, and is done once."""

import hashlib
import shutil

import numpy as np
import pytest
from programs_forked import SMALL, SMALL_BENCHMARK

# those of `one_vae`
FLAGS = (*SMALL, *SMALL_BENCHMARK, "--steps=30", "--presets=vae", "--data=b1", "--data_seeds=3-3",
         "--seeds=2,4,7,9")  # fmt: skip


@pytest.fixture(scope="module")
def finished(one_vae, tmp_path_factory):
    return shutil.copytree(one_vae, tmp_path_factory.mktemp("workdir") / "run")


@pytest.fixture
def untouched(finished):
    """Fails if the test changed a file of the directory."""

    def contents():
        return {
            path: (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
            for path in finished.rglob("*")
            if path.is_file() and path.name != ".lock"
        }

    before = contents()
    yield
    assert contents() == before


@pytest.mark.usefixtures("untouched")
def test_the_same_command_says_that_it_is_finished(run, finished):
    ended = run("compare", *FLAGS, f"--workdir={finished}")
    assert (ended.code, ended.err) == (0, "")
    assert f"{finished} is finished" in ended.out


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(
    ("flag", "difference"),
    [
        ("--steps=21", "steps: 30 -> 21"),
        ("--seeds=2", "seeds: [2, 4, 7, 9] -> [1, 2]"),
        ("--data_seeds=4-4", "data_seeds: [3] -> [4]"),
        ("--presets=ivae", "presets: ['vae'] -> ['ivae']"),
        ("--config.hyperparameters.vae_rate=0.02", "config.hyperparameters.vae_rate: 0.01 -> 0.02"),
    ],
)
def test_other_settings_are_refused_with_their_differences(refused, finished, flag, difference):
    message = refused("compare", *FLAGS, f"--workdir={finished}", flag)
    assert difference in message
    assert "use the same settings to go on, or another --workdir" in message


@pytest.mark.usefixtures("untouched")
def test_all_differences_are_listed(refused, finished):
    message = refused("compare", *FLAGS, f"--workdir={finished}", "--steps=9", "--data=b2")
    assert "steps: 30 -> 9" in message
    assert "data: b1 -> b2" in message
    assert "data_sha256" in message


@pytest.mark.slow
def test_a_changed_file_is_other_data(run, refused, table, tmp_path):
    arrays = table()
    np.savez(tmp_path / "t.npz", **arrays)
    flags = (*SMALL, "--steps=2", "--preset=vae", "--seeds=1", f"--data={tmp_path / 't.npz'}",
             f"--workdir={tmp_path / 'run'}")  # fmt: skip
    assert run("train", *flags).code == 0
    np.savez(tmp_path / "t.npz", **arrays | {"x": arrays["x"] + 1})
    assert "data_sha256" in refused("train", *flags)


def test_a_report_of_two_directories_is_written_where_asked(run, finished, on_b1, tmp_path):
    out = tmp_path / "new" / "both"
    ended = run("report", f"--workdir={finished}", f"--workdir={on_b1}", f"--out={out}")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.strip() == str(out / "report.html")
    assert {"report.html", "summary.md", "summary.json", "figures"} == {
        path.name for path in out.iterdir()
    }
