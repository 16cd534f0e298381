"""Sessions scored together: a perfect model scores 1, one that crosses latents does not."""

from typing import Any

import numpy as np
import pytest

from ivaegan_jax.data import Part
from ivaegan_jax.evaluation import (
    Agreement,
    Candidates,
    Score,
    across_rows,
    choose_together,
    scoring,
)
from ivaegan_jax.models import Hyperparameters
from ivaegan_jax.training import Run

LEVELS, DIM, SEEDS = 6, 2, (1, 2)
RNG = np.random.default_rng(0)


def part_of(rows, law, known=True):
    u = np.arange(rows) % LEVELS
    s = law[u] * RNG.normal(size=(rows, DIM))
    none = np.zeros((1, rows), np.int32)
    x = np.zeros((1, rows, 3), np.float32)
    return Part(x, u[None].astype(np.int32), s[None] if known else None, none, none, none), s


@pytest.fixture
def sessions():
    law = np.exp(RNG.normal(size=(LEVELS, DIM)))
    return [part_of(rows, law) for rows in (600, 400)]


def scored(parts, latents):
    """The rows of two runs, by metric: latents `[runs][sessions]`."""
    mu = [np.stack([run[i] for run in latents]) for i in range(len(parts))]
    runs = Run(np.array(SEEDS), np.zeros(2, int), np.full(2, 9), Hyperparameters())
    none: Any = None
    trained = scoring.Trained("ivae_gan", none, none, runs, none)

    def stamp(i):
        return {"label": "ivae_gan", "split": "test", "seed": SEEDS[i], "data_seed": 1}

    found: dict[str, list[float]] = {}
    for row in across_rows(trained, mu, parts, stamp):
        assert isinstance(row, Score | Agreement)
        found.setdefault(row.metric, []).append(row.value)
    return found


def test_the_true_sources_in_any_order_sign_and_scale_score_one(sessions):
    parts, s = zip(*sessions, strict=True)
    turned = [each[:, ::-1] * [-2, 3] for each in s]
    found = scored(parts, [s, turned])
    for metric in ("mcc", "mcc_across", "agreement_mcc", "agreement_affine_r2"):
        assert found[metric] == pytest.approx([1] * len(found[metric])), metric
    assert min(found["profile_agreement"]) > 0.9


def test_another_order_in_one_session_is_seen_by_every_score(sessions):
    parts, s = zip(*sessions, strict=True)
    crossed = [s[0], s[1][:, ::-1]]
    found = scored(parts, [s, crossed])
    for metric in ("mcc", "mcc_across", "profile_agreement"):
        assert found[metric][0] > found[metric][1] + 0.3, metric
    assert found["agreement_mcc"][0] < 0.7


def test_without_the_truth_profiles_and_agreement_remain(sessions):
    parts, s = zip(*sessions, strict=True)
    unknown = [part._replace(s=None) for part in parts]
    assert set(scored(unknown, [s, s])) == {
        "profile_agreement",
        "agreement_mcc",
        "agreement_affine_r2",
    }


def test_a_lost_run_has_no_number(sessions):
    parts, s = zip(*sessions, strict=True)
    found = scored(parts, [s, [s[0], np.full_like(s[1], np.nan)]])
    for metric in ("mcc", "mcc_across", "profile_agreement"):
        assert np.isfinite(found[metric][0])
        assert np.isnan(found[metric][1])


def test_a_continuous_u_is_cut_alike_in_all_sessions():
    u = [RNG.uniform(size=(rows, 1)).astype(np.float32) for rows in (900, 700)]
    s = [np.exp(2 * each * [1, -1]) * RNG.normal(size=(len(each), DIM)) for each in u]
    parts = [
        part_of(len(each), np.ones((LEVELS, DIM)))[0]._replace(u=each[None], s=own[None])
        for each, own in zip(u, s, strict=True)
    ]
    found = scored(parts, [s, [s[0], s[1][:, ::-1]]])
    assert found["profile_agreement"][0] > 0.8
    assert found["profile_agreement"][1] < -0.8


def test_the_run_is_chosen_by_what_all_sessions_say():
    def told(*values, alive=(True, True, True)):
        scores = np.where(alive, values, -np.inf)
        return Candidates((4, 5, 6), np.array(alive), {"information_on_u": scores})

    assert choose_together([told(3, 2, 1), told(0, 2, 1)]).seed == 5
    assert choose_together([told(3, 2, 1)]).seed == 4
    lost = told(9, 2, 1, alive=(False, True, True))
    assert choose_together([told(3, 1, 2), lost]).seed == 5
    without = Candidates((4, 5, 6), np.array([False, True, True]), {})
    assert choose_together([told(3, 2, 1), without]).seed == 5
