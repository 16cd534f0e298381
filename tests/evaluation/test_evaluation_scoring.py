import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ivaegan_jax.data import load_dataset
from ivaegan_jax.data.benchmarks.synthetic import b1
from ivaegan_jax.data.config import DataConfig
from ivaegan_jax.data.prepare import prepare
from ivaegan_jax.evaluation import baselines, ceilings, plotted, samples, scoring, to_row
from ivaegan_jax.evaluation.evaluate import Evaluation, evaluation_key, make_evaluate

DATA_SEEDS = (3, 4)
INDEX = (0, 0, 0, 1, 1, 1)
SEEDS = (1, 2, 3, 1, 2, 3)


@pytest.fixture(scope="module")
def prepared():
    """Two data seeds of b1: three observed columns as the small models have, four levels."""
    datasets = [b1(seed, segments=4, per_segment=50, dim=3) for seed in DATA_SEEDS]
    return prepare(datasets, DATA_SEEDS, DataConfig(), batch=8)


@pytest.fixture(scope="module")
def trained(tiny, run_of, stack):
    """Six runs of the small ivae_gan that never moved."""
    small = tiny("ivae_gan")
    runs = [run_of(seed, index) for seed, index in zip(SEEDS, INDEX, strict=True)]
    states = stack([jax.device_get(small.trainer.init(run)) for run in runs])
    return scoring.Trained("ivae_gan", small.model, small.game, stack(runs), states)


@pytest.fixture(scope="module")
def evaluation(trained, prepared, mesh):
    return scoring.evaluate_runs(trained, prepared.test, "test", DATA_SEEDS, prepared.dim_u, mesh)


def stamp(i):
    return {"label": "ivae_gan", "seed": SEEDS[i], "data_seed": DATA_SEEDS[INDEX[i]]}


def test_every_run_is_evaluated_on_its_own_data_seed(trained, prepared, evaluation):
    evaluate = jax.jit(make_evaluate(trained.model, 4))
    for i, index in enumerate(INDEX):
        params, hyperparameters = (
            jax.tree.map(lambda leaf, i=i: leaf[i], tree)
            for tree in (trained.states.params, trained.runs.hyperparameters)
        )
        rows = prepared.test.x[index], prepared.test.u[index]
        key = evaluation_key(SEEDS[i], DATA_SEEDS[index], 2)
        alone = evaluate(params, *rows, key, hyperparameters)
        jax.tree.map(
            lambda one, all_runs, i=i: np.testing.assert_allclose(
                all_runs[i], one, rtol=1e-4, atol=1e-5
            ),
            alone,
            evaluation,
        )


def test_evaluations_are_of_all_runs_without_padding(prepared, evaluation):
    assert evaluation.mu.shape == (6, prepared.test.x.shape[1], 2)
    assert evaluation.x_fake.shape == (6, *prepared.test.x.shape[1:])
    assert all(leaf.shape == (6,) for leaf in evaluation.terms.values())


def test_every_run_has_the_same_kinds_of_rows_under_its_stamp(trained, prepared, evaluation):
    rows = list(scoring.run_rows(trained, evaluation, prepared.test, stamp, prepared.preprocessing))
    by_run = {
        i: [row for row in rows if row == dataclasses.replace(row, **stamp(i))]
        for i in range(len(SEEDS))
    }
    assert sum(map(len, by_run.values())) == len(rows)
    kinds = [
        [dataclasses.replace(row, value=0.0, **stamp(0)) for row in own] for own in by_run.values()
    ]
    assert all(own == kinds[0] for own in kinds)
    assert all(type(row.value) is float for row in rows)


def test_without_sources_there_are_only_rows_that_need_none(trained, prepared, evaluation):
    part = prepared.test._replace(s=None)
    metrics = {
        row.metric
        for row in scoring.run_rows(trained, evaluation, part, stamp, prepared.preprocessing)
    }
    assert metrics == {
        "recon_r2", "kl", "active_units", "label_r2", "log_likelihood", "elbo", "information_on_u"
    }  # fmt: skip


def test_samples_of_every_run_are_judged_against_its_own_data(trained, prepared, evaluation):
    """The samples of a perfect generator are other rows of the same level, each of them once."""
    parts, evaluations = [prepared.valid, prepared.test], []
    per_level = prepared.test.x.shape[1] // 4
    for k, part in enumerate(parts):
        others = [np.arange(len(u)) % per_level + k * per_level + 40 * u for u in part.u]
        fake = np.stack([prepared.train.x[index][others[index]] for index in INDEX])
        fake[4] += 9
        evaluations.append(evaluation._replace(x_fake=fake))
    rows = list(samples.quality_rows(trained, evaluations, parts, stamp))
    found = {(r.metric, r.data_seed, r.seed): r.value for r in rows}
    assert len(found) == len(rows) == 6 * 6  # distances, as the sources are known
    far = found["energy_distance", 4, 2]
    assert max(
        value
        for (metric, *run), value in found.items()
        if metric == "energy_distance" and run != [4, 2]
    ) < far / 3  # fmt: skip


def test_too_few_rows_to_judge_samples_leave_no_rows(trained, prepared, evaluation):
    few = prepared.test._replace(x=prepared.test.x[:, :9], u=prepared.test.u[:, :9])
    assert list(samples.quality_rows(trained, [evaluation] * 2, [few] * 2, stamp)) == []


def test_agreement_pairs_the_seeds_of_a_data_seed_once(trained, evaluation):
    rows = list(scoring.agreement_rows(trained, evaluation.mu, stamp))
    for metric in ("agreement_mcc", "agreement_affine_r2"):
        pairs = [(row.data_seed, row.seed, row.other_seed) for row in rows if row.metric == metric]
        assert pairs == [(k, a, b) for k in DATA_SEEDS for a, b in ((1, 2), (1, 3), (2, 3))]
    assert {row.kind for row in rows} == {"agreement"}


def test_equal_runs_agree_wholly_and_others_do_not(trained, evaluation):
    mu = np.random.default_rng(0).normal(size=evaluation.mu.shape).astype(np.float32)
    mu[1] = -2 * mu[0, :, ::-1]
    found = {
        (row.metric, row.data_seed, row.seed, row.other_seed): row.value
        for row in scoring.agreement_rows(trained, mu, stamp)
    }
    assert found["agreement_mcc", 3, 1, 2] == pytest.approx(1, abs=1e-5)
    assert found["agreement_affine_r2", 3, 1, 2] == pytest.approx(1, abs=1e-5)
    assert max(value for key, value in found.items() if key[1:] != (3, 1, 2)) < 0.8


def test_baselines_are_scored_once_per_data_seed(prepared):
    rows = list(baselines.baseline_rows(prepared, DATA_SEEDS, "b1"))
    keys = [(row.data_seed, row.baseline, row.metric) for row in rows]
    assert len(set(keys)) == len(keys)
    assert {row.baseline for row in rows} == set(baselines.BASELINE_NAMES.values())
    for row in rows:
        assert (row.kind, row.data, row.split) == ("baseline", "b1", "test")
        assert -1 <= row.value <= 1
    own = {row.baseline: row.value for row in rows if row.metric == "mcc"}
    assert own["random_rotation"] < own["random_rotation_p95"]


def test_without_sources_there_are_no_baselines(prepared):
    blind = prepared._replace(**{
        name: getattr(prepared, name)._replace(s=None) for name in ("train", "valid", "test")
    })  # fmt: skip
    assert list(baselines.baseline_rows(blind, DATA_SEEDS, "b1")) == []


def test_latents_of_clean_rows_are_scored_apart(trained, prepared, evaluation, mesh):
    part = prepared.test
    assert part.clean is None
    assert list(ceilings.clean_rows(trained, part, prepared.dim_u, mesh, stamp)) == []
    same = list(ceilings.clean_rows(trained, part._replace(clean=part.x), 4, mesh, stamp))
    scored = scoring.run_rows(trained, evaluation, part, stamp, prepared.preprocessing)
    by_x = [r.value for r in scored if r.metric == "mcc" and r.corr == "pearson"
            and r.assignment == "held_out" and r.latent == "posterior_mean"]  # fmt: skip
    np.testing.assert_allclose([row.value for row in same], by_x, atol=1e-5)
    assert [(r.metric, r.seed, r.data_seed) for r in same] == [
        ("mcc_clean", seed, DATA_SEEDS[index]) for seed, index in zip(SEEDS, INDEX, strict=True)
    ]
    other = list(ceilings.clean_rows(trained, part._replace(clean=-2 * part.x), 4, mesh, stamp))
    assert other[0].value != pytest.approx(same[0].value, abs=1e-3)


def test_learned_noise_is_held_against_the_true_one(trained, prepared):
    part, columns = prepared.test, prepared.test.x.shape[2]
    noise = np.random.default_rng(0).normal(size=part.x.shape) * np.linspace(0.1, 0.5, columns)
    known = part._replace(clean=part.x - noise)
    assert list(ceilings.noise_rows(trained, known, stamp)) == []  # none was learned
    factors = np.where(np.arange(columns) < columns - 1, 1.05, 1.5)
    learned = np.log(noise.std(axis=1)[np.array(INDEX)] * factors)
    generator = {**trained.states.params["generator"], "log_noise": learned}
    states = trained.states.replace(params=trained.states.params | {"generator": generator})
    noisy = trained._replace(states=states)
    assert list(ceilings.noise_rows(noisy, part, stamp)) == []  # the truth is not known
    found = list(ceilings.noise_rows(noisy, known, stamp))
    assert [(row.metric, row.seed) for row in found] == [
        (metric, seed) for seed in SEEDS for metric in ("noise_ratio", "noise_within_tenth")
    ]
    np.testing.assert_allclose([row.value for row in found[::2]], 1.05, rtol=1e-5)
    np.testing.assert_allclose([row.value for row in found[1::2]], 1 - 1 / columns)


@pytest.fixture(scope="module")
def noisy():
    """Two data seeds of four sources in eight noisy columns."""
    options = {"segments": 6, "per_segment": 100, "columns": 8, "noise": 0.4}
    datasets = [load_dataset("noisy", seed, options) for seed in DATA_SEEDS]
    return datasets, prepare(datasets, DATA_SEEDS, DataConfig(), batch=8)


def test_clean_test_rows_are_standardised_as_x_is(noisy):
    datasets, prepared = noisy
    part = prepared.test
    for i, (data, fitted) in enumerate(zip(datasets, prepared.preprocessing, strict=True)):
        np.testing.assert_array_equal(part.clean[i], fitted.transform_x(data.clean)[part.row[i]])
        np.testing.assert_array_equal(prepared.truths[i].s, part.s[i])
    assert prepared.train.clean is None
    assert np.square(part.x - part.clean).mean() > 0.1


def test_ceilings_are_scored_once_per_data_seed_where_there_is_noise(noisy, prepared):
    _, data = noisy
    rows = list(ceilings.ceiling_rows(data, DATA_SEEDS, "noisy"))
    by_key = {(row.data_seed, row.baseline, row.metric): row.value for row in rows}
    assert len(by_key) == len(rows) == 2 * 2 * 2
    for seed in DATA_SEEDS:
        assert by_key[seed, "bayes_u", "mcc"] > by_key[seed, "bayes", "mcc"] - 0.05
        assert 0.6 < by_key[seed, "bayes", "mcc"] < 0.99
        own = {r.baseline: r.value for r in baselines.baseline_rows(data, DATA_SEEDS, "noisy")
               if r.metric == "mcc" and r.data_seed == seed}  # fmt: skip
        assert by_key[seed, "bayes", "mcc"] > own["linear_supervised"] - 0.05
    assert list(ceilings.ceiling_rows(prepared, DATA_SEEDS, "b1")) == []


def test_figures_show_at_most_the_plotted_rows_evenly_spread(trained, prepared, monkeypatch):
    rows = prepared.test.x.shape[1]
    mu = np.tile(np.arange(rows, dtype=np.float32)[None, :, None], (6, 1, 2))
    blank = np.zeros((6, rows, 3), np.float32)
    found = Evaluation(mu, mu, mu, blank, blank, {})
    assert plotted.arrays_for_figures(trained, found, prepared)["z"].shape == (6, rows, 2)
    monkeypatch.setattr(plotted, "PLOTTED_ROWS", 5)
    arrays = plotted.arrays_for_figures(trained, found, prepared)
    assert arrays["z"][0, :, 0].tolist() == [0, 4, 9, 14, 19]
    kept = arrays["z"][0, :, 0].astype(int)
    np.testing.assert_array_equal(arrays["s"], prepared.test.s[:, kept])
    np.testing.assert_array_equal(arrays["u"], prepared.test.u[:, kept])
    assert "x" not in arrays


def test_a_traversal_changes_one_latent_at_a_time(trained, prepared, evaluation):
    found = plotted.traversed(trained, evaluation.mu, prepared)
    dim = evaluation.mu.shape[2]
    assert found.shape == (plotted.STARTS, dim, plotted.ALONG, prepared.dim_x)
    params = jax.tree.map(lambda leaf: jnp.asarray(leaf[0]), trained.states.evaluated)
    row = np.linspace(0, evaluation.mu.shape[1] - 1, plotted.STARTS + 2).astype(int)[2]
    z = evaluation.mu[0, row].copy()
    z[1] = np.quantile(evaluation.mu[0, :, 1], 0.98)
    decoded = np.asarray(trained.model.decode(params, jnp.asarray(z[None])))
    expected = prepared.preprocessing[0].inverse_x(decoded)
    np.testing.assert_allclose(found[1, 1, -1], expected[0], rtol=1e-4, atol=1e-5)


def test_images_come_back_in_their_own_units(trained, prepared):
    seen = prepared._replace(image_shape=(1, 3))
    x = np.stack([prepared.test.x[i] for i in INDEX])
    mu = x[:, :, :2].copy()
    arrays = plotted.arrays_for_figures(trained, Evaluation(mu, mu, mu, x, x, {}), seen)
    assert arrays["image_shape"].tolist() == [1, 3]
    for i, index in enumerate(INDEX):
        np.testing.assert_allclose(arrays["x_recon"][i], arrays["x"][index], atol=1e-4)
    raw = b1(DATA_SEEDS[1], segments=4, per_segment=50, dim=3).x
    assert np.abs(raw[:, None] - arrays["x"][1][None]).sum(-1).min(0).max() < 1e-3


def test_runs_in_parts_are_evaluated_as_all_at_once(trained, prepared, mesh, evaluation, same):
    parts = list(scoring.in_parts(trained, mesh))
    assert [(each.start, len(each.runs.seed), each.at_once) for each in parts] == [
        (0, 4, 4), (4, 2, 4)]  # fmt: skip
    where = DATA_SEEDS, prepared.dim_u, mesh
    found = [scoring.evaluate_runs(each, prepared.test, "test", *where) for each in parts]
    joined = jax.tree.map(lambda *leaves: np.concatenate(leaves), *found)
    assert same(joined, evaluation)


def test_of_many_runs_and_rows_some_are_compared_and_rows_say_so(trained, evaluation, monkeypatch):
    monkeypatch.setattr(scoring, "AGREED_RUNS", 2)
    monkeypatch.setattr(scoring, "AGREED_ROWS", 10)
    rows = list(scoring.agreement_rows(trained, evaluation.mu, stamp))
    assert len(rows) == 2 * 2
    assert {row.runs for row in rows} == {"2 of 3"}
    assert {row.rows for row in rows} == {"10 of 20"}


def test_a_classifier_judges_the_samples_of_the_first_runs_alone(
    trained, prepared, evaluation, monkeypatch
):
    monkeypatch.setattr(samples, "CLASSIFIED_RUNS", 3)
    parts = [part._replace(s=None) for part in (prepared.valid, prepared.test)]
    later = trained._replace(start=2, total=8)
    found = list(samples.quality_rows(later, [evaluation] * 2, parts, stamp))
    judged = {(r.seed, r.data_seed, r.runs) for r in found if r.metric == "c2st"}
    assert judged == {(SEEDS[0], DATA_SEEDS[0], "3 of 8")}
    assert sum(row.metric == "energy_distance" for row in found) == 6


def test_baselines_on_some_rows_say_so(prepared, monkeypatch):
    monkeypatch.setattr(baselines, "BASELINE_NUMBERS", 3 * 100)
    monkeypatch.setattr(baselines, "BASELINE_ROWS", 16)
    rows = list(baselines.baseline_rows(prepared, DATA_SEEDS[:1], "b1"))
    assert {(row.fit_rows, row.rows) for row in rows} == {("100 of 160", "15 of 20")}


def test_a_run_that_is_not_finite_loses_and_its_neighbours_keep_their_numbers(
    trained, prepared, evaluation
):
    mu, x_fake = np.array(evaluation.mu), np.array(evaluation.x_fake)
    mu[1, 2], x_fake[1, 0] = np.nan, np.inf
    spoilt = evaluation._replace(mu=mu, x_fake=x_fake)
    assert scoring.without_lost(trained, [evaluation, spoilt]).states.alive.tolist() == [
        True, False, True, True, True, True
    ]  # fmt: skip
    for rows_of in (
        lambda each: scoring.run_rows(trained, each, prepared.test, stamp, prepared.preprocessing),
        lambda each: scoring.agreement_rows(trained, each.mu, stamp),
        lambda each: samples.quality_rows(trained, [each], [prepared.test], stamp, ("mmd2",)),
    ):
        for row, usual in zip(rows_of(spoilt), rows_of(evaluation), strict=True):
            mine = 2 in (row.seed, getattr(row, "other_seed", None)) and row.data_seed == 3
            assert to_row(row) == to_row(usual) or (mine and np.isnan(row.value))
