"""The bound under a mixture posterior, against a linear Gaussian model worked by hand."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import multivariate_normal, norm

from ivaegan_jax.models.hyperparameters import Hyperparameters
from ivaegan_jax.models.terms import TERMS, Pass

VARIANCE = 0.5  # of x given z
SHARES = [0.0, 0.3, 1.0]


def exactly_inverse(params):
    """Linear nets: f(z) = z F + c with orthonormal rows, and q(z|x) the likelihood of z given x."""
    frame = jnp.linalg.qr(jax.random.normal(jax.random.key(1), (3, 2)))[0]
    offset = jnp.array([0.5, -1.0, 2.0])
    log_var = jnp.full(2, 12.0 * np.arctanh(np.log(VARIANCE) / 12.0))  # as the encoder bounds it
    encoder = {
        "kernel": jnp.concatenate([frame, jnp.zeros((3, 2))], axis=1),
        "bias": jnp.concatenate([-offset @ frame, log_var]),
    }
    generator = {"kernel": frame.T, "bias": offset}
    return params | {
        "encoder": {"Dense_0": encoder},
        "generator": params["generator"] | {"Dense_0": generator},
    }


@pytest.fixture(scope="module")
def linear(make_pass):
    """`linear(share)`: a pass of a linear Gaussian model with a mixture posterior."""

    @functools.cache
    def base(posterior):
        return make_pass(exactly_inverse, posterior=posterior, depth=1)

    def make(share=0.5, posterior="mixture"):
        hyperparameters = jax.tree.map(
            jnp.asarray, Hyperparameters(decoder_variance=VARIANCE, mixture=share)
        )
        run = base(posterior)
        return Pass(run.nets, run.params, run.batch, jax.random.key(7), hyperparameters)

    return make


@pytest.fixture(scope="module")
def expectation():
    """`expectation(run, name)`: a term's mean over four thousand draws."""

    @jax.jit(static_argnums=(0, 1))
    def draws(name, nets, params, batch, hyperparameters):
        keys = jax.random.split(jax.random.key(2), 4000)
        return jax.vmap(lambda key: TERMS[name](Pass(nets, params, batch, key, hyperparameters)))(
            keys
        )

    return lambda run, name: float(
        draws(name, run.nets, run.params, run.batch, run.hyperparameters).mean(dtype=float)
    )


def evidence(run):
    """`-log p(x|u)`, mean over the batch, in closed form."""
    generator = jax.tree.map(np.asarray, run.params["generator"]["Dense_0"])
    loc, log_var = map(np.asarray, run.prior)
    f, c = generator["kernel"], generator["bias"]
    each = [
        multivariate_normal(m @ f + c, f.T @ np.diag(np.exp(v)) @ f + VARIANCE * np.eye(3)).logpdf(
            x
        )
        for x, m, v in zip(np.asarray(run.batch.x), loc, log_var, strict=True)
    ]
    return -np.mean(each)


def mixture_by_simulation(run, share, draws=20_000):
    """`KL(m || p(z|u))` with z drawn from the mixture, component by component, in numpy."""
    rng = np.random.default_rng(0)
    q, q_u, p = (
        norm(np.asarray(mu), np.exp(0.5 * np.asarray(log_var)))
        for mu, log_var in (run.posterior, run.posterior_with_u, run.prior)
    )
    first = rng.uniform(size=(draws, 8, 1)) < share
    noise = rng.normal(size=(draws, 8, 2))
    z = np.where(first, q.mean() + q.std() * noise, q_u.mean() + q_u.std() * noise)
    log_q, log_q_u, log_p = (d.logpdf(z).sum(-1) for d in (q, q_u, p))
    return float((logsumexp([log_q, log_q_u], 0, [[[share]], [[1 - share]]]) - log_p).mean())


def bound(run, expectation):
    return sum(expectation(run, name) for name in ("mixture_nll", "mixture_kl"))


def test_the_kl_of_a_mixture_is_that_of_draws_from_it(linear, expectation):
    """The skewed Jensen-Shannon divergence is subtracted: with the other sign it is far off."""
    share, run = 0.3, linear(0.3)
    found = expectation(run, "mixture_kl")
    assert found == pytest.approx(mixture_by_simulation(run, share), abs=0.01)
    parts = [run.nets.family.kl(*q, *run.prior) for q in (run.posterior, run.posterior_with_u)]
    average = sum(
        s * float(d.sum(-1).mean()) for s, d in zip((share, 1 - share), parts, strict=True)
    )
    assert found < average - 0.1


@pytest.mark.parametrize("share", SHARES)
def test_a_mixture_bounds_the_evidence(linear, expectation, share):
    run = linear(share)
    assert bound(run, expectation) > evidence(run) - 0.02


def test_the_bound_of_the_exact_posterior_is_tight(linear, expectation):
    """q(z|x) is the likelihood here, so its product with the prior is the posterior itself."""
    run = linear(0.0)
    assert bound(run, expectation) == pytest.approx(evidence(run), abs=0.02)
    assert bound(linear(0.3), expectation) > evidence(run) + 0.1


def test_a_mixture_of_one_part_is_that_part(linear, expectation):
    alone, product, mixture = linear(1.0, "x"), linear(0.0, "product"), linear
    for run, other in ((mixture(1.0), alone), (mixture(0.0), product)):
        assert float(TERMS["mixture_kl"](run)) == pytest.approx(float(TERMS["kl"](other)), rel=1e-5)
    assert float(TERMS["mixture_nll"](mixture(1.0))) == pytest.approx(float(TERMS["nll"](alone)))
    found = expectation(mixture(0.0), "mixture_nll")
    assert found == pytest.approx(expectation(product, "nll"), abs=0.02)


def test_the_slopes_of_a_mixture_are_finite_at_both_ends(linear):
    run = linear()

    @jax.jit
    def slopes(params, hyperparameters):
        def loss(params):
            return TERMS["mixture_kl"](
                Pass(run.nets, params, run.batch, run.key_prior, hyperparameters)
            )

        return jax.grad(loss)(params)

    for share in SHARES:
        found = jax.tree.leaves(slopes(run.params, linear(share).hyperparameters))
        assert all(np.isfinite(leaf).all() for leaf in found)
