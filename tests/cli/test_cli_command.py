"""The command `ivaegan`, its words and what it says of wrong ones."""

import os
import re
import subprocess
import sys

import pytest
from programs_forked import REPOSITORY, pretend_installed

import ivaegan_jax
from ivaegan_jax.cli import command


@pytest.fixture
def called(monkeypatch, capsys):
    """`called(*words)`: what the command prints, and its exit status."""

    def called(*words):
        monkeypatch.setattr("sys.argv", ["ivaegan", *words])
        try:
            command.main()
            status = 0
        except SystemExit as ended:
            status = ended.code
        return capsys.readouterr(), status

    return called


@pytest.mark.parametrize("word", ["--version", "version"])
def test_the_version_is_the_packages(called, word):
    assert called(word) == ((f"ivaegan_jax {ivaegan_jax.__version__}\n", ""), 0)


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["help"]])
def test_help_lists_every_program_with_its_purpose(called, words):
    (out, err), status = called(*words)
    assert (err, status) == ("", 0)
    for name in command.PROGRAMS:
        assert f"\n  {name} " in out
        assert len(command._first_line(name)) > 20


@pytest.mark.parametrize(
    ("word", "hint"), [("comparr", "did you mean compare?"), ("--data=b1", "known are compare")]
)
def test_an_unknown_program_is_one_line(called, word, hint):
    (out, err), status = called(word)
    assert (out, status) == ("", 2)
    assert err.startswith(f"error: unknown program '{word}'; {hint}")
    assert err.count("\n") == 1


OTHER = """\"\"\"Counts rows.

  ivaegan rows --times=3
\"\"\"
from absl import flags
from ivaegan_jax import InputError

def define_flags():
    flags.DEFINE_integer("times", 1, "How often.")

def main():
    if flags.FLAGS.times < 1:
        raise InputError("--times must be at least 1")
    print("rows" * flags.FLAGS.times)
"""


@pytest.fixture
def others(tmp_path, monkeypatch):
    """A folder on the path with an installed package that brings the program `rows`."""
    lines = ("rows = counting_rows", "gone = no_such_module", "doctor = counting_rows")
    pretend_installed(tmp_path, ivaegan_jax__programs="\n".join(lines))
    (tmp_path / "counting_rows.py").write_text(OTHER)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("times", "ended"),
    [(3, (0, "rowsrowsrows\n", "")), (0, (2, "", "error: --times must be at least 1\n"))],
)
def test_an_installed_package_brings_a_program(others, times, ended):
    program = "from ivaegan_jax.cli.command import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "rows", f"--times={times}"], cwd=REPOSITORY, text=True,
        check=False, capture_output=True, env=os.environ | {"PYTHONPATH": str(others)},
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == ended


def test_programs_of_others_are_listed_and_one_that_is_gone_is_one_line(others, called):
    (out, _), _ = called("--help")
    assert "(brought by counting_rows)" in out
    assert out.count("\n  doctor ") == 1  # a name that is taken stays the package's own
    assert "did you mean rows?" in called("row")[0].err
    (out, err), status = called("gone")
    assert (out, status) == ("", 2)
    assert err.startswith("error: gone, which no_such_module brings: No module named")
    assert err.count("\n") == 1


def test_the_completion_of_the_documents_has_every_program():
    [words] = re.findall(
        r'complete .*-W "(.*)" ivaegan', (REPOSITORY / "docs/programs.md").read_text()
    )
    assert words.split() == command.PROGRAMS


def test_every_program_has_flags_and_a_main():
    import importlib

    for name in command.PROGRAMS:
        module = importlib.import_module(f"ivaegan_jax.cli.{name}")
        assert callable(module.main)
        assert callable(module.define_flags)
