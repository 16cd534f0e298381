"""Several tables from the command line: sessions that share a prior, as `fit` takes a list."""

import os

import jax
import numpy as np
import pandas as pd
import pytest
from programs_forked import SMALL

from ivaegan_jax import Workdir, restore
from ivaegan_jax.estimator import VAE
from ivaegan_jax.studies import tables_of
from ivaegan_jax.types import InputError

ROWS, COLUMNS = (96, 128), (4, 3)
SETTINGS = {flag.partition("=")[0].removeprefix("--config."): flag.partition("=")[2]
            for flag in SMALL}  # fmt: skip
ASKED = ("--u=cond", "--presets=vae", "--seeds=2", "--steps=20", "--config.model.dim_z=2")


def frame(number):
    rng = np.random.default_rng(number)
    codes = rng.permutation(np.arange(ROWS[number]) % 4)
    s = rng.normal(size=(ROWS[number], 2)) * (1 + codes)[:, None]
    x = s @ rng.normal(size=(2, COLUMNS[number]))
    columns = [f"s{number}n{i} [mV]" for i in range(COLUMNS[number])]
    return pd.DataFrame(x, columns=columns).assign(cond=np.array([*"uvwx"])[codes])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sessions")
    for i, name in enumerate(("monday", "friday")):
        frame(i).to_csv(folder / f"{name}.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def asked(folder):
    data = f"--data={folder / 'monday.csv'},{folder / 'friday.csv'}"
    return (*SMALL, *ASKED, data, f"--workdir={folder / 'run'}")


@pytest.fixture(scope="module")
def ended(run, asked):
    ended = run("compare", *asked)
    assert (ended.code, ended.err) == (0, "")
    return ended


def test_each_session_is_reported_and_all_together(ended, folder):
    for i, name in enumerate(("monday", "friday"), start=1):
        assert f"Session {i}: x is all" in ended.out
        assert f"verdict: vae on {folder / name}.csv: " in ended.out
        assert (folder / "run/sessions" / str(i) / "DONE").exists()
    assert ended.out.count("div: runs that diverged") == 1
    assert "All sessions, vae: runs agree at " in ended.out
    assert ended.out.endswith(f"report: {folder / 'run/report.html'}\n")
    page = (folder / "run/report.html").read_text()
    for said in ("monday.csv", "friday.csv", "s1n2 [mV]", "All sessions, "):
        assert said in page


def fit(folder, cache):
    """What a user's own script does."""
    os.chdir(folder)
    jax.config.update("jax_compilation_cache_dir", str(cache))
    settings = {name: _value(text) for name, text in SETTINGS.items()}
    model = VAE(2, n_seeds=2, steps=20, config=settings, controls="none", verbose=False,
                workdir="python")  # fmt: skip
    model.fit([frame(0), frame(1)], "cond")


def _value(text):
    return text == "true" if text in ("true", "false") else int(text)


@pytest.mark.slow
@pytest.mark.usefixtures("ended")
def test_latents_are_those_of_a_fit_in_python(fork, cache, folder, same):
    found = fork(fit, folder, cache).wait()
    assert (found.code, found.err) == (0, "")
    for i, name in enumerate(("monday.csv", "friday.csv"), start=1):
        ours, theirs = (
            restore(Workdir(folder / run / "sessions" / str(i))) for run in ("run", "python")
        )
        assert ours.data == str(folder / name)
        assert same(ours.params_by_seed, theirs.params_by_seed)


def test_a_session_is_encoded_from_its_own_folder(ended, run, folder):
    out = folder / "z.csv"
    found = run("encode", f"--workdir={folder / 'run/sessions/2'}",
                f"--data={folder / 'friday.csv'}", f"--out={out}")  # fmt: skip
    assert found.code == 0, found.err
    assert [*pd.read_csv(out)] == ["cond", "part", "z1", "z2", "z1_std", "z2_std"]
    with pytest.raises(InputError, match=r"several sessions; name one of .*/1, .*/2"):
        restore(Workdir(folder / "run"))


def test_the_same_command_again_is_finished(ended, run, asked):
    again = run("compare", *asked)
    assert again.code == 0
    assert "is finished; its report is" in again.out


def test_a_file_with_a_comma_in_its_name_is_one_table(tmp_path):
    (tmp_path / "a,b.csv").write_text("")
    assert tables_of(f"{tmp_path}/a,b.csv") == (f"{tmp_path}/a,b.csv",)
    assert tables_of("a.csv, b.csv,") == ("a.csv", "b.csv")
    assert tables_of("b1") == ("b1",)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("a.csv,a.csv", "a.csv is named twice; each session is a table of its own"),
        ("b1,a.csv", "b1 is the name of a data set; sessions are files"),
        ("nowhere.csv,a.csv", "nowhere.csv: no such file; check the path"),
    ],
)
def test_sessions_that_cannot_be_meant_are_refused(refused, data, said, tmp_path):
    assert refused("compare", f"--data={data}", f"--workdir={tmp_path / 'run'}") == said
    assert not (tmp_path / "run").exists()
