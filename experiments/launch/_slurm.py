"""The batch script that `slurm` and `slurm_array` share."""

import math
import re
import shlex

from absl import flags

from experiments.launch import _launch
from experiments.launch._launch import Submission
from ivaegan_jax.types import InputError

GRACE = 120
"""Seconds before the time limit at which the programs get a request to stop."""

LEAST = 60
"""Seconds that a job must have before."""

OWN_JOB = "${SLURM_ARRAY_JOB_ID-$SLURM_JOB_ID}${SLURM_ARRAY_JOB_ID:+_$SLURM_ARRAY_TASK_ID}"
"""This job, or this task: the last task of an array has the number of the whole array."""

flags.disclaim_key_flags()  # they belong to the script, whose --help lists them


def define_flags() -> None:
    """Defines the flags of a Slurm job."""
    _launch.define_flags()
    flags.DEFINE_string("name", "ivaegan", "The job's name.")
    flags.DEFINE_string("time", "24:00:00", "Time limit; a job that reaches it is queued again.")
    flags.DEFINE_string("partition", "", "Partition; empty takes the cluster's default.")
    flags.DEFINE_string("account", "", "Account; empty takes the user's default.")
    flags.DEFINE_integer("gpus", 0, "GPUs on each node.", lower_bound=0)
    flags.DEFINE_integer("cpus", 0, "CPU cores on each node; 0 takes the default.", lower_bound=0)


def script(body: str, **options: object) -> str:
    """A batch script: options from the flags and those given, then `body`, which sets `status`.

    Programs that got a request to stop leave a checkpoint and status 75; the job is then queued
    again and goes on from there. So it is by Slurm itself where a node fails. Where a process is
    killed the others save, but srun's status is that of the killed one, and the job fails: it may
    have taken too much memory, and would again.

    Raises:
      InputError: where the time limit leaves no time before the request to stop.
    """
    values = flags.FLAGS
    if seconds_of(values.time) < GRACE + LEAST:
        raise InputError(
            f"--time={values.time} leaves too little before the request to stop, "
            f"{GRACE} s ahead of it; give 3 minutes or more"
        )
    wanted = {
        "job-name": values.name,
        "time": values.time,
        "partition": values.partition,
        "account": values.account,
        "gpus-per-node": values.gpus,
        "cpus-per-task": values.cpus,
        "signal": f"TERM@{GRACE}",
        "open-mode": "append",
        **options,
    }
    given = {name: shlex.quote(str(value)) for name, value in wanted.items() if value}
    lines = [f"#SBATCH --{name}={value}" for name, value in given.items()]
    devices = ",".join(map(str, range(values.gpus)))
    return "\n".join([
        "#!/bin/bash",
        *lines,
        "#SBATCH --requeue",
        # the library would give a process one GPU of its node
        *([f"export JAX_LOCAL_DEVICE_IDS={devices}"] if devices else []),
        # since Slurm 22.05 srun does not take it over from sbatch
        *([f"export SRUN_CPUS_PER_TASK={values.cpus}"] if values.cpus else []),
        body,
        "status=$?",
        f'if [ "$status" -eq 75 ]; then exec scontrol requeue "{OWN_JOB}"; fi',
        'exit "$status"',
        "",
    ])  # fmt: skip


def submission(text: str, processes: list[str]) -> Submission:
    """A script for sbatch."""
    return Submission(["sbatch"], text, processes)


def seconds_of(limit: str) -> float:
    """A time limit as Slurm reads it; infinite where there is none, or sbatch has to judge it."""
    found = re.fullmatch(r"(?:(\d+)-)?(\d+)(?::(\d+))?(?::(\d+))?", limit)
    if not found:
        return math.inf
    days, *rest = found.groups()
    parts = [int(part) for part in rest if part]
    first = 3600 if days or len(parts) == 3 else 60
    units = (first, first // 60, first // 3600)
    total = int(days or 0) * 86400 + sum(n * unit for n, unit in zip(parts, units, strict=False))
    return total or math.inf
