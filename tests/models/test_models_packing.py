"""Batches in packs of one level of u, for a critic that judges several rows together."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ivaegan_jax.data.prepare import Part
from ivaegan_jax.models.config import ModelConfig
from ivaegan_jax.studies.checks import check_packing
from ivaegan_jax.studies.config import Config
from ivaegan_jax.training.config import TrainConfig
from ivaegan_jax.training.trainer import draw_batch, draw_packs
from ivaegan_jax.types import InputError, TrainData

INT = jnp.int32
COUNTS = np.array([1, 50, 0, 149])
LEVELS = jnp.asarray(np.repeat(np.arange(4), COUNTS))


@pytest.fixture(scope="module")
def packs():
    draw = jax.jit(draw_packs, static_argnums=(2, 3, 4))
    return np.asarray(draw(LEVELS, jax.random.key(0), 20_000, 4, 3))


def test_a_pack_holds_rows_of_one_level(packs):
    levels = np.asarray(LEVELS)[packs]
    assert packs.shape == (20_000, 3)
    assert (levels == levels[:, :1]).all()


def test_levels_are_as_frequent_as_in_the_data(packs):
    found = np.bincount(np.asarray(LEVELS)[packs[:, 0]], minlength=4) / len(packs)
    np.testing.assert_allclose(found, COUNTS / 200, atol=0.01)


def test_every_row_is_drawn_as_often_as_any_other(packs):
    share = np.bincount(packs.ravel(), minlength=200) / packs.size
    np.testing.assert_allclose(share, 1 / 200, atol=0.0015)


def test_neighbours_in_a_packed_batch_share_their_u_and_keep_their_x_and_s():
    rows = jnp.arange(200.0)[None, :, None]
    data = TrainData(rows, LEVELS[None], -rows)
    batch = draw_batch(data, INT(0), jax.random.key(1), 40, 4, 2)
    row = np.asarray(batch.x[:, 0]).astype(int)
    np.testing.assert_array_equal(batch.u.argmax(-1), LEVELS[row])
    np.testing.assert_array_equal(batch.s, -batch.x)
    codes = batch.u.argmax(-1).reshape(-1, 2)
    assert (codes == codes[:, :1]).all()
    assert len(np.unique(row)) > 20


def test_without_packing_rows_are_drawn_from_all():
    rows = jnp.arange(200.0)[None, :, None]
    key = jax.random.key(1)
    batch = draw_batch(TrainData(rows, LEVELS[None]), INT(0), key, 40, 4, 1)
    np.testing.assert_array_equal(batch.x[:, 0], jax.random.randint(key, (40,), 0, 200))
    assert batch.s is None


def test_rows_are_ordered_by_level_and_stay_whole():
    u = np.array([[2, 0, 1, 0], [1, 1, 0, 2]], np.int32)
    x = np.arange(8, dtype=np.float32).reshape(2, 4, 1)
    row = np.arange(8).reshape(2, 4)
    ordered = Part(x, u, -x, row, 10 + row, u).by_level()
    np.testing.assert_array_equal(ordered.u, [[0, 0, 1, 2], [0, 1, 1, 2]])
    np.testing.assert_array_equal(ordered.x[..., 0], [[1, 3, 2, 0], [6, 4, 5, 7]])
    np.testing.assert_array_equal(ordered.s, -ordered.x)
    np.testing.assert_array_equal(ordered.row, [[1, 3, 2, 0], [6, 4, 5, 7]])
    np.testing.assert_array_equal(ordered.place, 10 + ordered.row)
    np.testing.assert_array_equal(ordered.group, ordered.u)
    assert Part(x, u, None, row, row, u).by_level().s is None


def asking_for(packing, batch):
    return Config(model=ModelConfig(packing=packing), train=TrainConfig(batch=batch))


@pytest.mark.parametrize(
    ("packing", "batch", "continuous_u", "message"),
    [(2, 64, True, "needs a discrete u"), (3, 64, False, "must be a multiple of packing=3")],
)
def test_rows_that_cannot_be_packed_are_refused(packing, batch, continuous_u, message):
    with pytest.raises(InputError, match=message):
        check_packing(asking_for(packing, batch), continuous_u)


def test_what_can_be_packed_passes():
    check_packing(asking_for(4, 64), continuous_u=False)
    check_packing(asking_for(1, 64), continuous_u=True)
