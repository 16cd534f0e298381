"""Bad input: one line that starts with `error: `, a non-zero exit, and nothing written."""

import re

import numpy as np
import pytest
from programs_forked import program_with_little_memory

from ivaegan_jax.data import load_table, make_split
from ivaegan_jax.data.config import DataConfig

SMALL = ("--config.model.width=8", "--config.model.critic_width=8", "--config.train.batch=16")
BENCHMARK = (*SMALL, "--config.data.segments=4", "--config.data.per_segment=60")


def with_number_at(array, place, number):
    changed = np.array(array, float)
    changed[place] = number
    return changed


@pytest.fixture
def refused_table(refused, tmp_path):
    """`refused_table(arrays)`: the message of `train` on a file with these arrays."""

    def refused_table(arrays, *argv):
        path, workdir = tmp_path / "table.npz", tmp_path / "made" / "run"
        np.savez(path, **arrays)
        message = refused("train", f"--data={path}", f"--workdir={workdir}", *SMALL, *argv)
        assert not workdir.parent.exists()
        return message

    return refused_table


@pytest.mark.parametrize(
    ("program", "flag", "message"),
    [
        ("compare", "--controls=shufled_u", "did you mean shuffled_u"),
        ("latents", "--dims=1", "--dims needs two or more"),
        ("latents", "--dims=0,3", "--dims needs two or more"),
        ("latents", "--dims=many", "--dims"),
    ],
)
def test_what_a_program_cannot_train_is_refused(refused, tmp_path, program, flag, message):
    workdir = tmp_path / "run"
    assert message in refused(program, flag, f"--workdir={workdir}", "--data=b1", *BENCHMARK)
    assert not workdir.exists()


def test_a_missing_file_is_named(refused, tmp_path):
    message = refused("train", f"--data={tmp_path / 'no.npz'}", f"--workdir={tmp_path / 'run'}")
    assert f"{tmp_path / 'no.npz'}: no such file" in message
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_table_is_refused(refused, tmp_path):
    (tmp_path / "text.npz").write_text("x,u\n1,2\n")
    message = refused("train", f"--data={tmp_path / 'text.npz'}", f"--workdir={tmp_path / 'run'}")
    assert "not a readable .npz file" in message
    assert not (tmp_path / "run").exists()


def test_a_folder_instead_of_a_table_is_refused(refused, tmp_path):
    folder = tmp_path / "folder.npz"
    folder.mkdir()
    assert "folder.npz" in refused("train", f"--data={folder}", f"--workdir={tmp_path / 'run'}")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("key", ["x", "u"])
def test_a_missing_array_is_named(refused_table, table, key):
    arrays = table()
    del arrays[key]
    assert f"no array {key} in it" in refused_table(arrays)


@pytest.mark.parametrize("number", [np.nan, np.inf, 1e300])
def test_what_is_not_finite_is_located(refused_table, table, number):
    arrays = table()
    message = refused_table(arrays | {"x": with_number_at(arrays["x"], (5, 1), number)})
    assert "x has NaN" in message
    assert "first at (row, column) (5, 1)" in message


@pytest.mark.parametrize(("key", "rows"), [("u", 119), ("s", 7)])
def test_arrays_of_different_length_are_counted(refused_table, table, key, rows):
    arrays = table()
    message = refused_table(arrays | {key: arrays[key][:rows]})
    assert f"x has 120 rows, {key} has {rows}" in message


def test_a_constant_u_is_refused(refused_table, table):
    assert "u has one value in all rows" in refused_table(table() | {"u": np.ones(120, int)})


def test_a_u_that_varies_in_held_out_rows_only_is_refused(refused_table, table, tmp_path):
    arrays = table() | {"u": np.random.default_rng(0).normal(size=(120, 1))}
    np.savez(tmp_path / "varied.npz", **arrays)
    held_out = (DataConfig().valid_fraction, DataConfig().test_fraction)
    split = make_split(load_table(tmp_path / "varied.npz"), 1, (1 - sum(held_out), *held_out))
    u = with_number_at(np.zeros((120, 1)), (split.test[0], 0), 1.0)
    assert "one value in all training rows" in refused_table(arrays | {"u": u})


def test_fewer_rows_than_a_batch_are_counted(refused_table, table):
    message = refused_table(table(), "--config.train.batch=97")
    assert "a batch of 97 rows does not fit 96 training rows" in message


def test_python_objects_are_refused(refused_table, table):
    mixed = np.array(["a", 1, None] * 40, dtype=object)
    assert "Python objects" in refused_table(table() | {"u": mixed})


def test_text_is_no_observation(refused_table, table):
    assert "x holds <U1 instead of real numbers" in refused_table(
        table() | {"x": np.full((120, 3), "a")}
    )


def test_a_file_has_no_options(refused_table, table):
    assert "a file has no options" in refused_table(table(), "--config.data.segments=4")


def test_a_bernoulli_likelihood_names_the_range_of_x(refused_table, table):
    message = refused_table(table(), "--config.model.likelihood=bernoulli")
    assert "needs x between 0 and 1" in message


@pytest.mark.parametrize(
    ("flag", "expected"),
    [
        ("--preset=ivae_gna", "did you mean ivae_gan"),
        ("--preset=", "unknown preset"),
        ("--preset=ivae+shuffled", r"unknown control 'shuffled'"),
        ("--data=b3_tlc", "did you mean b3_tcl"),
        ("--data=mnist", "known are b1, b2, b3_tcl, b3_imca, b4"),
        ("--data=", "unknown data set ''"),
        ("--steps=-5", "--steps must be at least 1, not -5"),
        ("--steps=0", "--steps must be at least 1, not 0"),
        ("--steps=many", "steps"),
        ("--stepz=5", "Unknown command line flag 'stepz'"),
        ("b1", "unexpected argument 'b1'"),
        ("--seeds=2000000000", r"at most \d+ seeds fit"),
        ("--seeds=0", "--seeds"),
        ("--seeds=a", "--seeds=a is not a number of seeds"),
        ("--seeds=1-", "--seeds=1- is not"),
        ("--seeds=3,,4", "--seeds=3,,4 is not"),
        ("--seeds=-1", "--seeds=-1 is not"),
        ("--seeds=1-2-3", "--seeds=1-2-3 is not"),
        ("--seeds=5-3", "--seeds"),
        ("--seeds=1,2,1", "no doubles"),
        ("--seeds=4294967296-4294967297", "between 0 and"),
        ("--data_seeds=x", "--data_seeds=x is not"),
        ("--config.model.widht=3", "widht"),
        ("--config.modle.width=3", "modle"),
        ("--config.model.width=wide", "width"),
        ("--config.train.batch=1.5", "batch"),
        ("--config.model.width=0", "config.model.width must be at least 1"),
        ("--config.model.dim_z=-2", "config.model.dim_z must be a finite number of at least 0"),
        (
            "--config.hyperparameters.vae_rate=nan",
            "config.hyperparameters.vae_rate must be a finite number",
        ),
        ("--config.model.prior=conditionl", "config.model.prior must be one of"),
        ("--config.data.valid_fraction=0.95", r"valid_fraction \+ test_fraction"),
        ("--config.data.source=cauchy", "source must be one of gaussian, laplace, hypsec"),
        ("--config.data.dim=1", "dim must be an integer of 2 or more"),
        ("--config=nowhere.py", "nowhere.py"),
        ("--config=pyproject.toml", "pyproject.toml"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_named(refused, tmp_path, flag, expected):
    workdir = tmp_path / "run"
    first, last = ([flag], []) if flag.startswith("--config=") else ([], [flag])
    message = refused("train", *first, *BENCHMARK, "--steps=2", f"--workdir={workdir}", *last)
    assert re.search(expected, message), message
    assert not workdir.exists()


def test_a_range_of_seeds_takes_no_memory_before_it_is_checked(fork, tmp_path):
    argv = [*BENCHMARK, "--seeds=1-2000000000", f"--workdir={tmp_path / 'run'}"]
    ended = fork(program_with_little_memory, "train", argv).wait()
    assert re.fullmatch(r"error: .*seeds.*\n", ended.err), ended.err
    assert ended.code == 2
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("source", ["def get_config(:\n", "import nowhere_at_all\n", "x = 1\n"])
def test_an_unfit_config_file_is_refused(refused, tmp_path, source):
    config = tmp_path / "mine.py"
    config.write_text(source)
    workdir = tmp_path / "run"
    assert refused("train", f"--config={config}", *BENCHMARK, f"--workdir={workdir}")
    assert not workdir.exists()


def test_no_presets_and_doubled_presets_are_refused(refused, tmp_path):
    workdir = f"--workdir={tmp_path / 'run'}"
    assert "at least one preset" in refused("compare", *BENCHMARK, "--presets=", workdir)
    assert "no doubles" in refused("compare", *BENCHMARK, "--presets=vae,vae", workdir)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["file/run", "file", "/proc/run"])
def test_a_directory_that_cannot_be_made_is_named(refused, tmp_path, place):
    (tmp_path / "file").write_text("kept")
    message = refused("train", *BENCHMARK, f"--workdir={tmp_path / place}")
    assert str(tmp_path / place) in message
    assert (tmp_path / "file").read_text() == "kept"


def test_a_folder_of_somebody_else_is_left_alone(refused, tmp_path):
    (tmp_path / "thesis.tex").write_text("kept")
    message = refused("train", *BENCHMARK, f"--workdir={tmp_path}")
    assert "not empty and not a work directory" in message
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize("program", ["encode", "report"])
def test_required_flags_are_named(refused, program):
    assert "--workdir" in refused(program)


def test_a_report_needs_a_work_directory_with_metrics(refused, tmp_path):
    assert "no such work directory" in refused("report", f"--workdir={tmp_path / 'none'}")
    (tmp_path / "empty").mkdir()
    assert "no metrics recorded yet" in refused("report", f"--workdir={tmp_path / 'empty'}")
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]
