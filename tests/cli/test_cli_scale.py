"""The table of scale keeps what each cell took, goes on where it stopped, and counts failures."""

import json

import pytest

from experiments import scale
from ivaegan_jax.types import InputError

CELL = scale.BASE | {"rows": 10}
TOOK = {"predicted_gib": 1.0, "measured_gib": 1.4, "seconds": dict.fromkeys(scale.STAGES, 2.0)}


def test_a_cell_has_its_sizes_its_memory_and_its_seconds(monkeypatch):
    monkeypatch.setattr(scale, "measure", lambda program, cell: [{**TOOK}])
    found = scale.measured(CELL)
    assert (found["rows"], found["measured_gib"], found["score"]) == (10, 1.4, 2.0)
    assert scale.fine(found)
    assert not scale.fine(found | {"measured_gib": 1.6})
    assert not scale.fine(found | {"measured_gib": 0.6})


def test_a_cell_that_fails_is_counted(monkeypatch):
    def fail(program, cell):
        raise InputError("out of memory")

    monkeypatch.setattr(scale, "measure", fail)
    found = scale.measured(CELL)
    assert found == CELL | {"failure": "out of memory"}
    assert not scale.fine(found)
    assert "failure" in scale.as_table({"a": found}).columns


def test_what_was_measured_is_there_again_and_what_failed_or_is_older_is_not(tmp_path, monkeypatch):
    monkeypatch.setattr(scale, "measure", lambda program, cell: [{**TOOK}])
    one = scale.measured(CELL) | {"code_revision": "now"}
    found = {"one": one, "two": CELL | {"failure": "killed", "code_revision": "now"}}
    scale.keep(found | {"old": one | {"code_revision": "then"}}, tmp_path, {"command": "python"})
    assert scale.held(tmp_path, "now") == {"one": one}
    assert json.loads((tmp_path / "manifest.json").read_text())["command"] == "python"
    assert "GiB taken" in (tmp_path / "summary.md").read_text()
    assert scale.held(tmp_path / "elsewhere", "now") == scale.held(None, "now") == {}


def test_a_size_that_there_is_not_is_named():
    assert scale.chosen([]) == list(scale.AXES)
    with pytest.raises(InputError, match="seeds"):
        scale.chosen(["sseeds"])
