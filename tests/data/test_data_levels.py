import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from ivaegan_jax.data import load_dataset
from ivaegan_jax.data.benchmarks.levels import closest
from ivaegan_jax.types import InputError


def drawn(**options):
    return load_dataset("few_levels", 7, options)


def moments(data):
    u = data.u.codes
    each = [data.s[u == level] for level in range(u.max() + 1)]
    return np.stack([s.mean(0) for s in each]), np.stack([s.std(0) for s in each])


def test_levels_are_as_far_apart_and_as_alike_as_the_options_name():
    mean, std = moments(drawn(per_segment=5000, sizes="even", separation=3.0, spread=0.2))
    assert_allclose(closest(mean), 3.0, atol=0.1)
    assert_allclose(np.log(std).std(), 0.2, atol=0.04)


def test_without_separation_variances_alone_differ():
    mean, std = moments(drawn(per_segment=5000, separation=1e-6))
    assert_allclose(mean, 0, atol=0.2)
    assert np.ptp(np.log(std)) > 0.5


def test_uneven_levels_keep_all_rows_and_none_is_lost():
    data = drawn(segments=30, per_segment=50)
    sizes = np.bincount(data.u.codes)
    assert (len(sizes), sizes.sum(), sizes.min() >= 20) == (30, 1500, True)
    assert sizes.max() > 2 * sizes.min()
    even = drawn(segments=4, per_segment=30, sizes="even")
    assert_array_equal(np.bincount(even.u.codes), 30)


def test_equal_seeds_give_equal_rows_and_the_truth_is_that_of_the_rows():
    data, again = drawn(per_segment=40), drawn(per_segment=40)
    assert_array_equal(data.x, again.x)
    assert_array_equal(data.truth.mixing(data.s).astype(np.float32), data.x)
    own = (data.s - data.truth.mean) / data.truth.std
    assert_allclose(own.std(), 1, atol=0.1)
    assert not data.truth.is_noisy
    assert load_dataset("few_levels", 7, {"per_segment": 40, "noise": 0.1}).truth.is_noisy


@pytest.mark.parametrize(("option", "value"), [("spread", 0), ("sizes", "odd"), ("segments", 1)])
def test_unfit_options_are_refused(option, value):
    with pytest.raises(InputError, match=f"few_levels: {option} must be"):
        drawn(**{option: value})
