"""Launch scripts, run by bash where srun, sbatch and scontrol are stand-ins on PATH."""

import json
import math
import os
import shlex
import subprocess
import sys

import pytest
from programs_forked import REPOSITORY, SMALL, SMALL_BENCHMARK, free_port, program

from experiments.launch._slurm import seconds_of
from ivaegan_jax.studies.seeds import parse_seeds

ECHO = [
    "bash",
    "-c",
    'echo "$SLURM_PROCID/$SLURM_NTASKS $JAX_LOCAL_DEVICE_IDS $*"; exit $WITH',
    "x",
]
SRUN = """#!/bin/bash
while [[ "$1" == --* ]]; do shift; done
export SLURM_NTASKS=$NODES SLURM_LOCALID=0 SLURM_STEP_NODELIST=localhost worst=0
for i in $(seq 0 $((NODES - 1))); do SLURM_PROCID=$i "$@" & started="$started $!"; done
for each in $started; do
  wait $each; status=$?
  [ $status -gt $worst ] && worst=$status
done
exit $worst
"""


@pytest.fixture
def path(tmp_path):
    """A PATH with stand-ins of the scheduler, and the file where they say how they were called."""
    folder, said = tmp_path / "bin", tmp_path / "said"
    folder.mkdir()
    for name in ("sbatch", "scontrol", "gcloud", "kubectl"):
        (folder / name).write_text(f'#!/bin/bash\necho {name} "$@" >> {said}\n')
    (folder / "srun").write_text(SRUN)
    for stand_in in folder.iterdir():
        stand_in.chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}", "said": said}


@pytest.fixture
def called(fork):
    """`called(script, *flags, command, env)`: how `python -m experiments.launch.SCRIPT` ends."""

    def called(script, *argv, command=ECHO, env=None):
        return fork(program, f"launch.{script}", [*argv, "--", *command], env=env).wait()

    return called


@pytest.fixture
def dry(called):
    """`dry(script, *flags)`: what would be submitted, and what each process would run."""

    def dry(script, *argv, command=ECHO):
        ended = called(script, *argv, "--dry_run", command=command)
        assert (ended.code, ended.err) == (0, "")
        lines = ended.out.splitlines(keepends=True)
        processes = [line for line in lines if line.startswith("# process ")]
        return "".join(line for line in lines[2:] if line not in processes), processes

    return dry


def in_bash(text, path, **env):
    told = {
        **os.environ,
        "PATH": path["PATH"],
        "SLURM_JOB_ID": "7",
        "WITH": "0",
        "NODES": "1",
        **env,
    }
    return subprocess.run(
        ["bash"], input=text, env=told, cwd=REPOSITORY, capture_output=True, text=True
    )


def test_a_slurm_job_starts_a_process_per_node(dry, path):
    text, processes = dry("slurm", "--nodes=2", "--gpus=4", "--cpus=8", "--partition=fast")
    ended = in_bash(text, path, NODES="2")
    join = "--distributed --connect_timeout=300"
    assert sorted(ended.stdout.splitlines()) == [f"{i}/2 0,1,2,3 {join}" for i in range(2)]
    assert [f"SLURM_PROCID={i} " in line for i, line in enumerate(processes)] == [True, True]
    for option in ("nodes=2", "gpus-per-node=4", "partition=fast", "signal=TERM@120", "requeue"):
        assert f"#SBATCH --{option}\n" in text
    assert "\nexport SRUN_CPUS_PER_TASK=8\n" in text


@pytest.mark.parametrize(
    ("limit", "seconds"),
    [("3", 180), ("3:20", 200), ("1:00:05", 3605), ("2-1", 176_400), ("1-0:1:1", 86_461),
     ("0", math.inf), ("UNLIMITED", math.inf)],
)  # fmt: skip
def test_time_limits_are_read_as_slurm_reads_them(limit, seconds):
    assert seconds_of(limit) == seconds


@pytest.mark.parametrize(("status", "said"), [(75, "scontrol requeue 7\n"), (0, None), (2, None)])
def test_only_a_job_that_saved_is_queued_again(dry, path, status, said):
    text, _ = dry("slurm")
    ended = in_bash(text, path, WITH=str(status))
    assert ended.returncode == (0 if said else status)
    assert (path["said"].read_text() if path["said"].exists() else None) == said


def test_a_task_of_an_array_is_queued_again_alone(dry, path):
    text, _ = dry(
        "slurm_array", "--tasks=2", command=[*ECHO, "--data_seeds=6-7", "--workdir=runs/a"]
    )
    ended = in_bash(text, path, WITH="75", SLURM_ARRAY_JOB_ID="7", SLURM_ARRAY_TASK_ID="1")
    assert (ended.returncode, path["said"].read_text()) == (0, "scontrol requeue 7_1\n")


def test_an_array_deals_data_seeds_to_folders_of_their_own(dry, path):
    command = [*ECHO, "--data_seeds=6-10", "--workdir=runs/a"]
    text, processes = dry("slurm_array", "--tasks=2", command=command)
    ran = [in_bash(text, path, SLURM_ARRAY_TASK_ID=str(i)).stdout.split()[-2:] for i in range(2)]
    assert ran == [
        ["--data_seeds=6-7", "--workdir=runs/a/0"], ["--data_seeds=8-10", "--workdir=runs/a/1"]
    ]  # fmt: skip
    assert "#SBATCH --array=0-1\n" in text
    assert "experiments.report --workdir=runs/a/0 --workdir=runs/a/1 --out=runs/a/report" in text
    assert [shlex.join(own) in line for own, line in zip(ran, processes, strict=True)] == [True] * 2


@pytest.mark.parametrize("flag", [["--data_seeds=6-9"], ["--data_seeds", "6-9"]])
def test_every_task_of_an_array_has_its_own_seeds_and_no_other(dry, flag):
    _, processes = dry("slurm_array", "--tasks=9", command=[*ECHO, "--workdir", "runs/a", *flag])
    words = [shlex.split(line)[-2] for line in processes]
    seeds = [list(parse_seeds("data_seeds", word.partition("=")[2])) for word in words]
    assert seeds == [[6], [7], [8], [9]]
    assert not any("--workdir runs/a" in line for line in processes)


def test_an_array_deals_the_arms_of_a_study(dry, path):
    command = [*ECHO, "--name=b1", "--arms=ivae,igan", "--workdir=runs/a"]
    text, _ = dry("slurm_array", "--tasks=9", "--split=arms", command=command)
    ran = in_bash(text, path, SLURM_ARRAY_TASK_ID="1").stdout.split()[-2:]
    assert ran[1] == "--workdir=runs/a/1"
    assert f"--workdir=runs/a/1/{ran[0].removeprefix('--arms=')}" in text


def test_a_pod_is_told_who_it_is(dry):
    text, processes = dry(
        "kubernetes", "--name=n", "--pods=2", "--image=i", "--claim=c", "--gpus=1"
    )
    service, job = json.loads(text)["items"]
    spec = job["spec"]["template"]["spec"]
    [container] = spec["containers"]
    ended = subprocess.run(container["command"], env={**os.environ, "JOB_COMPLETION_INDEX": "1",
                           "WITH": "75"}, capture_output=True, text=True)  # fmt: skip
    assert ended.returncode == 75
    told = ended.stdout.split()
    assert told[1:] == ["--coordinator=n-0.n:8476", "--num_processes=2", "--connect_timeout=600",
                        "--process_id=1"]  # fmt: skip
    assert service["spec"]["clusterIP"] == "None"
    assert spec["subdomain"] == service["metadata"]["name"] == job["metadata"]["name"]
    assert job["spec"]["completionMode"] == "Indexed"
    assert len(processes) == 2


def test_a_pod_that_saved_or_was_evicted_does_not_count_as_failed(dry):
    text, _ = dry("kubernetes", "--pods=2", "--image=i", "--claim=c")
    spec = json.loads(text)["items"][1]["spec"]
    # all fields that any schema since 1.26 requires (a copy of the schemas: tests/real)
    assert spec["podFailurePolicy"]["rules"] == [
        {"action": "Ignore", "onExitCodes": {"operator": "In", "values": [75]},
         "onPodConditions": []},
        {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
        {"action": "FailJob", "onExitCodes": {"operator": "In", "values": [2]},
         "onPodConditions": []},
    ]  # fmt: skip
    assert spec["template"]["spec"]["restartPolicy"] == "Never"  # what such a policy asks for


def test_every_worker_of_a_pod_gets_the_same_command(called, path):
    argv = ("--tpu=pod", "--zone=z", "--directory=/share", "--workers=2")
    ended = called("tpu_pod", *argv, command=["python", "-m", "x"], env={"PATH": path["PATH"]})
    assert (ended.code, ended.err) == (0, "")
    run = "cd /share && exec python -m x --distributed --connect_timeout=300"
    call = f"gcloud compute tpus tpu-vm ssh pod --zone=z --worker=all --command={run}"
    assert path["said"].read_text() == f"{call}\n"


def test_without_dry_run_the_script_goes_to_sbatch(called, path):
    for dry_run, expected in ((["--dry_run"], False), ([], True)):
        assert called("slurm", *dry_run, env={"PATH": path["PATH"]}).code == 0
        assert path["said"].exists() == expected


@pytest.mark.parametrize(
    ("script", "argv", "command", "message"),
    [
        ("slurm", [], ["x"], "sbatch is not installed here"),
        ("slurm", [], [], "name the command to run after --"),
        ("slurm", ["--nodes=0"], ["x"], "nodes"),
        ("slurm_array", [], ["x", "--data_seeds=2"], "--workdir"),
        ("slurm_array", [], ["x", "--workdir=w"], "--data_seeds"),
        *(("slurm", [f"--time={t}"], ["x"], "--time=") for t in ("2", "2:59", "0:02:59", "0-0:2")),
        ("kubernetes", [], ["x"], "--image and --claim"),
        *(
            ("kubernetes", [f"--name={n}", "--pods=12", "--image=i", "--claim=c"], ["x"], "--name=")
            for n in ("Big", "a.b", "1a", "a-", "a\nb", "a" * 61)
        ),
        ("tpu_pod", [], ["x"], "--tpu and --directory"),
    ],
)
def test_what_cannot_be_launched_is_refused(called, script, argv, command, message):
    ended = called(script, *argv, command=command)
    assert ended.code != 0
    [line] = ended.err.splitlines()
    assert line.startswith("error: ")
    assert message in line


@pytest.mark.slow
def test_processes_that_slurm_starts_train_together(dry, path, tmp_path):
    workdir, port = tmp_path / "run", free_port(range(61440, 65536))
    command = [sys.executable, "-m", "experiments.train", *SMALL, *SMALL_BENCHMARK, "--steps=20",
               "--preset=vae", "--seeds=2", "--data_seeds=6-6", "--cpu_devices=1",
               f"--workdir={workdir}"]  # fmt: skip
    text, _ = dry("slurm", "--nodes=2", command=command)
    ended = in_bash(text, path, NODES="2", SLURM_JOB_ID=str(port - 61440))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert json.loads((workdir / "manifest.json").read_text())["processes"] == 2
