"""What was left among the columns, what stands for a missing value, and advice that works."""

import re

import numpy as np
import pytest

from ivaegan_jax.data import load_table
from ivaegan_jax.data.sentinels import find_sentinels, notes_on_codes
from ivaegan_jax.doctor.auxiliary import describe_u
from ivaegan_jax.doctor.numbering import is_numbering
from ivaegan_jax.doctor.observations import describe_x
from ivaegan_jax.doctor.telling import check_telling

RNG = np.random.default_rng(0)
ROWS, LEVELS = 1200, 12
U = np.sort(np.arange(ROWS) % LEVELS)
X = np.tanh(RNG.normal(size=(ROWS, 3)) @ RNG.normal(size=(3, 6)))


@pytest.fixture
def found(tmp_path):
    """`found(x, u)`: findings by name, of a table that was saved and read."""

    def examine(x=X, u=U):
        np.savez(tmp_path / "table.npz", x=x, u=u)
        data = load_table(tmp_path / "table.npz")
        return {each.name: each for each in [*describe_x(data), *describe_u(data)]}

    return examine


def values(found, name):
    assert (found[name].severity == "fine") == (not found[name].advice)
    return found[name].values


def test_plain_columns_tell_nothing(found):
    clean = found()
    assert {each.severity for each in clean.values()} == {"fine"}
    assert values(clean, "telling") == {"index": [], "tells_u": [], "constant_within": 0}


def test_row_numbers_and_u_among_the_columns_are_named(found):
    numbering = RNG.permutation(ROWS)
    x = np.column_stack([np.arange(ROWS), X, U, numbering, U + RNG.uniform(0, 0.3, ROWS)])
    assert values(found(x), "telling") == {
        "index": [0, 8], "tells_u": [7, 9], "constant_within": 0,
    }  # fmt: skip
    shuffled = RNG.permutation(ROWS)
    assert values(found(x[shuffled], U[shuffled]), "telling")["tells_u"] == [7, 9]
    names = np.array([f"condition {code}" for code in U])
    assert values(found(x, names), "telling")["tells_u"] == [7, 9]


def test_times_with_gaps_and_numbers_within_levels_or_groups_are_row_numbers(tmp_path):
    gaps = np.cumsum(RNG.exponential(size=ROWS)) + 9e4 * (np.arange(ROWS) > 500)
    within = np.concatenate([np.arange(each) for each in np.bincount(U)])
    groups = np.arange(ROWS) // 40
    in_group = np.arange(ROWS) % 40 + 1
    np.savez(tmp_path / "table.npz", x=np.column_stack([X, gaps, within, in_group]), u=U, g=groups)
    data = load_table(tmp_path / "table.npz", groups="g")
    assert check_telling(data, np.ones(9, bool)).values["index"] == [6, 7, 8]


def test_columns_that_rise_with_a_continuous_u_are_named(found):
    u = RNG.uniform(size=ROWS)
    x = np.column_stack([X, np.exp(5 * u), -np.sqrt(u), u + RNG.normal(size=ROWS)])
    assert values(found(x, u), "telling")["tells_u"] == [6, 7]


def test_columns_of_a_continuous_u_among_those_of_x_are_named(found):
    u = RNG.uniform(size=(ROWS, 2))
    assert values(found(np.column_stack([X, 3 - 2 * u[:, 1]]), u), "telling")["tells_u"] == [6]


def test_levels_far_apart_in_all_columns_together_are_no_single_column(found):
    means = RNG.normal(size=(LEVELS, 6))
    assert values(found(X + means[U]), "telling")["tells_u"] == []


def test_columns_that_are_constant_within_levels_are_named(found):
    x = X.copy()
    x[np.ix_(U == 4, [1, 3])] = 0
    padded = found(x)
    assert values(padded, "telling")["constant_within"] == 2
    assert "column 1 in level 4" in padded["telling"].sentence
    assert padded["outliers"].severity == "fine"


def test_rare_counts_that_a_level_lacks_by_chance_are_not_named(found):
    for seed in range(20):
        counts = np.random.default_rng(seed).poisson(0.02, size=(ROWS, 30))
        assert values(found(counts), "telling")["constant_within"] == 0


@pytest.mark.parametrize("zeros", [0.3, 0.5, 0.9, 0.999])
def test_columns_with_many_zeros_have_no_outliers_by_the_zeros(found, zeros):
    x = np.where(RNG.random((ROWS, 4)) < zeros, 0, RNG.normal(5, 1, size=(ROWS, 4)))
    assert values(found(np.column_stack([X, x])), "outliers")["outliers"] == 0
    x[7, 2] = 1e6
    assert values(found(np.column_stack([X, x])), "outliers")["first_rows"] == [7]


@pytest.mark.parametrize(
    "codes", [[-9999.0], [999.0], [-1.0], [-99.0, 9999.0], [12345.0], [1e20], [-32768.0]]
)
def test_codes_for_missing_among_positions_are_found_and_the_advice_works(found, tmp_path, codes):
    u = RNG.uniform(size=(ROWS, 2))
    lost = np.arange(ROWS) % 50 < 2
    u[lost, 0] = np.resize(codes, lost.sum())
    seen = values(found(u=u), "u_outliers")["codes"]
    assert {(code["column"], code["value"]) for code in seen} == {(0, code) for code in codes}
    for _ in codes:
        u = advised(found(u=u)["u_outliers"], u=u)
    assert "u is missing in 48 of 1,200 rows" in found(u=u)["reading"].sentence
    assert values(found(u=u), "u_outliers")["codes"] == []


def test_codes_among_levels_and_in_x_are_found(found):
    u = np.where(np.arange(ROWS) % 20 == 3, -1, U)
    coded = found(u=u)
    assert values(coded, "u_outliers")["codes"][0]["value"] == -1
    assert "rows (nan 60)" in found(u=advised(coded["u_outliers"], u=u))[
        "reading"
    ].sentence.replace("'", "")
    x = X.copy()
    x[::30, 2] = -999
    assert values(found(x=x), "outliers")["codes"][0]["column"] == 2


@pytest.mark.parametrize(
    "column",
    [
        RNG.normal(size=2000), RNG.poisson(1, 2000), RNG.integers(0, 2, 2000),
        RNG.integers(-1, 2, 2000), np.maximum(RNG.normal(size=2000), 0), RNG.integers(0, 10, 2000),
        np.clip(RNG.normal(size=2000), -1, 1), RNG.integers(0, 100, 2000),
        RNG.exponential(size=2000), np.full(2000, 7.0), RNG.integers(-5, 6, 2000),
    ],
)  # fmt: skip
def test_ordinary_columns_hold_no_codes(column):
    assert find_sentinels(column[:, None]) == []


def test_training_says_so_too(tmp_path):
    u = np.where(np.arange(ROWS) % 20 == 3, -9999.0, RNG.uniform(size=ROWS))[:, None]
    np.savez(tmp_path / "table.npz", x=X, u=u)
    [note] = notes_on_codes(load_table(tmp_path / "table.npz"))
    assert "u is -9999 in 60 rows" in note
    np.savez(tmp_path / "table.npz", x=X, u=run(note, u=u))
    assert notes_on_codes(load_table(tmp_path / "table.npz")) == ()


def run(text, **arrays):
    """The array after the first code in a text, as it stands."""
    scope = {"np": np, **arrays}
    exec(re.search("`([^`]+)`", text)[1], scope)
    return scope[next(iter(arrays))]


def advised(finding, **arrays):
    assert finding.severity == "warn"
    return run(finding.advice, **arrays)


ADVICE = {
    "constant column of u": (np.c_[np.linspace(0, 1, ROWS), np.ones(ROWS)], "range"),
    "few values": (U[:, None] / 10, "range"),
    "soft categories": (RNG.dirichlet(np.ones(4), ROWS), "one_hot"),
    "incomplete one-hot": (np.eye(LEVELS)[U][:, 1:], "one_hot"),
    "a level per row": (RNG.permutation(ROWS), "levels"),
    "names alike": (np.array(["a", "A ", "b"])[np.arange(ROWS) % 3], "names"),
}


@pytest.mark.parametrize("case", ADVICE)
def test_advice_on_u_leads_to_a_table_without_that_finding(found, case):
    u, name = ADVICE[case]
    after = found(u=advised(found(u=u)[name], u=u))
    assert name not in after or after[name].severity == "fine"


def test_both_readings_of_rows_without_a_category_work(found):
    u = np.eye(LEVELS)[U][:, 1:]
    first, second = re.findall("`([^`]+)`", found(u=u)["one_hot"].advice)
    assert found(u=run(f"`{first}`", u=u))["u"].values["levels"] == LEVELS
    assert found(u=run(f"`{second}`", u=u))["u"].values["levels"] == LEVELS - 1


def test_a_u_that_follows_the_row_number_is_said(found):
    assert found(u=(1.7e9 + np.arange(ROWS) / 10)[:, None])["u_rows"].severity == "warn"


def test_offsets_are_named_only_where_they_cost_digits(found):
    x = X + np.array([2e9, 1e5, 0, 0, 0, 0])
    assert found(x)["scale"].severity == "fine"
    assert found(x)["columns"].severity == "fine"
    single = found(x.astype(np.float32))
    assert values(single, "scale")["coarse"] == [1]
    assert values(single, "columns") == {"constant": [], "repeated": [], "rounded": [0]}
    assert "never change" not in single["columns"].sentence


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.uint8])
def test_small_whole_numbers_do_not_overflow(dtype):
    """Their range may be larger than the type holds, as in recordings of 8 bits."""
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    x, one = np.linspace(low, high, 256).astype(dtype), np.zeros(256, int)
    assert is_numbering(x, one, np.arange(256)) == (dtype != np.int16)
