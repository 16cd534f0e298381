"""Measuring programs as fresh processes: each has the machine to itself and its own peak memory."""

import json
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from ivaegan_jax.types import InputError


def measure(program: str, arguments: Mapping[str, Any], processes: int = 1) -> list[dict[str, Any]]:
    """What so many processes of one program, side by side, print as JSON.

    Args:
      program: a module of `experiments.benchmarks`.
      arguments: its flags.
      processes: how many run at the same time.

    Raises:
      InputError: where one of them fails, with its last line.
    """
    flags = [f"--{name}={value}" for name, value in arguments.items()]
    command = [sys.executable, "-m", f"experiments.benchmarks.{program}", *flags]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    children = [subprocess.Popen(command, **pipes) for _ in range(processes)]
    outputs = [child.communicate() for child in children]
    for child, (_, errors) in zip(children, outputs, strict=True):
        if child.returncode:
            raise InputError(
                f"{' '.join(command[1:])}: {(errors.splitlines() or ['no output'])[-1]}"
            )
    return [json.loads(output.splitlines()[-1]) for output, _ in outputs]


def median_ratio(above: Sequence[float], below: Sequence[float]) -> float:
    """Median of the ratios of timings that were taken in turn."""
    return statistics.median(a / b for a, b in zip(above, below, strict=True))
