"""Methods side by side: what they are given, how they are scored, and what becomes of failures."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import jax
import numpy as np
import pytest

from experiments import peers
from experiments.rivals import alone, contrastive, flows, linear, plan
from experiments.rivals.alone import Request, records_of
from experiments.rivals.contrastive import TEMPERATURES, TRIAL, Library, defaults, swept
from experiments.rivals.methods import CEBRA, METHODS
from experiments.rivals.ours import model
from experiments.rivals.problem import Failed, Latents, one_by_one, problem_of
from experiments.rivals.scoring import agreement_of, checked, rotated, scores_of
from experiments.rivals.tables import tables_of
from ivaegan_jax import Dims
from ivaegan_jax.types import InputError

SMALL = {"data.segments": 8, "data.per_segment": 100}
ASKED = Request("m", "b1", 3, (1, 2), 5)


@pytest.fixture(scope="module")
def problem():
    return problem_of("b1", SMALL, 3)


def true(problem, seed, steps):
    return Latents(problem.train.s, problem.test.s)


def broken(problem, seed, steps):
    if seed == 2:
        raise RuntimeError("no such label")
    return true(problem, seed, steps)


class Estimator:
    """An estimator with the interface of CEBRA, whose latents are the columns times a number."""

    made: ClassVar[list] = []

    def __init__(self, **given):
        self.given, self.rows, self.calls = given, None, 0
        Estimator.made.append(self)

    def partial_fit(self, x, u):
        self.rows, self.u, self.calls = x, u, self.calls + 1

    fit = partial_fit

    def transform(self, x):
        return x[:, :2] * self.given.get("temperature", 1.0)


def fake(best):
    """CEBRA whose loss is least at one temperature, and no number at the first."""
    seeds = []

    def loss(fitted, x, u, num_batches):
        at = fitted.given["temperature"]
        return np.nan if at == TEMPERATURES[0] else abs(at - best)

    Estimator.made.clear()
    return Library(Estimator, loss, seeds.append), seeds


def test_parts_are_those_of_every_study_and_x_is_standardised(problem):
    assert [len(part.x) for part in (problem.train, problem.valid, problem.test)] == [640, 80, 80]
    rows = np.concatenate([problem.train.row, problem.valid.row, problem.test.row])
    assert np.unique(rows).tolist() == list(range(800))
    spread = problem.train.x.std(axis=0)
    np.testing.assert_allclose(spread, spread[0], rtol=1e-5)
    np.testing.assert_array_equal(problem.table.s[problem.test.row], problem.test.s)
    assert problem.latents == 5


def test_the_truth_scores_one_and_turned_it_scores_as_rotations_do(problem):
    found = scores_of(Latents(problem.train.s, problem.test.s), problem)
    assert [found[name] for name in ("mcc", "mcc_within", "affine_r2")] == pytest.approx([1] * 3)
    assert found["information"] > 0.2
    assert found["decoded"] > 1 / 8
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(5, 5)))[0]
    mixed = scores_of(Latents(problem.train.s @ turn, problem.test.s @ turn), problem)
    assert mixed["affine_r2"] == pytest.approx(1)
    assert mixed["mcc"] < 0.9
    assert 0.5 < rotated(problem)["mcc"] < 0.9
    train, test = (np.square(part.s - problem.test.s.mean(axis=0)) for part in problem[4:7:2])
    squares = scores_of(Latents(train, test), problem)
    assert squares["squares"] == pytest.approx(1)
    assert found["squares"] < 0.5


def test_runs_that_fail_count_nothing_and_are_counted(problem):
    [good, bad] = records_of(ASKED, one_by_one(broken), problem)
    assert (good["failed"], bad["failed"]) == ("", "RuntimeError: no such label")
    assert (good["mcc"], bad["mcc"], bad["information"]) == (pytest.approx(1), 0, 0)
    assert good["agreement"] == bad["agreement"] == 0
    table = tables_of([good | {"method": "ivae"}, bad | {"method": "ivae"}], {})[0]
    [record] = table.records
    assert (record["runs"], record["failed"], record["mcc"]) == (2, 1, pytest.approx(0.5))


def test_a_method_that_breaks_as_a_whole_fails_in_every_run(problem):
    def all_broken(problem, seeds, steps):
        raise ValueError("too few")

    found = records_of(ASKED, all_broken, problem)
    assert [each["failed"] for each in found] == ["ValueError: too few"] * 2
    assert isinstance(checked(Latents(np.ones((2, 2)), np.full((2, 2), np.nan))), Failed)


def test_a_process_that_dies_is_a_failure(monkeypatch):
    class Dead:
        def __init__(self, *given):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *given):
            pass

        def submit(self, *given):
            raise alone.BrokenProcessPool

    monkeypatch.setattr(alone, "ProcessPoolExecutor", Dead)
    found = alone.measured(ASKED)
    assert [each["seed"] for each in found] == [1, 2]
    assert {(each["failed"], each["mcc"], each["agreement"]) for each in found} == {
        ("the process died", 0.0, 0.0)
    }


def test_runs_agree_up_to_order_and_sign(problem):
    s = problem.test.s
    assert agreement_of([Latents(s, s), Latents(s, -s[:, ::-1])]) == pytest.approx(1)
    assert np.isnan(agreement_of([Latents(s, s)]))
    assert agreement_of([Latents(s, s), Failed("")]) == 0


def test_cebra_has_its_own_defaults(problem):
    made, seeds = fake(0)
    found = defaults(lambda: made)(problem, 7, 30)
    [one] = Estimator.made
    assert one.given == {"batch_size": 512, "device": "cpu", "max_iterations": 30}
    assert seeds == [7]
    assert one.rows is problem.train.x
    assert one.u.dtype == np.int64
    np.testing.assert_array_equal(found.test, problem.test.x[:, :2])


@pytest.mark.parametrize("best", TEMPERATURES[1:])
def test_the_temperature_with_the_least_loss_goes_on_alone(problem, best):
    made, seeds = fake(best)
    found = swept("euclidean", lambda: made)(problem, 7, 80)
    calls = {each.given["temperature"]: each.calls for each in Estimator.made}
    left = TRIAL - len(TEMPERATURES)
    assert calls == {at: 1 + left * (at == best) for at in TEMPERATURES}
    assert sum(calls.values()) == TRIAL
    assert {each.given["max_iterations"] for each in Estimator.made} == {80 // TRIAL}
    assert {each.given["output_dimension"] for each in Estimator.made} == {5}
    assert seeds == [7] * len(TEMPERATURES)
    np.testing.assert_allclose(found.train, problem.train.x[:, :2] * best)


def test_continuous_u_stays_continuous(problem):
    rows = problem.train._replace(u=np.zeros((640, 2)))
    assert contrastive.label_of(rows).dtype == np.float32
    assert contrastive.label_of(rows).shape == (640, 2)


def test_a_library_that_is_missing_is_no_result(problem, monkeypatch):
    monkeypatch.setattr(contrastive, "PACKAGES", ("no_such_package",))
    assert "cebra" not in plan.wanted([])
    assert plan.wanted(["pca", "ivae"]) == ["ivae", "pca"]
    with pytest.raises(InputError, match=r"cebra needs pip install -e '\.\[peers\]'"):
        plan.wanted(["cebra"])
    with pytest.raises(InputError, match="umap is none of ivae_gan"):
        plan.wanted(["umap"])

    def missing():
        raise InputError("CEBRA needs more")

    with pytest.raises(InputError, match="CEBRA needs more"):
        records_of(ASKED, one_by_one(defaults(missing)), problem)


@pytest.mark.parametrize("fit", [linear.fastica, linear.pca])
def test_linear_methods_unmix_what_is_linear(problem, fit):
    found = fit(problem, 1, 0)
    assert found.test.shape == (80, 5)
    again = fit(problem._replace(test=problem.train), 1, 0)
    np.testing.assert_allclose(again.test, again.train)
    np.testing.assert_allclose(found.train.mean(axis=0), 0, atol=1e-5)


def test_models_of_this_package_are_trained_on_the_same_rows(problem):
    small = {"model.width": 8, "model.depth": 1, "train.batch": 8, "train.unmix": False}
    found = model("ivae", small)(problem, (1, 2), 5)
    assert [each.test.shape for each in found] == [(80, 5)] * 2
    assert np.abs(found[0].test - found[1].test).max() > 1e-3
    assert records_of(ASKED, lambda *given: found, problem)[0]["failed"] == ""


@pytest.mark.parametrize("sizes", [(5, 5), (3, 7), (2, 11)])
def test_the_flow_of_pi_vae_keeps_volume_and_loses_nothing(sizes):
    dim_z, dim_x = sizes
    flow = flows.VolumePreserving(None, Dims(dim_x, 2, dim_z, 100))
    z = jax.random.normal(jax.random.key(0), (1, dim_z))
    params = flow.init(jax.random.key(1), z)
    slopes = jax.jacfwd(lambda one: flow.apply(params, one[None])[0])(z[0])
    assert np.linalg.matrix_rank(slopes) == dim_z
    if dim_x == dim_z:
        assert np.linalg.slogdet(slopes).logabsdet == pytest.approx(0, abs=1e-5)


@pytest.mark.slow
def test_pi_vae_has_the_law_of_what_it_is_given(problem):
    counts = problem_of("counts", {"data.segments": 4, "data.per_segment": 90}, 3)
    for given, width in ((problem, 5), (counts, 4)):
        found = flows.pi_vae(given, (1, 2), 3)
        assert [each.test.shape[1] for each in found] == [width] * 2
        assert np.isfinite(found[0].train).all()


def test_all_is_planned_draw_by_draw_and_ceilings_need_the_truth():
    values = SimpleNamespace(
        quick=False, seeds=2, steps=9, cebra_steps=5, compilation_cache="", data_seeds=""
    )
    work = list(plan.planned(list(METHODS), ["b1", "emg"], [6, 7], values))
    assert len(work) == 2 * (2 * len(METHODS) - 1)
    assert [each.data_seed for each in work] == sorted(each.data_seed for each in work)
    steps = {each.method: each.steps for each in work}
    own = [steps[name] for name in ("cebra", "pi_vae", "cebra_sphere", "ivae")]
    assert own == [10_000, 24_000, 5, 9]
    assert set(CEBRA) < set(steps)


def test_what_was_measured_is_not_measured_again(tmp_path, monkeypatch, problem, capsys):
    calls = []

    def measured(request):
        calls.append(request)
        return records_of(request, one_by_one(true), problem)

    monkeypatch.setattr(peers, "measured", measured)
    work = [ASKED, ASKED._replace(method="pca")]
    first = peers.all_measured(work[:1], tmp_path / "scores.jsonl")
    both = peers.all_measured(work, tmp_path / "scores.jsonl")
    assert calls == work
    assert [each["mcc"] for each in both[:2]] == [each["mcc"] for each in first]
    [revision] = {each["code_revision"] for each in both}
    assert peers.revisions_of(both) == {"code_revision": revision}
    others = [*both, both[0] | {"code_revision": "0"}]
    assert peers.revisions_of(others)["code_revisions"] == ["0", revision]
    assert "2/2 b1, data seed 3, pca: 1.000, 1.000" in capsys.readouterr().out
    tables = tables_of([each | {"method": "pca"} for each in both], {"b1": rotated(problem)})
    peers.write(both, tables, tmp_path / "kept", {"command": "x"})
    assert len(json.loads((tmp_path / "kept/summary.json").read_text())) == 4
    assert "## b1" in Path(tmp_path / "kept/summary.md").read_text()
