"""Whatever a program writes to and wherever it runs, it ends with one line at most."""

import os
import subprocess
import sys

import pytest
from programs_forked import REPOSITORY, program

from ivaegan_jax.cli import _terminal


def listing(name, argv, change):
    """A program on changed streams or a changed system."""
    change()
    program(name, argv)


def read_no_further():
    """What `| head -0` makes of stdout."""
    reading, writing = os.pipe()
    os.close(reading)
    os.dup2(writing, 1)
    sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115


def close_all():
    """What `<&- >&-` makes of the streams."""
    for number in (0, 1):
        os.close(number)
    sys.stdin = sys.stdout = None


def only_ascii():
    sys.stdout.reconfigure(encoding="ascii", errors="strict")


def as_on_macos():
    del os.sched_getaffinity


def test_a_reader_that_leaves_ends_a_program_quietly(fork):
    ended = fork(listing, "reproduce", ["--list"], read_no_further).wait()
    assert (ended.code, ended.err) == (_terminal.CLOSED_PIPE, "")


@pytest.mark.parametrize("change", [close_all, only_ascii, as_on_macos])
def test_streams_and_systems_that_lack_something(fork, one_vae, tmp_path, change):
    argv = [f"--workdir={one_vae}", f"--out={tmp_path / 'rapport_é'}"]
    ended = fork(listing, "report", argv, change).wait()
    assert (ended.code, ended.err) == (0, "")
    assert (tmp_path / "rapport_é" / "report.html").exists()
    if change is only_ascii:
        assert ended.out.strip().endswith("rapport_\\xe9/report.html")


def test_a_file_of_no_utf_8_is_named(fork, tmp_path):
    ended = fork(program, "train", [f"--workdir={tmp_path}/\udcff"]).wait()
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "is not UTF-8; rename the file or the folder" in ended.err


@pytest.mark.parametrize("script", ["slurm", "slurm_array", "kubernetes", "tpu_pod"])
def test_no_control_character_reaches_a_scheduler(fork, script):
    argv = ["--dry_run", "--", "x", "--workdir=a\nrm -rf b", "--data_seeds=1-2"]
    ended = fork(program, f"launch.{script}", argv).wait()
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert "--workdir=a\\nrm -rf b: no scheduler takes these characters" in ended.err


def test_on_windows_one_line_says_what_is_supported():
    code = "import sys; sys.platform = 'win32'; import experiments"
    ended = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True,
                           text=True)  # fmt: skip
    assert ended.returncode == 1
    assert ended.stderr == (
        "error: Linux and macOS are supported; on Windows use WSL, which is a Linux\n"
    )
