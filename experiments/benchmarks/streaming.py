"""A large table read in blocks from the disk beside the same blocks from memory; as JSON."""

import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import jax
import numpy as np
from absl import app, flags

from ivaegan_jax.cli._flags import command_line
from ivaegan_jax.files import write_json
from ivaegan_jax.models.config import ModelConfig
from ivaegan_jax.studies.config import Config
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.studies.manifest import describe_machine
from ivaegan_jax.studies.study import Study
from ivaegan_jax.training.config import TrainConfig
from ivaegan_jax.training.devices import make_seeds_mesh, pad_runs, shard_runs
from ivaegan_jax.training.feed import Feed, InBlocks
from ivaegan_jax.training.limits import used_bytes
from ivaegan_jax.training.programs import over_chunks, start_runs

SOURCES = 5
PIECE = 2**17


def define_flags() -> None:
    """Defines the size of the table and what is trained on it."""
    for name, default, what in (
        ("columns", 100, "Columns of x."),
        ("levels", 500, "Levels of u."),
        ("block_rows", 2**17, "Training rows in memory at a time."),
        ("seeds", 2, "Runs."),
        ("blocks", 4, "Blocks in each of the timings that alternate."),
        ("rounds", 3, "Timings from the disk, and as many from memory."),
    ):
        flags.DEFINE_integer(name, default, what)
    flags.DEFINE_float("gib", 2, "GiB of x.")
    flags.DEFINE_string("preset", "ivae_gan", "The model.")
    flags.DEFINE_string("out", "", "The .json file to write, results/streaming/manifest.json.")
    flags.DEFINE_string("workdir", "", "Where the table lies while it is needed; empty takes any.")


def write_table(folder: Path, rows: int, columns: int, levels: int) -> Path:
    """A table whose sources have variances that follow u, written a piece at a time."""
    rng = np.random.default_rng(1)
    scale = rng.uniform(0.5, 2, (levels, SOURCES)).astype(np.float32)
    mixing = rng.standard_normal((SOURCES, columns), np.float32)
    u = (np.arange(rows) * levels // rows).astype(np.int32)
    np.save(folder / "u.npy", u)
    header = {"descr": "<f4", "fortran_order": False, "shape": (rows, columns)}
    with (folder / "x.npy").open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for start in range(0, rows, PIECE):
            own = scale[u[start : start + PIECE]]
            s = own * rng.standard_normal(own.shape, np.float32)
            (np.tanh(s @ mixing) + 0.1 * (s @ mixing)).astype(np.float32).tofile(file)
    return folder / "x.npy"


def measure(study: Study, blocks: int, rounds: int) -> dict[str, list[float]]:
    """Steps per second of every round, from the disk and with the same blocks from memory."""
    job, mesh = study.jobs[0], make_seeds_mesh()
    from_disk = study.in_blocks(job)
    assert from_disk is not None
    steps = from_disk.steps * blocks
    runs = shard_runs(pad_runs(study.runs, mesh), mesh)
    play, states = over_chunks(job.trainer, mesh), start_runs(job.trainer, runs, mesh)
    warm = study.train_data(job)
    with Feed(warm, mesh, 1) as feed:
        for _, rows in feed.spans(0, 1):
            states, _ = jax.block_until_ready(play(runs, states, (rows, np.int32(1))))
    found: dict[str, list[float]] = {"disk": [], "memory": []}
    for turn in range(rounds):
        first = turn * blocks
        held = [from_disk.read(first + i) for i in range(blocks)]
        ahead = InBlocks(from_disk.steps, lambda i, own=first: from_disk.read(own + i))
        for name, source in (
            ("memory", InBlocks(from_disk.steps, held.__getitem__)),
            ("disk", ahead),
        ):
            with Feed(source, mesh, steps) as feed:
                began = time.monotonic()
                for length, rows in feed.spans(0, steps):
                    states, _ = play(runs, states, (rows, np.int32(length)))
                    jax.block_until_ready(states)
                found[name].append(round(steps / (time.monotonic() - began), 1))
    return found


def sizes() -> Iterator[tuple[str, int]]:
    """The flags that are numbers, by name."""
    for name in ("columns", "levels", "block_rows", "seeds", "blocks", "rounds"):
        yield name, getattr(flags.FLAGS, name)


def main(_: list[str]) -> None:
    """Measures one table."""
    v, started = flags.FLAGS, time.time()
    jax.config.update("jax_num_cpu_devices", 2)
    rows = int(v.gib * 2**30 / (4 * v.columns))
    with tempfile.TemporaryDirectory(dir=v.workdir or None) as folder:
        path = write_table(Path(folder), rows, v.columns, v.levels)
        train = TrainConfig(block_rows=v.block_rows)
        config = Config(model=ModelConfig(dim_z=SOURCES), train=train)
        experiment = Experiment(
            str(path), (v.preset,), tuple(range(1, v.seeds + 1)), (1,), 10**6, config
        )
        began = time.monotonic()
        study = Study(experiment)
        opened, after = time.monotonic() - began, used_bytes()[1]
        found = measure(study, v.blocks, v.rounds)
    ratios = [d / m for d, m in zip(found["disk"], found["memory"], strict=True)]
    gib = {"x": v.gib, "peak_after_opening": after / 2**30, "peak": used_bytes()[1] / 2**30}
    measured = dict(sizes()) | {
        "preset": v.preset, "rows": rows, "open_seconds": round(opened, 1),
        "gib": {name: round(each, 2) for name, each in gib.items()}, "steps_per_second": found,
        "disk_over_memory": round(float(np.median(ratios)), 3),
    }  # fmt: skip
    print(json.dumps(measured))
    if v.out:
        made_by = {"command": command_line(), **describe_machine()}
        write_json(Path(v.out), made_by | measured | {"wall_time_s": time.time() - started})


if __name__ == "__main__":
    define_flags()
    app.run(main)
