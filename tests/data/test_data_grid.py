"""Pictures that were not declared so."""

import numpy as np
import pytest

from ivaegan_jax.data import load_dataset
from ivaegan_jax.data.tables.grid import side_of_pictures
from ivaegan_jax.data.tables.memory import as_dataset

RNG = np.random.default_rng(0)
SOURCES = RNG.normal(size=(1000, 4))


@pytest.fixture(scope="module")
def drawn():
    return {
        colours: load_dataset("sprites", 101, {"size": 16, "per_segment": 20, "colours": colours})
        for colours in ("grey", "rgb")
    }


def waves(columns):
    """Smooth spectra: a bump at a random place."""
    place = np.linspace(0, 1, columns)
    return np.exp(-((place - RNG.uniform(0, 1, (1000, 1))) ** 2) / 0.02)


@pytest.mark.parametrize("colours", ["grey", "rgb"])
def test_pictures_are_seen_in_any_unit(drawn, colours):
    x = np.asarray(drawn[colours].x)
    assert side_of_pictures(x) == side_of_pictures(255 * x - 3) == 16
    assert side_of_pictures((255 * x).astype(np.uint8)) == 16


@pytest.mark.parametrize(
    "x",
    [
        np.tanh(SOURCES @ RNG.normal(size=(4, 256))),
        RNG.normal(size=(1000, 400)),
        waves(1024),
        np.ones((50, 256)),
        RNG.poisson(np.exp(SOURCES @ RNG.normal(size=(4, 324)) / 3)),
        np.repeat(RNG.normal(size=(1000, 1)), 256, axis=1),
    ],
    ids=["mixed", "noise", "spectra", "constant", "counts", "one column"],
)
def test_other_columns_are_none(x):
    assert side_of_pictures(x) == 0


def test_few_pixels_other_counts_and_another_order_are_none(drawn):
    x = np.asarray(drawn["grey"].x)
    assert side_of_pictures(x[:, :255]) == side_of_pictures(x[:, :225]) == 0
    assert side_of_pictures(x[:, RNG.permutation(256)]) == 0


def test_a_table_of_pictures_has_their_shape_and_says_so(drawn):
    data = drawn["grey"]
    found = as_dataset(data.x, data.u.codes)
    assert found.image_shape == (16, 16)
    assert any("rows are taken as pictures" in note for note in found.notes)
    named = as_dataset(data.x, data.u.codes, image_shape=(8, 32))
    assert named.image_shape == (8, 32)
    assert not any("pictures" in note for note in named.notes)
    assert as_dataset(data.x, new_rows_of=256).image_shape is None
