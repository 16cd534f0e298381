import numpy as np
import pytest

from ivaegan_jax.metrics import active_units, label_r2

RNG = np.random.default_rng(0)


def test_active_units_are_relative_to_total_variance():
    mu = RNG.normal(size=(500, 4)) * [1, 0.05, 1e-4, 0] + 0.3
    log_var = np.log(np.broadcast_to([0.1, 1, 1e-10, 1], (500, 4)))
    np.testing.assert_array_equal(active_units(mu, log_var), [True, False, True, False])
    scale = np.array([1e3, 1e-3, 1e3, 1])
    rescaled = active_units(mu * scale, log_var + 2 * np.log(scale))
    np.testing.assert_array_equal(rescaled, active_units(mu, log_var))


def test_active_units_threshold():
    mu, log_var = RNG.normal(size=(500, 1)), np.zeros((500, 1))
    assert active_units(mu, log_var, 0.3)
    assert not active_units(mu, log_var, 0.7)


def test_label_r2_tells_latents_that_repeat_the_label():
    u = np.arange(1000) // 20 % 10
    repeats = RNG.normal(size=10)[u]
    half = repeats + repeats.std() * RNG.normal(size=1000)
    mu = np.stack([repeats, half, RNG.normal(size=1000), np.full(1000, 0.1)], axis=1)
    r2 = label_r2(mu, u)
    np.testing.assert_allclose(r2, [1, 0.5, 0, 0], atol=0.1)
    assert r2[0] == pytest.approx(1)
    assert r2[3] == 0


def test_label_r2_of_a_continuous_u():
    u = RNG.uniform(size=(2000, 1)).astype(np.float32)
    mu = np.concatenate([np.sin(4 * u), RNG.normal(size=(2000, 1))], axis=1)
    repeats, independent = label_r2(mu, u)
    assert repeats > 0.98
    assert independent < 0.05


def test_not_finite_is_an_error():
    bad = np.full((10, 2), np.nan)
    with pytest.raises(ValueError, match="infs or NaNs"):
        active_units(bad, bad)
    with pytest.raises(ValueError, match="infs or NaNs"):
        label_r2(bad, np.arange(10) % 2)
