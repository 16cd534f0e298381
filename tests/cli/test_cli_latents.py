"""The sweep over the number of latents, from its command to its recommendation."""

import json

import pytest
from programs_forked import SMALL, SMALL_BENCHMARK

from ivaegan_jax.cli import latents
from ivaegan_jax.data import DataConfig
from ivaegan_jax.studies import Config, Experiment, parse_numbers
from ivaegan_jax.types import InputError

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


@pytest.mark.parametrize(
    ("segments", "preset", "dims", "said"),
    [
        (
            7,
            "ivae",
            "1-99",
            "4, 5, 6 and more (96 in all) latents are left out: u has 7 values, and "
            "theory requires 2 for each latent and one more, so that at most 3 latents can be",
        ),
        (99, "ivae", "2-6", "6 latents are left out: x has 5 columns, so that at most 5 latents"),
        (3, "vae", "4-7", "6, 7 latents are left out: x has 5 columns"),
    ],
)
def test_numbers_beyond_what_the_data_allow_are_left_out(segments, preset, dims, said, capsys):
    kept = latents.allowed(experiment(segments, preset), parse_numbers("dims", dims))
    assert capsys.readouterr().out.startswith(said)
    least = int(dims.partition("-")[0])
    assert kept == [*range(least, (3 if segments == 7 else 5) + 1)]


def test_numbers_that_the_data_allow_stay_as_they_are(capsys):
    assert latents.allowed(experiment(11, "ivae"), [5, 2]) == [5, 2]
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("segments", "dims", "advice"),
    [(7, "3-8", "give --dims=1-3, or train that number by"), (4, "1-8", "nothing is left to comp")],
)
def test_where_nothing_is_left_the_advice_works(segments, dims, advice):
    with pytest.raises(InputError, match=advice) as refused:
        latents.allowed(experiment(segments, "ivae"), parse_numbers("dims", dims))
    number = int(str(refused.value).rpartition("--config.model.dim_z=")[2])
    assert number == (segments - 1) // 2
    if number > 1:
        least = [*range(1, number + 1)]
        assert latents.allowed(experiment(segments, "ivae"), least) == least


def experiment(segments, preset):
    config = Config(data=DataConfig(segments=segments, per_segment=40))
    return Experiment("b1", (preset,), (1,), (3,), 20, config)


def summary(root):
    return json.loads((root / "kept/summary.json").read_text())
