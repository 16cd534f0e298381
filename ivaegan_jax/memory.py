"""How many runs fit: sizes from the programs' own shapes, limits from the devices."""

import os
from pathlib import Path
from typing import Any

import jax
import numpy as np

from ivaegan_jax.types import InputError

COPIES = 3.0
"""A state lives on the device, as the program's output, and on the host while it is saved."""


def tree_bytes(tree: Any) -> int:
    """Bytes of a pytree of arrays or of their shapes."""
    return sum(int(np.prod(leaf.shape)) * leaf.dtype.itemsize for leaf in jax.tree.leaves(tree))


def available_bytes() -> int:
    """Memory that programs may still take: of all accelerators together, or of this machine.

    Other processes of a job are taken to have as much on their accelerators as this one.
    """
    stats = [device.memory_stats() or {} for device in jax.local_devices()]
    limits = [s["bytes_limit"] - s["bytes_in_use"] for s in stats if "bytes_limit" in s]
    if jax.default_backend() != "cpu" and limits:
        return sum(limits) * jax.process_count()
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    meminfo = Path("/proc/meminfo")
    if meminfo.exists():  # counts what the kernel would give back
        lines = dict(line.split(":") for line in meminfo.read_text().splitlines())
        free = int(lines["MemAvailable"].split()[0]) * 1024
    return free


def check_fits(runs: int, bytes_per_run: int, shared_bytes: int, per_seed: int) -> int:
    """Raises InputError if the runs do not fit; returns the bytes they will take.

    Args:
      runs: number of model seeds times data seeds.
      bytes_per_run: state and results of one run.
      shared_bytes: what all runs share, on one device.
      per_seed: runs that one model seed stands for (the number of data seeds).
    """
    shared = shared_bytes * jax.device_count()
    needed, available = int(COPIES * runs * bytes_per_run) + shared, available_bytes()
    if needed > available:
        fit = max(0, int((available - shared) / (COPIES * bytes_per_run * per_seed)))
        raise InputError(
            f"{runs // per_seed} seeds need {needed / 2**30:.1f} GiB of memory and "
            f"{available / 2**30:.1f} GiB are free; at most {fit} seeds fit"
        )
    return needed
