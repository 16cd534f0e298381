"""Agreement of runs that are rotations of one solution."""

import itertools

import numpy as np
import pytest
from scipy.stats import ortho_group

from ivaegan_jax.metrics import agreement_of_rotations, mcc, random_rotation_baseline
from ivaegan_jax.metrics.rotations import MOST_RUNS

RNG = np.random.default_rng(0)
Z = RNG.normal(size=(20_000, 2))


def test_two_runs_of_two_latents_differ_by_an_angle_that_is_uniform():
    """Up to order and sign by 0 to 45 degrees, and their MCC is its cosine."""
    mean, p95 = agreement_of_rotations(Z, 2, draws=2000)
    assert mean == pytest.approx(np.sin(np.pi / 4) / (np.pi / 4), abs=0.003)
    assert p95 == pytest.approx(np.cos(0.05 * np.pi / 4), abs=1e-3)


@pytest.mark.parametrize("dim", [2, 3, 5])
def test_one_pair_is_one_rotation_and_more_runs_agree_less_by_chance(dim):
    z = RNG.laplace(size=(2000, dim))
    found = [agreement_of_rotations(z, runs) for runs in (2, 3, 5)]
    assert found[0] == pytest.approx(random_rotation_baseline(z, seed=1), abs=0.02)
    means, ends = zip(*found, strict=True)
    assert means == pytest.approx([means[0]] * 3, abs=0.02)
    assert ends[0] > ends[1] > ends[2] > means[0]


def test_it_is_the_mean_mcc_of_rotated_rows():
    z = RNG.normal(size=(500, 3)) @ np.diag([1.0, 2.0, 3.0])
    turns = ortho_group.rvs(3, size=4 * 6, random_state=5).reshape(6, 4, 3, 3)
    unit = (z - z.mean(axis=0)) / z.std(axis=0)
    by_hand = [
        np.mean([mcc(unit @ a, unit @ b) for a, b in itertools.combinations(turn, 2)])
        for turn in turns
    ]
    expected = np.mean(by_hand), np.quantile(by_hand, 0.95)
    assert agreement_of_rotations(z, 4, draws=6, seed=5) == pytest.approx(expected, abs=0.01)


def test_scale_does_not_count_and_odd_cases_have_an_answer():
    few = {"draws": 20}
    scaled = agreement_of_rotations(Z[:500] * [1e-3, 1e4], 3, **few)
    assert scaled == pytest.approx(agreement_of_rotations(Z[:500], 3, **few))
    assert agreement_of_rotations(Z[:500, :1], 3) == (1.0, 1.0)
    assert agreement_of_rotations(Z[:500], 64, **few) == agreement_of_rotations(
        Z[:500], MOST_RUNS, **few
    )
    assert np.isfinite(agreement_of_rotations(Z[:500] * [1, 0], 3, **few)).all()
