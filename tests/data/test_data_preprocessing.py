import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from ivaegan_jax.data import Preprocessing, as_dataset, digits, fit_preprocessing, make_split
from ivaegan_jax.types import Auxiliary, Dataset, InputError

RNG = np.random.default_rng(0)
X = (RNG.normal(size=(60, 3)) * [1, 10, 0.1] + [0, 100, -3]).astype(np.float32)
ROWS = np.arange(40)
LETTERS = np.array(["a", "b", "c", "d", "e", "f"])


def discrete(levels=LETTERS, x=X):
    u = np.arange(len(x), dtype=np.int32) % len(levels)
    return Dataset("d", x, Auxiliary.categorical(u, levels))


def continuous(dim_u=2):
    u = (RNG.normal(size=(60, dim_u)) * 5 + 2).astype(np.float32)
    return Dataset("c", X, Auxiliary.continuous(u))


@pytest.mark.parametrize("scale", [1.0, 0.75, 2.0])
def test_training_rows_get_mean_zero_and_the_std_asked_for(scale):
    prep = fit_preprocessing(discrete(), ROWS, scale)
    z = prep.transform_x(X)
    assert z.dtype == np.float32
    assert_allclose(z[ROWS].mean(0), 0, atol=1e-5)
    assert_allclose(z[ROWS].std(0), scale, rtol=1e-5)


@given(st.floats(0.01, 100), st.integers(0, 100))
def test_inverse_undoes_transform(scale, seed):
    x = np.random.default_rng(seed).normal(3, 7, size=(5, 3)).astype(np.float32)
    prep = fit_preprocessing(discrete(), ROWS, scale)
    assert_allclose(prep.inverse_x(prep.transform_x(x)), x, rtol=1e-4, atol=1e-4)


def test_inverse_takes_leading_axes():
    prep = fit_preprocessing(discrete(), ROWS)
    assert prep.inverse_x(np.zeros((2, 5, 3), np.float32)).shape == (2, 5, 3)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e-30, 12345.678])
def test_a_constant_column_is_centred_and_not_divided(value):
    x = X.copy()
    x[:, 1] = value
    prep = fit_preprocessing(discrete(x=x), ROWS)
    assert prep.x_std[1] == 1
    assert_allclose(prep.transform_x(x)[:, 1], 0, atol=1e-3)


def test_codes_are_those_of_the_data_set():
    for data in (discrete(), digits()):
        prep = fit_preprocessing(data, make_split(data, 1).train)
        codes = prep.encode_u(data.u)
        assert codes.dtype == np.int32
        assert np.array_equal(codes, data.u.codes)


def test_numbers_name_the_same_category_whatever_their_type():
    prep = fit_preprocessing(discrete(np.array([0, 1, 5])), ROWS)
    for u in ([0, 5, 1], [0.0, 5.0, 1.0]):
        assert prep.encode_u(np.array(u)).tolist() == [0, 2, 1]
    assert prep.encode_u(np.array([False, True])).tolist() == [0, 1]


def test_continuous_u_is_standardised():
    data = continuous()
    codes = fit_preprocessing(data, ROWS).encode_u(data.u)
    assert codes.dtype == np.float32
    assert_allclose(codes[ROWS].mean(0), 0, atol=1e-5)
    assert_allclose(codes[ROWS].std(0), 1, rtol=1e-5)


def test_one_continuous_column_may_come_as_a_vector_of_integers():
    prep = fit_preprocessing(continuous(1), ROWS)
    assert prep.encode_u(np.arange(4)).shape == (4, 1)


def test_levels_are_those_of_the_training_rows():
    prep = fit_preprocessing(discrete(), np.array([0, 1, 6]))
    assert prep.levels is not None
    assert prep.levels.tolist() == ["a", "b"]


LETTERED = fit_preprocessing(discrete(), ROWS)
FAULTS = {
    "unseen": (
        LETTERED,
        np.array(["a", "z"]),
        r"'z', never seen .* 6 known .* 'a', .*'e', \.\.\.",
    ),
    "two unseen": (LETTERED, np.array(["y", "z"]), r"'y' \(and 1 more\), never seen"),
    "numbers": (LETTERED, np.array([1, 2]), "holds 1 .*never seen"),
    "floats": (LETTERED, np.ones((2, 1)), r"one category per row, .*\(2, 1\)"),
    "columns": (fit_preprocessing(continuous(), ROWS), np.ones((2, 3)), "2 u columns, this has 3"),
    "vector": (fit_preprocessing(continuous(), ROWS), np.ones(2), "2 u columns, this has 1"),
    "text": (fit_preprocessing(continuous(1), ROWS), np.array(["a"]), "trained on a continuous u"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_unfit_u_gives_one_clear_line(fault):
    prep, u, message = FAULTS[fault]
    with pytest.raises(InputError, match=message) as caught:
        prep.encode_u(u)
    assert "\n" not in str(caught.value)


def test_another_number_of_columns_of_x():
    for method in (LETTERED.transform_x, LETTERED.inverse_x):
        with pytest.raises(InputError, match="trained on 3 x columns, this has 4"):
            method(np.ones((2, 4), np.float32))


@pytest.mark.parametrize("scale", [0.0, -1.0, np.nan, np.inf])
def test_unfit_scales(scale):
    with pytest.raises(InputError, match="scale of x must be a positive number"):
        fit_preprocessing(discrete(), ROWS, scale)


@pytest.mark.parametrize("data", [discrete(), discrete(np.array([2, 4])), continuous()])
def test_survives_a_file_without_pickle(tmp_path, data):
    prep = fit_preprocessing(data, ROWS, 0.75)
    np.savez(tmp_path / "p.npz", other=np.zeros(2), **prep.to_arrays())
    with np.load(tmp_path / "p.npz", allow_pickle=False) as file:
        again = Preprocessing.from_arrays(file)
    assert again.scale == prep.scale
    assert np.array_equal(again.transform_x(X), prep.transform_x(X))
    assert np.array_equal(again.encode_u(data.u), prep.encode_u(data.u))
    assert again.to_arrays().keys() == prep.to_arrays().keys()


def test_a_stored_preprocessing_that_lacks_a_field():
    arrays = LETTERED.to_arrays()
    del arrays["x_std"]
    with pytest.raises(InputError, match="stored preprocessing lacks x_std"):
        Preprocessing.from_arrays(arrays)


def test_figures_learn_what_the_user_calls_u():
    frame = pd.DataFrame({"x1": np.arange(4.0), "x2": [3.0, 1, 4, 1]})
    sides = pd.Series(["left", "right", "left", "right"], name="side")
    for u, levels in ((sides, ["left", "right"]), (np.array([2, 5, 2, 5]), ["2", "5"])):
        words = fit_preprocessing(as_dataset(frame, u), np.arange(4)).own_words()
        assert words["u_levels"].tolist() == levels
    assert fit_preprocessing(as_dataset(frame, sides), np.arange(4)).own_words()["u_name"] == "side"
    speed = pd.Series([1.5, 2.5, 3.5, 4.5], name="speed (m/s)")
    words = fit_preprocessing(as_dataset(frame, speed), np.arange(4)).own_words()
    assert words["u_name"] == "speed (m/s)"
    assert words["u_scale"].tolist() == [3.0, np.std(speed)]


@pytest.mark.parametrize("x", [np.ones((60, 3)), 1e-310 * X.astype(float), np.ones((60, 3), int)])
def test_an_x_that_floats_cannot_tell_from_a_constant_is_refused(x):
    with pytest.raises(InputError, match="x is the same in all training rows"):
        fit_preprocessing(discrete(x=x), ROWS)
