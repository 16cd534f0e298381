import inspect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from ivaegan_jax.data.benchmarks.continuous import continuous_u, random_std
from ivaegan_jax.data.benchmarks.coupled import b5_quadratic, b5_sine, b5_two_circles, b6
from ivaegan_jax.data.benchmarks.coupling import GLOW, PI_VAE, random_flow

MAKERS = (b5_sine, b5_quadratic, b5_two_circles, b6, continuous_u)
CONTINUOUS = (b5_sine, b5_quadratic, b5_two_circles, continuous_u)
CURVES = {
    b5_sine: lambda u: (2 * u[0] + np.pi, 2 * np.sin(2 * u[0] + np.pi)),
    b5_quadratic: lambda u: (u[0], u[0] ** 2),
    b5_two_circles: lambda u: (
        (u[1] + 2 * u[2]) * np.cos(2 * u[0]),
        (u[1] + 2 * u[2]) * np.sin(2 * u[0]),
    ),
}
VARIANCES = {
    b5_sine: lambda angle: 0.5 * (0.5 + angle / np.pi),
    b5_quadratic: lambda angle: 0.5 * (0.5 + angle / np.pi),
    b5_two_circles: lambda angle: 0.1 * (1 - 2 * np.abs(angle) / np.pi),
}


@given(st.integers(0, 1000), st.integers(2, 9), st.integers(1, 4), st.sampled_from([GLOW, PI_VAE]))
def test_a_flow_is_undone_exactly(seed, dim, blocks, style):
    rng = np.random.RandomState(seed)
    flow = random_flow(rng, dim, blocks, style)
    x = 3 * rng.standard_normal((20, dim))
    assert_allclose(flow.inverse(flow.forward(x)), x, rtol=1e-9, atol=1e-9)


def test_a_flow_moves_every_column_and_bends():
    rng = np.random.RandomState(0)
    flow = random_flow(rng, 6, 2, GLOW)
    x = rng.standard_normal((50, 6))
    y = flow.forward(x)
    assert all(not np.isclose(y[:, i, None], x).all(axis=0).any() for i in range(6))
    assert np.abs(flow.forward(2 * x) + flow.forward(0 * x) - 2 * y).max() > 0.1


def test_two_couplings_per_block_and_permutations_between_blocks():
    steps = random_flow(np.random.RandomState(0), 8, 3, PI_VAE).steps
    assert len(steps) == 6
    kept_in_order = [np.array_equal(step.order, np.arange(8)) for step in steps]
    assert kept_in_order == [True, True, False, True, False, True]


@pytest.mark.parametrize(("style", "limit"), [(GLOW, 2), (PI_VAE, 0.1)])
def test_scales_are_bounded(style, limit):
    assert_allclose(style.bound(np.array([-1e9, 0, 1e9])), [-limit, 0, limit], atol=1e-6)


@pytest.mark.parametrize("make", MAKERS)
def test_a_data_seed_repeats_and_leaves_the_global_generator_alone(make):
    before = np.random.get_state(legacy=False)["state"]
    first, again, other = (make(k, per_segment=20, dim=4) for k in (5, 5, 6))
    after = np.random.get_state(legacy=False)["state"]
    assert np.array_equal(first.x, again.x)
    assert not np.allclose(first.x, other.x)
    assert np.array_equal(before["key"], after["key"])
    assert before["pos"] == after["pos"]


@pytest.mark.parametrize("make", MAKERS)
def test_shapes_and_types(make):
    data = make(3, per_segment=30, dim=7, layers=2)
    rows = 30 if make in CONTINUOUS else 150
    assert data.name == make.__name__
    assert data.x.shape == (rows, 7)
    assert data.s.shape == (rows, 7 if make is continuous_u else 2)
    assert data.x.dtype == data.s.dtype == np.float32


@pytest.mark.parametrize("make", CURVES)
def test_b5_scatters_the_sources_around_its_curve(make):
    data = make(1, per_segment=20_000, dim=2, layers=1)
    u = data.u.values.T.astype(float)
    residual = data.s - np.stack(CURVES[make](u), axis=1)
    angle = u[0]
    assert -np.pi / 2 <= angle.min() < -1.5 < 1.5 < angle.max() <= np.pi / 2
    for low in np.linspace(-np.pi / 2, np.pi / 2, 8, endpoint=False):
        near = (angle >= low) & (angle < low + np.pi / 8)
        expected = VARIANCES[make](angle[near]).mean()
        assert_allclose(residual[near].var(0), expected, rtol=0.15)
        assert_allclose(residual[near].mean(0), 0, atol=0.06)


def test_b5_draws_u_first_and_then_the_sources():
    data = b5_quadratic(4, per_segment=50, dim=2)
    rng = np.random.RandomState(4)
    assert_allclose(data.u.values, rng.uniform(-np.pi / 2, np.pi / 2, (50, 1)), rtol=1e-6)
    u, normal = data.u.values.astype(float), rng.normal(0, 1, (50, 2))
    variance = 0.25 * (2 / np.pi) * (np.pi / 2 + u)
    assert_allclose(data.s, normal * np.sqrt(variance) + np.hstack([u, u**2]), atol=1e-6)


def test_the_circles_are_equally_likely_and_named_by_u():
    u = b5_two_circles(1, per_segment=10_000, dim=2, layers=1).u.values
    assert_allclose(u[:, 1] + u[:, 2], 1)
    assert_allclose(u[:, 1].mean(), 0.5, atol=0.02)


def test_b5_adds_noise_of_variance_1_to_a_surface_of_two_dimensions():
    # The flow is near to linear in steps this small, so two directions hold all but the noise.
    data = b5_sine(1, per_segment=5000, dim=40)
    spread = np.sort(np.linalg.eigvalsh(np.cov(data.x.T)))[::-1]
    assert spread[0] > 4
    assert_allclose(np.median(spread), 1, atol=0.1)


@pytest.mark.parametrize("make", CURVES)
def test_b5_knows_what_its_noise_allows(make):
    data = make(1, per_segment=3000, dim=40)
    assert_allclose(data.truth.mixing(data.s), data.clean, atol=1e-4)
    assert_allclose((data.x - data.clean).std(), 1, rtol=0.02)
    some = data.truth.at(np.arange(0, 3000, 20))
    best, blind = some.posterior_means(True)[0], some.posterior_means(False)[0]
    lost = [np.square(found - some.s).mean() for found in (best, blind, some.mean, 0)]
    assert lost[0] < min(lost[1:])
    assert lost[1] < lost[3]


def test_b6_has_the_moments_drawn_for_its_clusters():
    data = b6(2, per_segment=5000)
    rng = np.random.RandomState(2)
    mean, std = rng.uniform(-5, 5, (5, 2)), rng.uniform(0.5, 3, (5, 2))
    clusters = data.s.reshape(5, -1, 2)
    assert_allclose(clusters.mean(1), mean, atol=0.15)
    assert_allclose(clusters.std(1), std, rtol=0.05)


def test_b6_lies_close_to_a_surface_of_two_dimensions():
    # Rows of nearly equal sources differ by the other dimensions alone, which are .01 wide.
    data = b6(1)
    near = np.linalg.norm(data.s - data.s[0], axis=1).argsort()[1:20]
    far = np.linalg.norm(data.x - data.x[0], axis=1)
    assert np.median(far[near]) < 0.15 * np.median(far)


@pytest.mark.parametrize("source", ["gaussian", "laplace"])
def test_continuous_u_modulates_by_its_smooth_functions(source):
    data = continuous_u(3, per_segment=40_000, source=source, layers=1)
    rng = np.random.RandomState(3)
    std = random_std(rng, rng.uniform(-1, 1, (40_000, 2)), 5)
    assert std.min() >= 0.5
    assert std.max() <= 3
    assert (np.ptp(std, axis=0) > 0.5).all()
    whitened = data.s / std
    assert_allclose(whitened.std(0), 1, rtol=0.02)
    order = np.argsort(std[:, 0])
    quarters = whitened[order, 0].reshape(4, -1)
    assert_allclose(quarters.std(1), 1, rtol=0.04)


def test_standard_deviations_are_smooth_in_u():
    line = np.linspace(-1, 1, 1001)
    std = random_std(np.random.RandomState(0), np.stack([line, line], axis=1), 3)
    assert np.abs(np.diff(std, axis=0)).max() < 0.05


def test_continuous_u_is_mixed_as_b1():
    shallow, deep = (continuous_u(2, per_segment=60, layers=layers) for layers in (1, 2))
    matrix = np.linalg.lstsq(shallow.s, shallow.x, rcond=None)[0]
    assert_allclose(deep.x, (np.tanh(shallow.x) + 0.1 * shallow.x) @ matrix, atol=1e-4)


@pytest.mark.parametrize("make", CONTINUOUS)
def test_rows_stand_for_segments_where_u_is_continuous(make):
    assert "segments" not in inspect.signature(make).parameters
