"""Tables from memory: the same bits from every form, names kept, and advice that fits."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse

from ivaegan_jax.data import as_dataset, as_rows, fit_preprocessing, load_table
from ivaegan_jax.types import Auxiliary, Dataset, InputError, Kind

RNG = np.random.default_rng(0)
ROWS = 240
X = np.round(RNG.normal(size=(ROWS, 3)), 3) * (RNG.uniform(size=(ROWS, 3)) > 0.5)
SIDES = np.array(["left", "right", "up"])[np.arange(ROWS) % 3]
SPEED = RNG.normal(size=ROWS)
TRIAL = np.arange(ROWS) // 20
NAMES = ("n1", "n2", "n3")


def frame():
    columns = dict(zip(NAMES, X.T, strict=True))
    return pd.DataFrame(columns | {"side": SIDES, "speed": SPEED, "trial": TRIAL})


class Annotated:
    """What an AnnData is read by."""

    X, var_names = sparse.csr_matrix(X), pd.Index(NAMES)
    obs, obsm = frame()[["side", "speed", "trial"]], {"pca": X[:, :2]}


FORMS = {
    "array": lambda: (X, SIDES),
    "lists": lambda: (X.tolist(), SIDES.tolist()),
    "objects": lambda: (X.astype(object), SIDES.astype(object)),
    "csr": lambda: (sparse.csr_matrix(X), SIDES),
    "sparse array": lambda: (sparse.coo_array(X), SIDES),
    "frame": lambda: (frame()[[*NAMES]], frame()["side"]),
    "categories": lambda: (frame()[[*NAMES]], frame()["side"].astype("category")),
    "nullable": lambda: (frame()[[*NAMES]].astype("Float64"), frame()["side"].astype("string")),
    "mapping": lambda: (dict(zip(NAMES, X.T, strict=True)), SIDES),
    "names": lambda: (frame().drop(columns=["speed", "trial"]), "side"),
    "annotated": lambda: (Annotated(), "side"),
}  # fmt: skip


class Unusual(Annotated):
    """An AnnData whose parts are others."""

    def __init__(self, **parts):
        vars(self).update(parts)


def test_layers_of_an_anndata_are_named():
    found = as_dataset(Unusual(layers={"counts": Annotated.X, "log": Annotated.X}), "side")
    assert found.notes[0].startswith("x is X of the AnnData, not its layers counts, log; for ano")
    with pytest.raises(InputError, match=r"X is empty; use `x\.X = x\.layers\['counts'\]`"):
        as_dataset(Unusual(X=None, layers={"counts": Annotated.X}), "side")


def test_names_of_an_anndata_are_unique():
    twice = Unusual(var_names=pd.Index(["a", "b", "a"]))
    with pytest.raises(InputError, match=r"than one column 'a'; use `x\.var_names_make_unique"):
        as_dataset(twice, "side")


def test_an_anndata_on_the_disk_is_read():
    found = as_dataset(Unusual(X=None, isbacked=True, to_memory=Annotated), "side")
    assert_array_equal(found.x, X)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_the_same_table(form):
    found = as_dataset(*FORMS[form]())
    assert_array_equal(found.x, X)
    assert found.x.dtype == np.float64
    assert_array_equal(found.u.own(), SIDES)
    assert found.u.levels.tolist() == ["left", "right", "up"]
    named = form in ("frame", "categories", "nullable", "mapping", "names", "annotated")
    assert found.columns == (NAMES if named else ())


def test_frames_of_polars_are_those_of_pandas():
    polars = pytest.importorskip("polars")
    own = polars.DataFrame(frame().to_dict("list"))
    for given in (own, own.lazy()):
        ours = as_dataset(given, ["side", "speed"], groups="trial")
        theirs = as_dataset(frame(), ["side", "speed"], groups="trial")
        assert_array_equal(ours.x, theirs.x)
        assert_array_equal(ours.u.values, theirs.u.values)
        assert_array_equal(ours.groups, TRIAL)


def test_the_u_of_another_table_is_taken_with_its_kinds():
    asked = ["side", "speed:circular(7)"]
    first = as_dataset(frame(), asked)
    again = as_dataset(first.x, first.u)
    assert [each.kind for each in again.u.columns] == [Kind.CATEGORICAL, Kind.CIRCULAR]
    assert again.u.names == ("side", "speed")
    assert_array_equal(again.u.values, first.u.values)
    new = as_dataset(X[:5], first.u[np.arange(5)], new_rows_of=3)
    assert_array_equal(new.u.own(), first.u.own()[:5])
    assert as_dataset(X, Auxiliary.absent(ROWS), new_rows_of=3).u.is_absent
    with pytest.raises(InputError, match="x has 240 rows, u has 5"):
        as_dataset(X, first.u[np.arange(5)])
    with pytest.raises(InputError, match="leave out u_kinds"):
        as_dataset(X, first.u, u_kinds="circular")


def test_rows_without_a_value_of_such_a_u_are_left_out():
    u = Auxiliary.categorical(np.arange(ROWS) % 3, missing=np.arange(ROWS) < 40)
    found = as_dataset(X, u)
    assert found.notes == ("u is missing in 40 of 240 rows; these rows are left out.",)
    assert_array_equal(found.x, X[40:])
    assert_array_equal(found.u.codes, u.codes[40:])


def test_a_file_and_memory_are_the_same_table(tmp_path):
    u = np.where(SIDES == "up", "", SIDES)
    np.savez(tmp_path / "t.npz", x=X, u=u, s=X, groups=TRIAL, time=np.arange(ROWS))
    there = load_table(tmp_path / "t.npz")
    here = as_dataset(X, u, s=X, groups=TRIAL, time=np.arange(ROWS))
    for name in ("x", "s", "groups", "time"):
        assert_array_equal(getattr(here, name), getattr(there, name))
    assert_array_equal(here.u.codes, there.u.codes)
    assert here.notes == there.notes == (
        "u is missing in 80 of 240 rows ('' 80); these rows are left out.",
    )  # fmt: skip


def test_columns_of_one_frame_are_x_u_groups_and_time():
    table = frame().assign(t=np.arange(ROWS)[::-1], note="a")
    found = as_dataset(table, ["side", "speed"], groups="trial", time="t")
    assert found.columns == NAMES
    assert found.u.names == ("side", "speed")
    assert [each.kind for each in found.u.columns] == [Kind.CATEGORICAL, Kind.CONTINUOUS]
    assert_array_equal(found.groups, TRIAL)
    assert_array_equal(found.time, table["t"])
    assert "x is all 3 columns of numbers" in found.notes[0]
    assert "left out: text note" in found.notes[0]
    assert as_dataset(table, "side", columns="n[12]").columns == ("n1", "n2")


def test_a_list_of_text_is_values_unless_it_names_columns():
    table = frame()[[*NAMES]].assign(left=SPEED)
    assert as_dataset(table, SIDES.tolist()).u.levels.tolist() == ["left", "right", "up"]
    assert as_dataset(table, ["left"]).u.names == ("left",)


def test_new_rows_are_taken_by_name_and_lacking_ones_are_named():
    table = as_dataset(frame()[[*NAMES]], SIDES)
    fitted = fit_preprocessing(table, np.arange(ROWS))
    assert fitted.columns == NAMES
    again = type(fitted).from_arrays(fitted.to_arrays())
    assert again.columns == NAMES
    turned = frame()[["speed", "n3", "n1", "n2"]]
    assert_array_equal(as_rows(turned, again.columns), X)
    assert_array_equal(as_rows(X[:1], again.columns), X[:1])
    assert_array_equal(as_rows(sparse.csr_matrix(X), 3), X)
    with pytest.raises(InputError, match=r"lacks 1 of the 3 columns .*: n2; there are n3, n1"):
        as_rows(frame()[["n3", "n1"]], NAMES)
    with pytest.raises(InputError, match="trained on 3 x columns, this has 2"):
        as_rows(X[:, :2], NAMES)
    with pytest.raises(InputError, match=r"`x = x\[None\]` for one row of 3"):
        as_rows(X[0], NAMES)
    for row in (turned.iloc[7], turned.iloc[[7]], dict(zip(NAMES, X[7], strict=True))):
        assert_array_equal(as_rows(row, NAMES), X[[7]])


def test_a_series_keeps_its_name():
    assert as_dataset(X, frame()["speed"]).u.names == ("speed",)
    assert as_dataset(X, frame()[["speed", "side"]]).u.names == ("speed", "side")


def test_one_column_of_x_may_be_a_series():
    found = as_dataset(frame()["n1"], SIDES)
    assert (found.columns, found.x.shape) == (("n1",), (ROWS, 1))


def test_ordered_categories_keep_their_order():
    sides = pd.Categorical(SIDES, ["up", "left", "right", "down"], ordered=True)
    for u in (pd.Series(sides, name="side"), pd.DataFrame({"side": sides})):
        found = as_dataset(X, u).u
        assert found.columns[0].kind is Kind.ORDERED
        assert found.columns[0].levels.tolist() == ["up", "left", "right"]
    assert as_dataset(frame().assign(side=sides), "side").u.columns[0].kind is Kind.ORDERED


def test_rows_of_text_and_numbers_are_columns():
    rows = [(side, speed) for side, speed in zip(SIDES, SPEED, strict=True)]
    for given in (rows, np.array(rows, object)):
        found = as_dataset(X, given).u
        assert [each.kind for each in found.columns] == [Kind.CATEGORICAL, Kind.CONTINUOUS]
        assert_array_equal(found.values[:, 1], SPEED)


def test_a_dataset_takes_a_plain_array_for_u():
    assert_array_equal(Dataset("t", X, SIDES).u.own(), SIDES)
    assert not Dataset("t", X, SPEED).u.is_categorical


FAULTS = {
    "text in x": ((frame(), SIDES), "x: column 'side' holds 240 values that are no numbers"),
    "commas": (
        (frame()[["n1"]].assign(n2="1,5"), SIDES),
        "column 'n2' holds numbers with a decimal comma, such as '1,5' in row 0",
    ),
    "nearly numbers": (
        (frame()[["n1", "side"]].assign(n2=["?!", *["1.5"] * 239]), "side"),
        r"'n2' holds 1 values that are no numbers, such as '\?!' in row 0 .* --x='!n2'",
    ),
    "no such column": ((frame(), "sidee"), "u: 'sidee' is no column; did you mean 'side'"),
    "no u": ((frame(),), "which columns are u.*columns are n1, n2, n3, side"),
    "no named columns": ((X, "side"), "u: 'side' is no column; columns are x"),
    "a table that was read": (
        (Dataset("t", X, Auxiliary.absent(len(X))), SIDES),
        "give its parts, `x.x` and `x.u`",
    ),
    "name of a file": (("t.csv", SIDES), "x is text, 't.csv'; files are read by load_table"),
    "other order": (
        (frame()[[*NAMES]], frame()["side"][::-1]),
        r"u has the index of x in another order; use `u = u\.loc\[x\.index\]`",
    ),
    "no u of an array": ((X,), "there is no u; give one value for each row of x"),
    "short u": ((X, SIDES[:5]), "x has 240 rows, u has 5"),
    "short column": ((X, frame()[["side"]][:5]), "x has 240 rows, side has 5"),
    "ragged": (([[1.0, 2.0], [1.0]], [0, 1]), "x cannot be read as an array.*equal length"),
    "gap": (
        (frame()[[*NAMES]].where(X != 0, None), SIDES),
        r"x has NaN.* most in n\d \(\d+ rows\).*leave these \d+ row",
    ),
    "things": (([[{}]], [0]), "x holds dict; give numbers or text"),
    "columns of one name": (
        (pd.DataFrame(X, columns=["a", "b", "a"]), SIDES),
        "x has more than one column 'a'",
    ),
    "uneven": (({"a": X[:, 0], "b": X[:5, 1]}, SIDES), "column 'b' has 5 rows and 'a' has 240"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_give_one_clear_line(fault):
    given, message = FAULTS[fault]
    with pytest.raises(InputError, match=message) as caught:
        as_dataset(*given)
    assert "\n" not in str(caught.value)
    assert "save" not in str(caught.value)


def test_groups_without_a_name_are_refused():
    with pytest.raises(InputError, match="groups has no value in 1 row"):
        as_dataset(X, SIDES, groups=[None, *["a"] * (ROWS - 1)])


def test_groups_of_another_length_are_refused():
    with pytest.raises(InputError, match=r"groups has shape \(3,\) and x 240 rows"):
        as_dataset(X, SIDES, groups=[1, 2, 3])


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ([1, None, 2], [1, np.nan, 2]), ([True, False, None], [1, 0, np.nan]),
        ([1, 2, 3], [1, 2, 3]), ([2**70, 1, 2], [2.0**70, 1, 2]),
        (["a", None, float("nan")], ["a", "", ""]), (["a", b"b", 1], ["a", "b", "1"]),
        ([pd.NA, 1.5, pd.NaT], [np.nan, 1.5, np.nan]),
    ],
)  # fmt: skip
def test_objects_become_numbers_or_text(given, read):
    from ivaegan_jax.data.tables.objects import as_array

    assert_array_equal(as_array(np.array(given, object), "u"), read)


def test_dates_of_every_kind_are_seconds():
    days = pd.date_range("2026-01-01", periods=ROWS, freq="D")
    for given in (days, days.tz_localize("CET"), pd.Series(days, dtype=object)):
        table = frame()[[*NAMES]].assign(day=given)
        seconds = as_dataset(table, "day").u.own()[:, 0]
        np.testing.assert_allclose(np.diff(seconds), 86400)


@pytest.mark.parametrize("u", [SIDES, "side"])
def test_sources_beside_a_frame_are_the_truth_and_checked(u):
    x = frame()[["n1", "n2", "side"]]
    x = x if isinstance(u, str) else x.drop(columns="side")
    found = as_dataset(x, u, s=X)
    assert_array_equal(found.s, X)
    assert found.columns == ("n1", "n2")
    for s, message in ((X[:5], "x has 240 rows, s has 5"), (np.nan * X, "s has NaN"),
                       (X[:, 0], "s has shape")):  # fmt: skip
        with pytest.raises(InputError, match=message):
            as_dataset(x, u, s=s)


def test_a_column_called_s_and_sources_given_are_two_things():
    found = as_dataset(frame().rename(columns={"n3": "s"}), "side", s=X)
    assert found.columns == ("n1", "n2", "s", "speed", "trial")
    assert_array_equal(found.s, X)
