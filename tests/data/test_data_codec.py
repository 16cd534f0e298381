import dataclasses
import re
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from ivaegan_jax.data import DataConfig, prepare, preprocessing_arrays, preprocessing_from
from ivaegan_jax.data import codec as codec_module
from ivaegan_jax.data.codec import (
    FITTED,
    MOST_STEPS,
    Codec,
    first_weights,
    fit_codec,
    layers,
    principal_axes,
    updates,
    with_axes,
)
from ivaegan_jax.studies import Config, Experiment, Study
from ivaegan_jax.types import Dataset, InputError

ROWS, COLUMNS = 400, 30
U = np.arange(ROWS) % 4


def curved(seed=0):
    """Rows on a surface of two dimensions, bent into many columns."""
    rng = np.random.default_rng(seed)
    s = rng.uniform(-1, 1, (ROWS, 2))
    waves = rng.standard_normal((2, COLUMNS))
    return np.sin(2 * s @ waves + rng.uniform(0, 6, COLUMNS)).astype(np.float32), s


@pytest.fixture(scope="module")
def short():
    """The least that shows an effect: fewer steps and units than a table deserves."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(codec_module, "WIDTH", 48)
        patch.setattr(codec_module, "STEPS", 800)
        FITTED.clear()
        yield
    FITTED.clear()


@pytest.fixture(scope="module")
def prepared(short):
    x, s = curved()
    table = Dataset("curved", 5 + 3 * x, U, s.astype(np.float32), independent=True)
    return table, prepare([table], [1], DataConfig(codes=3), 32)


def test_codes_are_uncorrelated_and_of_one_size(prepared):
    train = prepared[1].train.x[0]
    assert train.shape == (320, 3)
    assert_allclose(np.cov(train.T), 1.5**2 * np.eye(3), atol=0.02)
    assert prepared[1].dim_x == 3


def test_three_codes_hold_more_than_three_principal_components(prepared):
    table, data = prepared
    rows = data.test.row[0]
    found = data.preprocessing[0].inverse_x(data.test.x[0])
    left = np.square(table.x[rows] - found).sum()
    train = table.x[data.train.row[0]]
    axes = np.linalg.svd(train - train.mean(0), full_matrices=False)[2][:3]
    centred = table.x[rows] - train.mean(0)
    assert left < 0.5 * np.square(centred - centred @ axes.T @ axes).sum()


def test_codes_are_smooth_functions_of_rows_and_back(prepared):
    fitted = prepared[1].preprocessing[0]
    again = fitted.transform_x(fitted.inverse_x(prepared[1].test.x[0]))
    near = np.square(again - prepared[1].test.x[0]).mean()
    assert near < 0.1 * 1.5**2


def test_a_model_keeps_its_codec(prepared, tmp_path):
    table, data = prepared
    np.savez(tmp_path / "p.npz", **preprocessing_arrays(data.preprocessing))
    with np.load(tmp_path / "p.npz", allow_pickle=False) as stored:
        same = preprocessing_from(stored, 0)
    assert_array_equal(same.transform_x(table.x), data.preprocessing[0].transform_x(table.x))
    assert_array_equal(same.inverse_x(data.test.x), data.preprocessing[0].inverse_x(data.test.x))


def test_whitened_rows_are_all_directions_at_one_scale(short):
    x, s = curved()
    x = x[:, :4] @ np.diag([1, 1, 1e-3, 1]) + x[:, 4:5]
    table = Dataset("curved", 5 + 3 * x, U, s.astype(np.float32), independent=True)
    data = prepare([table], [1], DataConfig(whiten="yes"), 32)
    assert_allclose(np.cov(data.train.x[0].T), 1.5**2 * np.eye(4), atol=0.02)
    fitted = data.preprocessing[0]
    assert_allclose(fitted.inverse_x(data.test.x[0]), table.x[data.test.row[0]], atol=1e-3)
    stored = preprocessing_arrays(data.preprocessing)
    assert_array_equal(
        preprocessing_from(stored, 0).transform_x(table.x), fitted.transform_x(table.x)
    )


def test_densities_of_components_are_those_of_columns(short):
    x, _ = curved()
    x = x[:, :3] * [1, 20, 0.3]
    fitted = prepare(
        [Dataset("curved", x, U, independent=True)], [1], DataConfig(whiten="yes"), 32
    ).preprocessing[0]
    plain = dataclasses.replace(fitted, codec=None)
    seen, columns = fitted.transform_x(x), plain.transform_x(x)
    assert_allclose(fitted.standardised(seen), columns, atol=1e-5)
    # of Gaussians fitted to both, the density of every row differs by the volume
    both = [stats.multivariate_normal(a.mean(0), np.cov(a.T)).logpdf(a) for a in (seen, columns)]
    assert_allclose(both[1], both[0] + fitted.log_volume, atol=1e-3)
    assert plain.log_volume == 0
    assert_array_equal(plain.standardised(columns), columns)


def test_a_constant_column_is_no_direction(short):
    x = np.c_[curved()[0][:, :3], np.ones(ROWS)]
    table = Dataset("curved", x, U, independent=True)
    data = prepare([table], [1], DataConfig(whiten="yes"), 32)
    assert_allclose(data.train.x[0].std(axis=0), [1.5, 1.5, 1.5, 0], atol=0.02)
    assert_allclose(data.preprocessing[0].inverse_x(data.train.x[0])[:, 3], 1, atol=1e-5)


def test_equal_rows_give_equal_codes_and_u_is_not_seen(short):
    x, _ = curved(1)
    one = fit_codec(x, 2)
    assert fit_codec(x.copy(), 2) is one
    FITTED.clear()
    assert_array_equal(fit_codec(x, 2).encode(x), one.encode(x))


def test_rows_of_many_columns_are_fitted_through_their_components(short, monkeypatch):
    x, _ = curved(3)
    train, rest = x[:320], x[320:]
    plain = fit_codec(train, 3)
    FITTED.clear()
    monkeypatch.setattr(codec_module, "MANY", COLUMNS - 1)
    monkeypatch.setattr(codec_module, "COMPONENTS", 20)
    through = fit_codec(train, 3)
    assert [kernel.shape for kernel, _ in through.encoder] == [(30, 96), (96, 96), (96, 3)]
    assert [kernel.shape for kernel, _ in through.decoder] == [(3, 96), (96, 96), (96, 30)]
    left = [np.square(c.decode(c.encode(rest)) - rest).mean() for c in (plain, through)]
    assert left[1] < 1.2 * left[0]


def test_axes_go_into_the_outer_layers():
    rng = np.random.default_rng(0)
    axes = np.linalg.qr(rng.normal(size=(7, 4)))[0].astype(np.float32)
    encoder, decoder = first_weights((4, 5, 2))
    both = with_axes(encoder, decoder, axes)
    x, codes = (rng.normal(size=(3, n)).astype(np.float32) for n in (7, 2))
    assert_allclose(layers(both[0], x), layers(encoder, x @ axes), rtol=1e-4, atol=1e-5)
    assert_allclose(layers(both[1], codes), layers(decoder, codes) @ axes.T, rtol=1e-4, atol=1e-5)


def test_axes_are_orthonormal_and_hold_what_varies_most():
    x = np.random.default_rng(0).normal(size=(50, 9)).astype(np.float32) * np.arange(9)
    axes = principal_axes(x)
    assert_allclose(axes.T @ axes, np.eye(9), atol=1e-5)
    assert_allclose(x @ axes @ axes.T, x, atol=1e-3)
    assert np.all(np.diff(np.square(x @ axes).sum(axis=0)) <= 0)


@pytest.mark.parametrize(("rows", "expected"), [(80, 3000), (3840, 3000), (16_000, 12_500)])
def test_many_rows_take_more_updates(rows, expected, monkeypatch):
    monkeypatch.setattr(codec_module, "STEPS", 3000)
    assert updates(rows) == expected
    assert updates(10**7) == MOST_STEPS


def test_how_far_the_autoencoder_is_is_said_and_changes_nothing(short, monkeypatch, caplog):
    x, _ = curved(2)
    whole = fit_codec(x, 2)
    FITTED.clear()
    clock = iter(range(0, 10_000, 7))
    monkeypatch.setattr(codec_module, "PART", 130)
    monkeypatch.setattr(codec_module, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    with caplog.at_level("INFO", "ivaegan_jax"):
        assert_array_equal(fit_codec(x, 2).encode(x), whole.encode(x))
    first, *others = caplog.messages
    assert first == f"An autoencoder of {x.shape[1]} columns is fitted before any model."
    shares = [int(re.match(r"autoencoder: (\d+)%, about \d+ s left", each)[1]) for each in others]
    assert len(shares) > 1
    assert shares == sorted(set(shares))
    assert 0 < shares[0] < shares[-1] < 100


def test_without_codes_x_is_as_it_was():
    x, _ = curved()
    table = Dataset("curved", x, U, independent=True)
    plain = prepare([table], [1], DataConfig(), 32).preprocessing[0]
    assert plain.codec is None
    assert plain.dim_x == COLUMNS
    assert not any("codec" in name for name in plain.to_arrays())


def test_layers_are_dense_with_silu_between():
    encoder, _ = first_weights((2, 3, 1))
    x = np.float32([[1.0, -2.0]])
    hidden = x @ encoder[0][0]
    expected = (hidden / (1 + np.exp(-hidden))) @ encoder[1][0]
    assert_allclose(layers(encoder, x), expected, rtol=1e-5)


def test_a_codec_undoes_its_matrix():
    identity = ((np.eye(2, dtype=np.float32), np.zeros(2, np.float32)),)
    matrix = np.float32([[2, 1], [0, 1]])
    codec = Codec(identity, identity, np.float32([1, -1]), matrix)
    x = np.float32([[3, 4], [5, -6]])
    assert_allclose(codec.decode(codec.encode(x)), x, rtol=1e-5)
    assert_array_equal(Codec.from_arrays(codec.to_arrays()).encode(x), codec.encode(x))


@pytest.mark.parametrize(
    ("config", "values", "expected"),
    [
        (
            DataConfig(codes=COLUMNS),
            "standardised",
            "codes=30 must be fewer than the 30 columns of x",
        ),
        (DataConfig(codes=2), "unit", "codes makes real numbers of x; use --config.model.like"),
        (DataConfig(whiten="yes"), "unit", "whiten makes real numbers of x; use --config.model"),
        (DataConfig(codes=2, whiten="yes"), "standardised", "whiten=no with them"),
    ],
)
def test_codes_that_cannot_be_are_refused(config, values, expected):
    table = Dataset("curved", np.abs(curved()[0]) / 2, U, independent=True)
    with pytest.raises(InputError, match=expected):
        prepare([table], [1], config, 32, values)


def test_a_study_of_pictures_sees_codes_and_shows_pictures(short):
    config = Config(data=DataConfig(codes=3, size=16, per_segment=20))
    study = Study(Experiment("sprites", ("ivae",), (1,), (2,), 10, config))
    assert (study.dims.dim_x, study.dims.image_shape) == (3, None)
    assert study.data.image_shape == (16, 16)
    assert study.data.preprocessing[0].inverse_x(study.data.test.x[0]).shape[1] == 256


def test_a_single_column_is_its_own_component():
    x = np.random.default_rng(0).normal(3, 5, (ROWS, 1)).astype(np.float32)
    table = Dataset("one", x, U, independent=True)
    data = prepare([table], [1], DataConfig(whiten="yes"), 32)
    train = data.train.x[0]
    assert train.shape == (320, 1)
    assert train.std(ddof=1) == pytest.approx(DataConfig().scale, abs=1e-3)
    assert np.abs(np.corrcoef(train[:, 0], x[data.train.row[0], 0])[0, 1]) == pytest.approx(1)
    assert_allclose(data.preprocessing[0].inverse_x(train), x[data.train.row[0]], atol=1e-4)
