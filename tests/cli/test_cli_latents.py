"""The sweep over the number of latents, from its command to its recommendation."""

import json

import pytest
from programs_forked import SMALL, SMALL_BENCHMARK

FLAGS = (*SMALL, *SMALL_BENCHMARK, "--steps=20", "--data=b1", "--data_seeds=3", "--seeds=1-2",
         "--preset=vae")  # fmt: skip


@pytest.fixture(scope="module")
def swept(run, tmp_path_factory):
    """Folder and printed words of a sweep over two and three latents."""
    root = tmp_path_factory.mktemp("swept")
    ended = run("latents", *FLAGS, "--dims=3,2", f"--workdir={root / 'run'}",
                f"--out={root / 'kept'}", env={"PICTURES": "drawn"})  # fmt: skip
    assert (ended.code, ended.err) == (0, "")
    return root, ended.out


def test_a_number_is_recommended_with_its_uncertainty(swept):
    root, printed = swept
    assert "latents are recommended (in " in printed
    assert "How many latents" in (root / "kept/summary.md").read_text()
    assert (root / "kept/figures/latents.png").stat().st_size > 1000
    [headline] = [each["headline"] for each in summary(root)["data"].values()]
    assert any("latents are recommended" in sentence for sentence in headline)


def test_each_number_was_trained_with_everything_else_as_asked(swept):
    root, _ = swept
    for dim in (2, 3):
        config = json.loads((root / f"run/latents_{dim}/config.json").read_text())
        assert config["sizes"]["dim_z"] == dim
        assert config["config"]["model"]["width"] == 8
        assert config["presets"] == ["vae"]


def test_the_same_command_again_trains_nothing(swept, run):
    root, _ = swept
    ended = run("latents", *FLAGS, "--dims=2-3", f"--workdir={root / 'run'}")
    assert ended.code == 0
    assert ended.out.count("done before") == 2


def summary(root):
    return json.loads((root / "kept/summary.json").read_text())
