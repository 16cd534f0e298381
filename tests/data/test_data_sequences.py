"""Many short sequences, and blocks of a long series: pairings are what they are said to be, and
find u no more often than they should where it plays no part in x."""

import itertools

import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.stats import binom

from ivaegan_jax.data.dependence.nulls import Structure, can_tell, in_time, make_null
from ivaegan_jax.data.dependence.sequences import (
    LONGER,
    blocks_of,
    deal_courses,
    exchangeable_rows,
    other_course,
    slide_each,
    turn_each,
)

DRAWS = 60
MOST = int(binom.isf(1e-4, DRAWS, 0.05))
"""Of so many draws, false alarms of a test of level 5 %; more come once in 10,000 sets of draws."""

LENGTHS = np.random.default_rng(0).integers(16, 25, 40)
GROUPS = np.repeat(np.arange(40), LENGTHS)


def apart(x, u):
    """How far the means of x in levels of u lie apart, over the spread of x."""
    rows = np.bincount(u)
    means = np.bincount(u, x) / np.maximum(rows, 1) - x.mean()
    return rows @ means**2 / x.var()


def p_of(x, u, null):
    pairs = map(null.pair, range(1 + null.draws))
    return null.p_value([apart(x[i], u[j]) for i, j in pairs])


def alike(rng, roots):
    """One column of many autoregressions, stationary but for roots of 1, which begin at 0."""
    before = 0 if 1 in roots else 100
    noise = [rng.normal(size=before + rows) for rows in LENGTHS]
    return np.concatenate([lfilter([1], np.poly(roots).real, each)[before:] for each in noise])


def changing(rng):
    """Two states of u, changing in every sixth row."""
    return (np.cumsum(rng.random(len(GROUPS)) < 1 / 6) + rng.integers(0, 2, 40)[GROUPS]) % 2


def one_course(rng):
    """The same two states in the same rows of every sequence."""
    return np.concatenate([np.arange(rows) // 8 % 2 for rows in LENGTHS])


def test_sequences_exchange_courses_with_those_of_their_length():
    order = np.random.default_rng(0).permutation(len(GROUPS))
    groups = GROUPS[order]
    seen = []
    for rows in exchangeable_rows(groups):
        for each, kept in zip(groups[rows], rows, strict=True):
            assert len(set(each)) == 1
            whole = np.flatnonzero(groups == each[0])
            np.testing.assert_array_equal(kept, whole[: len(kept)])
            assert len(kept) <= len(whole) <= LONGER * len(kept)
            seen.append(each[0])
    assert sorted(seen) == list(range(40))


def test_courses_are_dealt_out_whole_and_counted():
    groups = np.repeat(np.arange(5), [4, 4, 5, 5, 9])
    u = np.array([0, 0, 1, 1] + [0, 1, 0, 1] + [0, 0, 1, 1, 0] + [1, 1, 1, 1, 0] + [0] * 9)
    ways, pair = deal_courses(u, groups, 0)
    [four, nine] = exchangeable_rows(groups)
    assert (four.shape, nine.shape) == ((4, 4), (1, 9))
    courses = [tuple(u[rows]) for rows in four]
    assert ways == len(set(itertools.permutations(courses))) == 12
    for number in range(30):
        x_rows, u_rows = pair(number)
        np.testing.assert_array_equal(x_rows, np.append(four.ravel(), nine.ravel()))
        dealt = [tuple(each) for each in u[u_rows[:16]].reshape(4, 4)]
        assert sorted(dealt) == sorted(courses)
        assert number or dealt == courses
        np.testing.assert_array_equal(u_rows[16:], nine.ravel())


def test_sequences_slide_by_steps_of_their_own_from_the_middle():
    ways, pair = slide_each(GROUPS, 0)
    far = LENGTHS // 4
    assert ways == pytest.approx(np.prod(2.0 * far + 1))
    steps = []
    for number in range(50):
        x_rows, u_rows = pair(number)
        np.testing.assert_array_equal(GROUPS[x_rows], GROUPS[u_rows])
        step = [np.unique((x_rows - u_rows)[GROUPS[u_rows] == group]) for group in range(40)]
        assert all(len(each) == 1 and abs(each[0]) <= f for each, f in zip(step, far, strict=True))
        steps.append(np.concatenate(step))
    assert not steps[0].any()
    assert all((np.array(steps).max(axis=0) == far).tolist())
    assert slide_each(GROUPS[GROUPS < 5], 0)[0] == 1


def test_blocks_leave_out_what_is_alike_and_are_many():
    blocks = blocks_of(1210, 10)
    assert blocks is not None
    assert np.bincount(blocks[blocks >= 0]).tolist() == [20] * 40
    assert set(np.flatnonzero(blocks >= 0) % 30) == set(range(20))
    assert blocks_of(1190, 10) is None


@pytest.mark.parametrize(
    ("kind", "course", "roots"),
    [("courses", changing, [0.9]), ("courses", changing, [1]), ("slides", changing, [1]),
     ("slides", one_course, [0.9]), ("slides", one_course, [1]),
     ("slides", one_course, [0.97 * np.exp(0.5j), 0.97 * np.exp(-0.5j)])],
)  # fmt: skip
def test_a_u_that_plays_no_part_is_found_no_more_often_than_said(kind, course, roots):
    p = np.empty(DRAWS)
    for seed in range(DRAWS):
        rng = np.random.default_rng(seed)
        x, u = alike(rng, roots), course(rng)
        p[seed] = p_of(x, u, make_null(u, Structure(kind, GROUPS), 19))
    assert np.sum(p <= 0.05) <= MOST
    if kind == "courses":  # exact: uniform
        assert abs(np.sum(p <= 0.5) - DRAWS / 2) <= 16


def test_rows_exchanged_one_by_one_would_find_it():
    found = 0
    for seed in range(DRAWS):
        rng = np.random.default_rng(seed)
        x, u = alike(rng, [1]), changing(rng)
        found += p_of(x, u, make_null(u, Structure("rows"), 19)) <= 0.05
    assert found > MOST


@pytest.mark.parametrize(("kind", "course"), [("courses", changing), ("slides", one_course)])
def test_a_u_that_moves_x_is_found(kind, course):
    for seed in range(5):
        rng = np.random.default_rng(seed)
        u = course(rng)
        x = alike(rng, [0.5]) + 1.5 * u
        assert p_of(x, u, make_null(u, Structure(kind, GROUPS), 19)) <= 0.05


def test_blocks_of_a_long_series_tell_a_u_that_comes_again():
    rng = np.random.default_rng(0)
    u = np.arange(3000) // 3 % 4
    structure = in_time(u, None, 5)
    assert (structure.kind, structure.origin) == ("courses", "blocks")
    p, of_moved = [], []
    for seed in range(DRAWS):
        rng = np.random.default_rng(seed)
        x = lfilter([1], [1, -0.6], rng.normal(size=3100))[100:]
        null = make_null(u, structure, 19)
        p.append(p_of(x, u, null))
        of_moved += [p_of(x + 0.5 * (u == 1), u, null)] if seed < 5 else []
    assert np.sum(np.array(p) <= 0.05) <= MOST
    assert max(of_moved) <= 0.05


def test_the_first_pairings_that_can_show_anything_are_taken():
    rng = np.random.default_rng(0)
    short, long = GROUPS, np.repeat(np.arange(5), 400)
    assert in_time(rng.integers(0, 3, 2000), long, 10).kind == "shifts"
    assert in_time(changing(rng), short, 10).kind == "courses"
    assert in_time(one_course(rng), short, 10).kind == "slides"
    assert in_time(rng.normal(size=(len(short), 1)), short, 10).kind == "courses"
    assert in_time(np.arange(3000) // 300, None, 10).origin == "table"
    # levels that each sequence has for itself go with it, whoever gets them
    own = 2 * short + changing(rng)
    assert in_time(own, short, 10).kind == "slides"
    assert can_tell(own, Structure("courses", short)) is False


def test_too_few_sequences_and_too_short_a_series_tell_nothing():
    """p cannot be small, and that is known before any is computed."""
    few = GROUPS[GROUPS < 3]
    structure = in_time(changing(np.random.default_rng(0))[: len(few)], few, 10)
    null = make_null(np.arange(len(few)) % 2, structure)
    assert structure.kind == "shifts"
    assert null.least > 0.05
    assert in_time(np.arange(100) // 10 % 2, None, 10).origin == "table"
    same = np.tile([0, 0, 1, 1], 10)
    assert make_null(same, Structure("courses", np.repeat(np.arange(10), 4))).least == 1


@pytest.mark.parametrize("move", [other_course, turn_each])
def test_moves_keep_courses_together(move):
    rng = np.random.default_rng(0)
    rows = move(rng, GROUPS)
    source = GROUPS[rows]
    for group in range(40):
        drawn = rows[group == GROUPS]
        assert len(set(source[group == GROUPS])) == 1
        steps = np.diff(drawn)
        if move is turn_each:
            assert sorted(drawn) == np.flatnonzero(group == GROUPS).tolist()
            assert np.sum(steps != 1) <= 1
        else:
            whole = np.flatnonzero(source[group == GROUPS][0] == GROUPS)
            assert (drawn[0], np.all(steps >= 0)) == (whole[0], True)
            assert drawn[-1] >= whole[-1] - 2
    if move is other_course:
        assert np.array_equal(np.unique(source), np.arange(40))
