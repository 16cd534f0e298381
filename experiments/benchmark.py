"""Measures speed, compile time and memory, beside a PyTorch loop and the bare matrix products.

  python -m experiments.benchmark --out=benchmark.json --quick
  python -m experiments.benchmark --out=benchmark.json
  python -m experiments.benchmark --out=images.json --sizes=image --models=ivae --seeds=1,8

Each measurement is a process of its own; timings of the step and of its products take turns. The
PyTorch loop needs `pip install -e '.[benchmark]'` and is left out without it. Close other programs
first: ratios bear a busy machine, rates do not. FILE.json grows with every measurement, and the
same command goes on after a stop, if the code is as it was; beside it come FILE.md and FILE.png.
--quick takes about three minutes on 2 CPU cores.
"""

import importlib.util
import itertools
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from absl import flags

from experiments.benchmarks.children import measure
from experiments.benchmarks.sizes import SIZES
from experiments.benchmarks.table import speed_figure, speed_table, start_table
from ivaegan_jax import __version__, report
from ivaegan_jax.cli import _flags, _program
from ivaegan_jax.files import read_json, write_bytes, write_json, write_text
from ivaegan_jax.report.figures.picture import Picture, to_png
from ivaegan_jax.studies.manifest import code_revision, describe_machine
from ivaegan_jax.studies.seeds import parse_numbers
from ivaegan_jax.training import cpu_count
from ivaegan_jax.types import InputError

PRESETS = ("ivae", "ivae_gan")
SEEDS = {"b1": "1,2,8,32,128"} | dict.fromkeys(("image", "image_conv"), "1,8")
"""Numbers of seeds at each size."""

QUICK_SIZE, QUICK_SEEDS = "b1", "1,8"
BRIEF = {"products": False, "repeats": 1, "seconds": 0.1}
SHOWN = ("size", "preset", "seeds", "cached", "compile", "processes", "threads")


def define_flags() -> None:
    """Defines the program's flags."""
    _flags.define_common_flags()
    flags.DEFINE_string("out", "", "The .json file to write.")
    flags.DEFINE_list("sizes", [], f"Some of {', '.join(SIZES)}; empty takes all.")
    flags.DEFINE_list("models", list(PRESETS), f"Some of {', '.join(PRESETS)}.")
    flags.DEFINE_string("seeds", "", "Numbers of seeds trained at once; empty fits the size.")
    flags.DEFINE_integer("repeats", None, "Timings of each: 5, or 3 with --quick.")
    flags.DEFINE_float("seconds", None, "About how long one timing takes: 2 s, or .5 s.")
    flags.DEFINE_boolean("quick", False, "The size b1 and 1 and 8 seeds, unless others are named.")


def main() -> None:
    """Measures everything and writes what was found."""
    _flags.require("out")
    out = Path(flags.FLAGS.out)
    if out.suffix != ".json" or not out.absolute().parent.is_dir():
        raise InputError(f"--out={out} must name a .json file in a folder that exists")
    found = measured(out, flags.FLAGS)
    tables = speed_table(found["ours"], found["torch"]), start_table(found["start"])
    write_text(out.with_suffix(".md"), "\n".join(map(report.to_markdown, tables)))
    write_bytes(
        out.with_suffix(".png"),
        to_png(Picture("speed", [speed_figure(found["ours"], found["torch"])], "")),
    )
    print("\n".join(["", *map(report.to_text, tables)]))
    print(f"{out}, {out.with_suffix('.md')}, {out.with_suffix('.png')}")


def measured(out: Path, values: Any) -> dict[str, Any]:
    """All measurements, with what made them; those that the file has already are not repeated."""
    began = time.time()
    repeats, seconds = values.repeats, values.seconds
    timing = {"repeats": repeats or (3 if values.quick else 5),
              "seconds": seconds or (0.5 if values.quick else 2.0)}  # fmt: skip
    plan, found = [*planned(values)], going_on(out, timing)
    left = [each for each in plan if not is_there(found, *each)]
    if len(left) < len(plan):
        print(f"{out} has {len(plan) - len(left)} of {len(plan)} measurements", flush=True)
    before = found["wall_time_s"]
    for part, what in left:
        found[part] += [reported(what | each) for each in MEASURES[part](what, timing)]
        found["wall_time_s"] = before + time.time() - began
        write_json(out, found)
    found = {"command": _flags.command_line(), **describe_machine(), **found}
    write_json(out, found)
    return found


def planned(values: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The part that each measurement belongs to, and what it is of."""
    cores = cpu_count()
    sizes = values.sizes or ([QUICK_SIZE] if values.quick else [*SIZES])
    for kind, known in (("sizes", SIZES), ("models", PRESETS)):
        unknown = sorted(set(sizes if kind == "sizes" else values.models) - set(known))
        if unknown:
            raise InputError(f"--{kind}: no {unknown[0]!r}; there are {', '.join(known)}")
    for preset in values.models[:1] if values.quick else values.models:
        yield "start", {"preset": preset}
    for size in sizes:
        numbers = values.seeds or (QUICK_SEEDS if values.quick else SEEDS[size])
        for preset, n in itertools.product(values.models, parse_numbers("seeds", numbers)):
            yield "ours", {"size": size, "preset": preset, "seeds": n}
    if importlib.util.find_spec("torch") is None:
        print("PyTorch is not installed: left out (pip install -e '.[benchmark]')", flush=True)
        return
    layouts = [(1, 1)] if values.quick else sorted({(1, 1), (1, cores), (cores, 1)})
    compiled = [False] if values.quick else [False, True]
    for size, preset, each in itertools.product(sizes, values.models, compiled):
        for processes, threads in layouts:
            layout = {"processes": processes, "threads": threads}
            yield "torch", {"size": size, "preset": preset, "compile": each} | layout


def going_on(out: Path, timing: dict[str, Any]) -> dict[str, Any]:
    """What the file holds of the same code, timed in the same way; else nothing measured yet."""
    same = {"version": __version__, "code_revision": code_revision(), "timing": timing}
    nothing = same | {"wall_time_s": 0.0} | {part: [] for part in MEASURES}
    found = read_json(out) if out.exists() else nothing
    kept = all(found.get(name) == value for name, value in same.items())
    return found if kept and not str(same["code_revision"]).endswith("-dirty") else nothing


def is_there(found: dict[str, Any], part: str, what: dict[str, Any]) -> bool:
    """Whether a measurement was taken."""
    return any(what.items() <= each.items() for each in found[part])


def measure_start(what: dict[str, Any], timing: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Seconds from the start of a process to its first steps, without and with a warm cache."""
    with tempfile.TemporaryDirectory() as cache:
        for cached in (False, True):
            [found] = measure("ours", what | {"seeds": 8, "compilation_cache": cache} | BRIEF)
            kept = ("first_step_s", "process_to_first_step_s")
            yield {"cached": cached} | {name: found[name] for name in kept}


def measure_ours(what: dict[str, Any], timing: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The step and its products.

    Peak memory is that of a second process, which finds its program compiled: what the compiler
    takes varies more than what the seeds take.
    """
    with tempfile.TemporaryDirectory() as cache:
        kept = what | {"compilation_cache": cache}
        [found] = measure("ours", kept | timing)
        [warm] = measure("ours", kept | BRIEF)
        yield found | {"peak_bytes": warm["peak_bytes"]}


def measure_torch(what: dict[str, Any], timing: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The PyTorch loop, eager or compiled, in so many processes side by side."""
    arguments = {name: value for name, value in what.items() if name != "processes"}
    rates = [
        found["steps_per_s"]
        for found in measure("torch_loop", arguments | timing, what["processes"])
    ]
    yield {"steps_per_s": sum(sorted(each)[len(each) // 2] for each in rates), "timings": rates}


MEASURES = {"start": measure_start, "ours": measure_ours, "torch": measure_torch}


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
