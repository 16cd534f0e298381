"""What varies in a table survives until it is centred, whatever its offset, unit or type."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from ivaegan_jax.data.columns import moments
from ivaegan_jax.data.config import DataConfig
from ivaegan_jax.data.fits import fit_preprocessing
from ivaegan_jax.data.prepare import prepare, preprocessing_arrays, preprocessing_from
from ivaegan_jax.data.tables.load import load_table
from ivaegan_jax.types import Auxiliary, Dataset

RNG = np.random.default_rng(0)
ROWS = np.arange(200)
X = RNG.normal(size=(200, 3))
U = np.arange(200) % 4
TIME = np.arange(200) / 10.0


def saved(tmp_path, **arrays):
    np.savez(tmp_path / "table.npz", **arrays)
    return load_table(tmp_path / "table.npz")


def trained_on(dataset):
    return prepare([dataset], (1,), DataConfig(), 16)


@pytest.mark.parametrize("offset", [0, 5e7, 2e9, -1e12])
def test_offsets_of_x_change_nothing_that_is_trained(tmp_path, offset):
    data = saved(tmp_path, x=X + np.array([offset, 0, 0]), u=U)
    found = trained_on(data)
    expected = trained_on(saved(tmp_path, x=X, u=U))
    assert found.train.x.dtype == np.float32
    resolution = np.spacing(float(abs(offset)))
    assert_allclose(found.train.x, expected.train.x, rtol=1e-6, atol=1e-6 + 2 * resolution)
    assert_allclose(found.preprocessing[0].inverse_x(found.test.x[0]).mean(0),
                    data.x[ROWS].mean(0), atol=1)  # fmt: skip


def test_time_stamps_are_trained_as_what_they_are_since_the_first(tmp_path):
    found = [
        trained_on(saved(tmp_path, x=X, u=(start + TIME)[:, None])) for start in (1_732_550_000, 0)
    ]
    for part in ("train", "valid", "test"):
        u, expected = (getattr(data, part).u for data in found)
        assert u.dtype == np.float32
        assert_allclose(u, expected, rtol=1e-6, atol=1e-6)
    assert len(np.unique(found[0].train.u)) == 160


def test_sources_keep_their_digits(tmp_path):
    s = X[:, :2] + 2e9
    part = trained_on(saved(tmp_path, x=X, u=U, s=s)).train
    assert part.s.dtype == np.float64
    assert np.isin(part.s[0, :, 0], s[:, 0]).all()


@pytest.mark.parametrize(
    ("dtype", "kept", "exact"),
    [
        (bool, np.uint8, np.float32), (np.int8, np.int8, np.float32),
        (np.uint8, np.uint8, np.float32), (np.int16, np.int16, np.float32),
        (np.int32, np.int32, np.float64), (np.uint64, np.uint64, np.float64),
        (np.float16, np.float32, np.float32), (np.float32, np.float32, np.float32),
        (np.float64, np.float64, np.float64), (">f8", np.float64, np.float64),
        (">i4", np.int32, np.float64),
    ],
)  # fmt: skip
@pytest.mark.parametrize("order", ["C", "F"])
def test_every_type_of_numbers_is_centred_as_exactly_as_it_is(tmp_path, dtype, kept, exact, order):
    x = np.array(np.abs(X) > 1 if dtype is bool else np.abs(10 * X), dtype=dtype, order=order)
    data = saved(tmp_path, x=x, u=U)
    assert data.x.dtype == kept
    fitted = fit_preprocessing(data, ROWS)
    assert fitted.x_mean.dtype == fitted.x_std.dtype == exact
    found = fitted.transform_x(data.x)
    assert found.dtype == np.float32
    assert_allclose(found.mean(0), 0, atol=1e-5)
    assert_allclose(found.std(0), 1, rtol=1e-5)


def test_stored_statistics_are_read_as_they_were(tmp_path):
    data = saved(tmp_path, x=X + 2e9, u=(1e9 + TIME)[:, None])
    fitted = fit_preprocessing(data, ROWS)
    np.savez(tmp_path / "kept.npz", **preprocessing_arrays([fitted]))
    with np.load(tmp_path / "kept.npz", allow_pickle=False) as stored:
        again = preprocessing_from(stored, 0)
    assert again.x_mean.dtype == np.float64
    np.testing.assert_array_equal(again.transform_x(data.x), fitted.transform_x(data.x))
    np.testing.assert_array_equal(again.encode_u(data.u), fitted.encode_u(data.u))


def test_statistics_of_earlier_versions_are_still_read():
    stored = {"0/x_mean": np.float32([1, 2]), "0/x_std": np.float32([1, 4]), "0/scale": 1.5}
    old = preprocessing_from({k: np.asarray(v) for k, v in stored.items()} | {
        "0/levels": np.array(["a", "b"])}, 0)  # fmt: skip
    assert_allclose(old.transform_x(np.array([[2.0, 6.0]])), [[1.5, 1.5]])


@pytest.mark.parametrize("spread", [1e-200, 1e-40, 1e-3, 1e30])
def test_spreads_of_every_size_become_one(spread):
    x = X * np.array([spread, 1, 1])
    found = fit_preprocessing(Dataset("d", x, Auxiliary.categorical(U)), ROWS).transform_x(x)
    assert_allclose(found.std(0), 1, rtol=1e-5)


@given(st.integers(1, 50), st.integers(0, 2**32 - 1), st.floats(-1e9, 1e9))
def test_moments_are_those_of_the_formulas(rows, seed, offset):
    table = np.random.default_rng(seed).normal(size=(60, 2))
    chosen = np.random.default_rng(seed).permutation(60)[:rows]
    found = moments(table + offset, chosen)
    assert_allclose(found.mean - offset, table[chosen].mean(0), atol=1e-6)
    assert_allclose(found.std, table[chosen].std(0), atol=1e-6)
    assert_allclose(found.low - offset, table[chosen].min(0), atol=1e-6)
    assert_allclose(found.high - offset, table[chosen].max(0), atol=1e-6)
    assert found.varies.tolist() == [rows > 1] * 2


def test_moments_of_many_pieces_are_those_of_one(monkeypatch):
    whole = moments(X, ROWS)
    monkeypatch.setattr("ivaegan_jax.data.columns.VALUES_AT_ONCE", 10)
    for found, expected in zip(moments(X, ROWS), whole, strict=True):
        assert_allclose(found, expected, rtol=1e-12)
