"""A named study from its file to its verdict; one of two arms, small enough to train here."""

import json

import pytest

STUDY = '''
"""Two models, to be trained in seconds."""
from ivaegan_jax.studies import Arm, Band, NamedStudy, Quick

SMALL = {
    "data.segments": 4, "data.per_segment": 60, "model.width": 8, "model.depth": 2,
    "train.batch": 16, "train.chunk": 10,
}


def get_study():
    arms = [
        Arm("small", "b1", "vae", SMALL, {"latents": 2}),
        Arm("other", "b1", "vae", SMALL | {"data.layers": 2}, {"latents": 5}, seeds=[1]),
    ]
    bands = [Band("small", "mcc", LOW), Band("small", "mcc", -1, minus="other")]
    return NamedStudy(arms, [7], [1], 20, bands, Quick(["small"], 20, [7], [1]))
'''
ARMS = ("small", "other")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """`study(low)`: the study's file, its first mean expected above `low`."""

    def write(low=0.0):
        path.write_text(STUDY.replace("LOW", str(low)))
        return f"--name={path}"

    path = tmp_path_factory.mktemp("study") / "mine.py"
    return write


@pytest.fixture(scope="module")
def finished(run, study, tmp_path_factory):
    """The work directory and what is kept of the study, run to its end."""
    root = tmp_path_factory.mktemp("reproduced")
    ended = run("reproduce", study(), f"--workdir={root / 'run'}", f"--out={root / 'kept'}")
    assert (ended.code, ended.err) == (0, "")
    assert "arm 1/2 small: vae on b1" in ended.out
    assert ended.out.count(": ok\n") == 2
    return root


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_files_of_a_study_are_there(finished):
    kept = ["bands.json", "figures", "manifest.json", "summary.json", "summary.md"]
    assert names(finished / "kept") == kept
    assert names(finished / "run") == sorted([*kept, *ARMS, "report.html"])
    assert {"arms.png", "along_latents.png"} <= set(names(finished / "kept/figures"))
    assert [path for path in finished.rglob("*") if "tmp" in path.name] == []


def test_the_table_has_every_arm_on_its_own_data(finished):
    text = (finished / "kept/summary.md").read_text()
    assert "**All arms: 2**" in text
    assert "| small | b1, segments=4, per_segment=60 | 1 |" in text
    assert "| other | b1, segments=4, per_segment=60, layers=2 | 1 |" in text
    assert "2 of 2 bands hold." in text


def test_the_manifest_and_the_bands_say_what_was_asked_and_found(finished):
    manifest = json.loads((finished / "kept/manifest.json").read_text())
    assert manifest["command"].startswith("python -m experiments.reproduce --name=")
    assert "workdir" not in manifest["command"]
    assert manifest["parts"]["other"]["settings"]["data.layers"] == 2
    assert {"code_revision", "device", "wall_time_s", "seeds", "data_seeds"} <= set(manifest)
    first, second = json.loads((finished / "kept/bands.json").read_text())
    assert (first["holds"], second["holds"]) == (True, True)
    assert 0 <= first["value"] <= 1
    assert second["minus"] == "other"


def test_the_same_command_trains_nothing_again_and_a_missed_band_is_exit_status_1(
    finished, run, study
):
    ended = run("reproduce", study(low=1.5), f"--workdir={finished / 'run'}")
    assert (ended.code, ended.err) == (1, "")
    assert ended.out.startswith("arm 1/2 small: done before\narm 2/2 other: done before\n")
    assert "small mcc" in ended.out
    assert "in [1.5, 1]: MISSED" in ended.out


def test_quick_runs_fewer_arms_and_shows_bands_without_checking_them(finished, run, study):
    ended = run("reproduce", study(low=1.5), "--quick", f"--workdir={finished / 'run'}")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("arm 1/1 small: done before\n")
    assert "MISSED" in ended.out
    assert "minus other" not in ended.out


def test_the_list_names_every_study_with_its_first_line(run):
    ended = run("reproduce", "--list")
    assert ended.code == 0
    assert any(line.startswith("b1 ") and line.endswith("?") for line in ended.out.splitlines())


@pytest.mark.parametrize(
    ("flag", "expected"),
    [
        ("--name=adversary", "unknown study 'adversary'; did you mean adversaries?"),
        ("--name=none.py", "unknown study 'none.py'"),
        ("--arms=smal", "unknown arm 'smal'; did you mean small?"),
        ("--seeds=x", "--seeds=x is not a number of seeds"),
        ("--steps=-1", "--steps must be at least 1, not -1"),
        ("--steps=21", "was made with other settings: steps: 20 -> 21"),
    ],
)
def test_what_there_is_not_is_refused_in_one_line(finished, refused, study, flag, expected):
    before = sorted(finished.rglob("*"))
    flags = [flag] if flag.startswith("--name") else [study(), flag]
    assert expected in refused("reproduce", *flags, f"--workdir={finished / 'run'}")
    assert sorted(finished.rglob("*")) == before


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("get_study", "study", "AttributeError: module 'study_mine' has no attribute 'get_study'"),
        ("SMALL = {", "SMALL = {{", "SyntaxError"),
        ('"model.width": 8', '"model.widht": 8', "arm small: unknown setting 'model.widht'"),
        ('"data.layers": 2', '"data.layers": -2', "arm other: config.data.layers must be"),
        ('"data.layers": 2', '"data.source": "x"', "source must be one of gaussian"),
        ('"other", "b1"', '"other", "b9"', "unknown data set 'b9'"),
    ],
)
def test_an_unfit_file_is_refused_before_anything_runs(refused, tmp_path, old, new, expected):
    (tmp_path / "mine.py").write_text(STUDY.replace("LOW", "0").replace(old, new))
    message = refused("reproduce", f"--name={tmp_path}/mine.py", f"--workdir={tmp_path}/run")
    assert expected in message
    assert names(tmp_path) == ["mine.py"]
