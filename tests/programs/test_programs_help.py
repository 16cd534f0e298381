"""Help is there, from the real command."""

import subprocess
import sys

import pytest
from programs_forked import REPOSITORY

FLAGS = {
    "train": {"preset", "data", "seeds", "data_seeds", "steps", "workdir", "config",
              "config.model.width", "config.hypers.vae_rate", "compilation_cache", "distributed",
              "coordinator", "num_processes", "process_id", "cpu_devices", "batch_devices"},
    "latents": {"preset", "dims", "data", "seeds", "data_seeds", "steps", "workdir", "out"},
    "compare": {"presets", "controls", "data", "seeds", "data_seeds", "steps", "workdir",
                "config.train.batch", "config.data.segments"},
    "sweep": {"preset", "grid", "draw", "draws", "draw_seed", "runs_at_once", "data", "workdir"},
    "doctor": {"preset", "json", "timed", "data", "seeds", "data_seeds", "steps",
               "config.model.modulation"},
    "encode": {"workdir", "data", "out", "preset", "data_seed", "seed"},
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


@pytest.mark.parametrize("program", FLAGS)
def test_help_explains_the_program_and_lists_its_flags(program):
    command = [sys.executable, "-m", f"experiments.{program}", "--help"]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert f"python -m experiments.{program}" in ended.stdout
    listed = ended.stdout.replace("--[no]", "--")
    assert {flag for flag in FLAGS[program] if f"--{flag}" not in listed} == set()
