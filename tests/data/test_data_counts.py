"""Counts on their way to networks and back."""

import numpy as np
import pytest

from ivaegan_jax.data import DataConfig, prepare
from ivaegan_jax.data.preprocessing import Preprocessing
from ivaegan_jax.types import Dataset, InputError, counts_as_seen

U = np.repeat(np.arange(4), 50)
COUNTS = np.random.default_rng(0).poisson(2.0, (200, 3))


def prepared(x):
    return prepare([Dataset("spikes", x, U)], [1], DataConfig(), 16, "counts")


def test_counts_are_seen_through_their_root_and_come_back_whole():
    found = prepared(COUNTS)
    rows = found.train.row[0]
    np.testing.assert_allclose(found.train.x[0], counts_as_seen(COUNTS[rows]), rtol=1e-6)
    back = found.preprocessing[0].inverse_x(found.train.x[0])
    np.testing.assert_allclose(back, COUNTS[rows], atol=1e-4)


def test_what_is_stored_of_a_preprocessing_says_that_x_holds_counts():
    own = prepared(COUNTS).preprocessing[0]
    assert Preprocessing.from_arrays(own.to_arrays()).counts
    arrays = {name: each for name, each in own.to_arrays().items() if name != "counts"}
    assert not Preprocessing.from_arrays(arrays).counts


@pytest.mark.parametrize("x", [COUNTS - 1, COUNTS + 0.5])
def test_what_is_no_count_is_refused(x):
    with pytest.raises(InputError, match="whole numbers from 0 up"):
        prepared(x)
