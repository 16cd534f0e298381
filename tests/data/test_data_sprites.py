import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from ivaegan_jax.data import load_dataset
from ivaegan_jax.data.benchmarks.rendering import BRIGHT, LOOKS, RADIUS, TRAVEL, cover
from ivaegan_jax.types import InputError

FEW = {"segments": 6, "per_segment": 10}
SIZE = 32
MIDDLE = (SIZE - 1) / 2

KINDS = {
    "default": {},
    "light": {"dim": 5, "size": 16},
    "disc": {"shape": "disc", "size": 16},
    "colour": {"shape": "box", "dim": 6, "colours": "rgb", "background": "waves"},
    "two": {"objects": 2, "dim": 9, "shape": "drop", "size": 24, "blur": 1.0},
    "two in colour": {"objects": 2, "dim": 11, "shape": "box", "colours": "rgb", "size": 20},
}


def draw(data_seed=2, **options):
    return load_dataset("sprites", data_seed, {**FEW, **options})


def columns(**factors):
    return {name: np.float32([[value]]) for name, value in factors.items()}


def places(size=SIZE):
    at = np.arange(size) - (size - 1) / 2
    return np.tile(at, size), np.repeat(at, size)


@pytest.mark.parametrize("shape", LOOKS)
@pytest.mark.parametrize("scale", [-0.9, 0.0, 0.9])
@pytest.mark.parametrize("blur", [0.5, 0.8])
def test_the_light_of_a_shape_follows_its_radius(shape, scale, blur):
    covered = cover(LOOKS[shape], columns(x=0.2, scale=scale, angle=0.7), 64, blur)
    radius = RADIUS * 64 * np.exp(0.35 * scale)
    expected = LOOKS[shape].area * (radius**2 + (np.pi * blur) ** 2 / 3)
    assert_allclose(covered.sum(), expected, rtol=2e-3)


@pytest.mark.parametrize("shape", ["ellipse", "box", "disc"])
def test_the_centre_of_mass_is_the_place(shape):
    x, y = places()
    covered = cover(LOOKS[shape], columns(x=-0.6, y=0.9, scale=0.3, angle=-0.8), SIZE, 0.5)[0]
    found = [(covered * at).sum() / covered.sum() for at in (x, y)]
    assert_allclose(found, [-0.6 * TRAVEL * SIZE, 0.9 * TRAVEL * SIZE], atol=0.02)


@pytest.mark.parametrize("shape", ["ellipse", "box"])
@pytest.mark.parametrize("angle", [-1.0, -0.3, 0.0, 0.5, 1.0])
def test_the_long_axis_of_the_second_moments_is_the_angle(shape, angle):
    x, y = places()
    covered = cover(LOOKS[shape], columns(angle=angle), SIZE, 0.5)[0]
    moments = np.cov(np.stack([x, y]), aweights=covered)
    long = np.linalg.eigh(moments)[1][:, 1]
    found = np.arctan(long[1] / long[0])
    turned = (found - LOOKS[shape].turn * angle + np.pi / 2) % np.pi - np.pi / 2
    assert_allclose(turned, 0, atol=0.03)


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_sources_make_one_picture(kind):
    data = draw(**KINDS[kind])
    slopes = jax.jit(jax.vmap(jax.jacfwd(lambda s: data.truth.mixing(s[None])[0])))(data.s)
    singular = np.linalg.svd(np.asarray(slopes), compute_uv=False)
    assert singular.shape == (60, data.s.shape[1])
    assert (singular[:, -1] > 1e-3 * singular[:, 0]).all()


def test_jax_and_numpy_draw_the_same_pictures():
    data = draw(**KINDS["two in colour"])
    assert_allclose(data.truth.mixing(jnp.asarray(data.s)), data.x, atol=2e-4)
    assert_allclose(data.truth.mixing(data.s), data.x, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_stays_inside_its_borders_and_its_range(kind):
    data = draw(**KINDS[kind])
    height, width = data.image_shape
    pictures = data.x.reshape(60, height, width, -1)
    assert pictures.shape[3] == (3 if "colour" in kind else 1)
    assert 0 <= data.x.min() < data.x.max() <= 1
    faint = 0.25 if "background" in KINDS[kind] else 0.05
    assert np.median(pictures[:, [0, -1]]) < faint
    assert pictures.reshape(60, -1).max(axis=1).min() > 0.1


def test_defaults_are_the_size_that_results_are_about():
    data = load_dataset("sprites", 3)
    assert data.x.shape == (4800, 1024)
    assert (data.s.shape, data.u.distinct(), data.image_shape) == ((4800, 4), 24, (32, 32))
    assert data.x.dtype == data.s.dtype == np.float32
    assert_allclose(data.x.max(), BRIGHT, atol=0.01)
    again, other = load_dataset("sprites", 3), load_dataset("sprites", 4)
    assert np.array_equal(data.x, again.x)
    assert not np.array_equal(data.x, other.x)


def test_levels_move_means_and_standard_deviations():
    data = draw(segments=40, per_segment=400)
    by_level = data.s.reshape(40, 400, 4)
    assert_allclose(by_level.mean(axis=1), data.truth.mean[::400], atol=0.25)
    assert_allclose(by_level.std(axis=1), data.truth.std[::400], rtol=0.2)
    assert np.ptp(data.truth.mean[::400], axis=0).min() > 2
    assert np.ptp(data.truth.std[::400], axis=0).min() > 0.5
    assert not draw(modulation="variance").truth.mean.any()
    assert np.unique(draw(modulation="mean").truth.std).tolist() == [np.float32(0.6)]


def test_pixels_share_their_noise_and_it_has_a_ceiling():
    clean, noisy = draw(size=16), draw(size=16, noise=0.3)
    added = noisy.x - clean.x
    assert_allclose(added.std(axis=0), 0.3 * np.sqrt(clean.x.var(axis=0).mean()), rtol=0.4)
    assert np.array_equal(noisy.clean, clean.x)
    means, _ = noisy.truth.at(np.arange(0, 60, 6)).posterior_means(given_u=False)
    assert np.isfinite(means).all()
    errors = means - noisy.s[::6]
    assert np.sqrt(np.mean(errors**2)) < 0.3


FAULTS = {
    "too many": ({"dim": 6}, "dim must be at most 5 for ellipse in grey, not 6"),
    "no angle": ({"dim": 5, "shape": "disc"}, "dim must be at most 4 for disc in grey, not 5"),
    "crowd": ({"objects": 3}, "objects must be 1 or 2, not 3"),
    "small": ({"size": 8}, "size must be an integer of 16 or more, not 8"),
    "shape": ({"shape": "star"}, "shape must be one of disc, ellipse, box, drop, not 'star'"),
    "sharp": ({"blur": 0.0}, "blur must be a number above 0, not 0.0"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_cannot_be_drawn_is_refused(fault):
    options, expected = FAULTS[fault]
    with pytest.raises(InputError, match=expected):
        draw(**options)
