"""Help is there, of every program."""

import subprocess
import sys

import pytest
from programs_forked import REPOSITORY, program

from ivaegan_jax.cli.command import PROGRAMS

FLAGS = {
    "train": {"preset", "data", "seeds", "data_seeds", "steps", "workdir", "config",
              "config.model.width", "config.hyperparameters.vae_rate", "compilation_cache",
              "distributed",
              "coordinator", "num_processes", "process_id", "cpu_devices", "batch_devices"},
    "latents": {"preset", "dims", "data", "seeds", "data_seeds", "steps", "workdir", "out"},
    "compare": {"presets", "controls", "data", "seeds", "data_seeds", "steps", "workdir",
                "config.train.batch", "config.data.segments"},
    "sweep": {"preset", "grid", "draw", "draws", "draw_seed", "runs_at_once", "data", "workdir"},
    "doctor": {"preset", "json", "timed", "data", "seeds", "data_seeds", "steps",
               "config.model.modulation"},
    "encode": {"workdir", "data", "out", "preset", "data_seed", "seed"},
    "judge": {"latents", "data", "x", "u", "groups", "time", "test", "controls", "write_controls",
              "json", "out"},
    "report": {"workdir", "out", "brief"},
    "reproduce": {"name", "list", "quick", "arms", "seeds", "data_seeds", "steps", "workdir",
                  "out"},
    "readme": {"check"},
    "calibration": {"only", "quick", "out"},
    "launch.slurm": {"dry_run", "nodes", "gpus", "cpus", "time", "partition", "account", "name"},
    "launch.slurm_array": {"dry_run", "tasks", "split", "gpus", "time"},
    "launch.tpu_pod": {"dry_run", "tpu", "zone", "project", "directory", "workers"},
    "launch.kubernetes": {"dry_run", "name", "image", "claim", "pods", "gpus"},
}  # fmt: skip


def explains(name, words):
    """Whether a program's help names its command and all its flags."""
    assert (f"ivaegan {name}" if name in PROGRAMS else f"python -m experiments.{name}") in words
    listed = words.replace("--[no]", "--")
    return {flag for flag in FLAGS[name] if f"--{flag}" not in listed} == set()


@pytest.mark.parametrize("name", FLAGS)
def test_help_explains_the_program_and_lists_its_flags(fork, name):
    ended = fork(program, name, ["--help"]).wait()
    assert (ended.code, ended.err) == (0, "")
    assert explains(name, ended.out)


def test_help_is_that_of_the_real_command():
    command = [sys.executable, "-m", "experiments.compare", "--help"]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert explains("compare", ended.stdout)
