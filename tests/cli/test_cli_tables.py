"""From a table of columns to latents: the columns that flags name are those of every later step."""

import numpy as np
import pandas as pd
import pytest
from programs_forked import SMALL

from ivaegan_jax.files import read_json

ROWS = 240
NEURONS = [f"neuron_{i}" for i in range(4)]
COLUMNS = ("--x=neuron_*", "--u=side,angle:circular", "--groups=trial", "--split=group:trial")

X_ALONE = "--config.model.posterior=x"
"""New rows need no u."""


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """A `.csv` file with numbers of rows, text, an angle, trials and neurons."""
    rng = np.random.default_rng(0)
    side = np.array(["left", "right", "up"])[np.arange(ROWS) % 3]
    x = rng.normal(size=(ROWS, 4)) * (1 + np.arange(ROWS) % 3)[:, None]
    frame = pd.DataFrame(x, columns=NEURONS)
    beside = {"side": side, "angle": rng.uniform(0, 360, ROWS), "trial": np.arange(ROWS) // 10}
    path = tmp_path_factory.mktemp("table") / "s.csv"
    frame.assign(**beside, note="a").to_csv(path)
    return path


@pytest.fixture(scope="module")
def trained(run, table):
    workdir = table.parent / "run"
    ended = run("compare", f"--data={table}", f"--workdir={workdir}", *COLUMNS, "--presets=ivae",
                "--steps=20", "--seeds=2", "--controls=none", X_ALONE, *SMALL)  # fmt: skip
    assert ended.code == 0, ended.err
    return workdir


def test_names_and_kinds_travel_with_the_model(trained):
    model = read_json(trained / "models" / "ivae" / "model.json")
    assert model["columns"] == NEURONS
    assert [(each["name"], each["kind"]) for each in model["u_columns"]] == [
        ("side", "categorical"), ("angle", "circular")]  # fmt: skip
    assert model["u_columns"][0]["levels"] == ["left", "right", "up"]
    assert model["u_columns"][1]["period"] == 360
    assert model["data_config"]["u"] == "side,angle:circular"
    assert model["sizes"]["dim_u"] == 5


def test_latents_of_new_rows_come_back_as_columns(run, trained, table):
    new = pd.read_csv(table, index_col=0)[["trial", *NEURONS[::-1], "side"]][:30]
    new.to_csv(table.parent / "new.csv", index=False)
    ended = run("encode", f"--workdir={trained}", f"--data={table.parent / 'new.csv'}",
                f"--out={table.parent / 'z'}")  # fmt: skip
    assert (ended.code, ended.err) == (0, "")
    found = pd.read_csv(table.parent / "z.csv")
    dim = (len(found.columns) - 2) // 2
    assert f"{dim} latents of 30 rows, of model seed " in ended.out
    names = [f"z{i + 1}" for i in range(dim)]
    assert list(found.columns) == ["trial", "side", *names, *(f"{n}_std" for n in names)]
    assert found["trial"].tolist() == new["trial"].tolist()
    run("encode", f"--workdir={trained}", f"--data={table}", f"--out={table.parent / 'all.npz'}")
    whole = np.load(table.parent / "all.npz")
    own = whole["z"][whole["seeds"].tolist().index(int(whole["chosen"]))]
    np.testing.assert_allclose(found[names], own[:30], rtol=1e-5, atol=1e-6)
    assert len(whole["part"]) == ROWS


def test_other_columns_are_another_study(refused, trained, table):
    message = refused("compare", f"--data={table}", f"--workdir={trained}", "--x=neuron_*",
                      "--u=side", "--groups=trial", "--split=group:trial", "--presets=ivae",
                      "--steps=20", "--seeds=2", "--controls=none", X_ALONE, *SMALL)  # fmt: skip
    assert "config.data.u: side,angle:circular -> side" in message


def test_rows_that_lack_a_column_of_the_model_are_refused(refused, trained, table):
    pd.read_csv(table)[NEURONS[:3]].to_csv(table.parent / "less.csv", index=False)
    message = refused("encode", f"--workdir={trained}", f"--data={table.parent / 'less.csv'}",
                      f"--out={table.parent / 'less_z.csv'}")  # fmt: skip
    assert "x lacks 1 of the 4 columns that the model was trained on: neuron_3" in message
    assert not (table.parent / "less_z.csv").exists()


@pytest.mark.parametrize(
    ("flag", "message"),
    [
        ("--u=sidee", "u: 'sidee' is no column; did you mean 'side'?"),
        ("--u=angle:circular(x)", "needs one period above 0"),
        ("--x=note", "x: column 'note' holds 240 values that are no numbers"),
    ],
)
def test_names_that_cannot_be_meant_are_refused(refused, table, flag, message):
    given = [each for each in COLUMNS if each.partition("=")[0] != flag.partition("=")[0]]
    workdir = table.parent / "none"
    assert message in refused("train", f"--data={table}", f"--workdir={workdir}", flag, *given)
    assert not workdir.exists()


def test_a_named_data_set_has_no_columns_to_name(refused, tmp_path):
    message = refused("train", "--data=b1", "--u=side", f"--workdir={tmp_path / 'run'}")
    assert "b1 has no columns to choose from: leave out --u" in message
