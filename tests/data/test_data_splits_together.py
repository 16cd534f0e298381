"""Splits by group and by blocks: what no draw may break."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivaegan_jax.data.splits.draw import Splitter, make_split
from ivaegan_jax.data.splits.equal import kept
from ivaegan_jax.data.splits.how import RANDOM, How, parse_split
from ivaegan_jax.data.splits.order import ordered_as, place_of
from ivaegan_jax.data.splits.units import held_out_counts
from ivaegan_jax.types import Auxiliary, Dataset, InputError

BY_GROUP = How("group", "groups")
SEEDS = (1, 2, 7)


def table(u, groups=None, x=None, **more):
    u = np.asarray(u)
    x = np.random.default_rng(0).normal(size=(len(u), 2)).astype(np.float32) if x is None else x
    side = {} if groups is None else {"groups": np.asarray(groups)}
    made = Dataset("t", x, Auxiliary.of(u), side=side, **more)
    return ordered_as(made, BY_GROUP) if side else made


def parts_of(split, rows):
    part = np.full(rows, -1)
    for number, chosen in enumerate(split):
        assert np.all(part[chosen] == -1)
        part[chosen] = number
    return part


# Groups of one level each, and groups that hold all levels; every level in four groups or more.
group_sizes = st.lists(st.integers(3, 30), min_size=12, max_size=30)


@settings(max_examples=5)
@given(group_sizes, st.booleans())
def test_no_group_is_in_two_parts_and_sizes_are_alike_for_all_data_seeds(sizes, mixed):
    groups = np.repeat(np.arange(len(sizes)), sizes)
    u = np.arange(len(groups)) % 3 if mixed else groups % 3
    data = table(u, groups)
    splitter = Splitter(data, BY_GROUP)
    found = [splitter.split(seed) for seed in SEEDS]
    assert len({tuple(map(len, split)) for split, _ in found}) == 1
    for split, trimmed in found:
        part = parts_of(split, len(u))
        assert np.sum(part == -1) == trimmed
        assert set(data.u.codes[split.train]) == {0, 1, 2}
        for group in range(len(sizes)):
            assert len(set(part[groups == group]) - {-1}) == 1
    again = Splitter(data, BY_GROUP).split(SEEDS[1])[0]
    assert all(np.array_equal(a, b) for a, b in zip(again, found[1][0], strict=True))


def test_data_seeds_hold_out_other_groups():
    data = table(np.arange(600) % 3, np.arange(600) // 10)
    tests = [frozenset(data.groups[make_split(data, seed, how=BY_GROUP).test]) for seed in range(9)]
    assert len(set(tests)) > 6


def test_groups_of_a_level_are_spread_over_the_parts():
    groups = np.repeat(np.arange(200), 10)
    split = make_split(table(groups % 4, groups), 1, how=BY_GROUP)
    for rows, share in zip(split, (0.8, 0.1, 0.1), strict=True):
        np.testing.assert_array_equal(np.bincount(groups[rows] % 4), share * 500)


def test_the_order_of_rows_changes_no_sizes():
    rng = np.random.default_rng(3)
    groups = np.repeat(np.arange(40), rng.integers(3, 30, 40))
    shuffled = rng.permutation(len(groups))
    sizes = [
        Splitter(table(g % 3, g), BY_GROUP).together.draws.sizes for g in (groups, groups[shuffled])
    ]
    assert np.abs(sizes[0] - sizes[1]).max() <= 30


runs_of_u = st.lists(st.integers(1, 120), min_size=8, max_size=20)


@settings(max_examples=10)
@given(runs_of_u, st.integers(1, 12), st.integers(0, 12), st.booleans(), st.integers(0, 1000))
def test_between_parts_there_is_a_gap_and_every_level_is_trained(runs, length, gap, two, seed):
    u = np.append(np.repeat(np.arange(len(runs)) % 4, runs), np.arange(200) // 50)
    groups = np.arange(len(u)) // (len(u) // 2 + 1) if two else np.zeros(len(u), int)
    data = table(u, groups)
    splitter = Splitter(data, How("blocks", length=length, gap=min(gap, length)))
    sizes = set()
    for one in (seed, seed + 1):
        split, _ = splitter.split(one)
        sizes.add(tuple(map(len, split)))
        part = parts_of(split, len(u))
        for a in range(1, min(gap, length) + 1):
            near = (groups[a:] == groups[:-a]) & (part[a:] >= 0) & (part[:-a] >= 0)
            assert np.all((part[a:] == part[:-a]) | ~near)
        assert set(u[split.train]) == set(u)
    assert len(sizes) == 1


@pytest.mark.parametrize(("levels", "rows"), [(60, 12), (40, 20), (30, 9), (80, 7)])
def test_many_short_runs_keep_training_rows_of_every_level(levels, rows):
    u = np.repeat(np.arange(levels), rows)
    splitter = Splitter(table(u), How("blocks", "", 1, 1))
    for seed in range(20):
        split, cut = splitter.split(seed)
        assert len(np.unique(u[split.train])) == levels, (seed, cut)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=60), st.integers(1, 12), st.data())
def test_rows_that_stay_hold_every_level_and_take_from_the_largest_pieces(level, pieces, data):
    level = np.array(level)
    piece = level * pieces + np.arange(len(level)) % pieces
    size = data.draw(st.integers(len(np.unique(level)), len(level)))
    stays = kept(piece, level, size)
    assert stays.sum() == size
    assert set(level[stays]) == set(level)
    left, gone = np.bincount(piece[stays]), np.unique(piece[~stays])
    assert all(left[each] >= left.max() - 1 for each in gone if each < len(left))


def test_long_runs_of_a_level_are_cut_within_themselves():
    u = np.repeat(np.arange(6), 500)
    split = make_split(table(u), 4, how=How("blocks", length=50, gap=5))
    for rows, low in zip(split, (300, 25, 25), strict=True):
        assert np.bincount(u[rows], minlength=6).min() >= low


def test_blocks_hold_out_all_of_a_continuous_u():
    u = np.linspace(0, 1, 2000)[:, None]
    split = make_split(table(u), 2, how=How("blocks", length=20, gap=5))
    for rows in split[1:]:
        covered = np.histogram(u[rows], bins=10, range=(0, 1))[0]
        assert np.all(covered > 0)


def test_blocks_follow_the_time_not_the_rows():
    shuffled = np.random.default_rng(0).permutation(1000)
    u = np.arange(1000) // 250
    data = dataclasses.replace(table(u[shuffled]), time=shuffled.astype(float))
    split = make_split(data, 1, how=How("blocks", length=25, gap=5))
    straight = make_split(table(u), 1, how=How("blocks", length=25, gap=5))
    for rows, other in zip(split, straight, strict=True):
        np.testing.assert_array_equal(shuffled[rows], other)
        np.testing.assert_array_equal(place_of(data)[rows], other)


def test_a_level_at_a_border_is_given_back_what_the_gap_took():
    u = np.repeat(np.arange(3), [300, 4, 300])
    for seed in range(12):
        split = make_split(table(u), seed, how=How("blocks", length=10, gap=10))
        assert set(u[split.train]) == {0, 1, 2}


LONELY = np.repeat(np.arange(4), 50)


@pytest.mark.parametrize(
    ("data", "how", "message"),
    [
        (table(LONELY, LONELY), BY_GROUP, "level 0 of u and 3 more live in one group only"),
        (table(LONELY % 2, LONELY // 2), BY_GROUP, "needs 3 groups or more and there are 2"),
    ],
)
def test_groups_that_cannot_be_held_out_say_why_and_the_advice_works(data, how, message):
    with pytest.raises(InputError, match=message) as caught:
        make_split(data, 1, how=how)
    assert "\n" not in str(caught.value)
    assert "use --split=blocks" in str(caught.value)


def test_blocks_that_are_too_long_are_refused():
    with pytest.raises(InputError, match=r"--split=blocks:500,gap:100 .* use --split=blocks"):
        make_split(table(np.arange(600) // 300), 1, how=parse_split("blocks:500,gap:100"))


def test_an_unknown_column_is_named_with_those_that_there_are():
    with pytest.raises(InputError, match="no column 'who' for --split=group:who; its columns: gro"):
        ordered_as(table(LONELY, LONELY), How("group", "who"))


def balanced():
    """Two classes of 300 and 100 rows, the smaller one repeated three times."""
    x = np.random.default_rng(5).normal(size=(400, 4)).astype(np.float32)
    rows = np.append(np.arange(300), np.repeat(np.arange(300, 400), 3))
    rows = np.random.default_rng(6).permutation(rows)
    return table((rows >= 300).astype(int), x=x[rows]), rows


@pytest.mark.parametrize("seed", SEEDS)
def test_copies_of_a_row_are_in_one_part(seed):
    data, rows = balanced()
    split = make_split(data, seed)
    held = [set(rows[part]) for part in split]
    assert len(set.union(*held)) == sum(map(len, held))
    sizes = np.array([len(part) for part in split])
    np.testing.assert_allclose(sizes, [480, 60, 60], atol=6)
    assert {len(part) for part in make_split(data, 99)} == set(sizes.tolist())


def test_counts_that_are_alike_by_chance_are_no_copies():
    x = np.random.default_rng(0).poisson(0.2, size=(1000, 3)).astype(np.float32)
    u = np.arange(1000) % 4
    one, other = (make_split(table(u, x=each), 3) for each in (x, None))
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_rows_without_copies_are_split_as_ever():
    u = np.arange(500) % 5
    plain = make_split(table(u, independent=True), 3)
    found = make_split(table(u), 3, how=RANDOM)
    assert all(np.array_equal(a, b) for a, b in zip(plain, found, strict=True))


def test_a_table_of_copies_alone_is_refused():
    x = np.repeat(np.random.default_rng(0).normal(size=(2, 12)), 100, axis=0).astype(np.float32)
    with pytest.raises(InputError, match="200 rows are copies of 2 different ones"):
        make_split(table(np.arange(200) // 100, x=x), 1)


def test_levels_of_two_units_fill_validation_as_well_as_test():
    """Level by level 1 of 12 was for validation and 4 for test, where 2 and 3 are due."""
    valid, held_out = held_out_counts(np.full(12, 2), (0.8, 0.1, 0.1))
    assert (valid.sum(), held_out.sum()) == (2, 5)
    assert np.all(valid <= held_out)


@given(counts=st.lists(st.integers(1, 40), min_size=1, max_size=30))
def test_validation_gets_no_less_than_level_by_level_and_the_same_where_that_goes(counts):
    valid, held_out = held_out_counts(np.array(counts), (0.8, 0.1, 0.1))
    assert np.all((valid >= 0) & (valid <= held_out))
    assert np.all(held_out < np.maximum(counts, 1))
    by_level = np.diff(np.rint(0.1 * np.cumsum(counts)), prepend=0)
    assert np.minimum(by_level, held_out).sum() <= valid.sum() <= by_level.sum()
    if np.all(by_level <= held_out):
        np.testing.assert_array_equal(valid, by_level)


@pytest.mark.parametrize(
    "sizes", [np.linspace(10, 200, 10), 5 + 20 * np.exp(np.linspace(-2, 2, 40))]
)
def test_groups_of_unlike_size_cost_few_rows_and_are_held_out_in_turn(sizes):
    groups = np.repeat(np.arange(len(sizes)), sizes.astype(int))
    data = table(np.random.default_rng(0).integers(0, 4, len(groups)), groups)
    splitter = Splitter(data, BY_GROUP)
    found = [splitter.split(seed) for seed in range(1, 9)]
    assert len({tuple(map(len, split)) for split, _ in found}) == 1
    for split, trimmed in found:
        assert trimmed < 0.15 * len(groups)
        assert min(len(split.valid), len(split.test)) > 0.06 * len(groups)
    assert len({tuple(np.unique(groups[split.test])) for split, _ in found}) > 2
