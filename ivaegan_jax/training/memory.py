"""How many runs fit: sizes from the programs themselves, limits from the devices."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import numpy as np

from ivaegan_jax.training.limits import free_bytes
from ivaegan_jax.types import InputError

COPIES = 3.0
"""A state lives on the device, as the program's output, and on the host while it is saved."""

COMPILER = 2**29
"""Bytes that compiling and drawing the figures take beside the arrays."""

SHARE = 0.75
"""Of the memory that is free, what a program may take: others work on the machine too."""

SAVED = 2.0
"""Copies of the states in the machine's memory while a checkpoint is written."""


class Footprint(NamedTuple):
    """What one compiled program takes on all devices of this process together.

    Attributes:
      runs: that it trains at once.
      own: bytes that grow with the runs.
      shared: bytes of what all runs read, on every device.
    """

    runs: int
    own: float
    shared: float

    def most(self, free: float) -> int:
        """How many runs fit into this many bytes."""
        return max(0, int((free - self.shared) * self.runs / self.own))


def footprint(compiled: jax.stages.Compiled, runs: int, run_bytes: int, shared: int) -> Footprint:
    """Arguments, results and intermediate arrays by the program's own analysis.

    On a CPU the copies made for a checkpoint lie in the same memory, and count too. Arguments whose
    memory the results take over count once. (ivae_gan on B1 with 2 devices, `lax.map`, 550 kB per
    state: intermediate arrays of .9, 3.7 and 10.3 MB per device for 1, 4 and 16 runs on each, so
    from 4 runs on they grow by one state per run.)

    Args:
      compiled: trains `runs` runs, split over the devices.
      runs: as compiled, the padding included.
      run_bytes: of one run's state.
      shared: bytes that every device holds once.
    """
    devices = jax.local_device_count()
    stats = compiled.memory_analysis()
    if stats is None:  # a backend that does not say
        return Footprint(runs, COPIES * runs * run_bytes, shared * devices)
    each = stats.argument_size_in_bytes + stats.output_size_in_bytes - stats.alias_size_in_bytes
    total = devices * (each + stats.temp_size_in_bytes)
    saved = SAVED * runs * run_bytes if jax.default_backend() == "cpu" else 0.0
    return Footprint(runs, total - shared * devices + saved, shared * devices)


def choose_at_once(measure: Callable[[int], Footprint], runs: int, free: float) -> Footprint:
    """The program for as many of the runs as fit into `free` bytes, in parts of equal size.

    All at once is tried first, so that a study that fits compiles nothing twice.

    Args:
      measure: compiles the program for this many runs.
      runs: in all.
      free: bytes that it may take.

    Raises:
      InputError: where not even one run per device fits.
    """
    devices = jax.local_device_count()
    size = runs + -runs % devices
    while (found := measure(size)).own + found.shared > free:
        if size == devices:
            need, has = (found.own + found.shared) / 2**30, free / 2**30
            raise InputError(
                f"training one run on each device needs {need:.1f} GiB of memory and {has:.1f} GiB "
                "may be taken; free some, or choose smaller nets or batches"
            )
        most = max(devices, min(found.most(free) // devices * devices, size - devices))
        parts = -(-runs // most)
        size = -(-runs // (parts * devices)) * devices
    return found


def tree_bytes(tree: Any) -> int:
    """Bytes of a pytree of arrays or of their shapes."""
    return sum(int(np.prod(leaf.shape)) * leaf.dtype.itemsize for leaf in jax.tree.leaves(tree))


def available_bytes() -> int:
    """Memory that programs may still take: of all accelerators together, or of this machine.

    A job of Slurm or Kubernetes has less than its machine (see `limits`).
    Other processes of a job are taken to have as much on their accelerators as this one.
    """
    stats = [device.memory_stats() or {} for device in jax.local_devices()]
    limits = [s["bytes_limit"] - s["bytes_in_use"] for s in stats if "bytes_limit" in s]
    if jax.default_backend() != "cpu" and limits:
        return sum(limits) * jax.process_count()
    return free_bytes()


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
