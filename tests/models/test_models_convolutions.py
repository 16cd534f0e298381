import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ivaegan_jax.models.config import ModelConfig
from ivaegan_jax.models.convolutions import (
    NO_IMAGES,
    Convolutions,
    Pixels,
    TransposedConvolutions,
    make_pixels,
    overlaid,
    patches,
)
from ivaegan_jax.models.layers import SpectralDense
from ivaegan_jax.models.model import build
from ivaegan_jax.models.networks import Dims
from ivaegan_jax.models.presets import PRESETS, resolve
from ivaegan_jax.training.trainer import make_trainer
from ivaegan_jax.types import InputError, TrainData

KEY = jax.random.key(0)
SHAPES = [(8, 6), (5, 9)]
HALVED = {5: 3, 6: 3, 8: 4, 9: 5}
IMAGES = Dims(dim_x=64, dim_u=4, dim_z=2, rows=32, image_shape=(8, 8))
SMALL = {"width": 8, "critic_width": 8, "convolutions": 2, "channels": 2}


def normal(seed, *shape):
    return jax.random.normal(jax.random.key(seed), shape)


def shapes_of(module, *shape):
    """What a module makes of an input of this shape, and of its first parameters."""
    return jax.eval_shape(module.init_with_output, KEY, jnp.zeros(shape))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_dense_layer_of_patches_is_a_convolution(shape):
    images, kernel = normal(1, 2, *shape, 3), normal(2, 4, 4, 3, 5)
    odd = [(1, 1 + size % 2) for size in shape]
    expected = jax.lax.conv_general_dilated(
        images, kernel, (2, 2), odd, dimension_numbers=("NHWC", "HWIO", "NHWC")
    )
    # a row of the kernel is a block's row and the row within the block, and so is a column
    blocks = kernel.reshape(2, 2, 2, 2, 3, 5).transpose(0, 2, 1, 3, 4, 5)
    found = patches(images) @ blocks.reshape(-1, 5)
    assert found.shape == (2, HALVED[shape[0]], HALVED[shape[1]], 5)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("shape", SHAPES)
def test_overlaying_is_the_adjoint_of_taking_patches(shape):
    images = normal(1, 2, *shape, 3)
    seen = patches(images)
    stamps = normal(2, *seen.shape)
    np.testing.assert_allclose(
        jnp.vdot(seen, stamps), jnp.vdot(images, overlaid(stamps, images.shape)), rtol=1e-4
    )


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("colours", [1, 3])
def test_rows_become_features_and_features_rows(shape, colours):
    pixels, dim_x = Pixels(*shape, (4, 8)), shape[0] * shape[1] * colours
    features, params = shapes_of(Convolutions(pixels, "tanh"), 5, 1, dim_x)
    assert features.shape == (5, pixels.features(dim_x))
    assert params["params"]["Conv_0"]["kernel"].shape == (16 * colours, 4)
    rows, _ = shapes_of(TransposedConvolutions(pixels, "tanh", dim_x), *features.shape)
    assert rows.shape == (5, dim_x)


def test_rows_that_are_no_images_pass_unchanged_and_have_no_parameters():
    x = normal(1, 4, 2, 3)
    features, params = Convolutions(NO_IMAGES, "tanh").init_with_output(KEY, x)
    np.testing.assert_array_equal(features, x.reshape(4, 6))
    assert not params
    rows, params = TransposedConvolutions(NO_IMAGES, "tanh", 6).init_with_output(KEY, features)
    np.testing.assert_array_equal(rows, features)
    assert not params


def test_convolutions_shift_with_the_image():
    image = jnp.zeros((16, 16)).at[4:8, 4:8].set(normal(1, 4, 4))
    two = jnp.stack([image, jnp.roll(image, (4, 4), (0, 1))]).reshape(2, 1, -1)
    pixels = Pixels(16, 16, (3, 4))
    features, _ = Convolutions(pixels, "tanh").init_with_output(KEY, two)
    first, second = features.reshape(2, 4, 4, 4)
    np.testing.assert_allclose(first[:3, :3], second[1:, 1:], atol=1e-6)


def test_images_judged_together_are_channels_of_one():
    _, params = shapes_of(Convolutions(Pixels(4, 4, (2,)), "tanh"), 3, 2, 16)
    assert params["params"]["Conv_0"]["kernel"].shape == (16 * 2, 2)


def test_transposed_convolutions_keep_the_size_of_what_passes():
    pixels = Pixels(32, 32, (16, 32))
    features = normal(1, 50, pixels.features(32 * 32))
    rows, _ = TransposedConvolutions(pixels, "leaky_relu", 32 * 32).init_with_output(KEY, features)
    inside = rows.reshape(50, 32, 32)[:, 4:-4, 4:-4]
    assert 0.2 < float(inside.std()) < 1.2  # each leaky layer halves the second moment


def test_a_spectral_convolution_is_a_dense_layer_of_norm_one():
    pixels = Pixels(8, 8, (4,))
    module = Convolutions(pixels, "tanh", SpectralDense)
    x = normal(1, 3, 1, 64)
    variables = module.init(KEY, x)
    for _ in range(30):
        _, moved = module.apply(variables, x, mutable="batch_stats")
        variables = variables | moved
    kernel = variables["params"]["Conv_0"]["kernel"]
    vector = variables["batch_stats"]["Conv_0"]["vector"]
    norm = np.linalg.norm(kernel, 2)
    assert float(jnp.linalg.norm(vector @ kernel)) == pytest.approx(norm, rel=1e-3)


def test_channels_double_and_images_halve():
    pixels = make_pixels([28, 28], 3, 4)
    assert pixels.channels == (4, 8, 16)
    assert pixels.sizes() == [(28, 28), (14, 14), (7, 7), (4, 4)]
    assert pixels.features(28 * 28) == 4 * 4 * 16
    assert make_pixels(None, 0, 4) == make_pixels((8, 8), 0, 4) == NO_IMAGES


@pytest.mark.parametrize(
    ("image_shape", "convolutions", "message"),
    [
        (None, 1, r"needs rows that are images: give their image_shape"),
        ((8, 8), 4, r"8 x 8 pixels; use at most 3"),
        ((6, 90), 3, r"use at most 2"),
    ],
)
def test_convolutions_that_cannot_be_are_refused(image_shape, convolutions, message):
    with pytest.raises(InputError, match=message):
        make_pixels(image_shape, convolutions, 4)


SERVED = ("ivae", "gan", "ibigan")
"""Presets of the fast tests: without a critic, with one of x, with one of x, z and u."""


@pytest.mark.parametrize(
    "options",
    [
        *(
            pytest.param({"preset": name}, marks=[] if name in SERVED else pytest.mark.slow)
            for name in PRESETS
        ),
        {"preset": "ivae_gan", "critic_norm": "spectral", "critic_conditioning": "projection"},
        {"preset": "ivae_gan", "packing": 2, "regularisers": "r1,r2,gp", "extra_terms": "feat"},
    ],
    ids=lambda options: "-".join(map(str, options.values())),
)
def test_every_model_plays_a_round_on_images(options, run_of):
    preset, *names = options["preset"], *(set(options) - {"preset"})
    chosen = ModelConfig(**SMALL, **{name: options[name] for name in names})
    config, game = resolve(PRESETS[preset], chosen)
    trainer = make_trainer(build(config, IMAGES, game.blocks), game, 8, 4, packing=config.packing)
    data = TrainData(jnp.zeros((1, 32, 64)), jnp.zeros((1, 32), jnp.int32), jnp.zeros((1, 32, 2)))
    before = jax.eval_shape(trainer.init, run_of())
    after, _ = jax.eval_shape(trainer.train_step, run_of(), before, data)
    assert "Conv_1" in str(before.params)
    assert jax.tree.map(jnp.shape, after) == jax.tree.map(jnp.shape, before)
