"""What the referee says where the answer is known."""

import numpy as np
import pytest
from judged_sources import noisy, rotated, series, sources
from scipy.linalg import expm

from ivaegan_jax import judge
from ivaegan_jax.metrics import mcc


@pytest.fixture(scope="module")
def known():
    return sources()


@pytest.fixture(scope="module")
def right(known):
    s, x, u, rng = known
    return judge(noisy(s, rng), x, u)


def codes(judged, speaks="against"):
    return {reason.code for reason in judged.reasons if reason.speaks == speaks}


def test_true_sources_found_twice_are_supported(right):
    assert right.verdict == "supported"
    assert right.status == 0
    assert right.found.supported == 3
    assert right.found.agreed.by_axis.estimate > 0.999
    assert right.found.within.dependence < 0.1
    assert right.numbers["rank"] == 3


def test_rotations_of_the_sources_agree_as_a_space_only(known):
    s, x, u, _ = known
    judged = judge(rotated(s, (1, 2, 3)), x, u)
    assert judged.verdict == "not supported"
    assert codes(judged) >= {"space", "mixtures"}
    assert judged.found.agreed.by_space > 0.999
    assert judged.found.agreed.canonical > 0.999
    assert judged.status == 1


def test_one_rotation_twice_agrees_and_is_a_mixture_all_the_same(known):
    s, x, u, rng = known
    [turned] = rotated(s, (1,))
    judged = judge(noisy(turned, rng), x, u)
    assert "mixtures" in codes(judged)
    assert "agreement" in codes(judged, "for")
    [mixture] = [reason for reason in judged.reasons if reason.code == "mixtures"]
    assert "joint diagonalisation" in mixture.step


def test_errors_that_runs_share_and_their_own_add_up():
    s, x, u, rng = sources(rows=4000, dim=5, levels=20)
    upper = np.triu(np.ones((5, 5)), 1)
    turned = s / s.std(axis=0) @ expm(0.2 * (upper - upper.T))
    shared, own = noisy(turned, rng, 3), noisy(s / s.std(axis=0), rng, 3, 0.35)
    assert [judge(each, x, u).verdict for each in (shared, own)] == ["supported"] * 2
    both = judge(latents := noisy(turned, rng, 3, 0.35), x, u)
    assert (both.verdict, codes(both, "open"), codes(both)) == ("cannot be told", {"both"}, set())
    assert both.found.worth == pytest.approx(np.mean([mcc(z, s) for z in latents]), abs=0.02)


def test_latents_that_learned_u_by_heart_are_not_supported_where_x_is_random(known):
    s, x, u, rng = known
    judged = judge(noisy(s, rng), rng.normal(size=x.shape), u)
    assert codes(judged) == {"x_and_u"}


def test_random_latents_of_random_x_are_not_supported(known):
    _, x, u, rng = known
    x = rng.normal(size=x.shape)
    assert judge([x, x], x, u).verdict == "not supported"


def test_u_shuffled_is_not_supported(known):
    s, x, u, rng = known
    judged = judge([s, s], x, rng.permutation(u))
    assert codes(judged) == {"x_and_u", "latents_and_u", "rank"}


def test_means_alone_are_not_supported():
    s, x, u, rng = sources(moved="means", rows=4000)
    judged = judge(noisy(s, rng), x, u)
    assert "rank" in codes(judged)
    assert judged.found.supported == 0


def test_too_few_levels_leave_it_open():
    s, x, u, rng = sources(levels=3)
    judged = judge(noisy(s, rng), x, u)
    assert (judged.verdict, judged.status) == ("cannot be told", 3)
    assert codes(judged, "open") == {"levels"}


def test_too_few_rows_say_their_power():
    s, x, u, rng = sources(rows=240)
    judged = judge(noisy(s, rng), x, u)
    assert judged.verdict != "supported"
    [power] = [reason for reason in judged.reasons if reason.code == "power"]
    assert "% of cases" in power.text
    assert judged.numbers["rank_power"] < 0.8


def test_one_run_cannot_tell_and_says_what_is_missing(known):
    s, x, u, _ = known
    judged = judge([s], x, u)
    assert (judged.verdict, codes(judged, "open")) == ("cannot be told", {"one_run"})
    assert "Agreement needs two runs" in str(judged)
    assert "mcc" not in judged.numbers


def test_a_series_that_follows_u_is_supported_and_one_of_its_own_is_not():
    s, x, u, rng = series()
    assert judge(noisy(s, rng), x, u).verdict == "supported"
    s, x, u, rng = series(follows=False, seed=1)
    judged = judge(noisy(s, rng), x, u)
    assert "x_and_u" in codes(judged)
    assert judged.found.structure.kind == "shifts"


def test_u_shifted_in_time_is_not_supported():
    s, x, u, rng = series()
    assert judge(noisy(s, rng), x, np.roll(u, 1530)).verdict == "not supported"


def test_order_sign_and_scale_of_axes_change_nothing(known, right):
    s, x, u, _ = known
    one, other = noisy(s, np.random.default_rng(5))
    as_they_are = judge([one, other], x, u)
    judged = judge([one[:, [2, 0, 1]] * [-1, 2, 3] + 5, other], x, u)
    assert judged.verdict == as_they_are.verdict == right.verdict
    for name in ("rank", "latents_supported", "levels"):
        assert judged.numbers[name] == as_they_are.numbers[name]
    for name in ("mcc", "affine_r2", "within", "information"):
        left, right_ = (np.array(each.numbers[name], float) for each in (judged, as_they_are))
        assert np.allclose(left, right_, equal_nan=True, atol=1e-9)


def test_the_order_of_rows_changes_nothing_where_they_are_independent(known):
    s, x, u, rng = known
    runs, order = noisy(s, rng), rng.permutation(len(x))
    one = judge(runs, x, u).numbers
    other = judge([z[order] for z in runs], x[order], u[order]).numbers
    assert one.keys() == other.keys()
    for name in one.keys() - {"structure", "central_run"}:
        left, right = (np.array(each[name], float) for each in (one, other))
        assert np.allclose(left, right, equal_nan=True, atol=1e-7), name


def test_held_out_rows_that_are_named_are_those_that_count(known):
    s, x, u, rng = known
    test = np.arange(len(x)) % 4 == 0
    spoilt = [np.where(test[:, None], z[rng.permutation(len(z))], z) for z in noisy(s, rng)]
    assert judge(noisy(s, rng), x, u, test=test).verdict == "supported"
    judged = judge(spoilt, x, u, test=test)
    assert {"latents_and_u", "disagreement"} <= codes(judged)
    assert judged.numbers["held_out_named"]


def test_controls_must_tell_less_of_u(known):
    s, x, u, rng = known
    runs = noisy(s, rng)
    wrong = [rotated(s, (i,))[0] for i in (1, 2)]
    judged = judge(runs, x, u, controls=wrong)
    assert judged.verdict == "supported"
    assert judged.found.informed.difference.low > 0
    same = judge(runs, x, u, controls=noisy(s, rng))
    assert codes(same) == {"controls"}
    shuffled = rng.permutation(u)
    own = rng.normal(size=s.shape) * np.exp(0.9 * rng.normal(size=(12, 3)))[shuffled]
    assert codes(judge(runs, x, u, controls=[(own, shuffled)])) == {"controls"}


def test_a_continuous_u_is_cut_into_cells(known):
    s, x, u, rng = known
    judged = judge(noisy(s, rng), x, u / 12.0 + 0.001 * rng.normal(size=len(u)))
    assert judged.verdict == "supported"
    assert "cells" in str(judged)


def test_two_latents_are_told_from_rotations_by_five_runs():
    s, x, u, rng = sources(dim=2)
    assert judge(noisy(s, rng, runs=5), x, u).verdict == "supported"
    assert "agreement" not in codes(judge(rotated(s, range(5)), x, u), "for")
