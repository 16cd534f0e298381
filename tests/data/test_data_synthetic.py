import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from ivaegan_jax.data import load_dataset
from ivaegan_jax.data.benchmarks.mixing import (
    Mixing,
    bounded_matrix,
    conditioned_matrix,
    leaky,
    rotations,
)
from ivaegan_jax.data.benchmarks.synthetic import b1, b2, b3_imca, b3_tcl, b4

MAKERS = (b1, b2, b3_tcl, b3_imca, b4)

# Recorded from this code at data seed 1. There B1 and B3 TCL equal, bit by bit and in full, files
# that the published generators wrote. For B2 and B3 IMCA no such file exists: the recipe written
# out as plain loops on the global generator agreed to 1e-6 at data seeds 5 and 3.
GOLDEN = {
    "b1": {
        "x": [-0.25817487, -0.20018888, 0.8074698, 0.3614889, -0.06443794],
        "s": [0.12004337, 1.4227762, 0.11631376, 0.8571695, -0.26883703],
        "last": [-1.275512, 0.14208792, 0.52118075, -0.3631209, 0.5024458],
        "mean": [0.00573639, -0.00425852, -0.00245623, 0.00095965, -0.00348758],
        "std": [1.00764583, 0.64274535, 0.68460709, 0.52651886, 0.83807425],
    },
    "b2": {
        "x": [-0.3975544, 0.2570165, -1.3446254, -1.2093347, -0.14365035],
        "s": [5.511487, 0.44875693, 3.7930574, 0.32589087, -1.2178003],
        "last": [-0.8385605, 0.656975, -1.6850085, -1.2900993, -0.10937236],
        "mean": [-0.01608386, 0.0083366, -0.10122252, -0.05892185, 0.00157369],
        "std": [0.76037485, 0.86340594, 1.31754901, 0.87610163, 0.62299642],
    },
    "b3_tcl": {
        "x": [-1.4959368, -1.3200934, -0.5244873, 0.20808166, 0.75460684],
        "s": [1.7070634, -0.63353294, -0.47184587, -3.2212121, 1.2305348],
        "last": [-0.46755242, 0.17537436, -0.6492668, -1.7852201, -2.011839],
        "mean": [-0.60291714, 0.16256756, -0.88083147, -0.15817061, -0.4372519],
        "std": [1.19955418, 1.17170675, 1.1977297, 1.30719613, 1.27374473],
    },
    "b3_imca": {
        "x": [-0.5246438, -0.7387181, 0.40057734, -0.9043294, -0.08778515],
        "s": [-0.84858644, 1.1095245, -1.6973196, -0.2894192, -3.2729986],
        "last": [-2.1663053, -0.39904985, 0.96221834, -1.2482473, 0.34877676],
        "mean": [-0.65363471, 0.19878201, -0.25675567, 0.15613442, 0.08222311],
        "std": [0.76641049, 0.69814255, 0.78512669, 0.91516698, 0.62353561],
    },
}


@pytest.mark.parametrize("name", GOLDEN)
def test_data_seed_1_is_the_recorded_data_set(name):
    data, golden = load_dataset(name, 1), GOLDEN[name]
    assert_allclose(data.x[0], golden["x"], atol=1e-5)
    assert data.s is not None
    assert_allclose(data.s[0], golden["s"], atol=1e-5)
    assert_allclose(data.x[-1], golden["last"], atol=1e-5)
    assert_allclose(data.x.mean(0, dtype=float), golden["mean"], atol=1e-5)
    assert_allclose(data.x.std(0, dtype=float), golden["std"], atol=1e-5)


@pytest.mark.parametrize("make", MAKERS)
def test_shapes_types_and_levels(make):
    data = make(3, segments=4, per_segment=30, dim=3, layers=4)
    assert data.name == make.__name__
    assert data.x.shape == data.s.shape == (120, 3)
    assert data.x.dtype == data.s.dtype == np.float32
    assert data.u.codes.dtype == np.int32
    assert np.array_equal(data.u.codes, np.repeat(np.arange(4), 30))
    assert np.array_equal(data.u.levels, np.arange(4))


@pytest.mark.parametrize("make", MAKERS)
def test_a_data_seed_repeats_and_leaves_the_global_generator_alone(make):
    before = np.random.get_state(legacy=False)["state"]
    first, again, other = (make(k, segments=3, per_segment=20) for k in (5, 5, 6))
    after = np.random.get_state(legacy=False)["state"]
    assert np.array_equal(first.x, again.x)
    assert not np.allclose(first.x, other.x)
    assert np.array_equal(before["key"], after["key"])
    assert before["pos"] == after["pos"]


def test_b1_undone_layer_by_layer_is_linear_in_the_sources():
    # The same matrix in all layers: fit it from a linear data set, then predict a deep one.
    linear = b1(2, segments=5, per_segment=50, layers=1)
    matrix = np.linalg.lstsq(linear.s, linear.x, rcond=None)[0]
    assert_allclose(np.linalg.norm(matrix, axis=0), 1, rtol=1e-4)
    deep = b1(2, segments=5, per_segment=50, layers=3)
    hidden = deep.s
    for _ in range(2):
        hidden = np.tanh(hidden @ matrix) + 0.1 * (hidden @ matrix)
    assert_allclose(deep.x, hidden @ matrix, atol=1e-4)


def test_leaky_activation_leaves_positive_hidden_values_unchanged():
    shallow = b1(2, segments=5, per_segment=50, layers=1, activation="leaky")
    matrix = np.linalg.lstsq(shallow.s, shallow.x, rcond=None)[0]
    deep = b1(2, segments=5, per_segment=50, layers=2, activation="leaky")
    expected = np.where(shallow.x > 0, shallow.x, 0.1 * shallow.x) @ matrix
    assert_allclose(deep.x, expected, atol=1e-4)


def test_b2_has_means_and_b1_has_none():
    def largest_mean(data):
        return np.abs([data.s[data.u.codes == level].mean(0) for level in range(40)]).max()

    assert largest_mean(b1(1)) < 0.5
    assert 4 < largest_mean(b2(1)) < 5.5


def test_means_alone_follow_u_where_b2_is_asked_for_that():
    plain, means = b2(1), b2(1, modulation="mean")
    levels = [means.s[means.u.codes == level] for level in range(40)]
    assert_allclose([level.std(axis=0) for level in levels], 1, atol=0.15)
    assert_allclose(
        [level.mean(axis=0) for level in levels],
        [plain.s[plain.u.codes == level].mean(axis=0) for level in range(40)], atol=0.6,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("source", "kurtosis", "std"), [("gaussian", 0, 1), ("laplace", 3, 1), ("hypsec", 2, np.pi / 2)]
)
def test_sources_have_the_moments_of_their_distribution(source, kurtosis, std):
    options = {"segments": 2, "per_segment": 100_000, "dim": 2, "layers": 1}
    first, _gaussian = (b1(1, **options, source=kind).s[:100_000] for kind in (source, "gaussian"))
    assert_allclose(stats.kurtosis(first), kurtosis, atol=0.3)
    # The same modulation whatever the source.
    ratio = first.std(0) / b1(1, segments=2, per_segment=100_000, dim=2, layers=1).s[:100_000].std(
        0
    )
    assert_allclose(ratio, std, rtol=0.03)


def test_b3_of_one_layer_shows_the_sources_and_of_two_rotates_them():
    data = b3_tcl(1, layers=1)
    assert np.array_equal(data.x, data.s)
    rotated = b3_tcl(1, layers=2)
    hidden = np.where(data.s > 0, data.s, 0.2 * data.s)
    norms = np.linalg.norm(hidden, axis=1)
    assert_allclose(np.linalg.norm(rotated.x, axis=1), norms, rtol=1e-4)


def test_a_mixing_keeps_its_input():
    s = np.ones((4, 3))
    Mixing(rotations(np.random.RandomState(0), 3, 3, 3), leaky, before=True)(s)
    assert np.array_equal(s, np.ones((4, 3)))


def test_imca_sources_depend_on_each_other_within_a_segment():
    def off_diagonal(data):
        s = data.s.reshape(20, -1, 5)
        return np.abs(np.mean([np.corrcoef(part.T) for part in s], 0) - np.eye(5)).max()

    assert off_diagonal(b3_imca(1, per_segment=2000)) > 0.1
    assert off_diagonal(b3_tcl(1, per_segment=2000)) < 0.03


def test_conditioned_matrix_has_unit_columns_and_is_among_the_best_quarter():
    like = np.random.default_rng(0).uniform(-1, 1, (20_000, 5, 5))
    like /= np.linalg.norm(like, axis=1, keepdims=True)
    # Both percentiles are estimates: 27 instead of 25 allows for their spread, about .5.
    threshold = np.percentile(np.linalg.cond(like), 27)
    for seed in range(8):
        matrix = conditioned_matrix(np.random.RandomState(seed), 5, 5)
        assert matrix.dtype == np.float32
        assert_allclose(np.linalg.norm(matrix, axis=0), 1, rtol=1e-5)
        assert np.linalg.cond(matrix) < threshold


def test_b4_takes_means_and_stds_per_segment_from_its_ranges():
    data = b4(1, per_segment=2000)
    segments = data.s.reshape(20, -1, 5)
    means, stds = segments.mean(1), segments.std(1)
    rng = np.random.RandomState(1)
    assert_allclose(stds, rng.uniform(0.1, 3, (20, 5)), rtol=0.07)
    assert_allclose(means, rng.uniform(-3, 3, (20, 5)), atol=0.25)


def test_b4_mixes_with_fresh_matrices_and_a_leaky_slope():
    one, two = (b4(2, segments=3, per_segment=30, layers=layers) for layers in (1, 2))
    first = np.linalg.lstsq(one.s, one.x, rcond=None)[0]
    hidden = np.where(one.x > 0, one.x, 0.2 * one.x)
    second, residual, *_ = np.linalg.lstsq(hidden, two.x, rcond=None)
    assert_allclose(residual, 0, atol=1e-6)
    assert np.linalg.cond(second) < 5
    assert not np.allclose(first, second, atol=0.1)


@pytest.mark.parametrize("dim", [2, 5, 10])
def test_bounded_matrix_has_unit_columns_and_a_condition_number_below_5(dim):
    for seed in range(3):
        matrix = bounded_matrix(np.random.RandomState(seed), dim)
        assert_allclose(np.linalg.norm(matrix, axis=0), 1, rtol=1e-5)
        assert np.linalg.cond(matrix) < 5
