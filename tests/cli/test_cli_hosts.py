"""Several processes that train together leave what one process leaves, and end together.

Compiled quickly, programs of one device and those of a single run per device are rounded
differently: here every device has two runs or more, and one process has two devices. The slow tests
do it all as users have it too.
"""

import json
import shutil
import signal

import numpy as np
import pytest
from programs_forked import AS_USERS_HAVE_IT, SMALL, SMALL_BENCHMARK, free_port
from test_cli_resume import assert_same_results

FLAGS = (
    *SMALL, *SMALL_BENCHMARK, "--config.train.chunk=5", "--config.train.checkpoint_chunks=2",
    "--steps=40", "--preset=ivae", "--seeds=4", "--data_seeds=6-6",
)  # fmt: skip
SLOW = pytest.mark.slow


@pytest.fixture(
    scope="session",
    params=[None, pytest.param(AS_USERS_HAVE_IT, marks=SLOW)],
    ids=["compiled quickly", "as users have it"],
)
def compiled(request):
    """The environment that says how programs are compiled."""
    return request.param


@pytest.fixture(scope="session")
def begin_job(begin, compiled):
    """`begin_job(count, *flags, each, program)`: processes of a job; `each[i]` are flags of one."""

    def begin_job(count, *argv, each=(), program="train"):
        port = free_port()
        return [
            begin(program, *FLAGS, f"--coordinator=127.0.0.1:{port}", f"--num_processes={count}",
                  f"--process_id={i}", "--cpu_devices=1", *argv, *(each[i] if each else ()),
                  env=compiled)
            for i in range(count)
        ]  # fmt: skip

    return begin_job


@pytest.fixture(scope="session")
def run_job(begin_job):
    """`run_job(count, *flags)`: how each process ended."""
    return lambda *args, **kwargs: [process.wait() for process in begin_job(*args, **kwargs)]


@pytest.fixture(scope="session")
def run_one(run, compiled):
    """`run_one(workdir, *flags)`: one process does it all; what it printed."""

    def run_one(path, *argv, program="train"):
        flags = ("--cpu_devices=2", *argv, f"--workdir={path}")
        ended = run(program, *FLAGS, *flags, env=compiled)
        assert (ended.code, ended.err) == (0, "")
        return ended.out

    return run_one


@pytest.fixture(scope="session")
def alone(run_one, tmp_path_factory):
    """What one process leaves."""
    path = tmp_path_factory.mktemp("hosts") / "alone"
    run_one(path)
    return path


@pytest.fixture(scope="session")
def two(run_job, tmp_path_factory):
    """What two processes leave, and how they ended."""
    path = tmp_path_factory.mktemp("hosts") / "two"
    return path, run_job(2, f"--workdir={path}")


def one_error(ended):
    """The one line that a process left on stderr, without its `error: `."""
    assert ended.code == 2, ended.err
    [line] = ended.err.splitlines()
    return line.removeprefix("error: ")


def test_two_processes_leave_what_one_leaves(alone, two):
    path, ended = two
    assert [(process.code, process.err) for process in ended] == [(0, "")] * 2
    assert_same_results(alone, path)
    assert json.loads((path / "manifest.json").read_text())["processes"] == 2


@SLOW
@pytest.mark.parametrize("stop", [False, True])
def test_two_processes_play_and_halve_starts_as_one_does(begin_job, run_one, tmp_path, stop):
    """A stop among starts too: the one process had the whole of them, the two go on with half."""
    flags = ["--preset=igan", "--config.train.starts=4"]
    run_one(tmp_path / "one", *flags)
    path, log = tmp_path / "two", tmp_path / "two/train.jsonl"
    if stop:
        jobs = begin_job(2, f"--workdir={path}", *flags)
        jobs[0].until(lambda: log.exists() and '"step": 4,' in log.read_text())
        jobs[0].signal(signal.SIGTERM)
        assert [job.wait().code for job in jobs] == [75, 75]
    ended = [job.wait() for job in begin_job(2, f"--workdir={path}", *flags)]
    assert [(process.code, process.err) for process in ended] == [(0, "")] * 2
    assert_same_results(tmp_path / "one", path)


def test_the_first_process_alone_speaks(two):
    path, (first, second) = two
    assert f"report: {path / 'report.html'}" in first.out
    assert all(line.startswith("[Gloo]") for line in second.out.splitlines())


def test_each_process_writes_its_runs_of_a_checkpoint(two):
    path, _ = two
    [newest, _] = sorted((path / "checkpoints/ivae").iterdir(), key=lambda p: -int(p.name))
    assert {part.name for part in newest.rglob("ocdbt.process_*")} == {
        "ocdbt.process_0", "ocdbt.process_1"
    }  # fmt: skip


def test_a_process_with_other_settings_ends_all(run_job, tmp_path):
    ended = run_job(2, f"--workdir={tmp_path / 'run'}", each=[["--steps=41"], ["--steps=42"]])
    messages = {one_error(process) for process in ended}
    assert len(messages) == 1
    assert "start all with the same command, code and data" in messages.pop()
    assert not (tmp_path / "run/checkpoints").exists()


def test_an_error_of_the_first_process_ends_all(run_job, alone):
    first, second = run_job(2, f"--workdir={alone}", "--steps=41")
    assert "was made with other settings" in one_error(first)
    assert one_error(second) == f"process 0: {one_error(first)}"


def test_an_error_of_another_process_ends_all(run_job, tmp_path):
    ended = run_job(2, f"--workdir={tmp_path / 'run'}", each=[[], [f"--data={tmp_path}/no.npz"]])
    assert [f"{tmp_path}/no.npz: no such file" in one_error(process) for process in ended]
    assert "process 1: " in ended[0].err


@SLOW
def test_all_stop_where_one_is_asked_to_and_can_be_queued_again(
    begin_job, run_one, alone, tmp_path
):
    path = tmp_path / "run"
    processes, log = begin_job(2, f"--workdir={path}"), path / "train.jsonl"
    processes[0].until(lambda: log.exists() and '"step": 40' in log.read_text())
    processes[0].signal(signal.SIGTERM)  # while it leads, and the other one waits or trains
    ended = [process.wait() for process in processes]
    assert [process.code for process in ended] == [75, 75]
    assert ended[1].err.startswith("stopped as requested ")
    assert ended[0].err == ended[1].err
    run_one(path)
    assert_same_results(path, alone)


@pytest.mark.parametrize("process_id", [0, 1])
def test_a_job_that_is_not_complete_says_so(refused, tmp_path, process_id):
    message = refused(
        "train", *FLAGS, f"--coordinator=127.0.0.1:{free_port()}", "--num_processes=2",
        f"--process_id={process_id}", "--connect_timeout=2", f"--workdir={tmp_path / 'run'}",
    )  # fmt: skip
    assert "not all processes were there after 2 s" in message
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--coordinator=here", "--num_processes=2", "--process_id=0"], "is not HOST:PORT"),
        (["--coordinator=here:1", "--num_processes=2"], "--process_id from 0 to one less"),
        (["--coordinator=here:1", "--num_processes=2", "--process_id=2"], "from 0 to one less"),
        (["--distributed"], "cannot join the job at what --distributed found"),
        (["--cpu_devices=4", "--batch_devices=3"], "4 devices cannot be grouped by 3"),
        (["--cpu_devices=4", "--batch_devices=0"], "4 devices cannot be grouped by 0"),
        (["--cpu_devices=3", "--batch_devices=3"], "batch=16 cannot be split over 3 devices"),
    ],
)
def test_flags_that_do_not_fit_together(refused, tmp_path, flags, message):
    assert message in refused("train", *FLAGS, *flags, f"--workdir={tmp_path / 'run'}")
    assert not (tmp_path / "run").exists()


@SLOW
@pytest.mark.parametrize("processes", [1, 2])
def test_batches_split_over_devices_train_alike(run_job, alone, rows_of, tmp_path, processes):
    share = f"--cpu_devices={2 // processes}", "--batch_devices=2", f"--workdir={tmp_path / 'run'}"
    ended = run_job(processes, *share)
    assert [(process.code, process.err) for process in ended] == [(0, "")] * processes
    manifest = json.loads((tmp_path / "run/manifest.json").read_text())
    assert manifest["reproducibility"].startswith("to rounding: each batch is summed over 2")
    logs = [[row["loss_vae"] for row in rows_of(p, "train")] for p in (tmp_path / "run", alone)]
    np.testing.assert_allclose(*logs, rtol=1e-3)


@pytest.fixture(scope="session")
def killed(begin_job, tmp_path_factory):
    """What two processes leave that were killed after their first checkpoint."""
    path = tmp_path_factory.mktemp("hosts") / "killed"
    processes = begin_job(2, f"--workdir={path}")
    processes[0].until((path / "checkpoints/ivae/10").exists)
    for process in processes:
        process.signal(signal.SIGKILL)
    assert {process.wait().code for process in processes} == {-signal.SIGKILL}
    assert not (path / "metrics.jsonl").exists()
    return path


# Compiled quickly, one device rounds differently, so that it is tried as users have it alone.
@SLOW
@pytest.mark.parametrize(
    ("compiled", "devices"),
    [(None, 2), (None, 3), *((AS_USERS_HAVE_IT, count) for count in (1, 2, 3))],
    ids=["quickly-2", "quickly-3", "users-1", "users-2", "users-3"],
    indirect=["compiled"],
)
def test_one_process_goes_on_from_two(killed, run_one, alone, tmp_path, devices):
    path = shutil.copytree(killed, tmp_path / "run")
    assert "going on from step" in run_one(path, f"--cpu_devices={devices}")
    assert_same_results(path, alone)


@pytest.mark.slow
def test_four_processes_leave_what_one_leaves(run_job, alone, tmp_path):
    ended = run_job(4, f"--workdir={tmp_path / 'run'}")
    assert [(process.code, process.err) for process in ended] == [(0, "")] * 4
    assert_same_results(tmp_path / "run", alone)


@pytest.mark.slow
def test_a_sweep_of_two_processes_leaves_what_one_leaves(run_job, run_one, tmp_path):
    grid = "--grid=vae_rate=.001,.01; width=8,6"
    alone, together = tmp_path / "alone", tmp_path / "together"
    run_one(alone, grid, program="sweep")
    ended = run_job(2, grid, "--runs_at_once=4", f"--workdir={together}", program="sweep")
    assert [(process.code, process.err) for process in ended] == [(0, "")] * 2
    whole, parts = (sorted((p / "metrics.jsonl").read_text().splitlines())
                    for p in (alone, together))  # fmt: skip
    assert whole == parts


@pytest.mark.slow
def test_four_processes_go_on_from_two(killed, run_job, alone, tmp_path):
    path = shutil.copytree(killed, tmp_path / "run")
    ended = run_job(4, f"--workdir={path}")
    assert [process.code for process in ended] == [0] * 4
    assert "going on from step" in ended[0].out
    assert_same_results(path, alone)
