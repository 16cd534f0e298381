"""Measures speed, compile time and memory, beside a PyTorch loop and the bare matrix products.

  python -m experiments.benchmark --out=benchmark.json
  python -m experiments.benchmark --out=benchmark.json --quick

Each measurement is a process of its own; timings of the step and of its products take turns. The
PyTorch loop needs `pip install -e '.[benchmark]'` and is left out without it. Close other programs
first: ratios bear a busy machine, rates do not. Beside FILE.json come FILE.md and FILE.png.
"""

import importlib.util
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from absl import flags

from experiments.benchmarks.children import measure
from experiments.benchmarks.sizes import SIZES
from experiments.benchmarks.table import speed_figure, speed_table, start_table
from ivaegan_jax import report
from ivaegan_jax.cli import _flags, _program
from ivaegan_jax.files import write_bytes, write_json, write_text
from ivaegan_jax.report.figures.picture import Picture, to_png
from ivaegan_jax.studies.manifest import describe_machine
from ivaegan_jax.studies.seeds import parse_numbers
from ivaegan_jax.training import cpu_count
from ivaegan_jax.types import InputError

PRESETS = ("ivae", "ivae_gan")
IMAGE_SEEDS = (1, 8)
BRIEF = {"products": False, "repeats": 1, "seconds": 0.1}
SHOWN = ("size", "preset", "seeds", "cached", "compile", "processes", "threads")


def define_flags() -> None:
    """Defines the program's flags."""
    _flags.define_common_flags()
    flags.DEFINE_string("out", "", "The .json file to write.")
    flags.DEFINE_string("seeds", "1,2,8,32,128", "Numbers of seeds trained at once.")
    flags.DEFINE_integer("repeats", 5, "Timings of each.")
    flags.DEFINE_float("seconds", 2.0, "About how long one timing takes.")
    flags.DEFINE_boolean("quick", False, "Few seeds, short timings: to see that all works.")


def main() -> None:
    """Measures everything and writes what was found."""
    _flags.require("out")
    out = Path(flags.FLAGS.out)
    if out.suffix != ".json" or not out.absolute().parent.is_dir():
        raise InputError(f"--out={out} must name a .json file in a folder that exists")
    found = measured()
    tables = speed_table(found["ours"], found["torch"]), start_table(found["start"])
    write_json(out, found)
    write_text(out.with_suffix(".md"), "\n".join(map(report.to_markdown, tables)))
    write_bytes(
        out.with_suffix(".png"),
        to_png(Picture("speed", [speed_figure(found["ours"], found["torch"])], "")),
    )
    print("\n".join(["", *map(report.to_text, tables)]))
    print(f"{out}, {out.with_suffix('.md')}, {out.with_suffix('.png')}")


def measured() -> dict[str, Any]:
    """All measurements, with what made them."""
    values, began = flags.FLAGS, time.time()
    seeds = (1, 2) if values.quick else parse_numbers("seeds", values.seeds)
    timing = {"repeats": values.repeats, "seconds": values.seconds}
    timing = {"repeats": 2, "seconds": 0.2} if values.quick else timing
    found = {
        "start": [reported(each) for each in measure_start(values.quick)],
        "ours": [reported(each) for each in measure_ours(seeds, timing, values.quick)],
        "torch": [reported(each) for each in measure_torch(timing, values.quick)],
    }
    made_by = {"command": _flags.command_line(), **describe_machine()}
    return {**made_by, "wall_time_s": time.time() - began, **found}


def measure_ours(seeds: Any, timing: dict[str, Any], quick: bool) -> Iterator[dict[str, Any]]:
    """The step and its products: both models at B1's sizes, then at those of images.

    Peak memory is that of a second process, which finds its program compiled: what the compiler
    takes varies more than what the seeds take.
    """
    sizes = {"b1": seeds} if quick else {n: seeds if n == "b1" else IMAGE_SEEDS for n in SIZES}
    for size, preset, n in [(s, p, n) for s, many in sizes.items() for p in PRESETS for n in many]:
        with tempfile.TemporaryDirectory() as cache:
            asked = {"size": size, "preset": preset, "seeds": n}
            kept = asked | {"compilation_cache": cache}
            [found] = measure("ours", kept | timing)
            [warm] = measure("ours", kept | BRIEF)
            yield asked | found | {"peak_bytes": warm["peak_bytes"]}


def measure_torch(timing: dict[str, Any], quick: bool) -> Iterator[dict[str, Any]]:
    """The PyTorch loop, eager and compiled, in one process or one per core."""
    if importlib.util.find_spec("torch") is None:
        print("PyTorch is not installed: left out (pip install -e '.[benchmark]')", flush=True)
        return
    cores = cpu_count()
    layouts = [(1, 1)] if quick else sorted({(1, 1), (1, cores), (cores, 1)})
    for size in ["b1"] if quick else SIZES:
        for preset in PRESETS:
            for compiled in [False] if quick else [False, True]:
                for processes, threads in layouts:
                    asked = {"size": size, "preset": preset, "compile": compiled}
                    yield (
                        asked
                        | {"processes": processes, "threads": threads}
                        | _torch(asked | {"threads": threads} | timing, processes)
                    )


def _torch(arguments: dict[str, Any], processes: int) -> dict[str, Any]:
    rates = [child["steps_per_s"] for child in measure("torch_loop", arguments, processes)]
    return {"steps_per_s": sum(sorted(each)[len(each) // 2] for each in rates), "timings": rates}


def measure_start(quick: bool) -> Iterator[dict[str, Any]]:
    """Seconds from the start of a process to its first steps, without and with a warm cache."""
    for preset in PRESETS[:1] if quick else PRESETS:
        with tempfile.TemporaryDirectory() as cache:
            for cached in (False, True):
                asked = {"preset": preset, "seeds": 8, "compilation_cache": cache}
                [found] = measure("ours", asked | BRIEF)
                kept = ("first_step_s", "process_to_first_step_s")
                yield {"preset": preset, "cached": cached} | {name: found[name] for name in kept}


def reported(found: dict[str, Any]) -> dict[str, Any]:
    """Says what was measured, and passes it on."""
    shown = {name: found[name] for name in SHOWN if name in found}
    rate = found.get("steps_per_s", found.get("process_to_first_step_s"))
    number = sorted(rate)[len(rate) // 2] if isinstance(rate, list) else rate
    unit = "seed-steps/s" if "steps_per_s" in found else "s to the first steps"
    print(f"{' '.join(f'{k}={v}' for k, v in shown.items())}: {number:.4g} {unit}", flush=True)
    return found


if __name__ == "__main__":
    _program.launch(main, define_flags)
