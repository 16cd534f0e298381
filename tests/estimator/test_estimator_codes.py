"""A model of codes is a model of x: users give and get x, whatever the model sees."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from small_networks import PLAIN

from ivaegan_jax import IVAE, load
from ivaegan_jax.data import codec
from ivaegan_jax.types import InputError


@pytest.fixture(scope="module")
def coded(small, frame):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(codec, "WIDTH", 16)
        patch.setattr(codec, "STEPS", 200)
        config = {**PLAIN, "data.codes": 3, "model.posterior": "x"}
        return small(IVAE, n_seeds=1, config=config).fit(frame, "segment")


def test_rows_go_in_and_come_out_as_the_user_has_them(coded, frame):
    assert coded.n_features_in_ == 5
    z = coded.transform(frame)
    assert z.shape == (400, 2)
    assert np.asarray(coded.inverse_transform(z)).shape == (400, 5)
    assert np.asarray(coded.sample(frame["segment"], 1)).shape == (400, 5)
    assert np.asarray(coded.traverse(1, points=3).x).shape == (3, 5)


def test_a_saved_model_has_its_codes(coded, frame, tmp_path):
    again = load(coded.save(tmp_path / "model.zip"))
    assert_array_equal(again.transform(frame), coded.transform(frame))


def test_pictures_go_in_as_pictures_or_as_rows(small, monkeypatch):
    monkeypatch.setattr(codec, "WIDTH", 16)
    monkeypatch.setattr(codec, "STEPS", 10)
    rng = np.random.default_rng(0)
    u = np.repeat(np.arange(8), 40)
    x = rng.normal(size=(320, 16, 16)) * (1 + u[:, None, None])
    config = {**PLAIN, "model.posterior": "x"}

    def model():
        return small(IVAE, n_seeds=1, steps=3, config=config)

    fitted = model().fit(x, u, image_shape=(16, 16))
    assert any("images of 256 pixels" in note for note in fitted.notes_)
    assert_array_equal(fitted.transform(x), fitted.transform(x.reshape(320, -1)))
    assert np.asarray(fitted.inverse_transform(fitted.transform(x[:2]))).shape == (2, 256)
    rows = model().fit(x.reshape(320, -1), u, image_shape=(16, 16))
    assert_array_equal(rows.transform(x), fitted.transform(x))
    with pytest.raises(InputError, match="leave out image_shape"):
        model().fit([x[:, 0], x[:, 1]], [u, u], image_shape=(4, 4))
