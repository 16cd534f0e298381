"""The study of the referee: its sets, its tables, what it keeps."""

import json

import numpy as np
import pytest

from experiments.referee import write
from experiments.referees import trained
from experiments.referees.methods import METHODS, RUNS, small_rotation
from experiments.referees.nulls import NULLS
from experiments.referees.sets import (
    NULL,
    Case,
    Judgement,
    Wanted,
    all_sets,
    judge_case,
    of_half,
)
from experiments.referees.tables import arrays, auroc, share, tables_of, threshold
from experiments.rivals.problem import Failed, Latents


def test_a_set_without_a_score_ranks_last():
    found = [Judgement(Case("b1", "m", 1), 0.5, "", score, ()) for score in (np.nan, 0.1)]
    np.testing.assert_array_equal(arrays(found)[0], [0, 0.1])


def test_a_detector_that_is_perfect_reversed_or_blind():
    good = np.array([False, False, True, True])
    score = np.array([0.1, 0.2, 0.8, 0.9])
    assert (auroc(score, good), auroc(-score, good), auroc(0 * score, good)) == (1, 0, 0.5)
    assert threshold(score, good) == 0.8


def test_every_method_is_judged_on_every_draw_and_halves_share_none():
    cases = all_sets(Wanted([301, 302], 3))
    assert len(cases) == len(set(cases)) == 5 * 2 * len(METHODS) + 3 * len(NULLS)
    found = [Judgement(each, 0.5, "", 0.5, ()) for each in cases]
    chosen, shown = ({each.case for each in of_half(found, half)} for half in (False, True))
    assert {each.seed for each in chosen} == {301}
    assert {each.seed for each in shown} == {302}


@pytest.mark.parametrize("name", METHODS)
def test_a_method_makes_runs_of_as_many_latents_as_sources(name):
    rng = np.random.default_rng(0)
    u = np.arange(300) % 6
    s = rng.normal(size=(300, 2)) * np.exp(0.5 * rng.normal(size=(6, 2)))[u]
    runs = METHODS[name](s, s @ np.array([[1.0, 0.5], [0.2, 1.0]]), u, rng)
    assert [run.shape for run in runs] == [(300, 2)] * RUNS


def test_a_small_rotation_is_one():
    turn = small_rotation(4, 0.1, np.random.default_rng(0))
    assert np.allclose(turn @ turn.T, np.eye(4))


def test_methods_to_train_are_trained_once_and_judged_on_rows_they_never_saw(tmp_path, monkeypatch):
    small = {"data.segments": 16, "data.per_segment": 500}
    monkeypatch.setattr(trained, "DATA", {"b1": small})
    calls = []

    def true(problem, seeds, steps):
        calls.append(steps)
        train, test = problem.train.s, problem.test.s
        return [Latents(train, test), Latents(-train + 0.01, 0.01 - test), Failed("no numbers")]

    monkeypatch.setattr(trained, "METHODS", {"one": true})
    [case] = [each for each in all_sets(Wanted([], 0, ["one"], [301])) if each.data == "b1"]
    found = [judge_case(case, tmp_path) for _ in range(2)]
    assert found[0] == found[1]
    assert found[0].true == pytest.approx(2 / 3, abs=1e-3)  # the run that failed counts 0
    assert calls == [trained.STEPS]
    kept = trained.trained("b1", "one", 301, tmp_path)
    assert (kept.runs.shape, kept.test.sum()) == ((2, 2800, 5), 800)
    np.testing.assert_allclose(kept.runs[0], kept.s, rtol=1e-6)


@pytest.mark.parametrize("ended", [0, 1])
def test_a_method_whose_runs_fail_is_counted_and_not_judged(tmp_path, monkeypatch, ended):
    monkeypatch.setattr(trained, "DATA", {"b1": {"data.segments": 8, "data.per_segment": 100}})

    def fails(problem, seeds, steps):
        true = Latents(problem.train.s, problem.test.s)
        return [true] * ended + [Failed("no numbers")] * (3 - ended)

    monkeypatch.setattr(trained, "METHODS", {"one": fails})
    found = judge_case(Case("b1", "one", 301, trained=True), tmp_path)
    assert (found.verdict, found.codes) == ("failed", ("failed",))
    assert found.true == pytest.approx(ended / 3, abs=1e-3)


def test_trained_methods_have_a_table_of_their_own():
    cases = [Case(data, "ivae", 301, trained=True) for data in ("b1", "b2")]
    found = [Judgement(cases[0], 0.95, "supported", 1.0, ())]
    found += [Judgement(cases[1], true, "not supported", 0.1, ()) for true in (0.6, 0.8)]
    null = Judgement(Case(NULL, "u shuffled", 0), np.nan, "not supported", 0.0, ())
    even = [each._replace(case=each.case._replace(seed=302)) for each in found]
    [record] = tables_of([*found, *even, null])["trained"].records
    assert record == {"what": "ivae", "b1": ".950 (2 of 2)", "b2": ".700 (0 of 4)"}


def test_sets_become_tables_and_files(tmp_path):
    found = [
        judge_case(Case("b1", name, 301), tmp_path)
        for name in ("truth, noise 0.01", "rotated each")
    ]
    found += [each._replace(case=each.case._replace(seed=302)) for each in found]
    found.append(judge_case(Case(NULL, "x random, latents by heart", 0), tmp_path))
    right, wrong = found[:2]
    assert (right.verdict, wrong.verdict) == ("supported", "not supported")
    assert right.true > 0.99 > 0.9 > wrong.true
    detector, methods, nulls = tables_of(found).values()
    assert [record["auroc"] for record in detector.records] == [1.0, None, 1.0, None]
    assert [record["sets"] for record in methods.records] == [2, 2]
    assert nulls.records[0]["rate"] == share(np.array([False]))
    write(found, tmp_path, {"command": "x"})
    rows = json.loads((tmp_path / "summary.json").read_text())
    assert [row["verdict"] for row in rows] == [each.verdict for each in found]
    assert {"data", "name", "seed", "true", "score", "codes"} <= set(rows[0])
