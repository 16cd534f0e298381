"""A run is chosen by what was recorded, never by the truth, and choices are judged by it."""

from dataclasses import replace

import numpy as np
import pytest
from report_results import pair, score

from ivaegan_jax.evaluation.selection import PREFERRED, candidates, choose
from ivaegan_jax.report import check_bands
from ivaegan_jax.report.selection import (
    chosen_runs,
    outcomes,
    selection_over_arms,
    selection_tables,
)
from ivaegan_jax.studies import Band

STORED = {
    "elbo": {"split": "valid"},
    "log_likelihood": {"split": "valid"},
    "energy_distance": {"split": "valid"},
    "information_on_u": {"split": "valid"},
}


def runs(data_seed=1, preset="igan", lost=(), **metrics):
    """Scores of as many runs as each metric has values; `lost` names model seeds that diverged."""
    return [
        score(metric, value, preset, data_seed, seed, **STORED.get(metric, {}),
                status="diverged" if seed in lost else "ok")
        for metric, values in metrics.items()
        for seed, value in enumerate(values, start=1)
    ]  # fmt: skip


def pairs(values, preset="igan", data_seed=1):
    """Agreement by pair of model seeds."""
    return [pair(value, preset, data_seed, a, b, split="valid") for (a, b), value in values.items()]


def one(results, preset="igan"):
    """The runs of the only data seed."""
    [found] = candidates(results, preset).values()
    return found


def test_every_criterion_picks_its_best_run():
    found = one([
        *runs(elbo=[-3.0, -1, -2], energy_distance=[0.3, 0.2, 0.1]),
        *pairs({(1, 2): 0.9, (1, 3): 0.8, (2, 3): 0.5}),
    ])  # fmt: skip
    picked = {name: found.pick(name) for name in found.scores}
    assert picked == {"elbo": 2, "agreement": 1, "energy_distance": 3, "mean_rank": 2}
    np.testing.assert_allclose(found.scores["agreement"], [0.85, 0.7, 0.65])
    np.testing.assert_allclose(found.scores["mean_rank"], [(1 + 3 + 1) / 3, (3 + 2 + 2) / 3, 2])


def test_likelihoods_are_those_of_validation_rows():
    rows = runs(elbo=[1.0, 2])
    rows += [replace(row, split="test", value=-row.value) for row in rows]
    assert one(rows).pick("elbo") == 2


def test_of_equals_the_first_is_picked():
    assert one(runs(elbo=[1.0, 2, 2])).pick("elbo") == 2


def test_a_diverged_run_is_picked_only_where_none_lives():
    values = {"elbo": [9.0, 1, 2], "information_on_u": [9.0, 2, 1]}
    found = one([*runs(**values, lost=[1]), *pairs({(1, 2): 1.0, (1, 3): 1.0, (2, 3): 0.5})])
    assert (found.pick("elbo"), choose(found).seed) == (3, 2)
    assert "agreement" not in found.scores, "one pair lives, which tells no run from the other"
    assert choose(one(runs(**values, lost=[1, 2, 3]))).seed == 1
    assert choose(one(runs(**values, lost=[1, 3]))).seed == 2


@pytest.mark.parametrize("values", [[None, None, None], [1.0, 1 + 1e-9, 1]])
def test_a_criterion_that_cannot_compare_the_runs_is_left_out(values):
    found = one(runs(mcc=[0.5, 0.6, 0.7], elbo=values))
    assert (dict(found.scores), found.pick("elbo")) == ({}, 1)


@pytest.mark.parametrize("lost", [None, float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("metric", ["elbo", "energy_distance", "information_on_u"])
def test_a_run_without_a_number_loses(metric, lost):
    assert choose(one(runs(**{metric: [lost, 0.5, lost]}))).seed == 2
    tied = [*runs(**{metric: [lost, 0.5, 0.5]}), *runs(log_likelihood=[1.5, 1, 2])]
    assert choose(one(tied)).seed in (2, 3)


def test_a_criterion_that_was_not_recorded_for_all_is_left_out():
    assert one([*runs(elbo=[1.0, 2]), *runs(mcc=[0.1, 0.2, 0.3])]).scores == {}


def test_a_diverged_run_needs_no_number():
    assert one(runs(elbo=[1.0, None, 2], lost=[2])).pick("elbo") == 3


def test_the_default_takes_what_there_is_and_says_why():
    known = {"information_on_u": [1.0, 3, 2], "elbo": [3.0, 1, 2]}
    assert choose(one(runs(**known))) == (2, "latents that tell most about u")
    assert choose(one(runs(elbo=[3.0, 1, 2]))) == (1, "best mean rank by all criteria")
    assert choose(one(runs(mcc=[0.1, 0.9]))) == (1, "the first that did not diverge")
    assert choose(one(runs(mcc=[0.1]))) == (1, "the only run")


@pytest.mark.parametrize(("sign", "regret"), [(1, 0.0), (-1, 0.5)])
def test_rank_correlation_and_regret_by_hand(sign, regret):
    mcc = [0.4, 0.9, 0.5]
    found = outcomes(runs(mcc=mcc, elbo=[sign * 10 * value for value in mcc]), "igan")
    correlation, lost, random = found["elbo"][1]
    assert (correlation, lost, random) == pytest.approx((sign, regret, 0.9 - 0.6))
    assert found["mean_rank"][1] == found["elbo"][1]


def test_a_random_choice_is_among_runs_that_live():
    rows = runs(mcc=[0.9, 0.5, 0.7, 0.1], elbo=[1.0, 2, 3, 4], lost=[4])
    correlation, regret, random = outcomes(rows, "igan")["elbo"][1]
    assert (regret, random) == pytest.approx((0.2, 0.2))
    assert correlation == pytest.approx(0.4)  # ranks 2 3 4 1 against 4 2 3 1


def test_fewer_than_three_runs_or_no_truth_are_not_judged():
    assert outcomes(runs(mcc=[0.5, 0.6], elbo=[1.0, 2]), "igan") == {}
    assert selection_tables(runs(elbo=[1.0, 2, 3])) == []


def test_the_table_has_means_over_data_seeds_and_a_random_choice():
    rows = [*runs(1, mcc=[0.1, 0.2, 0.3], elbo=[1.0, 2, 3]),
            *runs(2, mcc=[0.1, 0.2, 0.3], elbo=[3.0, 2, 1])]  # fmt: skip
    [table] = selection_tables(rows)
    by_name = {record["criterion"]: record for record in table.records}
    assert list(by_name) == ["elbo", "mean_rank", "random"]
    assert by_name["elbo"]["correlation"].estimate == 0
    assert by_name["elbo"]["correlation"][1:] == (-1, 1)
    assert by_name["elbo"]["regret"].estimate == pytest.approx(0.1)
    assert by_name["elbo"]["gain"].estimate == pytest.approx(0)
    assert by_name["random"]["regret"].estimate == pytest.approx(0.1)


def test_arms_of_one_data_set_share_its_data_seeds():
    rows = [*runs(preset="igan", mcc=[0.1, 0.2, 0.3], elbo=[1.0, 2, 3]),
            *runs(preset="ivae", mcc=[0.1, 0.2, 0.3], elbo=[3.0, 2, 1])]  # fmt: skip
    found = [("b1", outcomes(rows, preset)) for preset in ("igan", "ivae")]
    [one_unit] = selection_over_arms(found)
    assert one_unit.records[0]["regret"][:1] == pytest.approx((0.1,))
    assert np.isnan(one_unit.records[0]["regret"].low)
    [two_units] = selection_over_arms([("b1", found[0][1]), ("b2", found[1][1])])
    assert np.isfinite(two_units.records[0]["regret"].low)


def test_a_sentence_names_the_runs_to_use():
    rows = [*runs(1, elbo=[1.0, 3, 2]), *runs(2, elbo=[1.0, 2, 3])]
    [sentence] = chosen_runs(rows)
    assert sentence.endswith(": igan 2, 3.")
    assert chosen_runs(runs(elbo=[1.0, 2])) == []


def test_a_band_on_what_the_choice_gains():
    rows = runs(mcc=[0.1, 0.2, 0.6], **{PREFERRED[0]: [1.0, 2, 3]})
    band = Band("igan", "selection_gain", 0.0)
    [checked] = check_bands([band], rows)
    assert checked.value == pytest.approx(0.3)
    assert checked.holds
    assert not check_bands([band], runs(mcc=[0.1, 0.2, 0.6]))[0].holds
