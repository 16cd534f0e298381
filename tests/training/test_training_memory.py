import re

import jax
import numpy as np
import pytest

from ivaegan_jax.training import memory
from ivaegan_jax.training.memory import COPIES, available_bytes, check_fits, tree_bytes
from ivaegan_jax.types import InputError

GIB = 2**30


@pytest.fixture
def one_gib(monkeypatch):
    """A machine with 1 GiB to spare."""
    monkeypatch.setattr(memory, "available_bytes", lambda: GIB)


def test_bytes_of_arrays_and_of_their_shapes_agree():
    tree = {"a": np.zeros((3, 5), np.float32), "b": [np.zeros(7, np.int8), np.zeros((), bool)]}
    assert tree_bytes(tree) == 60 + 7 + 1
    assert tree_bytes(jax.eval_shape(lambda: tree)) == 68
    assert tree_bytes({}) == 0


def test_this_machine_has_memory_to_spare():
    assert 2**20 < available_bytes() < 2**50


@pytest.mark.usefixtures("one_gib")
def test_what_fits_is_counted():
    assert check_fits(4, 1000, 0, 2) == 4 * 1000 * COPIES
    shared = jax.local_device_count() * 500
    assert check_fits(4, 1000, 500, 2) == 4 * 1000 * COPIES + shared


@pytest.mark.usefixtures("one_gib")
@pytest.mark.parametrize("data_seeds", [1, 3])
@pytest.mark.parametrize("shared", [0, GIB // 100])
def test_the_most_seeds_named_fit_and_one_more_does_not(data_seeds, shared):
    run = GIB // 1000
    with pytest.raises(InputError, match=r"at most \d+ seeds fit") as error:
        check_fits(10_000 * data_seeds, run, shared, data_seeds)
    most = int(re.search(r"at most (\d+)", str(error.value))[1])
    assert str(error.value).startswith("10000 seeds need")
    assert check_fits(most * data_seeds, run, shared, data_seeds) <= GIB
    with pytest.raises(InputError, match=f"at most {most} seeds fit"):
        check_fits((most + 1) * data_seeds, run, shared, data_seeds)


@pytest.mark.usefixtures("one_gib")
def test_shared_data_alone_can_be_too_much():
    with pytest.raises(InputError, match="at most 0 seeds fit"):
        check_fits(1, 1, 2 * GIB, 1)
