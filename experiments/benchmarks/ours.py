"""One process: speed, compile time and memory of this library's step, beside its products alone.

  python -m experiments.benchmarks.ours --preset=ivae --size=b1 --seeds=8

Prints one JSON object. Step and products take turns, so that a machine whose speed drifts changes
their ratio little.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import jax
import numpy as np
from absl import flags

from experiments.benchmarks.products import kernels_of, products_chunk, products_of
from experiments.benchmarks.sizes import SIZES, made_up_data, stacked_runs, trainer_of
from ivaegan_jax.cli import _flags, _program
from ivaegan_jax.training.devices import (
    default_how,
    make_seeds_mesh,
    over_runs,
    pad_runs,
    shard_runs,
    share,
)
from ivaegan_jax.training.memory import tree_bytes

WARM_UP = 10
"""Steps before the clock runs."""


def define_flags() -> None:
    """Defines the program's flags."""
    _flags.define_common_flags()
    flags.DEFINE_string("preset", "ivae", "Which model.")
    flags.DEFINE_string("size", "b1", f"One of {', '.join(SIZES)}.")
    flags.DEFINE_integer("seeds", 1, "Runs trained at once.")
    flags.DEFINE_integer("repeats", 5, "Timings of each.")
    flags.DEFINE_float("seconds", 2.0, "About how long one timing takes.")
    flags.DEFINE_boolean("products", True, "Whether the products alone are timed too.")


def main() -> None:
    """Measures, and prints what was found."""
    values = flags.FLAGS
    size, began = SIZES[values.size], time.monotonic()
    trainer = trainer_of(values.preset, size)
    step = Timed(trainer.init, trainer.chunk, made_up_data(size), values.seeds)
    found: dict[str, Any] = {
        "seeds": values.seeds,
        "first_step_s": time.monotonic() - began,
        "process_to_first_step_s": time.time() - process_start(),
        "bytes_per_seed": tree_bytes(step.states) // len(jax.tree.leaves(step.states)[0]),
    }
    step.rate(WARM_UP)
    found["peak_bytes"] = peak_bytes()
    timed = {"steps_per_s": step}  # the products, which come now, are no part of the peak
    if values.products:
        products = products_of(values.preset, size)
        found["flops_per_step"] = sum(product.flops for product in products)
        found["kernels_per_step"] = kernels_of(values.preset, size)
        timed["products_per_s"] = Timed(*products_chunk(products), (), values.seeds)
    lengths = {name: each.length_for(values.seconds) for name, each in timed.items()}
    rates: dict[str, list[float]] = {name: [] for name in timed}
    for _ in range(values.repeats):
        for name, each in timed.items():
            rates[name].append(each.rate(lengths[name]))
    print(json.dumps(found | rates))


class Timed:
    """A compiled loop over all runs, and how fast it goes."""

    def __init__(self, init: Callable[..., Any], chunk: Callable[..., Any], data: Any, seeds: int):
        """Compiles the loop and plays its first steps."""
        mesh = make_seeds_mesh()
        how, self.seeds = default_how(), seeds
        self.runs = shard_runs(pad_runs(stacked_runs(seeds), mesh), mesh)
        self.states = over_runs(lambda run, _: init(run), mesh, how)(self.runs, ())
        self.data = share(data, mesh)
        self.play = over_runs(
            lambda run, state, shared: chunk(run, state, *shared), mesh, how, donate=(1,)
        )
        self._seconds(WARM_UP)

    def length_for(self, seconds: float) -> int:
        """Steps that take about so long."""
        return max(1, int(WARM_UP * seconds / self._seconds(WARM_UP)))

    def rate(self, length: int) -> float:
        """Seed-steps per second."""
        return self.seeds * length / self._seconds(length)

    def _seconds(self, length: int) -> float:
        began = time.monotonic()
        self.states, _ = self.play(self.runs, self.states, (self.data, np.int32(length)))
        jax.block_until_ready(self.states)
        return time.monotonic() - began


def peak_bytes() -> int:
    """The most memory taken so far: of the accelerators, or of this process on a CPU."""
    stats = [device.memory_stats() or {} for device in jax.local_devices()]
    if jax.default_backend() != "cpu" and all("peak_bytes_in_use" in each for each in stats):
        return sum(each["peak_bytes_in_use"] for each in stats)
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def process_start() -> float:
    """When this process began, seconds since the epoch; imports are part of a start."""
    try:
        with open("/proc/self/stat") as stat, open("/proc/uptime") as uptime:
            ticks = float(stat.read().rpartition(")")[2].split()[19])
            up = float(uptime.read().split()[0])
    except OSError:  # no such files on this system: imports are left out
        return time.time() - time.process_time()
    return time.time() - up + ticks / 100.0


if __name__ == "__main__":
    sys.exit(_program.launch(main, define_flags))
