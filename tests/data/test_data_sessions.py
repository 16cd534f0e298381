"""Sessions have columns of their own and one coding of u; the benchmark has one law of sources."""

import numpy as np
import pandas as pd
import pytest

from ivaegan_jax.data import as_dataset, coded_alike, fit_preprocessing, load_dataset
from ivaegan_jax.types import Auxiliary, Dataset, InputError

RNG = np.random.default_rng(0)
ROWS = 60


def table(u, columns=3, kinds=()):
    x = np.random.default_rng(columns).normal(size=(len(u), columns))
    return as_dataset(x, u, u_kinds=kinds)


def text(levels, rows=ROWS):
    return np.array(levels)[np.arange(rows) % len(levels)]


def test_levels_are_those_of_all_sessions_and_codes_mean_the_same():
    made = coded_alike([table(text(["b", "c", "d"]), 3), table(text(["a", "b"]), 5)])
    fits = [fit_preprocessing(each, np.arange(ROWS // 2)) for each in made]
    assert [fit.levels.tolist() for fit in fits] == [["a", "b", "c", "d"]] * 2
    assert [fit.dim_x for fit in fits] == [3, 5]
    assert fits[0].encode_u(np.array(["b", "d"])).tolist() == [1, 3]
    assert fits[1].encode_u(made[1].u)[:2].tolist() == [0, 1]


def test_quantities_have_one_scale():
    u = [RNG.normal(size=(ROWS, 1)), RNG.normal(5, 3, size=(2 * ROWS, 1))]
    made = coded_alike([table(u[0]), table(u[1])])
    for each in made:
        fit = fit_preprocessing(each, np.arange(10))
        whole = np.concatenate(u)
        np.testing.assert_allclose(fit.u_mean, whole.mean(), rtol=1e-6)
        np.testing.assert_allclose(fit.u_std, whole.std(), rtol=1e-6)


def test_columns_of_several_kinds_keep_them():
    frames = [
        pd.DataFrame({"animal": text(levels), "angle": RNG.uniform(0, 360, ROWS)})
        for levels in (["cat", "dog"], ["dog", "eel"])
    ]
    kinds = ["categorical", "circular(360)"]
    made = coded_alike([table(frame, kinds=kinds) for frame in frames])
    fits = [fit_preprocessing(each, np.arange(ROWS)) for each in made]
    assert [fit.dim_u for fit in fits] == [3 + 2] * 2
    assert [fit.u_kinds[0].levels.tolist() for fit in fits] == [["cat", "dog", "eel"]] * 2
    eel = fits[0].encode_u(made[1].u)[made[1].u.own_column(0) == "eel"]
    assert (eel[:, :3] == [0, 0, 1]).all()


def test_one_table_alone_is_coded_as_ever():
    alone = table(text(["a", "b", "c"]))
    [coded] = coded_alike([alone])
    one, other = (fit_preprocessing(each, np.arange(30)).to_arrays() for each in (alone, coded))
    assert one.keys() == other.keys()
    assert all(np.array_equal(one[name], other[name]) for name in one)


FAULTS = {
    "columns": (RNG.normal(size=(ROWS, 2)), "u of session 2 has 2 columns and that of session 1 1"),
    "text": (text([1, 2, 3]), "is text in one of sessions 1 and 2 and numbers in the other"),
    "kind": (RNG.normal(size=ROWS), "continuous in session 2 and categorical in session 1"),
    "levels": (text(["x", "y"]), "session 1 has no level of u in common with another session"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_other_columns_of_u_are_refused(fault):
    u, said = FAULTS[fault]
    with pytest.raises(InputError, match=said):
        coded_alike([table(text(["a", "b", "c"])), table(u)])


def test_other_names_and_periods_are_refused():
    frames = [pd.DataFrame({name: RNG.uniform(0, 24, ROWS)}) for name in ("hour", "time")]
    first = table(frames[0], kinds="circular(24)")
    with pytest.raises(InputError, match="called 'time' and that of session 1 'hour'"):
        coded_alike([first, table(frames[1], kinds="circular(24)")])
    with pytest.raises(InputError, match="hour is circular in session 2 and circular"):
        coded_alike([first, table(frames[0], kinds="circular(12)")])


SMALL = {"segments": 30, "per_segment": 1000}


def moments(data, segments=30):
    s = data.s.reshape(segments, -1, data.s.shape[1])
    return s.mean(1), s.std(1)


def test_sources_of_all_sessions_have_the_same_moments_given_u():
    one, two = (load_dataset("sessions", 7, SMALL | {"session": k}) for k in (1, 2))
    for a, b in zip(moments(one), moments(two), strict=True):
        assert np.corrcoef(a.ravel(), b.ravel())[0, 1] > 0.99
    assert not np.array_equal(one.s, two.s)
    assert (one.x.shape[1], two.x.shape[1]) == (6, 8)
    other = load_dataset("sessions", 8, SMALL)
    assert abs(np.corrcoef(moments(one)[0].ravel(), moments(other)[0].ravel())[0, 1]) < 0.4


def test_a_session_is_a_function_of_its_number_and_the_data_seed():
    again = [load_dataset("sessions", 7, SMALL | {"session": 2, "columns": 5}) for _ in range(2)]
    assert np.array_equal(again[0].x, again[1].x)
    assert again[0].x.shape == (30_000, 5)
    assert isinstance(again[0], Dataset)
    assert isinstance(again[0].u, Auxiliary)
    with pytest.raises(InputError, match="columns must be 4 or more"):
        load_dataset("sessions", 7, {"columns": 3})
    with pytest.raises(InputError, match="session must be an integer of 1 or more"):
        load_dataset("sessions", 7, {"session": 0})
