"""Coverage of posteriors that are known: linear Gaussian models."""

import numpy as np
import pytest

from ivaegan_jax.metrics import coverage

ROWS = 20_000
MIX = np.array([[0.0, -3.0], [0.5, 0.0]])
"""Another order, sign and scale of two latents."""


def posterior(noise):
    """`(mu, log_var, s)` of latents `MIX s`, known from x = s + noise."""
    rng = np.random.default_rng(0)
    s = rng.normal(size=(ROWS, 2))
    x = s + noise * rng.normal(size=s.shape)
    shrink = 1 / (1 + noise**2)
    variance = shrink * noise**2 * np.square(MIX).sum(axis=1)
    return shrink * x @ MIX.T, np.log(np.tile(variance, (ROWS, 1))), s


@pytest.mark.parametrize("noise", [0.1, 0.5, 2.0])
@pytest.mark.parametrize("level", [0.5, 0.9])
def test_true_posteriors_cover_as_often_as_they_promise(noise, level):
    assert coverage(*posterior(noise), level) == pytest.approx(level, abs=0.02)


def test_posteriors_that_are_too_sure_cover_too_little():
    mu, log_var, s = posterior(0.5)
    assert coverage(mu, log_var - 2 * np.log(3), s) == pytest.approx(0.416, abs=0.02)
    assert coverage(mu, log_var + 20, s) == 1
    assert coverage(mu, log_var - 40, s) == pytest.approx(0, abs=1e-3)


def test_a_source_without_a_latent_is_left_out():
    mu, log_var, s = posterior(0.5)
    assert coverage(mu[:, :1], log_var[:, :1], s) == pytest.approx(0.9, abs=0.02)


def test_a_constant_latent_covers_nothing():
    mu, log_var, s = posterior(0.5)
    assert coverage(np.zeros_like(mu), log_var, s) == 0
