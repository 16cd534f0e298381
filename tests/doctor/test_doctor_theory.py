import dataclasses

import numpy as np
import pytest

from ivaegan_jax.doctor.theory import check_dimension, check_distinct_u, check_prior
from ivaegan_jax.models.config import ModelConfig
from ivaegan_jax.models.families import PRIOR_FAMILIES, Known, Theory

CONDITIONAL = ModelConfig(prior="conditional", prior_family="gaussian")


def config(**changes):
    return dataclasses.replace(CONDITIONAL, **changes)


@pytest.mark.parametrize(
    ("changes", "severity"),
    [
        ({}, "fine"),
        ({"modulation": "variance"}, "fine"),
        ({"modulation": "mean"}, "blocks"),
        ({"prior": "standard"}, "blocks"),
        ({"prior_family": "laplace"}, "warn"),
        ({"prior_family": "laplace", "modulation": "mean"}, "warn"),
        ({"prior_family": "laplace", "modulation": "variance"}, "fine"),
        ({"prior_family": "learned_tails"}, "fine"),
        ({"prior_family": "learned_tails", "modulation": "variance"}, "fine"),
        ({"prior_family": "learned_tails", "modulation": "mean"}, "warn"),
    ],
)
def test_what_the_prior_leaves_open(changes, severity):
    found = check_prior(config(**changes))
    assert found.severity == severity
    assert bool(found.advice) == (severity != "fine")


@pytest.mark.parametrize(
    ("changes", "needed"),
    [
        ({}, 11),
        ({"modulation": "variance"}, 6),
        ({"prior_family": "laplace"}, 6),
        ({"prior_family": "learned_tails"}, 11),
        ({"prior_family": "learned_tails", "modulation": "variance"}, 11),
    ],
)
def test_nk_plus_1_values_of_u_are_needed_and_one_less_is_too_few(changes, needed):
    for values in (needed, needed - 1):
        u = np.repeat(np.arange(values, dtype=np.int32), 3)
        found = check_distinct_u(config(**changes), 5, u)
        assert (found.values["needed"], found.values["found"]) == (needed, values)
        assert (found.severity == "fine") == (values == needed)


@pytest.fixture
def student(monkeypatch):
    """`student(theory)`: registers a family; what was registered is gone after the test."""
    for name in ("_pieces", "origins"):
        monkeypatch.setattr(PRIOR_FAMILIES, name, dict(getattr(PRIOR_FAMILIES, name)))
    laplace = PRIOR_FAMILIES["laplace"]
    return lambda theory: PRIOR_FAMILIES.register("student", laplace._replace(theory=theory))


def test_nothing_is_claimed_of_a_family_that_does_not_say(student):
    student(Theory())
    for modulation in ("both", "variance", "mean"):
        found = check_prior(config(prior_family="student", modulation=modulation))
        assert found.severity == "warn"
        assert "Nothing is proved of a student prior" in found.sentence
        assert "determined" not in found.sentence
    counted = check_distinct_u(config(prior_family="student"), 5, np.arange(3, dtype=np.int32))
    assert counted.severity == "warn"
    assert "is not known" in counted.sentence


def test_what_a_family_states_of_itself_comes_with_its_origin(student):
    student(Theory(variance=Known(1, "order and scale"), mean=Known(1, "rotation")))
    fine = check_prior(config(prior_family="student", modulation="variance"))
    assert fine.severity == "fine"
    assert f"So states {__name__}" in fine.sentence
    assert check_prior(config(prior_family="student", modulation="mean")).severity == "blocks"
    u = np.arange(6, dtype=np.int32)
    counted = check_distinct_u(config(prior_family="student", modulation="variance"), 5, u)
    assert (counted.severity, counted.values["needed"]) == ("fine", 6)


def test_the_advice_is_enough():
    u = np.arange(6, dtype=np.int32)
    advice = check_distinct_u(CONDITIONAL, 5, u).advice
    assert "at least 11 values" in advice
    assert "--config.model.dim_z=2" in advice
    assert check_distinct_u(CONDITIONAL, 2, u).severity == "fine"
    assert "--config.model.modulation=variance" in advice
    assert check_distinct_u(config(modulation="variance"), 5, u).severity == "fine"
    assert "variance)" not in check_distinct_u(CONDITIONAL, 6, u).advice


def test_distinct_rows_of_a_continuous_u_are_counted():
    u = np.repeat(np.random.default_rng(0).normal(size=(7, 2)), 4, axis=0)
    assert check_distinct_u(CONDITIONAL, 3, u).values["found"] == 7


def test_no_more_latents_than_directions_of_x():
    assert check_dimension(5, 5, True).severity == "fine"
    found = check_dimension(6, 5, True)
    assert found.severity == "blocks"
    assert "--config.model.dim_z=5" in found.advice
    assert "an x that varies" in check_dimension(3, 0, True).advice
    assert "default" in check_dimension(5, 8, False).advice
