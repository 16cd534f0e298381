import numpy as np
import pytest

from ivaegan_jax.metrics import (
    align_profiles,
    mcc_across,
    profile_agreement,
    profile_correlation,
    profiles,
)

DIM, LEVELS = 3, 12


@pytest.fixture(scope="module")
def sessions():
    """Sources of two sessions with one law given u, and their levels."""
    law = np.random.default_rng(0)
    mean, std = law.normal(size=(LEVELS, DIM)), np.exp(law.normal(size=(LEVELS, DIM)))
    found = []
    for i, rows in enumerate((3000, 2000)):
        rng = np.random.default_rng(i + 1)
        u = rng.integers(0, LEVELS, rows)
        found.append((mean[u] + std[u] * rng.normal(size=(rows, DIM)), u))
    return found


def test_order_sign_and_scale_of_one_session_hold_in_the_other(sessions):
    s = [each for each, _ in sessions]
    order, scale = [2, 0, 1], np.array([-2.0, 0.5, -7.0])
    assert mcc_across([z[:, order] * scale for z in s], s) == pytest.approx(1)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda z: z[:, [1, 0, 2]], 1 / 3),
        (lambda z: z * [1, -1, 1], 1 / 3),
        (lambda z: -z, -1),
        (lambda z: z * [1, 1, 0], 5 / 6),  # the order that is left over is right by chance
    ],
)
def test_another_order_or_sign_in_one_session_is_seen(sessions, change, expected):
    s = [each for each, _ in sessions]
    assert mcc_across([s[0], change(s[1])], s) == pytest.approx(expected, abs=0.12)


def test_fewer_latents_than_sources_score_no_more_than_their_share(sessions):
    s = [each for each, _ in sessions]
    assert mcc_across([z[:, :2] for z in s], s) == pytest.approx(2 / 3)


def test_profiles_know_the_same_latents_without_the_truth(sessions):
    z, u = zip(*sessions, strict=True)
    assert profile_agreement(profiles(z, u)) > 0.95
    other = [z[0], z[1][:, [1, 2, 0]]]
    assert abs(profile_agreement(profiles(other, u))) < 0.6
    assert profile_agreement(profiles([z[0] * 3 + 1, z[1]], u)) > 0.95


def test_profiles_bring_latents_of_one_session_into_the_order_of_another(sessions):
    z, u = zip(*sessions, strict=True)
    order, sign = np.array([2, 0, 1]), np.array([1.0, -1.0, 1.0])
    a, b = profiles([z[0], z[1][:, order] * sign], u)
    found = align_profiles(a, b)
    assert order[found.latent].tolist() == [0, 1, 2]
    assert (found.sign == sign[found.latent]).all()
    assert found.source.tolist() == [0, 1, 2]


def test_spreads_alone_are_enough(sessions):
    rng, std = np.random.default_rng(5), np.exp(np.random.default_rng(4).normal(size=(8, DIM)))
    u = [np.repeat(np.arange(8), 200)] * 2
    z = [rng.normal(size=(1600, DIM)) * std[each] for each in u]
    found = profiles(z, u)
    assert profile_agreement(found) > 0.95
    assert np.diagonal(profile_correlation(*found)).min() > 0.9


def test_levels_that_a_session_lacks_are_left_out(sessions):
    z, u = zip(*sessions, strict=True)
    some = u[1] < 5
    a, b = profiles([z[0], z[1][some]], [u[0], u[1][some]])
    assert len(a.mean) == len(b.mean) == 5
    apart = profiles([z[0], z[1]], [u[0], u[1] + LEVELS])
    assert np.isnan(profile_agreement(apart))


def test_a_constant_latent_agrees_with_nothing():
    z, u = [np.zeros((100, 1)), np.zeros((100, 1))], [np.arange(100) % 5] * 2
    assert profile_agreement(profiles(z, u)) == 0
