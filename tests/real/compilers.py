"""Compiles the real training chunk and evaluation for chips that are not here.

  python -m tests.real.compilers h100 training
  python -m tests.real.compilers v5e evaluation

Needs, beside the project, for an H100 `pip install jax-cuda12-plugin==VERSION
jax-cuda12-pjrt==VERSION nvidia-cuda-nvcc-cu12` with JAX's own version, and for a TPU v5e
`pip install 'jax[tpu]==VERSION'`. Further words choose presets. A program that was ended
goes on, where code and versions are the same.
"""

import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from tempfile import mkdtemp
from typing import Any, NamedTuple

from tests.real._chips import collectives, devices, doubles, prepare, products, sizes
from tests.real._kept import keep, kept_before, table, versions_of

CHIP, PART, DUMPS = *sys.argv[1:3], mkdtemp()
prepare(CHIP, DUMPS)

import jax  # noqa: E402
import numpy as np  # noqa: E402

from ivaegan_jax.evaluation import scoring  # noqa: E402
from ivaegan_jax.models.networks import Dims  # noqa: E402
from ivaegan_jax.models.presets import PRESETS  # noqa: E402
from ivaegan_jax.studies.config import Config  # noqa: E402
from ivaegan_jax.studies.experiment import Experiment  # noqa: E402
from ivaegan_jax.studies.jobs import Group, make_groups, make_jobs, watched_terms  # noqa: E402
from ivaegan_jax.training import programs, take_runs  # noqa: E402
from ivaegan_jax.training.devices import make_seeds_mesh, pad_runs, shapes_on  # noqa: E402
from ivaegan_jax.training.numerics import set_numerics  # noqa: E402
from ivaegan_jax.types import TrainData  # noqa: E402

B1 = Dims(dim_x=5, dim_u=40, dim_z=5, rows=32_000)
IMAGE = Dims(dim_x=784, dim_u=10, dim_z=10, rows=32_000, image_shape=(28, 28))
HELD_OUT = 4_000
LARGE = "ivae_gan"
MODELS = sys.argv[3:] or list(PRESETS)
PACKAGES = {
    "h100": ("jax", "jaxlib", "jax-cuda12-plugin", "jax-cuda12-pjrt", "nvidia-cuda-nvcc-cu12"),
    "v5e": ("jax", "jaxlib", "libtpu"),
}
HEAD = ("model", "seeds", "chips", "arguments MiB", "results MiB", "temporaries MiB",
        "f64", "collectives", "products")  # fmt: skip


PURPOSE = "Programs compiled for chips that are not here"
NOTE = f"""MiB on each chip. Results leave out the state, which a chunk of training takes over.
Training rows {B1.rows:,}, held-out rows {HELD_OUT:,}; batches of 64; B1's sizes,
or 28 x 28 pixels."""


class Case(NamedTuple):
    """One model on some chips.

    Attributes:
      preset: its label.
      seeds: runs.
      chips: devices that the runs, or batches, are split over.
      per_batch: devices that share a batch.
      dims: sizes of the data.
      config: everything else.
      precision: of matrix products, as `--matmul_precision` names it.
    """

    preset: str
    seeds: int
    chips: int = 1
    per_batch: int = 1
    dims: Dims = B1
    config: Config = Config()
    precision: str = "float32"

    def name(self) -> str:
        """The model and what is special about it."""
        told = [self.preset]
        told += ["convolutions"] if self.config.model.convolutions else []
        told += [f"batch over {self.per_batch}"] if self.per_batch > 1 else []
        told += [self.precision] if self.precision != "float32" else []
        return ", ".join(told)

    def key(self) -> tuple[str, int, int]:
        """What no other case shares."""
        return self.name(), self.seeds, self.chips

    def group(self) -> Group:
        """The runs, as a study makes them."""
        asked = Experiment("b1", (self.preset,), range(self.seeds), (6,), 30_000, self.config)
        return make_groups(asked, make_jobs(asked, self.dims))[0]


def shape(*sizes_: int, of: Any = np.float32) -> Any:
    """An array that need not be there."""
    return jax.ShapeDtypeStruct(sizes_, of)


def training(case: Case) -> jax.stages.Compiled:
    """The program that `train_runs` would call."""
    group, d = case.group(), case.dims
    mesh = make_seeds_mesh(devices(CHIP, case.chips), case.per_batch)
    s = shape(1, d.rows, d.dim_z) if case.preset == "supervised" else None
    data = TrainData(shape(1, d.rows, d.dim_x), shape(1, d.rows, of=np.int32), s)
    return programs.compile_chunk(group.jobs[0].trainer, group.runs, data, mesh)


def evaluation(case: Case) -> jax.stages.Compiled:
    """The program that `scoring.evaluate_runs` would call, for as many runs as it takes at once."""
    group, d = case.group(), case.dims
    job, mesh = group.jobs[0], make_seeds_mesh(devices(CHIP, case.chips))
    at_once = min(case.seeds, scoring.EVALUATED_AT_ONCE * mesh.size)
    runs = pad_runs(take_runs(group.runs, np.arange(at_once)), mesh)
    states = jax.eval_shape(jax.vmap(job.trainer.init), runs).evaluated
    number = shape(1, of=np.uint32)
    held_out = shape(1, HELD_OUT, d.dim_x), shape(1, HELD_OUT, of=np.int32), number, number
    lifted = scoring._over_evaluation(job.model, watched_terms(job), d.dim_u, mesh)
    spread = shapes_on((states, runs), mesh), shapes_on(held_out, mesh, shared=True)
    return lifted.lower(*spread[0], spread[1]).compile()


PARTS = {"training": training, "evaluation": evaluation}


def cases() -> Iterator[Case]:
    """All that is compiled, what matters most first."""
    names = ("float32", "tensorfloat32", "bfloat16", "default")
    yield from (Case(LARGE, 8, precision=name) for name in names)
    yield Case(LARGE, 8, chips=2)
    if PART == "training":
        yield Case(LARGE, 8, chips=2, per_batch=2)
    own = replace(Config().model, convolutions=2, width=400, critic_width=400)
    yield Case(LARGE, 8, dims=IMAGE, config=replace(Config(), model=own))
    yield Case(LARGE, 512)
    others = [preset for preset in MODELS if preset != LARGE]
    yield from (Case(preset, 8) for preset in others)
    if PART == "training":
        yield from (Case(preset, 512) for preset in others)


def compiled(case: Case) -> list[str | int]:
    """One row of the table."""
    set_numerics(case.precision)
    program = PARTS[PART](case)
    text = program.as_text() or ""
    rounded = products(CHIP, text, DUMPS)
    shutil.rmtree(DUMPS, ignore_errors=True)
    return [*case.key(), *sizes(program), doubles(text), collectives(text), rounded]


def wrong(case: Case, row: list[str | int]) -> bool:
    """Whether float64 or an exchange between devices is where none should be."""
    found = dict(zip(HEAD, row, strict=True))
    return found["f64"] != 0 or (found["collectives"] != "none" and case.per_batch == 1)


def main() -> int:
    """Compiles what was not compiled before; returns 1 where something is wrong."""
    stem, versions = f"compilers_{CHIP}_{PART}", versions_of(*PACKAGES[CHIP])
    made = kept_before(stem, versions)
    rows = {tuple(row[:3]): row for row in made.get("rows", [])}
    for case in (case for case in cases() if case.key() not in rows):
        began = time.monotonic()
        rows[case.key()] = compiled(case)
        seconds = made["seconds"] = made.get("seconds", 0) + time.monotonic() - began
        body = f"{NOTE}\n\n{table(HEAD, list(rows.values()))}"
        more = {"rows": list(rows.values()), "seconds": seconds}
        keep("compilers", f"{PURPOSE}: {PART}, {CHIP}", versions, body, stem, **more)
    return int(any(wrong(case, rows[case.key()]) for case in cases()))


if __name__ == "__main__":
    sys.exit(main())
