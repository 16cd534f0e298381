"""Degenerate truth: what a perfect solution cannot score on is left out, and the rest is scored."""

import numpy as np
import pytest

from ivaegan_jax.evaluation.evaluate import Evaluation
from ivaegan_jax.evaluation.scores import source_rows
from ivaegan_jax.metrics import canonical_correlation
from ivaegan_jax.metrics.truth import columns_within, distinct_columns

RNG = np.random.default_rng(0)
U = (np.arange(200) // 2 % 5).astype(np.int32)

ROUGH = ("dci_disentanglement", "dci_completeness", "mig")
"""Penalties and bins keep these from 1 of a perfect solution."""


def sources():
    s = RNG.normal(size=(200, 3)).astype(np.float32)
    return np.c_[s[:, 0], np.full(200, 7), s[:, 1], -3 * s[:, 0], U, s[:, 2]].astype(np.float32)


def test_constant_sources_and_copies_are_left_out():
    assert distinct_columns(sources()).tolist() == [0, 2, 4, 5]
    assert distinct_columns(np.full((200, 2), 0.1, np.float32)).tolist() == []
    once = np.zeros((200, 1), np.float32)
    once[4] = 1  # varies in one half alone
    assert distinct_columns(once).tolist() == []


def test_sources_that_follow_u_alone_do_not_vary_within_its_levels():
    assert columns_within(sources(), U).tolist() == [0, 2, 3, 5]
    assert columns_within(sources(), np.arange(200).astype(np.int32)).tolist() == []


@pytest.mark.parametrize("latents", [[0, 2, 4, 5], [5, 4, 2, 0]])
def test_a_perfect_solution_scores_1_and_rows_say_of_how_many_sources(latents):
    s = sources()
    mu = s[:, latents]
    rows = source_rows(Evaluation(mu, mu * 0, mu, mu, mu, {}), s, U)
    assert {row["metric"]: row["sources"] for row in rows} == {
        "mcc": "4 of 6", "affine_r2": "4 of 6", "affine_r2_z_given_s": "4 of 6", "cca": "4 of 6",
        "mcc_within": "3 of 6", **dict.fromkeys(ROUGH, "4 of 6"),
    }  # fmt: skip
    exact = [row["value"] for row in rows if row["metric"] not in ROUGH]
    assert exact == pytest.approx([1.0] * len(exact), abs=1e-5)


def test_no_source_that_varies_has_no_score_and_levels_of_one_row_none_within():
    mu = sources()[:, [0, 2]]
    run = Evaluation(mu, mu * 0, mu, mu, mu, {})
    assert source_rows(run, np.ones((200, 2), np.float32), U) == []
    metrics = {r["metric"] for r in source_rows(run, mu, np.arange(200).astype(np.int32))}
    assert "mcc_within" not in metrics


def test_ties_score_as_what_they_are():
    s = np.round(RNG.normal(size=(200, 2))).astype(np.float32)
    rows = source_rows(Evaluation(s, s, s, s, s, {}), s, U)
    exact = [row["value"] for row in rows if row["metric"] not in ROUGH]
    assert exact == pytest.approx([1.0] * len(exact), abs=1e-5)


def test_canonical_correlations_of_sources_of_lower_rank_are_those_there_are():
    s = RNG.normal(size=(200, 2))
    assert canonical_correlation(s, np.c_[s, s.sum(1)]) == pytest.approx(1, abs=1e-5)
