"""Values as people have them: dates, bins, labels with blanks, columns that nothing can take."""

import datetime

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from ivaegan_jax.data import as_dataset, load_table
from ivaegan_jax.types import InputError, Kind

ROWS = 120
X = pd.DataFrame(np.random.default_rng(0).normal(size=(ROWS, 3)), columns=["a", "b", "c"])
CODES = np.repeat(np.arange(6), 20)
DAYS = pd.Series(pd.date_range("2026-01-01", periods=ROWS))
SECONDS = 1767225600.0 + 86400 * np.arange(ROWS)


@pytest.mark.parametrize(
    "u",
    [
        DAYS,
        DAYS.dt.tz_localize("UTC"),
        DAYS.to_numpy()[:, None],
        DAYS.to_list(),
        DAYS.dt.to_period("D"),
        DAYS.dt.strftime("%Y-%m-%d").rename("day"),
        DAYS.dt.strftime("%Y/%m/%d").rename("day"),
        DAYS.dt.strftime("%d.%m.%Y").rename("day"),
        DAYS.dt.strftime("%d.%m.%Y 00:00").rename("day"),
    ],
    ids=[
        "series",
        "with a zone",
        "column",
        "objects",
        "periods",
        "text",
        "slashes",
        "days first",
        "with a time",
    ],
)
def test_dates_are_seconds_that_new_rows_share(u):
    read = as_dataset(X, u)
    assert read.u.columns[0].kind is Kind.CONTINUOUS
    assert_array_equal(read.u.values[:, 0], SECONDS)
    assert "seconds since 1970" in read.notes[0]
    later = as_dataset(X[7:], u[7:], new_rows_of=3)
    assert_array_equal(later.u.values[:, 0], SECONDS[7:])


def test_dates_of_a_file_are_those_of_memory(tmp_path):
    np.savez(tmp_path / "t.npz", x=X.to_numpy(), u=DAYS.to_numpy())
    assert_array_equal(load_table(tmp_path / "t.npz").u.values[:, 0], SECONDS)


@pytest.mark.parametrize(
    "u",
    [
        pd.Series(pd.to_timedelta(np.arange(ROWS), "min")),
        [datetime.timedelta(minutes=i) for i in range(ROWS)],
        [datetime.time(i // 60, i % 60) for i in range(ROWS)],
    ],
    ids=["series", "objects", "times of day"],
)
def test_durations_and_times_of_day_are_seconds(u):
    assert_array_equal(as_dataset(X, u).u.values[:, 0], 60.0 * np.arange(ROWS))


def test_bins_are_categories_in_their_order():
    bins = pd.cut(X["a"], [-9, -0.5, 0.5, 9])
    for given in ("bin", ["bin"]):
        [column] = as_dataset(X.assign(bin=bins), given).u.columns
        assert column.kind is Kind.ORDERED
        assert column.levels.tolist() == ["(-9.0, -0.5]", "(-0.5, 0.5]", "(0.5, 9.0]"]


@pytest.mark.parametrize("name", ["", "cond", "pos, cm:x"])
def test_a_series_of_polars_is_u_whatever_its_name(name):
    polars = pytest.importorskip("polars")
    for values in (CODES, [f"c{code}" for code in CODES]):
        found = as_dataset(polars.from_pandas(X), polars.Series(name, values))
        assert_array_equal(found.u.codes, CODES)


def test_whole_numbers_beside_a_missing_one_stay_whole():
    for u in (pd.array([None, *CODES[1:]], "Int64"), np.where(CODES == 2, np.nan, CODES)):
        levels = as_dataset(X, u).u.levels
        assert levels.dtype.kind == "i"


LABELS = np.array([f"c{code}{' ' * (i % 2)}" for i, code in enumerate(CODES)])


@pytest.mark.parametrize("u", [LABELS, LABELS.astype("S"), pd.Series(LABELS, name="cond")])
def test_blanks_around_labels_make_no_category(u):
    found = as_dataset(X, u)
    assert found.u.levels.tolist() == [f"c{i}" for i in range(6)]
    assert "differ in blanks" in found.notes[0]
    assert "differ in blanks" not in as_dataset(X, LABELS[::2].repeat(2)).notes
    assert as_dataset(X[:2], LABELS[1:3], new_rows_of=3).u.levels.tolist() == ["c0"]


def test_blanks_around_groups_and_chosen_rows_are_no_part_of_them(tmp_path):
    assert_array_equal(as_dataset(X, CODES, groups=LABELS).groups, CODES)
    X.assign(label=LABELS, u=CODES).to_csv(tmp_path / "t.csv", index=False)
    found = load_table(tmp_path / "t.csv", x="a,b", u="u", rows="label!=c3")
    assert len(found.x) == 100


def with_lists(library):
    columns = {"a": [0.5, 1.5, 2.5], "b": [2.0, 1.0, 4.0], "spikes": [[1], [1, 2], []], "u": "xyx"}
    columns["u"] = [*columns["u"]]
    return pytest.importorskip(library).DataFrame(columns)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_column_that_nothing_takes_is_left_out(tmp_path, library):
    frame = with_lists(library)
    found = as_dataset(frame, "u")
    assert found.columns == ("a", "b")
    assert found.notes[0].endswith("left out: neither numbers nor text spikes.")
    assert "spikes" not in found.side
    for faulty in ({"u": "spikes"}, {"u": "u", "groups": "spikes"}, {"u": "u", "columns": "s*"}):
        with pytest.raises(InputError, match=r"spikes.* holds neither numbers nor text"):
            as_dataset(frame, **faulty)


def test_dates_that_are_left_out_are_called_so():
    frame = pd.DataFrame({"a": [0.5, 1.5, 2.5], "when": pd.date_range("2024", periods=3), "u": 1})
    assert as_dataset(frame.assign(u=[0, 1, 0]), "u").notes[0].endswith("left out: dates when.")


def test_an_array_of_several_columns_is_not_passed_over_for_one_column(tmp_path):
    arrays = {"spikes": np.eye(6), "session": np.arange(6), "u": np.arange(6) % 2}
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "t.h5", "w") as file:
        file.update(arrays)
    for found in (lambda: load_table(tmp_path / "t.h5"), lambda: as_dataset(arrays, "u")):
        with pytest.raises(InputError, match=r"which columns are x.* as in --x=spikes; there are"):
            found()
    assert load_table(tmp_path / "t.h5", x="spikes").x.shape == (6, 6)


def test_so_is_one_of_a_file(tmp_path):
    with_lists("pandas").to_parquet(tmp_path / "t.parquet")
    assert load_table(tmp_path / "t.parquet", u="u").columns == ("a", "b")


def test_sparse_matrices_of_keys_are_no_mapping():
    from scipy import sparse

    counts = sparse.dok_matrix(np.arange(3.0 * ROWS).reshape(ROWS, 3) % 4)
    assert_array_equal(as_dataset(counts, CODES).x, counts.toarray())


def test_u_of_more_rows_says_how_to_take_those_of_x():
    some = X[X["a"] > 0]
    u = pd.Series(CODES)
    with pytest.raises(InputError, match=r"u has the index of x and .* more rows; use `(.*)`"):
        as_dataset(some, u)
    assert_array_equal(as_dataset(some, u.loc[some.index]).u.own(), CODES[some.index])


@pytest.mark.parametrize(
    "time",
    [
        ["31.1.2026"] * 119 + ["later"],
        ["13/1/2026", "1/13/2026"] * 60,
        ["1/2/2026 (3)"] * ROWS,
        ["1/2/26"] * ROWS,
    ],
)
def test_what_is_no_date_is_no_time(time):
    with pytest.raises(InputError, match=r"time holds text; .* a date, such as 2026-01-31"):
        as_dataset(X, CODES, time=time)


WRITTEN = {
    "ISO beside month/day": ("%Y-%m-%d %H:%M", "%m/%d/%Y %H:%M", "month/day/year"),
    "ISO beside day/month": ("%Y-%m-%dT%H:%M:00", "%d/%m/%Y %H:%M:%S", "day/month/year"),
    "points beside month/day": ("%d.%m.%Y, %H:%M", "%m/%d/%Y %I:%M %p", "month/day/year"),
    "dashes": ("%d-%m-%Y %H:%M", "%d-%m-%Y %I:%M:%S %p", "day/month/year"),
}


@pytest.mark.parametrize("how", WRITTEN)
def test_dates_of_which_some_row_names_the_month_are_read(how):
    odd, even, order = WRITTEN[how]
    days = DAYS + pd.to_timedelta(np.arange(ROWS) % 24, "h")
    text = [each.strftime(odd if i % 2 else even) for i, each in enumerate(days)]
    expected = (days.to_numpy() - np.datetime64("1970-01-01")) / np.timedelta64(1, "s")
    as_u = as_dataset(X.assign(when=text), "when", columns=["a", "b", "c"])
    assert_array_equal(as_u.u.values[:, 0], expected)
    as_time = as_dataset(X, CODES, time=text)
    assert_array_equal(np.diff(as_time.time), np.diff(expected) * 1e6)
    for found in (as_u, as_time):
        assert sum(f"are read as {order}." in note for note in found.notes) == 1


def test_dates_whose_month_no_row_names_are_refused_but_are_levels():
    many = [f"{1 + i % 12}/{1 + i // 12}/2026 {i % 24}:00" for i in range(ROWS)]
    for given in ({"u": pd.Series(many, name="when")}, {"u": CODES, "time": many}):
        with pytest.raises(InputError, match=r"2/1/2026 1:00 may be the month, .* as 2026-01-31"):
            as_dataset(X, **given)
    few = as_dataset(X, pd.Series(["1/2/2026", "2/1/2026"] * (ROWS // 2), name="day"))
    assert few.u.levels.tolist() == ["1/2/2026", "2/1/2026"]
    assert as_dataset(X, CODES, time=["1/1/2026", "2/2/2026"] * (ROWS // 2)).time is not None


@pytest.mark.parametrize("gaps", [[0], [5, 60], [0, 119]])
@pytest.mark.parametrize("spelt", ["", "NA", "n.a.", "#VALUE!"])
def test_dates_with_gaps_are_dates_still(tmp_path, gaps, spelt):
    table = X.assign(when=DAYS.astype(str))
    table.loc[gaps, "when"] = spelt
    table.to_csv(tmp_path / "t.csv", index=False)
    read = load_table(tmp_path / "t.csv", u="when", x="a,b,c")
    assert_array_equal(read.u.values[:, 0], np.delete(SECONDS, gaps))
    with pytest.raises(InputError, match=rf"time has no value in {len(gaps)} row"):
        load_table(tmp_path / "t.csv", u="a", time="when", x="b,c")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ([f"{i // 60:02}:{i % 60:02}:07" for i in range(ROWS)], 60 * np.arange(ROWS) + 7),
        ([f"0 days 00:00:{i // 2:02}.{i % 2}5" for i in range(ROWS)],
         np.arange(ROWS) // 2 + 0.1 * (np.arange(ROWS) % 2) + 0.05),
    ],
    ids=["times of day", "as pandas writes durations"],
)  # fmt: skip
def test_times_of_day_and_durations_are_read_from_text(tmp_path, text, seconds):
    X.assign(at=text).to_csv(tmp_path / "t.csv", index=False)
    read = load_table(tmp_path / "t.csv", u="at")
    np.testing.assert_allclose(read.u.values[:, 0], seconds)
    assert "at is read in seconds." in read.notes
    assert load_table(tmp_path / "t.csv", u="a", time="at").time.shape == (ROWS,)


def test_ratios_and_scores_are_no_times():
    read = as_dataset(X, pd.Series([f"{i}:{i + 1}" for i in CODES], name="score"))
    assert read.u.is_categorical


@pytest.mark.parametrize("beside", [False, True])
def test_dummies_are_the_category_that_they_were_made_of(tmp_path, beside):
    u = pd.get_dummies(pd.Series(CODES), prefix="dose")
    u = u.assign(speed=np.linspace(0, 1, ROWS)) if beside else u
    pd.concat([X, u], axis=1).to_csv(tmp_path / "t.csv", index=False)
    names = "dose_*,speed" if beside else "dose_*"
    for read in (as_dataset(X, u), load_table(tmp_path / "t.csv", x="a,b,c", u=names)):
        dose = read.u.columns[0]
        assert (dose.kind, dose.name) == (Kind.CATEGORICAL, "dose")
        assert dose.levels.tolist() == [f"dose_{i}" for i in range(6)]
        assert len(read.u.columns) == 1 + beside
        assert_array_equal(read.u.values.reshape(ROWS, -1)[:, 0], CODES)
        assert read.notes[0].startswith("6 columns of u are one-hot: dose is the categories")
    later = load_table(tmp_path / "t.csv", x="a,b,c", u=names, new_rows_of=("a", "b", "c"))
    assert later.u.own_column(0).tolist() == [f"dose_{i}" for i in CODES]


def test_flags_of_their_own_are_no_category_together():
    u = pd.DataFrame({"left": CODES < 3, "late": CODES % 2 == 0})
    assert len(as_dataset(X, u).u.columns) == 2
    named = as_dataset(X, pd.get_dummies(pd.Series(CODES % 2)), u_kinds="categorical")
    assert len(named.u.columns) == 2


def test_a_quantity_that_is_infinite_is_left_empty_as_advised():
    speed = np.linspace(0, 1, ROWS)
    table = X.assign(speed=np.where(CODES == 2, np.inf, speed))
    with pytest.raises(
        InputError, match=r"u: speed has inf .* 20 row\(s\), first in row 40"
    ) as found:
        as_dataset(table, "speed")
    assert "leave these places empty (NaN): such rows are left out" in str(found.value)
    assert len(as_dataset(table.replace(np.inf, np.nan), "speed").x) == ROWS - 20
