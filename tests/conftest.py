"""Four CPU devices, annotations checked as types, and the programs that many tests share.

A training program takes seconds to compile, so tests take theirs from the session fixtures here.
Two workers share the tests; `-n 0` runs them in this process, for a debugger.
"""

import contextlib
import fcntl
import functools
import gc
import importlib.util
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import hermetic

hermetic.seal_off()  # before JAX reads its variables

import chex
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import settings
from jaxtyping import install_import_hook

# The same examples every time; `--hypothesis-profile=search` looks for others.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None)
settings.load_profile("same")
jax.config.update("jax_num_cpu_devices", 4)
jax.config.update("jax_compilation_cache_dir", str(hermetic.COMPILED))
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
jax.config.update("jax_persistent_cache_min_entry_size_bytes", 0)
jax.config.update("jax_persistent_cache_enable_xla_caches", "none")  # a program's key has no path

# JAX also puts shapes, shardings and axis numbers into the leaves of pytree classes, so the two
# modules that define one keep their annotations for readers and type checkers only; report and
# named studies pass whole numbers for floats, which beartype takes for an error; a registry
# looks at the frame of its caller; and an estimator keeps whatever parameters it is given.
UNCHECKED = ("models.hyperparameters", "training.state", "studies.bands", "studies.named",
             "report.", "cli.", "types.registry", "estimator.base")  # fmt: skip
_ROOT = Path(importlib.util.find_spec("ivaegan_jax").origin).parent
_MODULES = [
    ".".join(path.relative_to(_ROOT).with_suffix("").parts)
    for path in _ROOT.rglob("*.py")
    if path.stem != "__init__"
]
install_import_hook(
    [f"ivaegan_jax.{name}" for name in _MODULES if not name.startswith(UNCHECKED)],
    "beartype.beartype",
)

from ivaegan_jax.models.config import ModelConfig
from ivaegan_jax.models.game import Game
from ivaegan_jax.models.hyperparameters import Hyperparameters
from ivaegan_jax.models.model import Model, build
from ivaegan_jax.models.networks import Dims, Networks
from ivaegan_jax.models.presets import PRESETS, resolve
from ivaegan_jax.models.terms import Pass
from ivaegan_jax.training.devices import make_seeds_mesh, over_runs, shard_runs, share
from ivaegan_jax.training.trainer import Run, Trainer, as_batch, make_trainer
from ivaegan_jax.types import TrainData

DIMS = Dims(dim_x=3, dim_u=4, dim_z=2, rows=32)
SMALL = {"width": 8, "depth": 2, "prior_depth": 2, "critic_width": 8, "critic_depth": 2}
VAGUE = Hyperparameters(decoder_variance=0.5)
BATCH = 8
RUNS = 8
EXACT = {"xla_cpu_use_fusion_emitters": True}
"""One device rounds as each of several does under it; takes twice as long to compile."""


def pytest_collection_finish():
    """What was imported stays: no garbage collection looks through it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def draws_of_its_own(request):
    """The draws of a test do not depend on which others of its module came before it."""
    if hasattr(request.module, "RNG"):
        request.module.RNG = np.random.default_rng(1)


@pytest.fixture(scope="session")
def shared(tmp_path_factory, worker_id):
    """A folder of this session that all workers see."""
    own = tmp_path_factory.getbasetemp()
    path = (own if worker_id == "master" else own.parent) / "shared"
    path.mkdir(exist_ok=True)
    return path


@pytest.fixture(scope="session")
def once(shared):
    """`with once(name) as path`: the first worker makes what is there, the others wait for it."""

    @contextlib.contextmanager
    def once(name):
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield shared / name

    return once


class Tiny(NamedTuple):
    """A small model with its game and trainer."""

    config: ModelConfig
    game: Game
    model: Model
    trainer: Trainer


class Counted(NamedTuple):
    """A compiled function and the list to which every trace of it adds one entry."""

    call: Callable[..., Any]
    traces: list[None]


@pytest.fixture(scope="session")
def compilations():
    """`with compilations() as threads`: who compiled meanwhile, or read what was compiled before.

    Each time by the first word of the thread's name.
    """

    @contextlib.contextmanager
    def counted():
        threads: list[str] = []

        def note(event, seconds, **kwargs):
            if event.endswith("backend_compile_duration"):
                threads.append(threading.current_thread().name.split("_")[0])

        jax.monitoring.register_event_duration_secs_listener(note)
        try:
            yield threads
        finally:
            jax.monitoring.unregister_event_duration_listener(note)

    return counted


@pytest.fixture(scope="session")
def dims():
    return DIMS


@pytest.fixture(scope="session")
def tiny():
    """`tiny(preset, critic_rounds, ema, **config)`: that row of the table in a small size."""

    @functools.cache
    def make(preset, critic_rounds=1, ema=False, **config):
        config, game = resolve(PRESETS[preset], ModelConfig(**SMALL | config), critic_rounds)
        model = build(config, DIMS, game.blocks)
        options = {"packing": config.packing, "ema": ema}
        return Tiny(config, game, model, make_trainer(model, game, BATCH, DIMS.dim_u, **options))

    return make


@pytest.fixture(scope="session")
def run_of():
    """`run_of(seed, data_index, steps, **hyperparameters)`: one run's traced numbers."""

    def make(seed=1, data_index=0, steps=1000, **hyperparameters):
        numbers = jax.tree.map(jnp.float32, Hyperparameters(**hyperparameters))
        return Run(jnp.int32(seed), jnp.int32(data_index), jnp.int32(steps), numbers)

    return make


@pytest.fixture(scope="session")
def stack():
    """`stack(trees)`: host arrays with a leading axis."""
    return lambda trees: jax.tree.map(lambda *leaves: np.stack(leaves), *trees)


@pytest.fixture(scope="session")
def data():
    """Two data seeds of 32 rows."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, DIMS.rows, DIMS.dim_x)).astype(np.float32)
    return TrainData(jnp.asarray(x), jnp.asarray(np.arange(2 * DIMS.rows).reshape(2, -1) % 4))


@pytest.fixture(scope="session")
def data_with_nan(data):
    """The same, with the second data seed spoilt."""
    return data._replace(x=data.x.at[1].set(jnp.nan))


@pytest.fixture(scope="session")
def batch(data):
    """The first eight rows of the first data seed, as networks see them, with made-up sources."""
    x, u = data.x[0, :BATCH], data.u[0, :BATCH]
    return as_batch(x, u, DIMS.dim_u, jnp.sin(x[:, : DIMS.dim_z]))


@pytest.fixture(scope="session")
def make_pass(batch):
    """`make_pass(change, dims, hyperparameters, **config)`: a forward pass of a small `ivae_gan`.

    Its prior is Gaussian, whose terms have closed forms, unless another one is chosen. `change`
    takes and returns the first parameters. All numbers have the precision that is the default at
    the time of the call.
    """

    def make(change=lambda params: params, dims=DIMS, hyperparameters=VAGUE, **config):
        config = SMALL | {"prior_family": "gaussian"} | config
        config, game = resolve(PRESETS["ivae_gan"], ModelConfig(**config))
        networks = Networks(config, dims)
        params = change(networks.init(jax.random.key(5), game.blocks))
        seen = batch._replace(x=batch.x[:, : dims.dim_x])
        precise = jax.tree.map(lambda leaf: jnp.asarray(leaf, float), (params, seen))
        return Pass(
            networks, *precise, jax.random.key(7), jax.tree.map(jnp.asarray, hyperparameters)
        )

    return make


@pytest.fixture(scope="session")
def exact():
    """Options of a compilation whose program rounds alike on any number of devices."""
    return EXACT


@pytest.fixture(scope="session")
def chunk(tiny):
    """The compiled chunk of the small `ivae_gan` for one run."""
    traces = []

    def counted(*args):
        traces.append(None)
        return tiny("ivae_gan").trainer.chunk(*args)

    return Counted(jax.jit(counted, compiler_options=EXACT), traces)


@pytest.fixture(scope="session")
def mesh():
    return make_seeds_mesh()


@pytest.fixture(scope="session")
def lifted(tiny, mesh):
    """`lifted(how)`: the chunk of the small `ivae_gan` over eight runs on four devices.

    `lifted(how)(runs, states, data=..., length=...)` takes and returns host arrays.
    """
    trainer = tiny("ivae_gan").trainer

    @functools.cache
    def make(how):
        chunk = over_runs(lambda run, state, shared: trainer.chunk(run, state, *shared), mesh, how)
        chunk = jax.jit(chunk, compiler_options=EXACT if how == "map" else None)
        return lambda *stacked, data, length: jax.device_get(
            chunk(*shard_runs(stacked, mesh), share((data, jnp.int32(length)), mesh))
        )

    return make


@pytest.fixture(scope="session")
def init_runs(tiny, stack):
    """`init_runs(runs)`: the first states of a list of runs, stacked on the host."""
    return lambda runs: stack([jax.device_get(tiny("ivae_gan").trainer.init(run)) for run in runs])


@pytest.fixture(scope="session")
def same():
    """`same(a, b)`: two trees are equal to the bit and in type, NaN included."""

    def check(a, b):
        chex.assert_trees_all_equal(jax.device_get(a), jax.device_get(b), strict=True)
        return True

    return check


@pytest.fixture(scope="session")
def row():
    """`row(tree, i)`: one run of stacked ones."""
    return lambda tree, i: jax.tree.map(lambda leaf: leaf[i], tree)
