"""New rows are held against the training rows: what is far off is said, what is alike is not."""

import re

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from ivaegan_jax.data import load_dataset, make_split
from ivaegan_jax.data.comparison import far_off
from ivaegan_jax.data.fits import fit_preprocessing
from ivaegan_jax.data.prepare import preprocessing_arrays, preprocessing_from
from ivaegan_jax.data.swapped import find_swapped
from ivaegan_jax.types import Auxiliary, Dataset

RNG = np.random.default_rng(0)
SMALL = {"segments": 10, "per_segment": 200}
DATA = {
    "b1": load_dataset("b1", 3, SMALL),
    "b2": load_dataset("b2", 3, SMALL),
    "b3_tcl": load_dataset("b3_tcl", 3, SMALL | {"layers": 4}),
    "b6": load_dataset("b6", 3),
    "digits": load_dataset("digits"),
    "counts": Dataset(
        "counts", RNG.poisson(np.exp(RNG.normal(size=(3000, 1)) - 2), size=(3000, 30)),
        Auxiliary.categorical(np.arange(3000) % 3),
    ),
    "units": Dataset(
        "units", RNG.normal(size=(2000, 4)) * [1, 10, 1e3, 0.1] + [0, 37, 1e5, 2e9],
        Auxiliary.categorical(np.arange(2000) % 4),
    ),
}  # fmt: skip
SEEN = {}
for name, each in DATA.items():
    split = make_split(each, 1)
    SEEN[name] = fit_preprocessing(each, split.train).seen, split.test, split.train


def said(name, change=lambda x: x, rows=None):
    seen, test, _ = SEEN[name]
    return far_off(seen, change(DATA[name].x[test if rows is None else rows]))


@pytest.mark.parametrize("name", DATA)
def test_held_out_rows_of_the_same_table_are_alike(name):
    assert said(name) is None
    for row in SEEN[name][1][:50]:
        assert said(name, rows=[row]) is None
        assert said(name, rows=[row, row + 1]) is None


@pytest.mark.parametrize("name", DATA)
def test_rows_of_a_single_level_are_alike(name):
    for level in range(len(DATA[name].u.levels)):
        assert said(name, rows=np.flatnonzero(DATA[name].u.codes == level)) is None


def test_false_alarms_over_many_draws_are_rare():
    alarms = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        x = rng.standard_t(3, size=(240, 5)) @ rng.normal(size=(5, 5))
        data = Dataset("d", x, Auxiliary.categorical(np.arange(240) % 2))
        seen = fit_preprocessing(data, np.arange(200)).seen
        alarms += far_off(seen, x[200:]) is not None
        alarms += far_off(seen, x[200:201]) is not None
    assert alarms <= 10, "of 200, rows with heavy tails"


@pytest.mark.parametrize("factor", [1000, 10, 2.54, 1 / 2.54, 0.1, 0.001])
@pytest.mark.parametrize("name", ["b1", "b2", "b3_tcl", "units"])
def test_other_units_are_said_with_their_factor(name, factor):
    found = re.search(r"about (\S+) times", said(name, lambda x: x * factor))
    assert float(found[1]) == pytest.approx(factor, rel=0.2)


@pytest.mark.parametrize("name", ["b1", "units"])
def test_one_column_in_other_units_is_named(name):
    changed = said(name, lambda x: x * np.array([1, 100] + [1] * (x.shape[1] - 2)))
    assert "column 1 " in changed
    assert "other units" in changed


@pytest.mark.parametrize("name", ["b1", "b2", "b3_tcl", "units"])
@pytest.mark.parametrize("factor", [0.03, 0.001])
def test_one_column_in_smaller_units_is_named(name, factor):
    own = DATA[name].x.mean(axis=0) * (name == "units")  # an offset stays where it is
    change = np.array([1, factor] + [1] * (DATA[name].x.shape[1] - 2))
    changed = said(name, lambda x: (x - own) * change + own)
    found = re.search(r"column 1 .* spreads (\S+) times as far .* are the units others", changed)
    assert float(found[1]) == pytest.approx(factor, rel=0.2)


def test_one_new_row_in_other_units_is_said():
    assert "column" in said("units", lambda x: x * 1000, rows=SEEN["units"][1][:1])
    assert "column" in said("b1", lambda x: x * 1000, rows=SEEN["b1"][1][:1])


@pytest.mark.parametrize("name", ["b1", "b2", "b6", "digits"])
def test_another_order_of_columns_is_said(name):
    order = np.random.default_rng(4).permutation(DATA[name].x.shape[1])
    assert "in another order" in said(name, lambda x: x[:, order])


def test_columns_of_other_scales_in_another_order_are_said():
    assert "in another order" in said("units", lambda x: x[:, [1, 0, 2, 3]])


@pytest.mark.parametrize("name", ["b1", "b3_tcl", "units"])
def test_a_shift_is_said(name):
    spread = DATA[name].x.std(axis=0)
    assert "shifted" in said(name, lambda x: x + 8 * spread)


def test_a_column_that_never_changed_must_not_change():
    x = np.c_[RNG.normal(size=(100, 2)), np.ones(100)]
    data = Dataset("d", x, Auxiliary.categorical(np.arange(100) % 2))
    seen = fit_preprocessing(data, np.arange(100)).seen
    assert far_off(seen, x[:30]) is None
    assert "column 2 " in far_off(seen, x[:30] + np.array([0, 0, 1]))


def test_what_was_seen_is_stored_and_missing_in_earlier_files():
    fitted = fit_preprocessing(DATA["units"], SEEN["units"][2])
    stored = preprocessing_arrays([fitted])
    again = preprocessing_from(stored, 0).seen
    for found, expected in zip(again, fitted.seen, strict=True):
        assert_array_equal(found, expected)
    old = {name: array for name, array in stored.items() if "/seen" not in name}
    assert preprocessing_from(old, 0).seen is None


def test_columns_of_u_are_looked_at_too():
    u = RNG.uniform(size=(200, 2))
    fitted = fit_preprocessing(Dataset("d", u, Auxiliary.continuous(u)), np.arange(150))
    assert far_off(fitted.seen_u, u[150:], "u") is None
    assert far_off(fitted.seen_u, 100 * u[150:], "u").startswith("u of these rows")


def test_a_column_that_stands_still_is_said():
    x = np.c_[RNG.normal(size=(100, 2)), RNG.poisson(1, 100)]
    data = Dataset("d", x, Auxiliary.categorical(np.arange(100) % 2))
    seen = fit_preprocessing(data, np.arange(100)).seen
    dead = x[:30] * [1, 0, 1]
    assert "column 1 (counting from 0) is 0 in all of them" in far_off(seen, dead)
    assert "column b is 0" in far_off(seen, dead, columns=("a", "b", "c"))
    assert far_off(seen, x[:30] * [1, 1, 0]) is None  # counts of what is not there
    assert far_off(seen, dead[:5]) is None


@pytest.mark.parametrize("names", [(), tuple("abcdefghijkl")])
def test_two_columns_under_each_others_names_are_said(names):
    x = RNG.normal(size=(600, 5)) @ RNG.normal(size=(5, 12)) + 0.1 * RNG.normal(size=(600, 12))
    x /= x.std(axis=0)
    seen = fit_preprocessing(
        Dataset("d", x, Auxiliary.categorical(np.arange(600) % 2)), np.arange(400)
    ).seen
    assert far_off(seen, x[400:], columns=names) is None
    for one, other in [(0, 11), (3, 4), (9, 2)]:
        new = x[400:].copy()
        new[:, [one, other]] = new[:, [other, one]]
        found = far_off(seen, new, columns=names)
        which = [names[i] if names else f"{i} (counting from 0)" for i in sorted((one, other))]
        assert f"columns {which[0]} and {which[1]} go with the others as each other did" in found
        assert far_off(seen, new[:15], columns=names) is None


@pytest.mark.parametrize("seed", range(5))
def test_correlations_that_change_otherwise_are_no_swap(seed):
    rng = np.random.default_rng(seed)
    for columns in (5, 8, 30):
        seen, new = (np.corrcoef(rng.normal(size=(columns, 5)) @ rng.normal(size=(5, 400)))
                     for _ in range(2))  # fmt: skip
        assert find_swapped(seen, new) is None
        order = [1, 0, *range(2, columns)]
        assert find_swapped(seen, seen[np.ix_(order, order)]) == (0, 1)
        assert find_swapped(seen, seen) is None
        assert find_swapped(np.eye(columns), np.eye(columns)) is None
