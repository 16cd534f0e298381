"""Pairings that keep the structure of rows: they are what they are said to be, and keep a level."""

import numpy as np
import pytest
from test_data_dependence import series

from ivaegan_jax.data.dependence.nulls import Structure, find_structure, make_null
from ivaegan_jax.data.dependence.shifts import turning


def explained(x, u):
    """Share of the variance of x that lies between levels of u: how well u tells x."""
    levels = np.unique(u)
    means = np.stack([x[u == level].mean(axis=0) for level in levels])
    share = np.array([np.mean(u == level) for level in levels])[:, None]
    return float((share * (means - x.mean(axis=0)) ** 2).sum() / x.var(axis=0).sum())


def p_of(x, u, null):
    pairs = map(null.pair, range(1 + null.draws))
    return null.p_value([explained(x[i], u[j]) for i, j in pairs])


def test_permuted_rows_stay_in_their_group():
    groups = np.array([1, 0, 0, 1, 1, 0])
    null = make_null(np.arange(6), Structure("rows", groups), 9)
    for number in range(10):
        rows, drawn = null.pair(number)
        assert rows.tolist() == list(range(6))
        assert sorted(drawn) == list(range(6))
        np.testing.assert_array_equal(groups[drawn], groups)
    assert null.pair(0)[1].tolist() == list(range(6))
    assert len({tuple(null.pair(number)[1]) for number in range(10)}) > 5


def test_permuted_labels_go_to_whole_groups():
    groups = np.repeat([2, 0, 1, 3], [3, 1, 4, 2])
    u = np.array([5, 6, 5, 7])[groups]
    null = make_null(u, Structure("labels", groups), 50)
    dealt = {tuple(u[null.pair(number)[1]]) for number in range(51)}
    assert tuple(u) in dealt
    for each in dealt:
        values = [set(np.array(each)[groups == group]) for group in range(4)]
        assert all(len(value) == 1 for value in values)
        assert sorted(value.pop() for value in values) == [5, 5, 6, 7]


def test_shifts_slide_within_groups_and_leave_out_the_same_ends():
    groups = np.repeat([0, 1], [80, 40])
    u = np.random.default_rng(0).integers(0, 3, 120)
    null = make_null(u, Structure("shifts", groups))
    assert null.draws == 2 * 10  # an eighth of 80 rows in either direction
    for number in range(null.draws + 1):
        x, fixed = null.pair(number)
        assert fixed.tolist() == [*range(10, 70), *range(85, 115)]
        np.testing.assert_array_equal(groups[x], groups[fixed])
        step = (number + 1) // 2 * (1 if number % 2 else -1)
        assert set((x - fixed)[groups[x] == 0]) == {step}
        assert abs((x - fixed)[groups[x] == 1] - step / 2).max() <= 0.5


def test_u_is_shifted_until_it_would_repeat_itself():
    rows = np.arange(4000)
    one = np.zeros(4000, int)
    assert turning(rows // 100, one) == pytest.approx(50, abs=10)
    assert turning(rows // 100 % 4, one) <= 100
    assert turning(np.random.default_rng(0).integers(0, 4, 4000), one) == 500
    assert turning(rows[:, None] / 4000, one) >= 450


def test_p_values_are_ranks():
    null = make_null(np.arange(5), Structure("rows"), 4)
    assert null.p_value([3.0, 1.0, 2.0, 3.0, 4.0]) == 3 / 5
    assert null.p_value([9.0, 1.0, 2.0, 3.0, 4.0]) == null.least == 1 / 5
    assert null.p_value([9.0, 1.0, 2.0, 3.0, np.nan]) == 2 / 5
    assert null.p_value([np.nan, 1.0, 2.0, 3.0, 4.0]) == 1
    shifted = make_null(np.arange(800) % 7, Structure("shifts"))
    ranks = np.arange(1.0 + shifted.draws)
    assert shifted.p_value(list(-ranks)) == shifted.least == 1 / (1 + shifted.draws / 2)
    assert shifted.p_value(list(ranks)) == 1


def test_few_groups_give_no_small_p_value():
    groups = np.repeat(np.arange(6), 50)
    null = make_null(groups % 2, Structure("labels", groups))
    assert null.least == pytest.approx(1 / 10)  # 20 ways to choose three of six, and their mirrors
    x = 10.0 * (groups % 2)[:, None]
    assert p_of(x, groups % 2, null) >= 1 / 20
    alone = make_null(groups, Structure("labels", groups))
    assert alone.least == pytest.approx(1)


def test_structure_is_that_of_the_rows():
    rng = np.random.default_rng(0)
    rows = np.arange(3000)
    windows, trials = rows // 300, rng.integers(0, 5, 3000)
    smooth, alone = series(0.9), rng.normal(size=(3000, 3)).astype(np.float32)
    groups = np.array(["b", "a", "c", "d", "e", "f"])[rows // 500]
    taken = rng.integers(0, 1000, 3000)
    assert find_structure(alone, windows).kind == "rows"
    assert find_structure(smooth, windows).kind == "shifts"
    assert find_structure(smooth, trials).length > 10
    assert find_structure(alone, rows // 1000, groups).kind == "labels"
    assert find_structure(alone, trials, groups).kind == "rows"
    assert find_structure(smooth, trials, groups).groups.tolist() == [
        [1, 0, 2, 3, 4, 5][i] for i in rows // 500
    ]
    copies = find_structure(alone[taken], trials[taken])
    assert (copies.kind, copies.origin) == ("labels", "copies")


def test_windows_of_a_series_tell_nothing_where_permuted_rows_would_say_so():
    x, u = series(0.98, 6000, 3), np.arange(6000) // 600
    assert p_of(x, u, make_null(u, Structure("rows"))) == pytest.approx(1 / 200)
    assert p_of(x, u, make_null(u, find_structure(x, u))) > 0.05


@pytest.mark.parametrize("coefficient", [0.0, 0.5])
def test_segments_that_truly_differ_are_found_by_shifts(coefficient):
    u = np.arange(6000) // 300
    level = np.random.default_rng(1).normal(size=(20, 3))
    x = series(coefficient, 6000) + level[u]
    assert p_of(x, u, make_null(u, Structure("shifts"))) <= 0.05
