"""The rows of every step: all of them, or blocks read ahead."""

import threading

import jax
import numpy as np
import pytest

from ivaegan_jax.models.config import ModelConfig
from ivaegan_jax.studies.checks import check_packing
from ivaegan_jax.studies.config import Config
from ivaegan_jax.training.config import TrainConfig
from ivaegan_jax.training.devices import make_seeds_mesh
from ivaegan_jax.training.feed import Feed, InBlocks
from ivaegan_jax.training.trainer import draw_balanced, draw_batch
from ivaegan_jax.types import InputError, TrainData


def numbered(number):
    return TrainData(np.full((1, 2, 1), float(number)), np.zeros((1, 2), np.int32))


@pytest.fixture(scope="module")
def one():
    return make_seeds_mesh(jax.devices()[:1])


def test_spans_end_with_blocks_and_have_their_rows(one):
    read = []
    blocks = InBlocks(10, lambda number: read.append(number) or numbered(number))
    with Feed(blocks, one, 33) as feed:
        assert read == []
        found = [(n, int(d.x[0, 0, 0])) for n, d in feed.spans(7, 33)]
    assert found == [(3, 0), (10, 1), (10, 2), (3, 3)]
    assert read == [0, 1, 2, 3]  # each once, and none beyond the last step


def test_all_rows_are_one_span(one):
    with Feed(numbered(5), one, 100) as feed:
        assert [n for n, _ in feed.spans(20, 60)] == [40]


def test_the_next_block_is_read_while_one_is_played_and_by_another_thread(one):
    begun, threads = threading.Event(), set()

    def read(number):
        threads.add(threading.get_ident())
        if number == 1:
            begun.set()
        return numbered(number)

    with Feed(InBlocks(10, read), one, 100) as feed:
        next(feed.spans(0, 10))
        assert begun.wait(60)
    assert threading.get_ident() not in threads


def test_what_goes_wrong_in_reading_is_raised_where_the_rows_are_needed(one):
    def read(number):
        raise OSError("the disk is gone")

    with Feed(InBlocks(10, read), one, 100) as feed, pytest.raises(OSError, match="disk is gone"):
        list(feed.spans(0, 10))


COUNTS = np.array([1, 50, 0, 149])
LEVELS = np.repeat(np.arange(4, dtype=np.int32), COUNTS)


def test_balanced_batches_have_levels_equally_often_and_rows_of_a_level_too():
    draw = jax.jit(draw_balanced, static_argnums=(2, 3, 4))
    rows = np.asarray(draw(LEVELS, jax.random.key(0), 30_000, 4, 1))[:, 0]
    share = np.bincount(LEVELS[rows], minlength=4) / len(rows)
    np.testing.assert_allclose(share, [1 / 3, 1 / 3, 0, 1 / 3], atol=0.01)
    of_last = np.bincount(rows[rows >= 51] - 51) / np.sum(rows >= 51)
    np.testing.assert_allclose(of_last, 1 / 149, atol=0.004)


def test_a_balanced_batch_keeps_x_and_u_together_and_its_packs():
    rows = np.arange(200.0, dtype=np.float32)[None, :, None]
    data = jax.tree.map(jax.numpy.asarray, TrainData(rows, LEVELS[None]))
    batch = draw_batch(data, jax.numpy.int32(0), jax.random.key(1), 40, 4, 2, balanced=True)
    row = np.asarray(batch.x[:, 0]).astype(int)
    np.testing.assert_array_equal(batch.u.argmax(-1), LEVELS[row])
    assert (LEVELS[row].reshape(-1, 2) == LEVELS[row][::2, None]).all()


def test_a_continuous_u_has_no_levels_to_balance():
    config = Config(model=ModelConfig(), train=TrainConfig(balanced=True))
    check_packing(config, False)
    with pytest.raises(InputError, match="balanced"):
        check_packing(config, True)
