"""The documents say what is there: every module is on the map, every table comes from results."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
NOTES = (ROOT / "WORKSPACE_NOTES.md").read_text()
QUOTED = re.findall(r"<!-- from (\S+) -->\n(.*?)<!-- end -->", README, re.DOTALL)
MODULES = sorted(
    path.stem if path.suffix == ".py" else path.name
    for path in (ROOT / "ivaegan_jax").iterdir()
    if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").exists()
)


@pytest.mark.parametrize("module", MODULES)
def test_every_module_is_on_the_map(module):
    assert re.search(rf"^\| `{module}/?` \|", NOTES, re.MULTILINE)


def test_the_readme_quotes_results():
    assert QUOTED


@pytest.mark.parametrize(("source", "table"), QUOTED, ids=[source for source, _ in QUOTED])
def test_quoted_tables_are_the_recorded_ones(source, table):
    recorded = (ROOT / source).read_text().splitlines()
    lines = [line for line in table.splitlines() if line.startswith("|")]
    assert lines
    assert [line for line in lines if line not in recorded] == []


def test_ci_runs_the_readme_test_command():
    assert "grep -m 1 -- '-m pytest' README.md" in (ROOT / ".ci/run").read_text()
    commands = [line for line in README.splitlines() if "-m pytest" in line]
    assert commands[0].startswith("python3 -m venv .venv && ")


def test_all_numbers_of_a_result_name_their_command():
    for folder in (ROOT / "results").iterdir():
        if folder.is_dir():
            assert f"results/{folder.name}" in (ROOT / "results" / "README.md").read_text()
