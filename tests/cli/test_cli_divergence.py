"""A run that diverges is frozen, counted and named."""

import json
import math

import pytest
from programs_forked import SMALL, SMALL_BENCHMARK


@pytest.fixture(scope="module")
def diverged(run, tmp_path_factory):
    """Two runs with an absurd learning rate, and what the program said."""
    workdir = tmp_path_factory.mktemp("diverged") / "run"
    ended = run("train", *SMALL, *SMALL_BENCHMARK, "--steps=30", "--preset=ivae", "--seeds=3,8",
                "--data_seeds=5-5", "--config.hyperparameters.vae_rate=1e30",
                f"--workdir={workdir}")  # fmt: skip
    return workdir, ended


def test_the_study_still_ends_with_a_report(diverged):
    workdir, ended = diverged
    assert (ended.code, ended.err) == (0, "")
    assert (workdir / "report.html").exists()
    assert (workdir / "DONE").exists()


def test_every_row_of_a_diverged_run_says_so(diverged, rows_of):
    rows = [row for row in rows_of(diverged[0]) if row["kind"] != "baseline"]
    assert {row["seed"] for row in rows} == {3, 8}
    assert {row["status"] for row in rows} == {"diverged"}
    assert {row["split"] for row in rows} == {"valid", "test", "valid and test"}
    values = [row["value"] for row in rows if row.get("value") is not None]  # null: no number
    assert values == [value for value in values if math.isfinite(value)] != []


def test_the_log_says_from_when_on(diverged, rows_of):
    rows = rows_of(diverged[0], "train")
    assert len(rows) == 6
    assert not rows[-1]["alive"]
    assert not rows[-2]["alive"]


@pytest.mark.parametrize("seed", [3, 8])
def test_the_message_names_the_run_and_a_remedy(diverged, seed):
    out = diverged[1].out
    assert f"ivae: data seed 5, seed {seed} diverged and was frozen" in out
    assert "Try a lower --config.hyperparameters.vae_rate" in out


def test_the_summary_counts_both_runs(diverged):
    (summary,) = json.loads((diverged[0] / "summary.json").read_text())["data"].values()
    (row,) = [row for row in summary["summary"] if row["label"] == "ivae"]
    assert (row["runs"], row["diverged"]) == (2, 2)
