"""Counts go in, their law is taken without being named, and counts come out."""

import numpy as np
import pytest
from small_networks import PLAIN

from ivaegan_jax import IVAE


@pytest.mark.slow
def test_samples_of_counts_are_whole_numbers(small):
    rng = np.random.default_rng(0)
    u = np.arange(400) % 5
    x = rng.poisson(np.exp(rng.normal(size=(400, 6)) * 0.3 + 0.2 * u[:, None])).astype(float)
    model = small(IVAE, n_seeds=1, config=PLAIN).fit(x, u)
    drawn = np.asarray(model.sample(u, 1))
    assert drawn.min() >= 0
    assert (drawn == np.round(drawn)).all()
    assert drawn.max() > 1
