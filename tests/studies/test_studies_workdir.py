import json
import math
import re
from pathlib import Path

import numpy as np
import pytest

from ivaegan_jax.files import (
    append_rows,
    read_json,
    read_rows,
    write_json,
    write_npz,
    write_rows,
)
from ivaegan_jax.report import write_report
from ivaegan_jax.studies.fitted import open_model
from ivaegan_jax.studies.results import read_results
from ivaegan_jax.studies.workdir import Workdir, differences
from ivaegan_jax.types import InputError

SETTINGS = {"steps": 3, "config": {"model": {"width": 8}}, "seeds": [1, 2]}


@pytest.fixture
def open_at():
    """`open_at(path, settings)`: an open work directory, closed after the test."""
    made = []

    def open_at(path, settings=SETTINGS):
        made.append(Workdir(path))
        made[-1].open(settings)
        return made[-1]

    yield open_at
    for workdir in made:
        if lock := getattr(workdir, "_lock", None):
            lock.close()


@pytest.fixture
def opened(open_at, tmp_path):
    return open_at(tmp_path / "runs" / "a")


def test_a_setting_that_came_later_had_its_default(opened):
    old = Workdir(opened.path)
    later = {"model": {"width": 8}, "data": {"modulation": ""}}
    old.check(SETTINGS | {"config": later})
    later["data"]["modulation"] = "mean"
    with pytest.raises(InputError, match=r"config.data.modulation:  -> mean"):
        old.check(SETTINGS | {"config": later})


def test_a_size_that_came_later_is_that_of_the_data(open_at, tmp_path):
    old = open_at(tmp_path / "a", SETTINGS | {"sizes": {"rows": 9}})
    old.check(SETTINGS | {"sizes": {"rows": 9, "image_shape": (8, 8)}})
    with pytest.raises(InputError, match=r"sizes.rows: 9 -> 8"):
        old.check(SETTINGS | {"sizes": {"rows": 8, "image_shape": None}})


def test_naming_a_directory_makes_none(tmp_path):
    workdir = Workdir(tmp_path / "a")
    assert not workdir.is_done()
    with pytest.raises(InputError, match=r"no readable config\.json"):
        workdir.settings()
    workdir.check(SETTINGS)
    assert list(tmp_path.iterdir()) == []


def test_opening_stores_the_settings(opened):
    assert opened.settings() == SETTINGS
    assert not opened.is_done()
    opened.done.touch()
    assert opened.is_done()


def test_the_same_settings_pass_and_wait_for_their_turn(open_at, opened):
    Workdir(opened.path).check(SETTINGS | {"seeds": (1, 2)})
    with pytest.raises(InputError, match="in use by another process"):
        open_at(opened.path)


def test_other_settings_are_refused_and_listed(open_at, opened):
    before = opened.config.read_bytes()
    with pytest.raises(InputError, match=r"steps: 3 -> 4"):
        open_at(opened.path, SETTINGS | {"steps": 4})
    assert opened.config.read_bytes() == before


def test_a_foreign_folder_is_refused(open_at, tmp_path):
    (tmp_path / "mine.txt").touch()
    with pytest.raises(InputError, match="not empty and not a work directory"):
        open_at(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder_and_hidden_files_are_fine(open_at, tmp_path):
    (tmp_path / ".nfs0001").touch()
    open_at(tmp_path)
    assert (tmp_path / "config.json").exists()


def test_differences_name_the_path_of_each_value():
    old = {"a": 1, "b": {"c": [1], "d": None}, "gone": 0}
    new = {"a": 1, "b": {"c": [2], "d": None}, "more": 5}
    assert differences(old, new) == ["b.c: [1] -> [2]", "gone: 0 -> None", "more: None -> 5"]
    assert differences(old, json.loads(json.dumps(old))) == []


def test_rows_are_read_as_they_were_written(tmp_path):
    path, rows = tmp_path / "rows.jsonl", [{"a": 1, "b": "x"}, {"a": 0.1 + 0.2}]
    write_rows(path, rows[:1])
    append_rows(path, rows[1:])
    assert read_rows(path) == rows
    assert read_rows(tmp_path / "none.jsonl") == []


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_becomes_null(tmp_path, number):
    write_rows(tmp_path / "rows.jsonl", [{"value": number}])
    assert read_rows(tmp_path / "rows.jsonl") == [{"value": None}]


@pytest.mark.parametrize("torn", ['{"a"', '{"a": 1', "", '{"a": 1, "b": "'])
def test_a_torn_last_line_is_dropped_and_repaired(tmp_path, torn):
    path, rows = tmp_path / "rows.jsonl", [{"a": 1}, {"a": 2}]
    write_rows(path, rows)
    whole = path.read_bytes()
    path.write_bytes(whole + torn.encode())
    assert read_rows(path) == rows
    write_rows(path, read_rows(path))
    assert path.read_bytes() == whole


def test_a_last_line_torn_within_a_letter_is_dropped(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_bytes('{"a": 1}\n{"a": "é'.encode()[:-1])
    assert read_rows(path) == [{"a": 1}]


def test_a_log_of_before_names_models_as_today(tmp_path):
    workdir = Workdir(tmp_path)
    write_rows(workdir.train_log, [{"preset": "ivae", "step": 1}])
    append_rows(workdir.train_log, [{"label": "ivae", "step": 2}])
    assert workdir.logged() == [{"label": "ivae", "step": 1}, {"label": "ivae", "step": 2}]


def test_files_are_replaced_whole(tmp_path):
    write_json(tmp_path / "a.json", {"a": 1})
    with pytest.raises(TypeError):
        write_rows(tmp_path / "a.json", [{"a": object()}])
    assert read_json(tmp_path / "a.json") == {"a": 1}
    write_npz(tmp_path / "deep/z.npz", {"0/z": np.arange(3)})
    with np.load(tmp_path / "deep/z.npz", allow_pickle=False) as stored:
        assert stored["0/z"].tolist() == [0, 1, 2]
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["z.npz"]


def test_no_file_reads_as_an_empty_object(tmp_path):
    assert read_json(tmp_path / "none.json") == {}


def test_a_split_is_compared_by_what_it_came_to(tmp_path):
    data = {name: {"split": name} for name in ("auto", "random", "blocks:9,gap:3")}
    made, words, other = ({"config": {"data": each}} for each in data.values())
    workdir = Workdir(tmp_path / "run")
    workdir.open(made | {"split": "random"})
    workdir.close()
    workdir.check(words | {"split": "random"})
    with pytest.raises(InputError, match=r"config.data.split: random -> blocks:9,gap:3; use"):
        workdir.check(other | {"split": "blocks:9,gap:3"})
    (tmp_path / "run" / "config.json").write_text(json.dumps(made))  # rows were split at random
    workdir.check(words | {"split": "random"})


def test_home_is_meant_by_a_tilde_in_python_too(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Workdir(Path("~/run")).config == tmp_path / "run" / "config.json"
    for read in (open_model, read_results, lambda path: write_report([path])):
        with pytest.raises(InputError, match=f"^{re.escape(str(tmp_path / 'run'))}"):
            read(Path("~/run"))
