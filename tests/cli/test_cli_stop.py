"""Programs with a request to stop, run out of disk, or find a file damaged: status and words."""

import re
import signal
import subprocess
import sys

import pytest
from programs_forked import REPOSITORY, SMALL, SMALL_BENCHMARK, program_with_small_files
from test_cli_resume import assert_same_results

from ivaegan_jax.training.seals import SEAL

FLAGS = (*SMALL, *SMALL_BENCHMARK, "--config.train.chunk=2", "--steps=400", "--preset=vae",
         "--config.train.checkpoint_chunks=20", "--seeds=1", "--data_seeds=7-7")  # fmt: skip


@pytest.fixture(scope="module")
def whole(run, tmp_path_factory):
    path = tmp_path_factory.mktemp("stop") / "whole"
    assert run("train", *FLAGS, f"--workdir={path}").code == 0
    return path


@pytest.fixture
def stop(begin, tmp_path):
    """`stop(number, step) -> Ended`: of a program that got this signal after this checkpoint."""

    def stop(number, step=40):
        running = begin("train", *FLAGS, f"--workdir={tmp_path / 'run'}")
        running.until((tmp_path / f"run/checkpoints/vae/{step}" / SEAL).exists)
        running.signal(number)
        return running.wait()

    return stop


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, pytest.param(signal.SIGUSR1, marks=pytest.mark.slow)]
)
def test_a_program_asked_to_stop_saves_and_can_be_queued_again(stop, run, whole, tmp_path, number):
    ended = stop(number)
    [line] = ended.err.splitlines()
    assert (ended.code, line[:28]) == (75, "stopped as requested at step")
    step = line.split("step ")[1].split(";")[0]
    assert (tmp_path / "run/checkpoints/vae" / step).exists()
    other = run("train", *FLAGS, f"--workdir={tmp_path / 'run'}", "--matmul_precision=bfloat16")
    assert other.code == 2
    assert "jax_default_matmul_precision: float32 -> bfloat16" in other.err
    again = run("train", *FLAGS, f"--workdir={tmp_path / 'run'}")
    assert (again.code, again.err) == (0, "")
    assert f"going on from step {step}" in again.out
    assert_same_results(tmp_path / "run", whole)


STOPPED = {
    signal.SIGTERM: (75, r"stopped as requested[\w .:]*; the same command goes on from there\n"),
    signal.SIGINT: (130, r"error: stopped; the same command goes on from the last checkpoint\n"),
}


def compiling(workdir):
    return (workdir / "manifest.json").exists()


def scoring(workdir):
    log = workdir / "train.jsonl"
    return log.exists() and '"step": 400' in log.read_text()


def reporting(workdir):
    metrics = workdir / "metrics.jsonl"
    return metrics.exists() and '"kind": "baseline"' in metrics.read_text()


SERVED = {(compiling, signal.SIGINT), (scoring, signal.SIGTERM), (reporting, signal.SIGINT)}
"""Requests of the fast tests: every signal, and every time."""


@pytest.mark.parametrize(
    ("when", "number"),
    [
        pytest.param(when, number, marks=[] if (when, number) in SERVED else pytest.mark.slow)
        for when in (compiling, scoring, reporting)
        for number in STOPPED
    ],
)
def test_a_request_is_served_whatever_the_program_does(begin, run, whole, tmp_path, when, number):
    workdir = tmp_path / "run"
    fresh = [f"--compilation_cache={tmp_path / 'compiled'}"] if when is compiling else []
    running = begin("train", *FLAGS, f"--workdir={workdir}", *fresh)
    running.until(lambda: when(workdir))
    running.signal(number)
    ended, (status, line) = running.wait(), STOPPED[number]
    assert ended.code == status
    assert re.fullmatch(line, ended.err), ended.err
    assert not (workdir / "DONE").exists()
    if number == signal.SIGTERM:
        assert run("train", *FLAGS, f"--workdir={workdir}").code == 0
        assert_same_results(workdir, whole)


@pytest.mark.parametrize("number", STOPPED)
def test_a_request_is_served_while_libraries_are_imported(number, tmp_path):
    command = ["-X", "importtime", "-m", "experiments.train", f"--workdir={tmp_path / 'run'}"]
    pipes = {"cwd": REPOSITORY, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, *command], **pipes) as process:
        imported = (line.split("|")[-1].strip() for line in process.stderr)
        assert "numpy" in imported
        process.send_signal(number)
        # the thread that imports may write until the process ends
        *_, last = (line for line in process.stderr if not line.startswith("import time:"))
    status, line = STOPPED[number]
    assert (process.returncode, bool(re.fullmatch(line, last))) == (status, True)
    assert not (tmp_path / "run").exists()


def test_control_c_ends_a_training_after_its_checkpoint(stop):
    assert stop(signal.SIGINT).code == 130


def test_a_full_disk_is_told_in_one_line_and_leaves_nothing_half_written(fork, cache, tmp_path):
    argv = [*FLAGS, f"--workdir={tmp_path / 'run'}", f"--compilation_cache={cache}"]
    ended = fork(program_with_small_files, "train", argv).wait()
    [line] = ended.err.splitlines()
    assert ended.code == 74
    assert line.startswith(f"error: cannot write {tmp_path / 'run'}")
    assert "give the same command again" in line
    assert not [path for path in (tmp_path / "run").rglob("*") if path.name != ".lock"]


def test_a_damaged_checkpoint_is_said_and_the_one_before_taken(stop, run, whole, tmp_path):
    stop(signal.SIGKILL, step=80)
    kept = (path for path in (tmp_path / "run/checkpoints/vae").iterdir() if path.name.isdigit())
    newest = max(kept, key=lambda path: int(path.name))
    (newest / SEAL).touch()  # the kill may have come before it
    for path in (path for path in newest.rglob("*") if path.is_file()):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    ended = run("train", *FLAGS, f"--workdir={tmp_path / 'run'}")
    assert ended.code == 0
    [line] = ended.err.splitlines()
    assert line.startswith(f"warning: checkpoint {newest} is damaged, trying the one before")
    assert_same_results(tmp_path / "run", whole)
