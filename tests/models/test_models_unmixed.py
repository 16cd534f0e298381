"""A linear map behind trained networks: what it leaves alone and what it moves."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ivaegan_jax.models import INVERSE, MATRIX, PRIOR, UNMIXED, to_unmixed

MAP = np.array([[1.5, -0.5], [0.25, 2.0]], np.float32)


def close(found, wanted, absolute=1e-5):
    np.testing.assert_allclose(found, wanted, rtol=0, atol=absolute)


def mapped(params, matrix=MAP):
    """The parameters with a map behind them, and the prior that they had."""
    inverse = np.linalg.inv(matrix.astype(float)).astype(np.float32)
    both = {MATRIX: jnp.asarray(matrix), INVERSE: jnp.asarray(inverse)}
    return params | {UNMIXED: both | {PRIOR: params["prior"]}}


@pytest.fixture(scope="module", params=["ivae", "ivae_gan"])
def trained(tiny, request):
    model = tiny(request.param).model
    return model, model.init(jax.random.key(3))


def test_what_is_decoded_from_what_was_encoded_stays(trained, batch):
    model, params = trained
    mu, _ = model.encode(params, batch.x, batch.u)
    moved, _ = model.encode(mapped(params), batch.x, batch.u)
    close(moved, mu @ MAP.T)
    again = model.decode(mapped(params), moved)
    close(again, model.decode(params, mu))


def test_the_prior_is_the_block_s_own(trained, batch):
    model, params = trained
    other = jax.tree.map(lambda leaf: leaf + 0.5, params["prior"])
    block = mapped(params)[UNMIXED] | {PRIOR: other}
    for mine, wanted in zip(
        model.prior(params | {UNMIXED: block}, batch.u),
        model.prior(params | {"prior": other}, batch.u),
        strict=True,
    ):
        assert (mine == wanted).all()


def test_samples_are_decoded_from_before_the_map(trained, batch):
    model, params = trained
    z = jax.random.normal(jax.random.key(0), (8, 2))
    through = model.decode(mapped(params), z)
    close(through, model.decode(params, z @ np.linalg.inv(MAP).T))


def test_the_identity_changes_no_bit(trained, batch):
    model, params = trained
    same = mapped(params, np.eye(2, dtype=np.float32))
    mu, log_var = model.encode(params, batch.x, batch.u)
    moved, moved_log_var = model.encode(same, batch.x, batch.u)
    assert (moved == mu).all()
    close(moved_log_var, log_var)
    assert (model.decode(same, mu) == model.decode(params, mu)).all()


def test_precisions_are_those_nearest_to_the_mapped_posterior():
    mu, log_var = jnp.array([[1.0, -2.0]]), jnp.log(jnp.array([[0.5, 3.0]]))
    moved, moved_log_var = to_unmixed(mapped({"prior": {}}), (mu, log_var))
    covariance = MAP @ np.diag([0.5, 3.0]) @ MAP.T
    assert moved[0] == pytest.approx(MAP @ np.asarray(mu[0]))
    assert np.exp(moved_log_var[0]) == pytest.approx(1 / np.diag(np.linalg.inv(covariance)))

    def divergence(variances):
        inverse = np.linalg.inv(covariance)
        logs = np.linalg.slogdet(covariance)[1] - np.log(variances).sum()
        return (inverse @ np.diag(variances)).trace() + logs

    best = np.exp(np.asarray(moved_log_var[0], float))
    for factor in ([1.1, 1.0], [0.9, 1.0], [1.0, 1.1], [1.0, 0.9], [1.1, 0.9]):
        assert divergence(best) < divergence(best * factor)


def test_the_critic_sees_the_latents_that_it_was_trained_on(make_pass):
    run = make_pass(critic_input="x,z,u")
    batch, nets = run.batch, run.nets
    z = jax.random.normal(jax.random.key(0), (len(batch.x), 2))
    judged = nets.critic(run.params, batch.x, z, batch.u, 1.0)[0]
    moved = nets.critic(mapped(run.params), batch.x, z @ MAP.T, batch.u, 1.0)[0]
    close(moved, judged)


@pytest.mark.parametrize("posterior", ["product", "mixture"])
def test_a_posterior_that_holds_the_prior_holds_the_trained_one(make_pass, posterior):
    run = make_pass(posterior=posterior)
    other = jax.tree.map(lambda leaf: leaf + 1.0, run.params["prior"])
    moved = run.params | {UNMIXED: mapped(run.params)[UNMIXED] | {PRIOR: other}}
    x, u = run.batch.x, run.batch.u
    for encode in (run.nets.encode, run.nets.encode_with_u):
        before, after = encode(run.params, x, u)[0], encode(moved, x, u)[0]
        close(after, before @ MAP.T)
