"""One process: speed and memory on one accelerator, from a single seed to thousands.

  python -m experiments.benchmarks.accelerator --out=results/benchmark/h100.json
  python -m experiments.benchmarks.accelerator --out=few.json --sizes=b1 --seeds=1,8 --seconds=0.2

The programs of a model are compiled side by side, which takes a GPU most of a minute; then each is
timed alone and FILE.json written, so that what is found so far stays after a stop. Beside it comes
FILE.md. The PyTorch loop is timed before them where PyTorch is installed.
"""

import importlib.util
import itertools
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np
from absl import flags

from experiments.benchmarks.children import measure
from experiments.benchmarks.curve import curve
from experiments.benchmarks.products import kernels_of, products_chunk, products_of
from experiments.benchmarks.sizes import SIZES, made_up_data, stacked_runs, trainer_of
from ivaegan_jax import report
from ivaegan_jax.cli import _flags, _program
from ivaegan_jax.files import write_json, write_text
from ivaegan_jax.studies.manifest import describe_machine
from ivaegan_jax.studies.seeds import parse_numbers
from ivaegan_jax.training import cpu_count
from ivaegan_jax.training.devices import make_seeds_mesh, over_runs, shard_runs, share
from ivaegan_jax.training.memory import tree_bytes

PRESETS = ("ivae", "ivae_gan")
PRECISIONS = ("tensorfloat32", "bfloat16")
GRAPHS = {"no graphs": "", "loops as graphs": "FUSION,CUBLAS,CUBLASLT,CUSTOM_CALL,CUDNN,WHILE"}
"""Kernels that the compiler gathers into CUDA graphs; its default is some of them."""

WARM_UP = 20


class Case(NamedTuple):
    """What is timed: a model at a size, so many seeds, and how the program is made."""

    size: str
    preset: str
    seeds: int
    how: str = "vmap"
    precision: str = "float32"
    graphs: str = "default"
    part: str = "step"


def define_flags() -> None:
    """Defines the program's flags."""
    _flags.define_common_flags()
    flags.DEFINE_string("out", "", "The .json file to write.")
    flags.DEFINE_list("sizes", list(SIZES), "Which sizes.")
    flags.DEFINE_string("seeds", "1,8,64,512,1024,4096", "Numbers of seeds, at the size b1.")
    flags.DEFINE_string("image_seeds", "1,8,64,256", "Numbers of seeds, at the sizes of images.")
    flags.DEFINE_list("vary", ["map", "precision", "graphs"], "What else is tried, at 8 seeds.")
    flags.DEFINE_list("torch", ["b1"], "Sizes at which the PyTorch loop is timed; none leaves it.")
    flags.DEFINE_float("seconds", 0.4, "About how long one timing takes.")
    flags.DEFINE_integer("repeats", 3, "Timings of each.")


def main() -> None:
    """Measures everything and writes what was found."""
    _flags.require("out")
    out, began = Path(flags.FLAGS.out), time.time()
    torch = list(torch_loops(flags.FLAGS.torch))
    made_by = {"command": _flags.command_line(), **describe_machine()}
    found: list[dict[str, Any]] = []
    for each in measured(list(cases())):
        found.append(each)
        taken = {"wall_time_s": time.time() - began}
        write_json(out, {**made_by, **taken, "ours": found, "torch": torch})
    text = report.to_markdown(curve(found, torch))
    write_text(out.with_suffix(".md"), text)
    print(text)


def cases() -> Iterator[Case]:
    """Curves over seeds with their products, and variations at the second number of seeds."""
    for size in flags.FLAGS.sizes:
        text = flags.FLAGS.seeds if size == "b1" else flags.FLAGS.image_seeds
        seeds = parse_numbers("seeds", text)
        for preset in PRESETS:
            yield from (Case(size, preset, n, part=p) for n in seeds for p in ("step", "products"))
        few, many = seeds[min(1, len(seeds) - 1)], seeds[-2 if len(seeds) > 1 else 0]
        if "map" in flags.FLAGS.vary:
            yield Case(size, "ivae_gan", few, how="map")
        if "precision" in flags.FLAGS.vary:
            pairs = [(p, n) for p in PRECISIONS for n in (few, many)]
            yield from (Case(size, "ivae_gan", n, precision=p) for p, n in pairs)
        if "graphs" in flags.FLAGS.vary:
            yield from (Case(size, "ivae_gan", few, graphs=each) for each in GRAPHS)


def measured(cases: list[Case]) -> Iterator[dict[str, Any]]:
    """Every case, compiled beside the others of its model and timed alone."""
    for (size, preset), group in itertools.groupby(cases, key=lambda case: case[:2]):
        with ThreadPoolExecutor(min(16, cpu_count())) as pool:
            kernels = pool.submit(kernels_of, preset, SIZES[size])
            programs = [each for each in pool.map(compiled_or_not, group) if each]
        for program in programs:
            found = program.timed()
            rate = statistics.median(found["per_s"])
            print(f"{' '.join(map(str, program.case))}: {rate:.5g} seed-steps/s", flush=True)
            yield program.case._asdict() | found | {"kernels_per_step": kernels.result()}


def compiled_or_not(case: Case) -> "Program | None":
    """The program of a case; None, with a line, where the compiler refuses it."""
    try:
        return Program(case)
    except Exception as error:  # an option that this compiler does not know
        print(f"{case}: {str(error).splitlines()[0][:300]}", flush=True)
        return None


class Program:
    """A compiled loop over all seeds of a case."""

    def __init__(self, case: Case):
        """Compiles it for shapes alone; nothing is held on the device yet."""
        self.case, size = case, SIZES[case.size]
        mesh, began = make_seeds_mesh(jax.devices()[:1]), time.monotonic()
        trainer = trainer_of(case.preset, size)
        init, chunk, data = trainer.init, trainer.chunk, made_up_data(size)
        if case.part == "products":
            init, chunk, data = *products_chunk(products_of(case.preset, size)), ()
        with jax.default_matmul_precision(case.precision):
            start = over_runs(lambda run, _: init(run), mesh, case.how)
            play = over_runs(lambda run, state, shared: chunk(run, state, *shared),
                             mesh, case.how, donate=(1,))  # fmt: skip
            runs = stacked_runs(case.seeds)
            self.place = lambda: (shard_runs(runs, mesh), share(data, mesh))
            shapes = jax.eval_shape(start, runs, ())
            lowered = play.lower(runs, shapes, (data, np.int32(1)))
            self.start = start.lower(runs, ()).compile()
            self.play = lowered.compile(self.options())
        self.compile_s = time.monotonic() - began

    def options(self) -> dict[str, Any]:
        """Options of the compiler."""
        graphs = GRAPHS.get(self.case.graphs)
        return {} if graphs is None else {"xla_gpu_enable_command_buffer": graphs}

    def timed(self) -> dict[str, Any]:
        """Seed-steps per second of every repeat, and the memory that the compiled program needs."""
        runs, data = self.place()
        self.states = self.start(runs, ())
        state = tree_bytes(self.states) // self.case.seeds

        def seconds(length: int) -> float:
            began = time.monotonic()
            self.states, _ = self.play(runs, self.states, (data, np.int32(length)))
            jax.block_until_ready(self.states)
            return time.monotonic() - began

        seconds(WARM_UP)
        length = max(1, int(WARM_UP * flags.FLAGS.seconds / seconds(WARM_UP)))
        rates = [self.case.seeds * length / seconds(length) for _ in range(flags.FLAGS.repeats)]
        memory = self.play.memory_analysis()
        del self.states
        return {"per_s": rates, "compile_s": self.compile_s, "bytes_per_seed": state,
                "temporary_bytes": getattr(memory, "temp_size_in_bytes", None)}  # fmt: skip


def torch_loops(sizes: list[str]) -> Iterator[dict[str, Any]]:
    """The PyTorch loop of one seed, eager, a process each."""
    if importlib.util.find_spec("torch") is None:
        return
    for size in sizes:
        for preset in PRESETS:
            settings = {"size": size, "preset": preset, "repeats": 3, "seconds": 1.0}
            [found] = measure("torch_loop", settings)
            rate = statistics.median(found["steps_per_s"])
            print(f"PyTorch {size} {preset}: {rate:.4g} steps/s", flush=True)
            yield settings | found


if __name__ == "__main__":
    _program.launch(main, define_flags)
