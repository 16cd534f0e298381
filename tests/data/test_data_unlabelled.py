"""Rows without u: kept beside a table, left out by default, and otherwise fitted and handed on."""

import dataclasses

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from ivaegan_jax.data.config import DataConfig
from ivaegan_jax.data.controls import SPOILT, as_control
from ivaegan_jax.data.prepare import prepare
from ivaegan_jax.data.tables.memory import as_dataset

ROWS, MISSING = 400, 160
RNG = np.random.default_rng(0)
X = np.random.default_rng(2).normal(size=(ROWS, 3)).astype(np.float32)
X[:MISSING] = 10 + 4 * X[:MISSING]
U = np.where(np.arange(ROWS) < MISSING, np.nan, np.arange(ROWS) % 4)
TRAIN = DataConfig(unlabelled="train", split="random")


def prepared(config=TRAIN, x=X, u=U, values="standardised"):
    return prepare([as_dataset(x, u)] * 2, (3, 9), config, 16, values)


def test_a_table_keeps_the_rows_that_it_leaves_out():
    found = as_dataset(X, U)
    assert_array_equal(found.x, X[MISSING:])
    assert_array_equal(found.unlabelled, X[:MISSING])
    assert found.left_out in found.notes
    assert as_dataset(X, np.arange(ROWS) % 4).unlabelled is None


def test_by_default_they_are_as_if_they_were_not_there():
    default, without = prepared(DataConfig(split="random")), prepared(x=X[MISSING:], u=U[MISSING:])
    assert default.unlabelled is None
    assert default.sha256 == without.sha256
    for own, other in zip(default.preprocessing, without.preprocessing, strict=True):
        assert_array_equal(own.x_mean, other.x_mean)
    for name in ("train", "valid", "test"):
        assert_array_equal(getattr(default, name).x, getattr(without, name).x)


def test_with_train_they_are_standardised_with_the_training_rows_and_stay_out_of_all_parts():
    default, data = prepared(DataConfig(split="random")), prepared()
    assert data.unlabelled.shape == (2, MISSING, 3)
    for i, own in enumerate(data.preprocessing):
        rows = np.concatenate([data.train.x[i], data.unlabelled[i]])
        assert_allclose(rows.mean(axis=0), 0, atol=1e-5)
        assert_allclose(rows.std(axis=0), TRAIN.scale, rtol=1e-5)
        assert_allclose(own.inverse_x(data.unlabelled[i]), X[:MISSING], atol=1e-4)
    for name in ("train", "valid", "test"):
        own, other = getattr(data, name), getattr(default, name)
        for array in ("u", "row", "place"):
            assert_array_equal(getattr(own, array), getattr(other, array))
    assert data.sha256 != default.sha256


def test_they_are_whitened_together():
    data = prepared(dataclasses.replace(TRAIN, whiten="yes"))
    rows = np.concatenate([data.train.x[0], data.unlabelled[0]])
    assert_allclose(np.cov(rows.T), TRAIN.scale**2 * np.eye(3), atol=0.02)


def test_a_continuous_u_is_fitted_to_rows_that_have_one():
    u = np.where(np.arange(ROWS) < MISSING, np.nan, X[:, 0] + 0.5)
    data = prepared(u=u)
    assert_allclose(data.train.u[0].mean(), 0, atol=1e-5)
    assert_allclose(data.train.u[0].std(), 1, rtol=1e-5)


def test_values_are_checked_in_all_rows():
    bad = np.abs(np.round(X))
    bad[0, 0] = 0.5
    with pytest.raises(Exception, match="needs whole numbers"):
        prepared(x=bad, values="counts")


def test_the_note_says_what_becomes_of_them():
    default, data = prepared(DataConfig(split="random")), prepared()
    assert any("left out" in note for note in default.notes)
    assert not any("left out" in note for note in data.notes)
    assert data.notes[0].startswith("160 of 400 rows have no u")


@pytest.mark.parametrize("control", SPOILT)
def test_controls_spoil_them_as_rows_of_one_u(control):
    data = prepared()
    made, again = (as_control(data, control, (3, 9), (1,)) for _ in range(2))
    assert_array_equal(made.unlabelled, again.unlabelled)
    assert made.unlabelled.shape == data.unlabelled.shape
    kept = control == "shuffled_u"
    assert np.array_equal(made.unlabelled, data.unlabelled) == kept
    if control == "shuffled_x":
        assert_array_equal(np.sort(made.unlabelled, axis=1), np.sort(data.unlabelled, axis=1))
