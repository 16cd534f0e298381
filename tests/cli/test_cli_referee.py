"""The study of the referee: its sets, its tables, what it keeps."""

import json

import numpy as np
import pytest

from experiments.referee import write
from experiments.referees.methods import METHODS, RUNS, small_rotation
from experiments.referees.nulls import NULLS
from experiments.referees.sets import NULL, Case, Judgement, all_sets, judge_case, of_half
from experiments.referees.tables import auroc, share, tables_of, threshold


def test_a_detector_that_is_perfect_reversed_or_blind():
    good = np.array([False, False, True, True])
    score = np.array([0.1, 0.2, 0.8, 0.9])
    assert (auroc(score, good), auroc(-score, good), auroc(0 * score, good)) == (1, 0, 0.5)
    assert threshold(score, good) == 0.8


def test_every_method_is_judged_on_every_draw_and_halves_share_none():
    cases = all_sets([301, 302], 3)
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


def test_sets_become_tables_and_files(tmp_path):
    found = [judge_case(Case("b1", name, 301)) for name in ("truth, noise 0.01", "rotated each")]
    found += [each._replace(case=each.case._replace(seed=302)) for each in found]
    found.append(judge_case(Case(NULL, "x random, latents by heart", 0)))
    right, wrong = found[:2]
    assert (right.verdict, wrong.verdict) == ("supported", "not supported")
    assert right.true > 0.99 > 0.9 > wrong.true
    detector, methods, nulls = tables_of(found)
    assert [record["auroc"] for record in detector.records] == [1.0, None, 1.0, None]
    assert [record["sets"] for record in methods.records] == [2, 2]
    assert nulls.records[0]["rate"] == share(np.array([False]))
    write(found, tmp_path, {"command": "x"})
    rows = json.loads((tmp_path / "summary.json").read_text())
    assert [row["verdict"] for row in rows] == [each.verdict for each in found]
    assert {"data", "name", "seed", "true", "score", "codes"} <= set(rows[0])
