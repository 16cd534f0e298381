"""Files of arrays: which one is x where none is named, and advice that works as it stands."""

import re
import shlex

import h5py
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy.io import savemat

from ivaegan_jax.data import load_table
from ivaegan_jax.types import InputError

X = np.random.default_rng(0).normal(size=(40, 3))
U = np.repeat(np.arange(4), 10)


def refused(path, **columns):
    with pytest.raises(InputError) as caught:
        load_table(path, **columns)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_lone_array_is_told_where_its_u_may_lie(tmp_path):
    np.save(tmp_path / "x.npy", X)
    assert refused(tmp_path / "x.npy").endswith("save u in the same folder as u.npy")
    np.save(tmp_path / "labels.npy", U)
    assert refused(tmp_path / "x.npy").endswith("or name another file there, as in --u=labels")
    assert_array_equal(load_table(tmp_path / "x.npy", u="labels").u.codes, U)
    np.save(tmp_path / "u.npy", U)
    assert_array_equal(load_table(tmp_path / "x.npy").u.codes, U)


@pytest.mark.parametrize("name", ["u", "groups", "time"])
def test_what_lies_beside_x_leads_to_it(tmp_path, name):
    np.save(tmp_path / "x.npy", X)
    np.save(tmp_path / f"{name}.npy", U)
    message = refused(tmp_path / f"{name}.npy")
    assert message.endswith(f"holds {name}; name the file of x instead, --data={tmp_path}/x.npy")


def test_arrays_of_other_names_are_named(tmp_path):
    np.savez(tmp_path / "t.npz", spikes=X, condition=U)
    message = refused(tmp_path / "t.npz")
    assert "(found spikes, condition); name the arrays, as in --x=NAME --u=NAME, or" in message
    assert load_table(tmp_path / "t.npz", x="spikes", u="condition").x.shape == (40, 3)


def test_structures_of_matlab_hold_arrays(tmp_path):
    inner = {"rate": X, "info": {"cond": U, "fs": 1000.0}}
    savemat(tmp_path / "t.mat", {"data": inner, "trials": np.array([inner, inner])})
    assert "data/rate, data/info/cond" in refused(tmp_path / "t.mat")
    found = load_table(tmp_path / "t.mat", x="data/rate", u="data/info/cond")
    assert_array_equal(found.x, X)
    assert_array_equal(found.u.codes, U)


def frame():
    return pd.DataFrame(X, columns=["a", "b", "c"]).assign(cond=U)


def test_a_column_without_a_value_is_left_out(tmp_path):
    frame().assign(notes=np.nan).to_csv(tmp_path / "t.csv", index=False)
    found = load_table(tmp_path / "t.csv", u="cond")
    assert found.columns == ("a", "b", "c")
    assert found.notes[0].endswith("left out: without a value notes.")
    assert "NaN" in refused(tmp_path / "t.csv", x="a,notes", u="cond")


def test_a_column_with_gaps_can_be_left_out_as_advised(tmp_path):
    frame().assign(b=np.where(U == 2, np.nan, 1.5)).to_csv(tmp_path / "t.csv", index=False)
    message = refused(tmp_path / "t.csv", u="cond")
    [flag] = shlex.split(re.search(r"--x=\S+", message)[0])
    assert load_table(tmp_path / "t.csv", u="cond", x=flag[4:]).columns == ("a", "c")


@pytest.mark.parametrize("name", ["groups", "time"])
@pytest.mark.parametrize("ending", ["npz", "mat", "h5"])
def test_groups_and_times_that_fit_no_row_are_never_passed_over(tmp_path, name, ending):
    """Rows of one group would be in all parts, without a word."""
    path, arrays = tmp_path / f"t.{ending}", {"x": X, "u": U, name: np.arange(7)}
    if ending == "npz":
        np.savez(path, **arrays)
    elif ending == "mat":
        savemat(path, arrays)
    else:
        with h5py.File(path, "w") as file:
            file.update(arrays)
    assert f"{name} has shape (7,) and x 40 rows; give one value for each row" in refused(path)


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("groups", np.array(["a", "b"], object)[U % 2]),
        ("groups", U.astype(object)),
        ("time", np.arange(40.0).astype(object)),
        ("time", np.array([np.datetime64("2026-01-01") + i for i in range(40)]).astype(object)),
    ],
    ids=["text", "numbers", "times", "dates"],
)
def test_groups_and_times_of_objects_are_saved_as_advised(tmp_path, name, column):
    np.savez(tmp_path / "t.npz", x=X, u=U, **{name: column})
    message = refused(tmp_path / "t.npz")
    [code] = re.findall("`([^`]+)`", message)
    scope = {"np": np, name: column}
    exec(code, scope)
    np.savez(tmp_path / "t.npz", x=X, u=U, **{name: scope[name]})
    assert getattr(load_table(tmp_path / "t.npz"), name) is not None


def test_a_column_called_s_is_no_truth_unless_it_is_named(tmp_path):
    frame = pd.DataFrame(X, columns=["x", "s", "t"]).assign(side=U)
    frame.to_csv(tmp_path / "t.csv", index=False)
    found = load_table(tmp_path / "t.csv", u="side")
    assert found.columns == ("x", "s", "t")
    assert found.s is None
    assert load_table(tmp_path / "t.csv", u="side", x="x,s").columns == ("x", "s")
    named = load_table(tmp_path / "t.csv", u="side", s="s")
    assert named.columns == ("x", "t")
    assert_array_equal(named.s[:, 0], X[:, 1].astype(named.s.dtype))
