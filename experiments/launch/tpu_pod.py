"""Runs one command on all workers of a TPU pod, which train together.

  python -m experiments.launch.tpu_pod --tpu=my-pod --zone=us-central2-b --workers=4 \
    --directory=/mnt/share/ivaegan --dry_run -- \
    python -m experiments.compare --data=b1 --seeds=64 --workdir=runs/big

The directory holds this project and must be on a file system that all workers share. A pod that
was taken away goes on when the same command is run on the next one.
"""

import shlex
from collections.abc import Sequence

from absl import flags

from experiments.launch import _launch
from experiments.launch._launch import Submission, launch
from experiments.launch.slurm import JOIN
from ivaegan_jax.types import InputError


def define_flags() -> None:
    """Defines the script's flags."""
    _launch.define_flags()
    flags.DEFINE_string("tpu", "", "The pod's name.")
    flags.DEFINE_string("zone", "", "Its zone; empty takes gcloud's default.")
    flags.DEFINE_string("project", "", "Its project; empty takes gcloud's default.")
    flags.DEFINE_string("directory", "", "Where this project lies on the workers.")
    flags.DEFINE_integer("workers", 1, "How many there are, for --dry_run alone.", lower_bound=1)


def plan(command: Sequence[str]) -> Submission:
    """The call that starts the command on every worker at once."""
    values = flags.FLAGS
    if not values.tpu or not values.directory:
        raise InputError("--tpu and --directory must be given; see --help")
    run = f"cd {shlex.quote(values.directory)} && exec {shlex.join([*command, *JOIN])}"
    where = [f"--{name}={v}" for name in ("zone", "project") if (v := getattr(values, name))]
    call = ["gcloud", "compute", "tpus", "tpu-vm", "ssh", values.tpu, *where]
    return Submission([*call, "--worker=all", f"--command={run}"], processes=[run] * values.workers)


if __name__ == "__main__":
    launch(plan, define_flags)
