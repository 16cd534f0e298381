import re

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ivaegan_jax.data import check_sizes, make_split
from ivaegan_jax.data.splits.draw import Split
from ivaegan_jax.types import Auxiliary, Dataset, InputError


def discrete(counts, shuffle=0):
    u = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    u = np.random.default_rng(shuffle).permutation(u)
    return Dataset("d", np.zeros((len(u), 2), np.float32), Auxiliary.categorical(u))


def continuous(u):
    u = np.asarray(u, np.float32).reshape(len(u), -1)
    return Dataset("c", np.zeros((len(u), 2), np.float32), Auxiliary.continuous(u))


# One large level, so that no part is ever empty.
counts_lists = st.lists(st.integers(1, 60), min_size=1, max_size=12).map(lambda c: [*c, 200])
three_shares = st.tuples(st.floats(0.4, 0.8), st.floats(0.25, 0.75)).map(
    lambda t: (t[0], (1 - t[0]) * t[1], (1 - t[0]) * (1 - t[1]))
)


@given(counts_lists, st.integers(0, 2**32 - 1), three_shares)
@example([1, 1, 1, 42, 200], 0, (1 / 2, 1 / 6, 1 / 3))  # one level is two whole rows off
def test_parts_hold_every_row_once_and_every_level_its_share(counts, data_seed, fractions):
    data = discrete(counts)
    split = make_split(data, data_seed, fractions)
    assert np.array_equal(np.sort(np.concatenate(split)), np.arange(sum(counts)))
    assert all(np.all(np.diff(rows) > 0) for rows in split)
    assert set(data.u.codes[split.train]) == set(range(len(counts)))
    for rows, share in zip(split, fractions, strict=True):
        sizes = np.bincount(data.u.codes[rows], minlength=len(counts))
        assert np.all(np.abs(sizes - share * np.array(counts)) < 2 + 1e-9)


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_sizes_do_not_depend_on_the_data_seed_or_the_order_of_rows(one, other):
    counts = [3, 17, 101, 40]
    splits = [make_split(discrete(counts, k), k) for k in (one, other)]
    assert [len(rows) for rows in splits[0]] == [len(rows) for rows in splits[1]]


def test_shares_are_exact_where_they_are_whole():
    data = discrete([1000] * 40)
    split = make_split(data, 1)
    for rows, size in zip(split, (800, 100, 100), strict=True):
        assert np.all(np.bincount(data.u.codes[rows]) == size)


def test_a_data_seed_repeats_and_another_differs():
    data = discrete([50, 50])
    first, again, other = (make_split(data, k) for k in (1, 1, 2))
    assert np.array_equal(first.test, again.test)
    assert not np.array_equal(first.test, other.test)


def test_small_levels_fill_both_held_out_parts():
    # Shares of half a row: rounding level by level would leave one part empty.
    split = make_split(discrete([5] * 40), 1)
    assert [len(rows) for rows in split] == [160, 20, 20]


def test_a_level_of_one_row_is_for_training():
    data = discrete([1, 1, 1, 100])
    assert {0, 1, 2} <= set(data.u.codes[make_split(data, 3).train])


def test_continuous_u_is_split_at_random():
    split = make_split(continuous(np.linspace(0, 1, 100)), 1)
    assert [len(rows) for rows in split] == [80, 10, 10]
    assert np.array_equal(np.sort(np.concatenate(split)), np.arange(100))


FAULTS = {
    "one level": (discrete([50]), (0.8, 0.1, 0.1), "u has one value in all training rows"),
    "constant": (continuous(np.ones(50)), (0.8, 0.1, 0.1), "one value in all training rows"),
    "few rows": (discrete([1, 1]), (0.8, 0.1, 0.1), "no rows are left for the valid split"),
    "a level per row": (discrete([1] * 50), (0.8, 0.1, 0.1), "no rows are left"),
    "sum": (discrete([50, 50]), (0.8, 0.1, 0.2), "three positive numbers of sum 1"),
    "negative": (discrete([50, 50]), (1.0, 0.1, -0.1), "three positive numbers of sum 1"),
    "no test": (discrete([50, 50]), (0.8, 0.2, 0.0), "three positive numbers of sum 1"),
    "nan": (discrete([50, 50]), (np.nan, 0.5, 0.5), "three positive numbers of sum 1"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_unfit_splits_give_one_clear_line(fault):
    data, fractions, message = FAULTS[fault]
    with pytest.raises(InputError, match=message) as caught:
        make_split(data, 1, fractions)
    assert "\n" not in str(caught.value)


def test_u_that_varies_only_outside_the_training_rows_is_refused():
    test_row = make_split(continuous(np.arange(20)), 1).test[0]
    u = np.zeros(20)
    u[test_row] = 1
    with pytest.raises(InputError, match="one value in all training rows"):
        make_split(continuous(u), 1)


@pytest.mark.parametrize("data_seed", [-1, 2**32, True])
def test_unfit_data_seeds(data_seed):
    with pytest.raises(InputError, match="a data seed is an integer from 0"):
        make_split(discrete([50, 50]), data_seed)


def test_a_batch_must_fit_the_training_rows():
    split = Split(np.arange(10), np.arange(4), np.arange(4))
    check_sizes(split, (0.6, 0.2, 0.2), 10)
    for batch in (0, 11):
        with pytest.raises(InputError, match="does not fit 10 training rows; choose"):
            check_sizes(split, (0.6, 0.2, 0.2), batch)


@pytest.mark.parametrize("rows", range(14, 41))
@pytest.mark.parametrize("levels", [2, 3, 5])
def test_advice_on_few_held_out_rows_is_right_when_followed(rows, levels):
    dataset, fractions = discrete(np.bincount(np.arange(rows) % levels)), [0.8, 0.1, 0.1]
    for _ in range(2):
        split = make_split(dataset, 1, tuple(fractions))
        try:
            check_sizes(split, tuple(fractions), 1)
        except InputError as error:
            for name, share in re.findall(r"--config.data.(\w+)_fraction=([\d.]+)", str(error)):
                fractions[1 if name == "valid" else 2] = float(share)
            fractions[0] = 1 - sum(fractions[1:])
        else:
            break
    check_sizes(split, tuple(fractions), len(split.train))
    assert min(len(split.valid), len(split.test)) >= 4


def test_too_few_rows_for_any_share_are_refused_without_one():
    with pytest.raises(InputError, match=r"give more rows$"):
        check_sizes(Split(np.arange(6), np.arange(1), np.arange(1)), (0.8, 0.1, 0.1), 4)
