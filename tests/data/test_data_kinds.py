"""Kinds of u: their features in closed form, the grammar, missing values, and new rows."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from ivaegan_jax.data import DataConfig, as_dataset, fit_preprocessing, prepare
from ivaegan_jax.data.prepare import preprocessing_arrays, preprocessing_from
from ivaegan_jax.data.tables.grammar import Selected, parse_u, split_list
from ivaegan_jax.data.tables.typed import KINDS
from ivaegan_jax.types import InputError, Kind

RNG = np.random.default_rng(0)
ROWS = 300
X = RNG.normal(size=(ROWS, 3))
SIDE = np.array(["left", "right", "up"])[np.arange(ROWS) % 3]
ANGLE = RNG.uniform(0, 360, ROWS)
SPEED = RNG.normal(5, 2, ROWS)
TRIAL = np.arange(ROWS) // 30
TIME = np.tile(np.arange(30) * 0.1, 10)
DOSE = np.array(["low", "high", "middle"])[np.arange(ROWS) % 3]
FRAME = pd.DataFrame(X, columns=["a", "b", "c"]).assign(
    side=SIDE, angle=ANGLE, speed=SPEED, trial=TRIAL, t=TIME, dose=DOSE
)


def read(u, **given):
    return as_dataset(FRAME, u, columns=["a", "b", "c"], **given)


def features(u, **given):
    table = read(u, **given)
    return fit_preprocessing(table, np.arange(len(table.x))).encode_u(table.u)


def test_an_angle_is_a_point_on_the_circle():
    found = features("angle:circular(360)")
    radians = np.deg2rad(ANGLE)
    assert_allclose(found, np.stack([np.cos(radians), np.sin(radians)], axis=1), atol=1e-6)
    again = as_dataset(X, ANGLE + 720, u_kinds="circular(360)")
    assert_allclose(fit_preprocessing(again, np.arange(ROWS)).encode_u(again.u), found, atol=1e-5)


@pytest.mark.parametrize(
    ("scale", "argument", "unit"),
    [(1, "360", "degrees"), (np.pi / 180, "2pi", "radians"), (1 / 15, "24", None)],
)
def test_periods_are_given_or_seen(scale, argument, unit):
    table = FRAME.assign(angle=ANGLE * scale)
    given = as_dataset(table, f"angle:circular({argument})")
    assert given.notes[0].startswith("x is all")
    if unit:
        seen = as_dataset(table, "angle:circular")
        assert f"angle is read as an angle in {unit}" in seen.notes[0]
        assert seen.u.columns[0].period == pytest.approx(given.u.columns[0].period)
    else:
        with pytest.raises(InputError, match=r"runs from .* give its period"):
            as_dataset(table, "angle:circular")


def test_ordered_levels_are_steps():
    steps = np.stack([DOSE != "low", DOSE == "high"], axis=1)
    assert_array_equal(features("dose:ordered(low,middle,high)"), steps)
    numbers = as_dataset(X, np.arange(ROWS) % 4 * 10, u_kinds="ordered")
    assert numbers.u.columns[0].levels.tolist() == [0, 10, 20, 30]
    assert_array_equal(numbers.u.level(), np.arange(ROWS) % 4)
    steps = fit_preprocessing(numbers, np.arange(ROWS)).encode_u(numbers.u)
    assert_array_equal(steps.sum(axis=1), np.arange(ROWS) % 4)
    with pytest.raises(InputError, match=r"give the order of dose, as dose:ordered\(high,low"):
        read("dose:ordered")
    with pytest.raises(InputError, match=r"dose:ordered\(low,high\) lacks 'middle'"):
        read("dose:ordered(low,high)")


def test_columns_together_keep_their_own_features():
    found = features(["side", "angle:circular(360)", "speed"])
    assert found.shape == (ROWS, 3 + 2 + 1)
    assert_array_equal(found[:, :3], SIDE[:, None] == np.array(["left", "right", "up"]))
    assert_allclose(np.square(found[:, 3:5]).sum(axis=1), 1, atol=1e-6)
    assert_allclose([found[:, 5].mean(), found[:, 5].std()], [0, 1], atol=1e-5)


def test_segments_are_equal_parts_of_every_group_in_the_order_of_time():
    whole = as_dataset(X, "segments(12)")
    assert_array_equal(whole.u.codes, np.arange(ROWS) * 12 // ROWS)
    assert_array_equal(whole.u.levels, np.arange(12))
    groups = read("segments(3)", groups="trial")
    assert_array_equal(groups.u.codes, np.arange(ROWS) // 10)
    assert groups.u.levels[:4].tolist() == ["0:0", "0:1", "0:2", "1:0"]
    turned = as_dataset(FRAME[::-1], "t:segments(3)", groups="trial", columns="[abc]")
    expected = as_dataset(FRAME, "t:segments(3)", groups="trial", columns="[abc]")
    assert_array_equal(turned.u.own()[::-1], expected.u.own())
    with pytest.raises(InputError, match="more than the 30 rows of the smallest group"):
        read("segments(31)", groups="trial")


@pytest.mark.parametrize("duration", ["1s", "1000ms", "1"])
def test_segments_of_one_duration_begin_with_their_group(duration):
    found = read(f"t:segment({duration})", groups="trial")
    assert len(found.u.levels) == 30
    assert_array_equal(np.bincount(found.u.codes), [10] * 30)
    shared = read(f"t:segment({duration})")  # without groups, time since the first is all
    assert_array_equal(shared.u.codes, (TIME + 1e-9).astype(int))


def test_dates_have_durations_too():
    days = pd.date_range("2026-01-01", periods=ROWS, freq="min")
    found = as_dataset(FRAME.assign(t=days), "t:segment(1h)", columns="[abc]")
    assert_array_equal(found.u.codes, np.arange(ROWS) // 60)


def test_rows_before_are_those_of_the_same_group():
    found = read("lag(1,3)", groups="trial")
    kept = np.arange(ROWS)[np.arange(ROWS) % 30 >= 3]
    assert_array_equal(found.x, X[kept])
    assert_array_equal(found.u.values, np.hstack([X[kept - 1], X[kept - 3]]))
    assert found.u.names == ("a[-1]", "b[-1]", "c[-1]", "a[-3]", "b[-3]", "c[-3]")
    assert "30 of 300 rows are left out (The first 3 rows of every group" in found.notes[0]
    one = read("speed:lag(1)")
    assert_array_equal(one.u.values[:, 0], SPEED[:-1])
    assert len(one.x) == ROWS - 1


def test_values_without_a_kind_are_what_they_seem():
    table = FRAME.assign(whole=np.arange(ROWS) % 5, count=np.arange(ROWS), flag=TRIAL > 3)
    found = as_dataset(table, ["side", "whole", "count", "flag", "speed"], columns="[abc]")
    assert [each.kind.value[:3] for each in found.u.columns] == ["cat", "cat", "con", "cat", "con"]
    assert "whole holds whole numbers" in found.notes[0]
    assert "give whole:continuous" in found.notes[0]
    forced = as_dataset(table, ["side", "whole:continuous"], columns="[abc]")
    assert forced.u.columns[1].kind is Kind.CONTINUOUS
    assert as_dataset(table, "whole", columns="[abc]").u.is_categorical


def test_missing_values_of_any_column_are_left_out_and_counted():
    table = FRAME.assign(
        side=np.where(np.arange(ROWS) % 10 == 0, None, SIDE),
        angle=np.where(np.arange(ROWS) % 4 == 0, np.nan, ANGLE),
    )
    found = as_dataset(table, ["side", "angle:circular"], columns="[abc]")
    kept = (np.arange(ROWS) % 10 != 0) & (np.arange(ROWS) % 4 != 0)
    assert_array_equal(found.x, X[kept])
    assert found.notes[0] == (
        f"{(~kept).sum()} of 300 rows are left out (u is missing: side 30, angle 75)."
    )
    assert found.u.columns[0].levels.tolist() == ["left", "right", "up"]


def test_words_that_stand_for_a_missing_value_are_named():
    """So that a category called `none` is not lost unseen."""
    table = FRAME.assign(dose=np.where(DOSE == "low", "none", DOSE))
    found = as_dataset(table, ["dose", "speed"], columns="[abc]")
    assert "(u is missing: dose 100 as 'none')" in found.notes[0]
    found = as_dataset(table, "dose:ordered(middle,high)", columns="[abc]")
    assert "(u is missing: dose 100 as 'none')" in found.notes[0]


def test_a_column_that_is_named_twice_is_one():
    assert read(["side", "side"]).u.names == ("side",)
    assert len(read(["angle:circular(360)", "angle"]).u.columns) == 2


def test_kinds_are_stored_and_read_the_same_for_new_rows(tmp_path):
    u = ["side", "angle:circular(360)", "dose:ordered(low,middle,high)", "speed"]
    data = prepare([read(u)], (1,), DataConfig(), 16)
    assert data.dim_u == 3 + 2 + 2 + 1
    np.savez(tmp_path / "kept.npz", **preprocessing_arrays(data.preprocessing))
    with np.load(tmp_path / "kept.npz", allow_pickle=False) as stored:
        again = preprocessing_from(stored, 0)
    new = as_dataset(FRAME[:7], ["side", "angle", "dose", "speed"], new_rows_of=["a", "b", "c"])
    expected = data.preprocessing[0].encode_u(read(u).u[:7])
    assert_array_equal(again.encode_u(new.u), expected)
    assert [each.kind for each in again.u_kinds] == [each.kind for each in read(u).u.columns]
    other = as_dataset(FRAME[:7].assign(side="down"), [e.partition(":")[0] for e in u],
                       new_rows_of=["a", "b", "c"])  # fmt: skip
    with pytest.raises(InputError, match="u holds 'down' in column side, never seen in training"):
        again.encode_u(other.u)


def test_new_rows_whose_u_is_missing_are_named():
    table = FRAME.assign(side=np.where(np.arange(ROWS) == 4, None, SIDE))
    for u in ("side", "lag(1)", "side,speed"):
        names = ["side", "speed"] if u == "side,speed" else u
        fitted = fit_preprocessing(read(names), np.arange(200))
        new = as_dataset(table[4:9], names, new_rows_of=["a", "b", "c"])
        with pytest.raises(InputError, match=r"u is missing in 1 row\(s\), first in 0"):
            fitted.encode_u(new.u)


def test_studies_of_other_kinds_have_other_fingerprints():
    kinds = ["circular(360)", "circular(2pi)", "continuous"]
    tables = [prepare([read(f"angle:{kind}")], (1,), DataConfig(), 16) for kind in kinds]
    assert len({each.sha256 for each in tables}) == 3


names = st.text("abcxyz_ .", min_size=1, max_size=8).map(str.strip).filter(bool)
selected = st.builds(
    Selected, names, st.sampled_from(["", "circular", "ordered"]),
    st.lists(st.sampled_from(["1", "2pi", "low"]), max_size=3).map(tuple),
).map(lambda each: each if each.kind else each._replace(arguments=()))  # fmt: skip


@given(st.lists(selected, min_size=1, max_size=5, unique=True))
def test_what_is_written_is_what_is_read(columns):
    text = ",".join(map(str, columns))
    known = {each.name for each in columns}
    assert split_list(text) == [str(each) for each in columns]
    assert parse_u(text, known, KINDS) == columns


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("", "which columns are u?"),
        (",,", "u: ',,' is no column"),
        ("angle:", "'' in 'angle:' is no kind"),
        (":circular", "names no column; write NAME:circular"),
        ("circular(360)", "'circular\\(360\\)' is no column"),
        ("angle:circular(360", "is none of NAME, NAME:KIND"),
        ("segments(x)", "needs a number of segments from 2 on"),
        ("segments(1)", "needs a number of segments from 2 on"),
        ("t:segment(2 years)", "needs a duration"),
        ("t:segment(0s)", "needs a duration"),
        ("segment(2s)", "needs the times of rows"),
        ("side:segment(2s)", "needs times that are numbers or dates"),
        ("lag(0)", "needs numbers of rows from 1 on"),
        ("lag(1,1)", "needs numbers of rows from 1 on"),
        ("side:lag(1)", "needs numbers, side holds text"),
        ("angle:circular(2*180)", "needs one period above 0"),
        ("angle:circular(0)", "needs one period above 0"),
        ("side:continuous", "side holds text, which is no quantity"),
    ],
)
def test_what_cannot_be_meant_is_one_clear_line(given, message):
    with pytest.raises(InputError, match=message) as caught:
        as_dataset(FRAME, [given] if given else given, columns="[abc]")
    assert "\n" not in str(caught.value)
