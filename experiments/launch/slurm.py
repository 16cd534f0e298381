"""Runs one command as one Slurm job, a process on each node, all of them training together.

  python -m experiments.launch.slurm --nodes=2 --gpus=4 --dry_run -- \
    python -m experiments.compare --data=b1 --seeds=16 --workdir=runs/big

The work directory must lie where all nodes see it. 120 seconds before the time limit the programs
get a request to stop; they save, and the job is queued again and goes on. Without --dry_run the
script is given to sbatch.
"""

import shlex
from collections.abc import Sequence

from absl import flags

from experiments.launch import _slurm
from experiments.launch._launch import Submission, launch

JOIN = ("--distributed", "--connect_timeout=300")


def define_flags() -> None:
    """Defines the script's flags."""
    flags.DEFINE_integer("nodes", 1, "Nodes, with one process each.", lower_bound=1)
    _slurm.define_flags()


def plan(command: Sequence[str]) -> Submission:
    """The batch script, and what Slurm tells each process."""
    nodes = flags.FLAGS.nodes
    run = shlex.join([*command, *(JOIN if nodes > 1 else ())])
    # a process that ends must not have the others killed: they save, and end by themselves
    text = _slurm.script(f"srun --kill-on-bad-exit=0 {run}", nodes=nodes, **{"ntasks-per-node": 1})
    each = [f"SLURM_NTASKS={nodes} SLURM_PROCID={i} {run}" for i in range(nodes)]
    return _slurm.submission(text, each)


if __name__ == "__main__":
    launch(plan, define_flags)
