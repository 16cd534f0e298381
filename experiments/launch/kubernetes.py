"""Runs one command as an indexed Kubernetes job, a process in each pod, all training together.

  python -m experiments.launch.kubernetes --name=big --pods=2 --gpus=4 --image=IMAGE \
    --claim=results --dry_run -- \
    python -m experiments.compare --data=b1 --seeds=16 --workdir=/results/big

The claim names a persistent volume that all pods may write; it is mounted at /results. A pod that
is evicted has 120 seconds to save, and is started again without counting as failed. Wrong input
(exit status 2) fails the job at once; any other failure is tried again, six times in all.
"""

import json
import re
import shlex
from collections.abc import Sequence
from typing import Any

from absl import flags

from experiments.launch import _launch
from experiments.launch._launch import Submission, launch
from ivaegan_jax.types import InputError

PORT = 8476
GRACE = 120
RETRIES = 6
NAME_LENGTH = 63
"""Characters of a pod's host name, which is the job's name, a hyphen and the pod's number."""


def define_flags() -> None:
    """Defines the script's flags."""
    _launch.define_flags()
    flags.DEFINE_string("name", "ivaegan", "Name of the job and of its service.")
    flags.DEFINE_string("image", "", "Container image with this project in its working directory.")
    flags.DEFINE_string("claim", "", "Persistent volume claim, mounted at /results.")
    flags.DEFINE_integer("pods", 1, "Pods, with one process each.", lower_bound=1)
    flags.DEFINE_integer("gpus", 0, "GPUs of each pod.", lower_bound=0)


def plan(command: Sequence[str]) -> Submission:
    """The manifest, and what each pod runs."""
    values = flags.FLAGS
    if not values.image or not values.claim:
        raise InputError("--image and --claim must be given; see --help")
    longest = NAME_LENGTH - len(f"-{values.pods - 1}")
    if len(values.name) > longest or not re.fullmatch(r"[a-z]([-a-z0-9]*[a-z0-9])?", values.name):
        raise InputError(
            f"--name={values.name!r} cannot name a service and its pods; choose up to {longest} "
            "lower-case letters, digits and hyphens, a letter first and no hyphen last"
        )
    run = line(command)
    each = [f"JOB_COMPLETION_INDEX={i} {run}" for i in range(values.pods)]
    return Submission(["kubectl", "apply", "-f", "-"], manifest(run), each)


def line(command: Sequence[str]) -> str:
    """What the shell of a pod runs, given its JOB_COMPLETION_INDEX."""
    name, pods = flags.FLAGS.name, flags.FLAGS.pods
    join = [f"--coordinator={name}-0.{name}:{PORT}", f"--num_processes={pods}"]
    several = f'{shlex.join([*join, "--connect_timeout=600"])} --process_id="$JOB_COMPLETION_INDEX"'
    return f"exec {shlex.join(command)}{f' {several}' if pods > 1 else ''}"


def manifest(run: str) -> str:
    """The job and the service that gives its pods names, as JSON, which kubectl reads too."""
    values = flags.FLAGS
    service = {"clusterIP": "None", "selector": {"job-name": values.name},
               "publishNotReadyAddresses": True}  # fmt: skip
    job = {
        "completions": values.pods,
        "parallelism": values.pods,
        "completionMode": "Indexed",
        "backoffLimit": RETRIES,
        "podFailurePolicy": {"rules": [
            _ended("Ignore", 75),
            {"action": "Ignore", "onPodConditions": [
                {"type": "DisruptionTarget", "status": "True"}]},
            _ended("FailJob", 2),
        ]},
        "template": {"spec": _pod(run)},
    }  # fmt: skip
    items = [_object("v1", "Service", service), _object("batch/v1", "Job", job)]
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items}, indent=2) + "\n"


def _ended(action: str, status: int) -> dict[str, Any]:
    # the schemas before 1.29 ask for the empty list
    codes = {"operator": "In", "values": [status]}
    return {"action": action, "onExitCodes": codes, "onPodConditions": []}


def _object(version: str, kind: str, spec: dict[str, Any]) -> dict[str, Any]:
    meta = {"name": flags.FLAGS.name}
    return {"apiVersion": version, "kind": kind, "metadata": meta, "spec": spec}


def _pod(run: str) -> dict[str, Any]:
    values = flags.FLAGS
    container: dict[str, Any] = {
        "name": "main",
        "image": values.image,
        "command": ["bash", "-c", run],
        "volumeMounts": [{"name": "results", "mountPath": "/results"}],
    }
    if values.gpus:
        container["resources"] = {"limits": {"nvidia.com/gpu": values.gpus}}
    claim = {"name": "results", "persistentVolumeClaim": {"claimName": values.claim}}
    return {
        "subdomain": values.name,
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": GRACE,
        "containers": [container],
        "volumes": [claim],
    }


if __name__ == "__main__":
    launch(plan, define_flags)
