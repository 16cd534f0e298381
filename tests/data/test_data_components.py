import numpy as np
import pytest

from ivaegan_jax.data import directions, whiten

RNG = np.random.default_rng(0)


def test_whitened_components_are_white_and_no_more_than_there_are_directions():
    z = np.random.default_rng(0).normal(size=(500, 3))
    x = (z @ np.diag([1.0, 50, 0.02]) @ np.ones((3, 5)) + z @ np.eye(3, 5)).astype(np.float32)
    white, explained = whiten(x, 30)
    assert white.shape == (500, 3)
    assert explained == pytest.approx(1)
    np.testing.assert_allclose(np.cov(white.T), np.eye(3), atol=1e-4)
    assert whiten(x, 2)[0].shape == (500, 2)
    assert whiten(np.ones((9, 2), np.float32), 30)[0].shape == (9, 0)


def test_directions_are_counted_up_to_the_most_asked_for():
    x = RNG.normal(size=(300, 3)) @ RNG.normal(size=(3, 7))
    assert directions(x, 10) == 3
    assert directions(x, 2) == 2
    assert directions(np.ones((5, 4)), 10) == 0
