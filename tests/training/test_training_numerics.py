"""Numbers do not depend on what a user's environment says of JAX; the library bears any of it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import pytest

from ivaegan_jax.models.config import ModelConfig
from ivaegan_jax.models.game import Game
from ivaegan_jax.models.model import build
from ivaegan_jax.models.presets import PRESETS, resolve
from ivaegan_jax.training.numerics import SETTINGS, changed_numerics
from ivaegan_jax.training.trainer import make_trainer

ROOT = Path(__file__).resolve().parents[2]
SMALL = {"width": 8, "depth": 2, "prior_depth": 2, "critic_width": 8, "critic_depth": 2}
HOSTILE = {
    "JAX_ENABLE_X64": "1", "JAX_NUMPY_DTYPE_PROMOTION": "strict", "JAX_DEFAULT_PRNG_IMPL": "rbg",
    "JAX_THREEFRY_PARTITIONABLE": "0", "JAX_RANDOM_SEED_OFFSET": "5", "JAX_DEBUG_NANS": "1",
    "JAX_DEFAULT_MATMUL_PRECISION": "bfloat16", "JAX_DISABLE_JIT": "1",
}  # fmt: skip
DRAWS = """
import json, runpy
import jax
module = runpy.run_path("ivaegan_jax/training/numerics.py")
before = module["describe_numerics"]()
module["set_numerics"]("float32")
drawn = jax.random.normal(jax.random.key(3), (2, 3))
print(json.dumps([before, module["describe_numerics"](), drawn.tolist(), str(drawn.dtype)]))
"""


def test_programs_set_what_changes_numbers():
    done = subprocess.run([sys.executable, "-c", DRAWS], env=os.environ | HOSTILE, text=True,
                          capture_output=True, cwd=ROOT)  # fmt: skip
    assert done.returncode == 0, done.stderr
    before, after, drawn, kind = json.loads(done.stdout)
    assert {name.lower() for name in HOSTILE} == {name for name in SETTINGS if name in before
                                                  and before[name] != after[name]}  # fmt: skip
    assert {name: after[name] for name in SETTINGS if name in after} == {
        name: str(value) for name, value in SETTINGS.items() if name in after
    }
    here = jax.random.normal(jax.random.key(3), (2, 3))
    assert (drawn, kind) == (here.tolist(), "float32")


def test_differences_are_named_in_words():
    before, now = {"a": "1", "b": "", "old": "1"}, {"a": "1", "b": "x", "new": "1"}
    assert changed_numerics(before, now) == ["b: unset -> x"]
    assert changed_numerics(now, now) == []


@pytest.mark.parametrize("preset", PRESETS)
def test_a_model_trains_under_double_precision(preset, dims, data, run_of):
    settings = {"balance": "gradient_norm"} if preset == "ivae_gan" else {}
    config, game = resolve(PRESETS[preset], ModelConfig(**SMALL, **settings))
    assert isinstance(game, Game)
    trainer = make_trainer(build(config, dims, game.blocks), game, 8, dims.dim_u)
    with jax.enable_x64(True):
        run = run_of()
        sources = data._replace(s=jnp.zeros((2, dims.rows, dims.dim_z), jnp.float32))
        rows = sources if preset == "supervised" else data
        states = jax.eval_shape(trainer.init, run)
        after, _ = jax.eval_shape(trainer.chunk, run, states, rows, jnp.int32(3))
    assert jax.tree.map(jnp.shape, after) == jax.tree.map(jnp.shape, states)
