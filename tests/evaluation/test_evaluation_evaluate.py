import jax
import numpy as np
import pytest

from ivaegan_jax.evaluation import evaluate as module
from ivaegan_jax.evaluation.evaluate import Evaluation, evaluation_key, make_evaluate
from ivaegan_jax.evaluation.scores import likelihood_rows, source_rows
from ivaegan_jax.models.hyperparameters import Hyperparameters

ROWS = 400
RNG = np.random.default_rng(0)
S = RNG.laplace(size=(ROWS, 2)).astype(np.float32)
CODES = (np.arange(ROWS) // 2 % 4).astype(np.int32)
X = np.c_[S, S.sum(1)].astype(np.float32)
KEY = jax.random.key(0)
LEVELS = np.arange(8) % 4


def evaluation(mu, x_recon=X, nll=2.0, kl=3.0):
    """A made-up evaluation with these posterior means."""
    log_var = np.full_like(mu, -6.0)
    z = mu + 0.05 * RNG.normal(size=mu.shape).astype(np.float32)
    terms = {"nll": np.float32(nll), "kl": np.float32(kl), "iwae": np.float32(1.0)}
    terms["information"] = np.float32(0.5)
    return Evaluation(mu, log_var, z, x_recon, x_recon, terms)


def value(rows, metric, **convention):
    (row,) = [r for r in rows if (convention | {"metric": metric}).items() <= r.items()]
    return row["value"]


@pytest.fixture(scope="module")
def evaluated(tiny, batch):
    """The small ivae_gan's parameters and its compiled evaluation."""
    model = tiny("ivae_gan").model
    return model, model.init(jax.random.key(1)), jax.jit(make_evaluate(model, 4))


def test_an_evaluation_is_what_the_model_says(evaluated, batch):
    model, params, evaluate = evaluated
    found = evaluate(params, batch.x, LEVELS[: len(batch.x)], KEY, Hyperparameters())
    mu, log_var = model.encode(params, batch.x, batch.u)
    np.testing.assert_allclose(found.mu, mu, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found.log_var, log_var, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found.x_recon, model.decode(params, mu), rtol=1e-4, atol=1e-5)
    assert found.z.shape == mu.shape
    assert found.x_fake.shape == batch.x.shape
    assert set(found.terms) == {"nll", "kl", "iwae", "information"}


def test_a_watched_term_is_that_of_the_game(evaluated, batch):
    model, params, evaluate = evaluated
    watching = jax.jit(make_evaluate(model, 4, ("critic_accuracy",)))
    found, plain = (
        each(params, batch.x, LEVELS[: len(batch.x)], KEY, Hyperparameters())
        for each in (watching, evaluate)
    )
    assert 0 <= found.terms["critic_accuracy"] <= 1
    np.testing.assert_allclose(found.terms["nll"], plain.terms["nll"], rtol=1e-6)
    host, bare = jax.device_get((found, plain))
    rows = likelihood_rows(host, np.asarray(batch.x), np.zeros(len(batch.x), np.int32), elbo=True)
    assert value(rows, "critic_accuracy") == host.terms["critic_accuracy"]
    assert "critic_accuracy" not in bare.terms


@pytest.mark.parametrize(
    ("rows", "every"), [(1, 2), (40_000, 2), (40_001, 2), (40_002, 4), (10**6, 50)]
)
def test_the_likelihood_of_many_rows_is_that_of_some(rows, every):
    assert module.scored_every(rows) == every
    assert len(range(1, rows, every)) <= module.LIKELIHOOD_ROWS


def test_log_p_is_the_mean_over_the_rows_it_names(monkeypatch, tiny):
    monkeypatch.setattr(module, "LIKELIHOOD_ROWS", 50)
    model = tiny("ivae_gan").model
    params = model.init(jax.random.key(1))
    first = model._replace(log_prob=lambda params, batch, *_: batch.x[:, 0])
    x, u = jax.numpy.asarray(X), jax.numpy.asarray(CODES)
    found = jax.device_get(make_evaluate(first, 4)(params, x, u, KEY, Hyperparameters()))
    np.testing.assert_allclose(found.terms["iwae"], -X[1::8, 0].mean(), rtol=1e-5)
    [row] = [r for r in likelihood_rows(found, X, CODES, True) if r["metric"] == "log_likelihood"]
    assert row["unit"].endswith(", of one row in 8")
    monkeypatch.undo()
    [row] = [r for r in likelihood_rows(found, X, CODES, True) if r["metric"] == "log_likelihood"]
    assert row["unit"].endswith("noise fitted on other rows")


def test_draws_are_those_of_the_posterior(evaluated, batch):
    _, params, evaluate = evaluated
    found = jax.device_get(
        evaluate(params, batch.x, LEVELS[: len(batch.x)], KEY, Hyperparameters())
    )
    noise = (found.z - found.mu) / np.exp(found.log_var / 2)
    assert 0 < np.abs(noise).max() < 6
    assert len(np.unique(noise)) == noise.size


def test_every_run_draws_for_itself_on_every_part_of_every_data_seed():
    triples = [(seed, data, part) for seed in (1, 2) for data in (1, 2) for part in (1, 2)]
    keys = {tuple(jax.random.key_data(evaluation_key(*each)).tolist()) for each in triples}
    assert len(keys) == len(triples)
    steps = [jax.random.fold_in(jax.random.key(1), step) for step in range(100)]
    assert not keys & {tuple(jax.random.key_data(key).tolist()) for key in steps}


def test_an_evaluation_repeats_itself(evaluated, batch, same):
    _, params, evaluate = evaluated
    assert same(
        evaluate(params, batch.x, LEVELS[: len(batch.x)], KEY, Hyperparameters()),
        evaluate(params, batch.x, LEVELS[: len(batch.x)], KEY, Hyperparameters()),
    )


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_has_no_score_and_takes_no_other_with_it(bad):
    mu, nll = np.array(S), bad
    mu[7, 0] = bad
    spoilt = evaluation(mu, nll=nll)._replace(z=S)
    rows = likelihood_rows(spoilt, X, CODES, elbo=True) + source_rows(spoilt, S, CODES)
    lost = {(r["metric"], r.get("latent")) for r in rows if not np.isfinite(r["value"])}
    kept = {(r["metric"], r.get("latent")) for r in rows if np.isfinite(r["value"])}
    assert ("mcc", "posterior_mean") in lost
    assert ("elbo", None) in lost
    assert {("recon_r2", "posterior_mean"), ("kl", None), ("mcc", "posterior_sample")} <= kept
    assert not lost & kept


def test_reconstruction_is_1_for_x_itself_and_0_for_its_mean():
    for recon, expected in ((X, 1.0), (np.tile(X.mean(0), (ROWS, 1)), 0.0)):
        rows = likelihood_rows(evaluation(S, recon), X, CODES, elbo=True)
        assert value(rows, "recon_r2") == pytest.approx(expected, abs=1e-5)


def test_the_bound_is_there_only_where_a_likelihood_is_trained():
    rows = likelihood_rows(evaluation(S), X, CODES, elbo=True)
    assert value(rows, "elbo") == -5.0
    assert value(rows, "kl") == 3.0
    metrics = {row["metric"] for row in likelihood_rows(evaluation(S), X, CODES, elbo=False)}
    assert metrics == {row["metric"] for row in rows} - {"elbo"}


def test_units_that_do_not_move_are_not_active():
    half = np.c_[S[:, 0], np.zeros(ROWS, np.float32)]
    for mu, active in ((S, 2), (half, 1), (0 * S, 0)):
        rows = likelihood_rows(evaluation(mu), X, CODES, elbo=False)
        assert value(rows, "active_units") == active


def test_the_label_is_seen_in_latents_that_are_functions_of_it():
    codes = np.c_[CODES, -CODES].astype(np.float32)
    for mu, expected in ((codes, 1.0), (S, 0.0)):
        rows = likelihood_rows(evaluation(mu), X, CODES, elbo=False)
        assert value(rows, "label_r2") == pytest.approx(expected, abs=0.1)


def test_the_sources_in_another_order_sign_and_scale_score_1():
    rows = source_rows(evaluation(S[:, ::-1] * np.float32([-3, 0.5])), S, CODES)
    rough = {"dci_disentanglement", "dci_completeness", "mig"}
    assert {row["metric"] for row in rows} == rough | {
        "mcc", "affine_r2", "affine_r2_z_given_s", "cca", "mcc_within"
    }  # fmt: skip
    for row in rows:
        if row.get("latent") != "posterior_sample":
            near = 0.2 if row["metric"] in rough else 1e-5
            assert row["value"] == pytest.approx(1, abs=near), row


def test_a_rotation_keeps_the_affine_scores_and_loses_the_mcc():
    turn = np.float32([[1, 1], [-1, 1]]) / np.sqrt(np.float32(2))
    rows = source_rows(evaluation(S @ turn), S, CODES)
    for metric in ("affine_r2", "affine_r2_z_given_s", "cca"):
        assert value(rows, metric) == pytest.approx(1, abs=1e-5)
    default = {"latent": "posterior_mean", "corr": "pearson", "assignment": "held_out"}
    assert value(rows, "mcc", **default) < 0.85


def test_each_row_of_mcc_has_a_convention_of_its_own():
    rows = [r for r in source_rows(evaluation(S), S, CODES) if r["metric"] == "mcc"]
    conventions = [(r["latent"], r["corr"], r["assignment"]) for r in rows]
    assert len(set(conventions)) == len(rows) == 4
    assert conventions[0] == ("posterior_mean", "pearson", "held_out")


def test_only_a_discrete_u_has_levels_to_score_within():
    def metrics(u):
        return {row["metric"] for row in source_rows(evaluation(S), S, u)}

    assert metrics(CODES) - metrics(CODES[:, None].astype(np.float32)) == {"mcc_within"}


def test_rows_in_blocks_are_evaluated_as_all_at_once_but_for_their_draws(evaluated, monkeypatch):
    model, params, evaluate = evaluated
    x, u = X[:100], CODES[:100]
    keys = jax.random.split(KEY, 20)
    wholes = [jax.device_get(evaluate(params, x, u, key, Hyperparameters())) for key in keys]
    monkeypatch.setattr(module, "MOST_ROWS", 16)
    in_parts = jax.jit(make_evaluate(model, 4))
    every = [jax.device_get(in_parts(params, x, u, key, Hyperparameters())) for key in keys]
    whole, parts = wholes[0], every[0]
    for name in ("mu", "log_var", "x_recon"):
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), rtol=1e-5, atol=1e-6)
    for name in ("z", "x_fake"):
        assert getattr(parts, name).shape == getattr(whole, name).shape
        assert len(np.unique(getattr(parts, name), axis=0)) == 100
    np.testing.assert_allclose(parts.terms["kl"], whole.terms["kl"], rtol=1e-5)
    # of one key .08 by the draws, of the difference of two means of twenty .025
    means = [np.mean([each.terms["iwae"] for each in found]) for found in (wholes, every)]
    assert means[0] == pytest.approx(means[1], abs=0.1)


def test_memory_beside_the_results_does_not_grow_with_the_rows(evaluated):
    model, params, _ = evaluated
    temporary = []
    for rows in (1024, 16384):
        x, u = np.zeros((rows, 3), np.float32), np.zeros(rows, np.int32)
        lowered = jax.jit(make_evaluate(model, 4)).lower(params, x, u, KEY, Hyperparameters())
        found = lowered.compile().memory_analysis()
        temporary.append(found.temp_size_in_bytes - 2 * found.output_size_in_bytes)
    assert temporary[1] < temporary[0] + 2**19
