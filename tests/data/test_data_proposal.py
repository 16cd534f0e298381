"""Which split a table gets by default, and that the advice is to be taken by the letter."""

import dataclasses
import re

import numpy as np
import pytest
from scipy.signal import lfilter

from ivaegan_jax.data import load_dataset, make_split
from ivaegan_jax.data.config import DataConfig
from ivaegan_jax.data.splits.all_seeds import split_all
from ivaegan_jax.data.splits.how import AUTO, RANDOM, How, parse_split
from ivaegan_jax.data.splits.order import ordered_as
from ivaegan_jax.data.splits.proposal import choose_split, propose_split
from ivaegan_jax.data.splits.units import assign
from ivaegan_jax.types import Auxiliary, Dataset, InputError

SMALL = {"segments": 5, "per_segment": 40}
NAMED = {
    "b1": SMALL, "b2": SMALL, "b3_tcl": SMALL, "b3_imca": SMALL, "b4": SMALL, "b5_sine": {},
    "b6": {}, "continuous_u": {}, "digits": {},
}  # fmt: skip


def series(u, coefficient=0.95, groups=None, seed=0):
    """A stationary AR(1) recording under any u."""
    rng = np.random.default_rng(seed)
    s = lfilter([1], [1, -coefficient], rng.normal(size=(len(u), 3)), axis=0)
    side = {} if groups is None else {"groups": groups}
    made = Dataset("t", s, Auxiliary.of(u), side=side)
    return ordered_as(made, How("group", "groups")) if side else made


WINDOWS = np.arange(3000) // 500


@pytest.mark.parametrize("name", NAMED)
def test_named_data_keep_the_rows_they_always_had(name):
    data = load_dataset(name, 7, NAMED[name])
    assert propose_split(data).how == RANDOM
    (found, *_), [split], note = split_all([data], [7], DataConfig())
    level = data.u.level()
    part = assign(level, np.random.default_rng(7), (0.8, 0.1, 0.1))
    for number, rows in enumerate(split):
        np.testing.assert_array_equal(rows, np.flatnonzero(part == number))
    assert (note.copied, max(note.gaps), max(note.trimmed), note.sentences()) == (0, 0, 0, [])
    again = make_split(dataclasses.replace(found, independent=False), 7)  # looks for copies
    assert all(np.array_equal(a, b) for a, b in zip(again, split, strict=True))


def test_exchangeable_rows_are_split_at_random():
    assert propose_split(series(WINDOWS, coefficient=0.0)).how == RANDOM
    shuffled = series(WINDOWS)
    rows = np.random.default_rng(0).permutation(3000)
    made = dataclasses.replace(shuffled, x=shuffled.x[rows], u=shuffled.u[rows])
    assert propose_split(made).how == RANDOM


@pytest.mark.parametrize("u", [WINDOWS, np.linspace(0, 1, 3000)[:, None], np.arange(3000) % 4])
def test_a_recording_is_split_in_blocks_with_gaps(u):
    data = series(u)
    how = propose_split(data).how
    assert how.kind == "blocks"
    assert 0 < how.gap <= how.length <= 100
    assert parse_split(str(how)) == how
    split = make_split(data, 1, how=how)
    if u.ndim == 1:
        held_out = np.append(split.valid, split.test)
        assert all(len(np.unique(u[rows])) == u.max() + 1 for rows in (split.train, held_out))


def test_time_says_what_neighbours_are():
    data = series(WINDOWS)
    rows = np.random.default_rng(0).permutation(3000)
    made = dataclasses.replace(data, x=data.x[rows], u=data.u[rows], time=rows.astype(float))
    assert propose_split(made).how == propose_split(data).how


def test_groups_are_held_out_whole_where_levels_allow_it():
    sessions = np.arange(3000) // 60
    assert str(propose_split(series(sessions % 5, groups=sessions)).how) == "group:groups"
    lonely = propose_split(series(sessions, groups=sessions)).how
    assert lonely.kind == "blocks"


def test_random_on_request_is_obeyed_and_the_leak_is_said_with_advice_that_works():
    data = series(WINDOWS)
    _, [split], note = split_all([data], [3], DataConfig(split="random"))
    expected = make_split(data, 3)
    assert all(np.array_equal(a, b) for a, b in zip(split, expected, strict=True))
    assert note.warning.startswith("random rows leak here: neighbouring rows resemble each other")
    assert note.sentences()[0] == f"R{note.warning[1:]}."
    advised = re.search(r"--split=(\S+)$", note.warning)[1]
    _, _, followed = split_all([data], [3], DataConfig(split=advised))
    assert followed.split == advised
    assert not followed.warning
    _, _, auto = split_all([data], [3], DataConfig())
    assert auto._replace(asked=advised, why=followed.why) == followed


def test_where_no_blocks_fit_the_advice_works():
    data = series(np.arange(60), coefficient=0.99)
    with pytest.raises(InputError, match="give more rows, or use --split=random, which leaks"):
        choose_split(data, How("blocks"), (0.1, 0.45, 0.45))
    obeyed = choose_split(data, RANDOM, (0.1, 0.45, 0.45))
    assert obeyed.how == RANDOM
    assert obeyed.warning.startswith("random rows leak here")


@pytest.mark.parametrize("asked", ["blocks", "blocks:40", "blocks,gap:3", "blocks:40,gap:3"])
def test_what_blocks_leave_open_is_filled_in_from_the_rows(asked):
    how = choose_split(series(WINDOWS), parse_split(asked)).how
    assert how.gap is not None
    assert how.length == 40 or ":40" not in asked
    assert how.gap == 3 or ":3" not in asked


def test_data_seeds_of_a_table_have_parts_of_one_size_and_all_is_said():
    u = np.repeat(np.arange(40) % 5, np.random.default_rng(1).integers(20, 120, 40))
    data = series(u)
    _, splits, note = split_all([data] * 6, range(6), DataConfig())
    assert {tuple(map(len, split)) for split in splits} == {(note.train, note.valid, note.test)}
    for split, gap, trimmed in zip(splits, note.gaps, note.trimmed, strict=True):
        assert sum(map(len, split)) + gap + trimmed == note.rows == len(u)
    said = " ".join(note.sentences())
    assert f"split by {note.split}, since neighbouring rows resemble each other" in said
    assert f"{note.train:,} training" in said
    assert f"{note.units} blocks" in said
    assert "in gaps between the parts" in said
    assert note.record()["asked"] == str(AUTO)
    cut = note._replace(unit="groups", gaps=[0], trimmed=[240]).sentences()[-1]
    assert cut.startswith("240 rows were left out so that parts have one size")
    assert cut.endswith("since groups differ in theirs.")
    [alone] = split_all([data], [4], DataConfig())[1]
    assert all(np.array_equal(a, b) for a, b in zip(alone, splits[4], strict=True))
