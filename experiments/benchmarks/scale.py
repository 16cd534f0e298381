"""One cell of the table of scale: a table of that size, trained, scored and reported; as JSON."""

import json
import multiprocessing
import tempfile
import time
from pathlib import Path

import jax
import numpy as np
from absl import app, flags

from ivaegan_jax.evaluation import Result
from ivaegan_jax.models.config import ModelConfig
from ivaegan_jax.report import write_report
from ivaegan_jax.studies.config import Config
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.studies.study import Study
from ivaegan_jax.studies.workdir import Workdir
from ivaegan_jax.training.limits import used_bytes

SOURCES = 5


def define_flags() -> None:
    """Defines the size of the cell."""
    for name, default in (("rows", 100_000), ("columns", 20), ("levels", 500), ("seeds", 2),
                          ("steps", 20)):  # fmt: skip
        flags.DEFINE_integer(name, default, f"Number of {name}.")
    flags.DEFINE_string("preset", "ivae_gan", "The model.")


def write_table(path: Path, rows: int, columns: int, levels: int) -> None:
    """Sources whose variances follow u, mixed by one nonlinear layer; rows in no order."""
    rng = np.random.default_rng(1)
    u = rng.permutation(np.arange(rows) * levels // rows).astype(np.int32)
    scale = rng.uniform(0.5, 2, (levels, SOURCES)).astype(np.float32)
    s = scale[u] * rng.standard_normal((rows, SOURCES), np.float32)
    mixing = rng.standard_normal((SOURCES, columns), np.float32)
    np.savez(path, x=np.tanh(s @ mixing) + 0.1 * (s @ mixing), u=u, s=s)


class Stages:
    """A reporter that notes when stages begin."""

    def __init__(self) -> None:
        """Nothing has begun."""
        self.began: list[tuple[str, float]] = []

    def stage(self, kind: str, what: str = "") -> None:
        """Notes the time."""
        self.began.append((kind, time.monotonic()))

    def start(self, label: str, step: int) -> None:
        """Nothing to note."""

    def chunk(self, label: str, chunk: object) -> None:
        """Nothing to note."""

    def finish(self, label: str, rows: list[Result]) -> None:
        """Nothing to note."""

    def seconds(self) -> dict[str, float]:
        """Seconds by kind, the last stage until now."""
        ends = [*(began for _, began in self.began[1:]), time.monotonic()]
        return {kind: round(end - began, 1) for (kind, began), end in
                zip(self.began, ends, strict=True)}  # fmt: skip


def main(_: list[str]) -> None:
    """Measures the cell."""
    v = flags.FLAGS
    jax.config.update("jax_num_cpu_devices", 2)
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "table.npz"
        arguments = table, v.rows, v.columns, v.levels
        writer = multiprocessing.get_context("spawn").Process(target=write_table, args=arguments)
        writer.start()  # what making the table takes is no part of the measurement
        writer.join()
        began = time.monotonic()
        config = Config(model=ModelConfig(dim_z=SOURCES))
        seeds = tuple(range(1, v.seeds + 1))
        study = Study(Experiment(str(table), (v.preset,), seeds, (1,), v.steps, config))
        load, stages, workdir = time.monotonic() - began, Stages(), Workdir(Path(folder) / "run")
        workdir.open(study.settings())
        study.run(workdir, stages)
        stages.stage("report")
        write_report([workdir.path])
        found = {"load": round(load, 1), **stages.seconds()}
        workdir.close()
    peak = used_bytes()[1]
    sizes = {name: getattr(v, name) for name in ("rows", "columns", "levels", "seeds", "steps")}
    gib = {"predicted_gib": study.bytes, "measured_gib": peak}
    print(json.dumps(sizes | {k: round(b / 2**30, 3) for k, b in gib.items()} | {"seconds": found}))


if __name__ == "__main__":
    define_flags()
    app.run(main)
