import jax
import numpy as np
import pytest
from damage import empty, overwrite, truncate
from stored import TEMPLATE, states, steps_in

from ivaegan_jax.training.checkpoint import KEPT, Checkpoints
from ivaegan_jax.types import InputError


@pytest.fixture
def saved(tmp_path):
    """A directory with the checkpoints of steps 10 and 20."""
    with Checkpoints(tmp_path / "model") as checkpoints:
        for step in (10, 20):
            checkpoints.save(states(step))
    return tmp_path / "model"


def restored(directory):
    with Checkpoints(directory) as checkpoints:
        return checkpoints.restore(TEMPLATE)


def test_an_empty_directory_holds_nothing(tmp_path):
    assert restored(tmp_path / "model") is None


def test_the_newest_states_come_back_to_the_bit(saved, same):
    found = restored(saved)
    assert same(found, states(20))
    assert jax.tree.map(lambda leaf: leaf.dtype, found) == jax.tree.map(
        lambda leaf: leaf.dtype, states(20)
    )
    assert all(isinstance(leaf, np.ndarray) for leaf in jax.tree.leaves(found))


def test_only_the_last_checkpoints_are_kept(saved):
    with Checkpoints(saved) as checkpoints:
        checkpoints.save(states(30))
    assert KEPT == 2
    assert steps_in(saved) == [20, 30]


def test_a_step_is_saved_once(saved, same):
    with Checkpoints(saved) as checkpoints:
        checkpoints.save(states(20).replace(seed=np.array([8, 9], np.int32)))
    assert same(restored(saved), states(20))


def test_states_on_devices_are_saved_like_those_on_the_host(tmp_path, same):
    with Checkpoints(tmp_path / "model") as checkpoints:
        checkpoints.save(jax.device_put(states(5)))
    assert same(restored(tmp_path / "model"), states(5))


@pytest.mark.parametrize("damage", [truncate, overwrite, empty])
def test_a_damaged_checkpoint_gives_way_to_the_one_before(saved, same, damage):
    damage(saved / "20")
    assert same(restored(saved), states(10))


@pytest.mark.parametrize("damage", [truncate, overwrite, empty])
def test_a_damaged_step_can_be_reached_and_saved_again(saved, same, damage):
    damage(saved / "20")
    with Checkpoints(saved) as checkpoints:
        checkpoints.restore(TEMPLATE)
        checkpoints.save(states(20))
    assert same(restored(saved), states(20))


def test_a_damaged_older_checkpoint_is_not_even_read(saved, same):
    truncate(saved / "10")
    assert same(restored(saved), states(20))


def test_without_a_readable_checkpoint_the_error_says_where(saved):
    truncate(saved / "10")
    truncate(saved / "20")
    with pytest.raises(InputError, match=r"no checkpoint in .*model can be read"):
        restored(saved)


def test_states_of_another_model_leave_the_checkpoints_there(saved, same):
    other = jax.eval_shape(lambda: states(0).replace(params={"encoder": np.zeros((2, 9))}))
    with pytest.raises(InputError), Checkpoints(saved) as checkpoints:
        checkpoints.restore(other)
    assert same(restored(saved), states(20))


def test_what_a_killed_writer_left_is_no_checkpoint(saved, same):
    (saved / "30.orbax-checkpoint-tmp").mkdir()
    assert same(restored(saved), states(20))
