"""Columns that mean something else than their numbers say, and levels that mean none."""

import numpy as np
import pandas as pd
import pytest

from ivaegan_jax.data import as_dataset
from ivaegan_jax.doctor.auxiliary import describe_u
from ivaegan_jax.doctor.examine import untestable
from ivaegan_jax.doctor.finding import span
from ivaegan_jax.doctor.observations import describe_x
from ivaegan_jax.doctor.theory import check_distinct_u
from ivaegan_jax.models import ModelConfig

RNG = np.random.default_rng(0)
ROWS = 600
CODES = np.arange(ROWS) % 6
X = pd.DataFrame(RNG.normal(size=(ROWS, 4)), columns=["a", "b", "c", "d"])
COUNTS = pd.DataFrame(RNG.poisson(3, size=(ROWS, 4)), columns=["a", "b", "c", "d"])
TURN = RNG.uniform(0, 360, ROWS)
SHARES = RNG.dirichlet(np.ones(4), ROWS)


def named(x=X, u=CODES, **kinds):
    """Findings on a table in memory, by name."""
    data = as_dataset(x, u, **kinds)
    return {each.name: each for each in [*describe_x(data), *describe_u(data)]}


@pytest.mark.parametrize(
    "angle",
    [TURN, TURN - 180, np.deg2rad(TURN), np.deg2rad(TURN) - np.pi, np.floor(TURN)],
    ids=["degrees", "around 0", "radians", "radians around 0", "whole degrees"],
)
def test_angles_are_named_in_x_and_in_u_and_the_advice_works(angle):
    found = named(X.assign(heading=angle))["angles"]
    assert found.severity == "warn"
    assert "heading" in found.sentence
    turned = X.assign(cosine=np.cos(angle), sine=np.sin(angle))
    assert "angles" not in named(turned)
    u = pd.Series(angle + 0.001 * (angle == np.floor(angle)), name="heading")
    asked = named(u=u)["turns"]
    assert asked.advice.endswith("give heading:circular.")
    assert "turns" not in named(u=u, u_kinds="circular")
    assert "--u=u:circular" in named(u=u.to_numpy())["turns"].advice


@pytest.mark.parametrize(
    "column",
    [
        RNG.normal(180, 40, ROWS).clip(0, 360),
        RNG.uniform(0, 350, ROWS),
        RNG.uniform(0, 1, ROWS),
        RNG.choice([0.0, 90.0, 180.0, 270.0, 360.0], ROWS),
        RNG.uniform(0, 400, ROWS),
    ],
    ids=["few at the ends", "not all around", "shares", "a few values", "more than a turn"],
)
def test_other_ranges_are_no_angles(column):
    assert "angles" not in named(X.assign(other=column))


def test_a_size_factor_beside_counts_is_named():
    factor = RNG.lognormal(size=ROWS)
    found = named(COUNTS.assign(size_factor=factor))["counts"]
    assert "size_factor" in found.sentence
    assert found.advice.startswith("Leave them out of x")
    assert "counts" not in named(COUNTS)
    assert "counts" not in named(X.assign(events=COUNTS["a"], flag=CODES % 2))


def test_rows_that_add_up_to_one_number_are_shares_and_the_advice_works():
    for shares in (SHARES, 100 * SHARES):
        found = named(shares)["shares"]
        assert found.values["sum"] == pytest.approx(shares.sum(axis=1)[0])
        scope = {"np": np, "x": shares}
        exec(found.advice.split("`")[1], scope)
        assert "shares" not in named(scope["x"])
        assert "shares" not in named(shares[:, 1:])
    assert "shares" not in named(X)
    assert "shares" not in named(X + 2e9)


@pytest.mark.parametrize(
    "name", ["unknown", "ND", " Unassigned", "-999", "99", "(null)", "Not applicable", "[missing]"]
)
@pytest.mark.parametrize("beside", [False, True])
def test_levels_that_may_mean_none_are_named(name, beside):
    side = pd.Series(np.array(["left", "right", "up", name])[np.arange(ROWS) % 4], name="side")
    u = pd.DataFrame({"side": side, "speed": X["a"]}) if beside else side
    found = named(u=u)["u_missing"]
    assert f"{name.strip()} has 150" in found.sentence
    emptied = u.replace(name, "")
    assert not any("stand for" in each.sentence for each in named(u=emptied).values())
    assert "u_missing" not in named(u=side.replace(name, "down"))


def test_names_that_are_numbers_are_levels():
    assert "u_missing" not in named(u=np.array(["1", "99", "7"])[np.arange(ROWS) % 3])


def test_codes_in_one_of_several_columns_are_found():
    dose = np.where(np.arange(ROWS) % 10 == 3, -999, CODES)
    found = named(u=pd.DataFrame({"dose": dose, "speed": X["a"]}))
    assert "-999 in 60 rows of column dose" in found["u_missing"].sentence


def test_few_rows_tell_u_by_chance():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        x, u = rng.normal(size=(10, 4)), rng.integers(0, 6, 10)
        assert named(pd.DataFrame(x), u)["telling"].severity == "fine"


def test_many_different_texts_are_perhaps_dates():
    us = [f"{1 + i % 12}/{1 + i // 12 % 28}/2026 {i:03}" for i in range(ROWS)]
    assert "write it as 2026-01-31 12:00:00" in named(u=pd.Series(us))["levels"].advice


def test_the_advice_on_small_levels_names_the_column():
    assert "trial:continuous" in untestable(as_dataset(X, pd.Series(CODES, name="trial")).u).advice
    assert "u[:, None]" in untestable(as_dataset(X, CODES).u).advice
    assert untestable(as_dataset(X, X["a"]).u).advice == "Give more rows."


@pytest.mark.parametrize("u", [CODES > 2, pd.Series(CODES > 2, name="late"), CODES == 0])
def test_flags_are_levels_as_any_others(u):
    found = named(u=u)
    assert found["u"].values["levels"] == 2
    assert "u_missing" not in found
    assert "u_missing" not in named(u=pd.DataFrame({"late": CODES > 2, "speed": X["a"]}))


@pytest.mark.parametrize("name", ["id", "subject_id", "Row Index", "patient.ID", "zip"])
def test_columns_that_number_something_are_named(name):
    numbers = RNG.permutation(ROWS) * 7 + 1000
    assert name in named(X.assign(**{name: numbers}))["identifiers"].sentence
    assert "identifiers" not in named(X.assign(**{name: numbers + 0.5}))
    assert "identifiers" not in named(X.assign(fluid=numbers, width=numbers))


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0, 29.94, "from 0 to 29.9"),
        (-1.5, 2, "from -1.5 to 2"),
        (1727769600, 1729098120, "from 1.7278e+09 to 1.7291e+09"),
        (1e6, 1e6 + 1, "from 1000000 to 1000001"),
        (3, 3, "from 3 to 3"),
    ],
)
def test_a_range_on_an_offset_is_seen(low, high, words):
    assert span(float(low), float(high)) == words


def test_one_latent_needs_and_two_need():
    u = np.arange(6) % 2
    config = ModelConfig(prior="conditional", prior_family="gaussian", modulation="both")
    assert "on u needs 3 (1 x 2 + 1)" in check_distinct_u(config, 1, u).sentence
    assert "on u need 5 (2 x 2 + 1)" in check_distinct_u(config, 2, u).sentence
