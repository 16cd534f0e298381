"""The batch script that `slurm` and `slurm_array` share."""

from absl import flags

from experiments.launch import _launch
from experiments.launch._launch import Submission

GRACE = 120
"""Seconds before the time limit at which the programs are asked to stop."""

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

    Programs that were asked to stop, or lost a process, leave a checkpoint and status 75; the job
    is then queued again and goes on from there.
    """
    values = flags.FLAGS
    asked = {
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
    lines = [f"#SBATCH --{name}={value}" for name, value in asked.items() if value]
    devices = ",".join(map(str, range(values.gpus)))
    return "\n".join([
        "#!/bin/bash",
        *lines,
        "#SBATCH --requeue",
        # the library would give a process one GPU of its node
        *([f"export JAX_LOCAL_DEVICE_IDS={devices}"] if devices else []),
        body,
        "status=$?",
        'if [ "$status" -eq 75 ]; then exec scontrol requeue "$SLURM_JOB_ID"; fi',
        'exit "$status"',
        "",
    ])  # fmt: skip


def submission(text: str, processes: list[str]) -> Submission:
    """A script for sbatch."""
    return Submission(["sbatch"], text, processes)
