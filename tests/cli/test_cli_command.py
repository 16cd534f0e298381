"""The command `ivaegan`, its words and what it says of wrong ones."""

import pytest

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


def test_every_program_has_flags_and_a_main():
    import importlib

    for name in command.PROGRAMS:
        module = importlib.import_module(f"ivaegan_jax.cli.{name}")
        assert callable(module.main)
        assert callable(module.define_flags)
