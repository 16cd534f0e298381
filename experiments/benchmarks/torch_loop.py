"""One process: the same step as a plain PyTorch loop, which is what a user would write.

  python -m experiments.benchmarks.torch_loop --preset=ivae --size=b1 --threads=1

Data in memory, fused Adam, no logging. Prints one JSON object with seed-steps per second. PyTorch
is no dependency of this project; without it the program says so and ends.
"""

import json
import sys
import time
from collections.abc import Callable

from absl import flags

from experiments.benchmarks.sizes import SIZES
from ivaegan_jax import Hyperparameters
from ivaegan_jax.cli import _flags, _program
from ivaegan_jax.types import InputError

WARM_UP = 30
"""Steps before the clock runs; a compiled step compiles in them."""


def define_flags() -> None:
    """Defines the program's flags."""
    _flags.define_common_flags()
    flags.DEFINE_string("preset", "ivae", "ivae or ivae_gan.")
    flags.DEFINE_string("size", "b1", f"One of {', '.join(SIZES)}.")
    flags.DEFINE_integer("threads", 1, "Threads of this process.")
    flags.DEFINE_boolean("compile", False, "Whether the step goes through torch.compile.")
    flags.DEFINE_integer("repeats", 5, "Timings.")
    flags.DEFINE_float("seconds", 2.0, "About how long one timing takes.")


def main() -> None:
    """Measures, and prints what was found."""
    values = flags.FLAGS
    try:
        import torch

        from experiments.benchmarks.torch_models import STEPS
    except ImportError as error:
        raise InputError(
            f"{error}: PyTorch is needed; pip install -e '.[benchmark]' installs it"
        ) from error
    torch.set_num_threads(values.threads)
    torch.manual_seed(0)
    step = STEPS[values.preset](SIZES[values.size], Hyperparameters())
    step = step.compiled() if values.compile else step
    wait = torch.cuda.synchronize if torch.cuda.is_available() else lambda: None
    _seconds(step, WARM_UP, wait)
    length = max(1, int(WARM_UP * values.seconds / _seconds(step, WARM_UP, wait)))
    rates = [length / _seconds(step, length, wait) for _ in range(values.repeats)]
    print(json.dumps({"threads": values.threads, "compile": values.compile, "steps_per_s": rates}))


def _seconds(step: Callable[[], object], length: int, wait: Callable[[], object]) -> float:
    began = time.monotonic()
    for _ in range(length):
        step()
    wait()  # a GPU is behind
    return time.monotonic() - began


if __name__ == "__main__":
    sys.exit(_program.launch(main, define_flags))
