"""Sweeps from the command to the ranking; a configuration has the same numbers however trained."""

import json

import numpy as np
import pytest
from programs_forked import SMALL, SMALL_BENCHMARK

FLAGS = (*SMALL, *SMALL_BENCHMARK, "--config.train.checkpoint_chunks=1", "--steps=30",
         "--data=b1", "--data_seeds=3,5", "--seeds=2,7")  # fmt: skip
GRID = "--grid=vae_rate=.003,.01,.02; kl_weight=.01"
LABEL = "ivae[kl_weight=0.01,vae_rate=0.003]"


@pytest.fixture(scope="module")
def swept(run, tmp_path_factory):
    """Work directory and words of a sweep over three rates."""
    workdir = tmp_path_factory.mktemp("sweep") / "run"
    ended = run(
        "sweep", *FLAGS, "--preset=ivae", GRID, f"--workdir={workdir}", env={"PICTURES": "drawn"}
    )
    assert (ended.code, ended.err) == (0, "")
    return workdir, ended.out


def test_one_program_trains_all_configurations_and_says_how_many_at_once(swept):
    workdir, words = swept
    assert "3 configurations in 1 program, one after another" in words
    assert "3 configurations x 4 runs" in words
    assert "by the program's own analysis" in words
    assert "all at once (all fit)" in words
    assert len(list((workdir / "checkpoints").iterdir())) == 1


def test_the_report_has_one_row_per_configuration(swept):
    workdir, words = swept
    assert "3 configurations, ranked without the truth" in words
    assert "is recommended" in words
    found = json.loads((workdir / "summary.json").read_text())["data"]["b1"]
    assert len(found["summary"]) == 3
    assert {record["set.vae_rate"] for record in found["summary"]} == {"0.003", "0.01", "0.02"}
    means = [record["criterion"]["estimate"] for record in found["summary"]]
    assert means == sorted(means, reverse=True)
    assert found["summary"][0]["label"] in words
    assert (workdir / "figures/b1_sweep.png").stat().st_size > 1000


@pytest.mark.slow
def test_a_configuration_alone_has_the_same_numbers(swept, run, rows_of, tmp_path):
    alone = tmp_path / "alone"
    assert run("train", *FLAGS, f"--preset={LABEL}", f"--workdir={alone}").code == 0
    for name in ("metrics", "train"):
        stacked = [row for row in rows_of(swept[0], name) if row.get("label") == LABEL]
        assert stacked
        assert stacked == [row for row in rows_of(alone, name) if row.get("label") == LABEL]
    for workdir in (alone, swept[0]):
        ended = run("encode", f"--workdir={workdir}", "--data=b1", "--data_seed=5",
                    f"--preset={LABEL}", f"--out={tmp_path / workdir.name}.npz")  # fmt: skip
        assert (ended.code, ended.err) == (0, "")
    one, other = (np.load(tmp_path / f"{path.name}.npz")["z"] for path in (alone, swept[0]))
    np.testing.assert_array_equal(one, other)


@pytest.mark.slow
def test_parts_a_kill_within_the_second_and_another_choice_change_nothing(
    swept, begin, run, tmp_path
):
    argv = ("sweep", *FLAGS, "--preset=ivae", GRID, f"--workdir={tmp_path / 'run'}")
    first = begin(*argv, "--runs_at_once=5")
    folders = tmp_path / "run/checkpoints"
    first.until(lambda: any(path.name.isdecimal() for path in folders.glob("*.2*/*")) or any(
        path.name.isdecimal() for path in folders.glob("*-2-*/*")))  # fmt: skip
    first.signal(9)
    first.wait()
    ended = run(*argv, "--runs_at_once=2")
    assert (ended.code, ended.err) == (0, "")
    assert "5 at once, in 3 parts (as this work directory was begun)" in ended.out
    whole, parts = (sorted((path / "metrics.jsonl").read_text().splitlines())
                    for path in (swept[0], tmp_path / "run"))  # fmt: skip
    assert whole == parts


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ((), "name what is swept"),
        (("--grid=vae_rat=1",), "did you mean vae_rate"),
        (("--grid=vae_rate=fast",), "--grid: vae_rate takes a number, not 'fast'"),
        (("--grid=vae_rate",), "is not NAME=VALUE"),
        (("--grid=vae_rate=1;vae_rate=2",), "--grid names vae_rate twice"),
        (("--grid=vae_rate=1", "--draw=vae_rate=1:2", "--draws=2"), "in --grid and in --draw"),
        (("--draw=vae_rate=2:1", "--draws=2"), "is an empty range"),
        (("--draw=vae_rate=log:0:1", "--draws=2"), "LOW below HIGH above 0"),
        (("--draw=activation=relu:gelu", "--draws=2"), "activation is no number"),
        (("--draw=vae_rate=1:2",), "give both or neither"),
        (("--draw=vae_rate=1:2", "--draws=10001"), "10001 configurations are more than 10000"),
        (("--grid=adversarial=hing",), "adversarial of"),
    ],
)
def test_a_sweep_that_cannot_be_meant_is_refused(refused, tmp_path, flags, message):
    assert message in refused("sweep", *FLAGS, *flags, f"--workdir={tmp_path / 'run'}")
    assert not (tmp_path / "run").exists()
