"""The documents say what is there: every module is on the map, every table comes from results."""

import re
from pathlib import Path

import pytest

from experiments.readme import DOCUMENTS, filled
from ivaegan_jax.types import InputError

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
NOTES = (ROOT / "WORKSPACE_NOTES.md").read_text()
MODULES = sorted(
    path.stem if path.suffix == ".py" else path.name
    for path in (ROOT / "ivaegan_jax").iterdir()
    if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").exists()
)
PROGRAMS = sorted(path.stem for path in (ROOT / "experiments").glob("*.py"))
TABLE = "| a | b |\n| :-- | --: |\n| x | 1 |\n"


@pytest.mark.parametrize("module", MODULES)
def test_every_module_is_on_the_map(module):
    assert re.search(rf"^\| `{module}/?` \|", NOTES, re.MULTILINE)


@pytest.mark.parametrize("program", [name for name in PROGRAMS if name != "__init__"])
def test_every_program_is_named_on_the_map(program):
    assert re.search(rf"\b{program}\b", NOTES.partition("\nPrograms: ")[2])


def test_ci_runs_the_readme_test_command():
    assert "grep -m 1 -- '-m pytest' README.md" in (ROOT / ".ci/run").read_text()
    commands = [line for line in README.splitlines() if "-m pytest" in line]
    assert commands[0].startswith("python3 -m venv .venv && ")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_tables_are_those_of_the_results(document):
    """Should this fail: `python -m experiments.readme` fills them."""
    text = (ROOT / document).read_text()
    assert "<!-- table: " in text
    assert filled(text, ROOT) == text


def test_a_table_is_the_first_of_its_file_or_section(tmp_path):
    later = TABLE.replace("x", "y")
    (tmp_path / "s.md").write_text(f"# t\n\n{TABLE}\n## Two\n\n{later}\n")
    text = "a\n<!-- table: {} -->\nold\n<!-- end -->\nb\n"
    assert filled(text.format("s.md"), tmp_path) == text.format("s.md").replace("old\n", TABLE)
    assert filled(text.format("s.md#Two"), tmp_path).count("| y | 1 |") == 1


def test_a_list_of_results_names_what_made_them(tmp_path):
    (tmp_path / "results/b1").mkdir(parents=True)
    manifest = '{"command": "python -m x", "code_revision": "0123456789abcdef", "wall_time_s": 90}'
    (tmp_path / "results/b1/manifest.json").write_text(manifest)
    (tmp_path / "results/speed").mkdir()
    (tmp_path / "results/speed/cpu.json").write_text(manifest)
    text = filled("<!-- table: results -->\n<!-- end -->", tmp_path)
    assert "| `results/b1` | `python -m x` |" in text
    assert (
        "| `results/speed/cpu.json` | `python -m x` | 0123456789 | several | 2 |\n<!-- end -->"
        in text
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<!-- table: none.md -->\n<!-- end -->", "none.md: no such file"),
        ("<!-- table: plain.md -->\n<!-- end -->", "plain.md: no table there"),
        ("<!-- table: plain.md -->\n", "needs an <!-- end -->"),
        ("<!-- table: . -->\n<!-- end -->", "does not name the command"),
    ],
)
def test_a_table_that_there_is_not(tmp_path, text, expected):
    (tmp_path / "plain.md").write_text("words\n")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match=expected):
        filled(text, tmp_path)
