"""A classifier that learns from generated rows: perfect generators, useless ones, and few rows."""

import numpy as np
import pytest

from ivaegan_jax.metrics import accuracy_from_samples

LEVELS, EACH = 5, 200


def drawn(rng, u, apart=3.0):
    centres = apart * np.eye(LEVELS)
    return centres[u] + rng.normal(size=(len(u), LEVELS))


@pytest.fixture
def rows():
    rng, u = np.random.default_rng(0), np.repeat(np.arange(LEVELS), EACH)
    return rng, u, drawn(rng, u)


def test_a_perfect_generator_teaches_as_much_as_real_rows(rows):
    rng, u, x = rows
    found = accuracy_from_samples(x, drawn(rng, u), u)
    assert found["fake"] == pytest.approx(found["real"], abs=0.03)
    assert found["real"] > 0.9


def test_a_generator_that_ignores_u_teaches_nothing(rows):
    rng, u, x = rows
    found = accuracy_from_samples(x, drawn(rng, rng.permutation(u)), u)
    assert found["fake"] == pytest.approx(1 / LEVELS, abs=0.15)


def test_a_generator_that_puts_two_levels_at_one_place_teaches_less(rows):
    _, u, x = rows
    one_level = np.where(u == 1, 0, u)
    found = accuracy_from_samples(x, 3.0 * np.eye(LEVELS)[one_level], u)
    assert found["fake"] < found["real"] - 0.1


def test_the_halves_share_no_row_and_levels_alone_are_left_out(rows):
    rng, u, x = rows
    memorised = np.arange(len(u)) % 7
    assert accuracy_from_samples(rng.normal(size=x.shape), x, memorised)["real"] < 0.3
    u = u.copy()
    u[: len(u) - 300] = np.arange(len(u) - 300) + LEVELS  # one row each
    assert accuracy_from_samples(x, x, u)["real"] > 0.9
    assert accuracy_from_samples(x, x, np.arange(len(u))) == {}


def test_what_is_known_of_real_rows_is_taken_over(rows):
    rng, u, x = rows
    fake = drawn(rng, u)
    alone = accuracy_from_samples(x, fake, u)
    assert accuracy_from_samples(x, fake, u, real=0.25) == alone | {"real": 0.25}
