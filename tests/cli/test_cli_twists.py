"""Twists keep volumes and the law of their level; other levels distinguish them."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from experiments.twists import lost, twist, twisted
from ivaegan_jax.data import load_dataset
from ivaegan_jax.metrics import within_level_mcc

RNG = np.random.default_rng(0)
MEAN, STD = RNG.normal(size=3), np.array([0.5, 1.0, 2.0])
AXES = np.linalg.qr(RNG.normal(size=(3, 3)))[0]


def distance(s):
    return np.linalg.norm((s - MEAN) / STD, axis=-1)


def test_a_twist_keeps_the_distance_to_its_mean_and_what_lies_beyond():
    s = MEAN + 2 * STD * RNG.normal(size=(500, 3))
    found = twist(s, MEAN, STD, AXES, 2.5)
    assert_allclose(distance(found), distance(s))
    outside = distance(s) > 2.5
    assert_allclose(found[outside], s[outside])
    assert np.abs(found - s)[~outside].max() > 0.3


def test_a_twist_keeps_volumes():
    step = 1e-6
    for s in MEAN + STD * RNG.normal(size=(20, 3)):
        ends = [twist((s + sign * step * np.eye(3)), MEAN, STD, AXES, 2.5) for sign in (1, -1)]
        assert_allclose(np.linalg.det((ends[0] - ends[1]) / (2 * step)), 1, rtol=1e-5)


def drawn(separation, segments=8):
    options = {"separation": separation, "segments": segments, "per_segment": 500}
    data = load_dataset("few_levels", 3, options)
    return data.truth, data.u.codes


def test_one_level_alone_does_not_distinguish_twisted_sources():
    truth, u = drawn(4.0)
    alone = truth.at(np.flatnonzero(u == 0))
    z = twisted(alone, np.zeros(len(alone.s), int), 3.0)
    assert_allclose(lost(alone, z), 0, atol=1e-6)
    assert within_level_mcc(z, alone.s, np.zeros(len(z), int)) < 0.9


@pytest.mark.parametrize(("separation", "low", "high"), [(0.1, 0.5, 5), (12.0, -1e-3, 1e-3)])
def test_levels_at_one_place_distinguish_them_and_levels_far_apart_do_not(separation, low, high):
    truth, u = drawn(separation)
    z = twisted(truth, u, 3.0)
    assert low < lost(truth, z) < high
    assert within_level_mcc(z, truth.s, u) < 0.92
