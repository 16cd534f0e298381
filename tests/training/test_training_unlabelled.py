"""Rows without u are drawn beside a batch, which stays as it is, and move what needs no u."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ivaegan_jax.training.trainer import draw_batch

OTHERS = 96
"""Three times as many as rows with a u."""


@pytest.fixture(scope="module")
def both(data):
    """The same rows, and others whose first column names their data seed and their number."""
    number = np.stack([1000.0 + np.arange(OTHERS), 2000.0 + np.arange(OTHERS)])
    others = np.repeat(number[..., None], 3, axis=-1).astype(np.float32)
    return data._replace(unlabelled=jnp.asarray(others))


def differ(a, b):
    pairs = zip(jax.tree.leaves(a), jax.tree.leaves(b), strict=True)
    return not all(np.array_equal(one, other) for one, other in pairs)


def draw(data, index, key, **options):
    return draw_batch(data, jnp.int32(index), jax.random.key(key), 8, 4, **{"packing": 1} | options)


@pytest.mark.parametrize("options", [{}, {"packing": 2}, {"balanced": True}])
def test_rows_without_u_change_nothing_of_the_batch(data, both, options, same):
    data, both = (each._replace(u=jnp.sort(each.u)) for each in (data, both))
    for key in range(3):
        drawn = draw(both, 1, key, **options)
        assert same(drawn._replace(unlabelled=None, share=None), draw(data, 1, key, **options))
        assert drawn.unlabelled.shape == drawn.x.shape
        assert drawn.share == 0.75


def test_they_are_drawn_evenly_from_those_of_the_data_seed(both):
    keys = jax.random.split(jax.random.key(0), 200)
    drawn = jax.vmap(lambda key: draw_batch(both, jnp.int32(1), key, 8, 4, 1).unlabelled[:, 0])(
        keys
    )
    drawn = np.asarray(drawn).ravel()
    assert drawn.min() >= 2000
    assert len(np.unique(drawn)) == OTHERS
    assert np.bincount(drawn.astype(int) - 2000).max() < 40  # 17 expected, 4 a standard deviation


def test_a_step_with_them_moves_encoder_and_generator_otherwise(tiny, run_of, data, both):
    trainer, run = tiny("ivae", posterior="x").trainer, run_of(seed=3)
    data, both = (each._replace(x=each.x + 1) for each in (data, both))
    small = both._replace(unlabelled=both.unlabelled / 1000)
    start = trainer.init(run)
    step = jax.jit(trainer.train_step)
    (without, _), (found, log) = step(run, start, data), step(run, start, small)
    assert bool(found.alive)
    assert np.isfinite(float(log["nll"]))
    for block in ("encoder", "generator"):
        assert differ(found.params[block], without.params[block])
