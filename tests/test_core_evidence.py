"""The importance-weighted bound, where the likelihood has a closed form."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.scipy.stats import multivariate_normal

from ivaegan_jax.distributions import LIKELIHOODS, PRIOR_FAMILIES
from ivaegan_jax.hypers import Hypers
from ivaegan_jax.networks import Networks
from ivaegan_jax.terms import Pass
from ivaegan_jax.terms.evidence import iwae
from ivaegan_jax.types import Batch

ROWS, DIM_X = 600, 3
RNG = np.random.default_rng(0)
WEIGHT = jnp.asarray(RNG.normal(size=(2, DIM_X)), jnp.float32)
LOC = jnp.asarray(RNG.normal(size=(ROWS, 2)), jnp.float32)
LOG_VAR = jnp.asarray(RNG.normal(size=(ROWS, 2)), jnp.float32)
Z = LOC + jnp.exp(LOG_VAR / 2) * RNG.normal(size=(ROWS, 2))
X = jnp.asarray(Z @ WEIGHT + 0.3 * RNG.normal(size=(ROWS, DIM_X)), jnp.float32)


class Linear(Networks):
    """A linear model whose encoder is the posterior mean, or misses it by `shift`."""

    def __init__(self, shift=0.0, likelihood="gaussian"):
        self.shift, self.likelihood = shift, LIKELIHOODS[likelihood]
        self.family = PRIOR_FAMILIES["gaussian"]

    def encode(self, params, x, u):
        precision = jax.vmap(jnp.diag)(jnp.exp(-LOG_VAR)) + WEIGHT @ WEIGHT.T / 0.09
        target = (x @ WEIGHT.T) / 0.09 + LOC * jnp.exp(-LOG_VAR)
        return jnp.linalg.solve(precision, target[..., None])[..., 0] + self.shift, LOG_VAR

    def prior(self, params, u):
        return LOC, LOG_VAR

    def decode(self, params, z, hypers):
        return z @ WEIGHT, jnp.zeros(())

    def generate(self, params, z):
        return self.likelihood.mean(z @ WEIGHT)


def passed(x=X, **model):
    return Pass(Linear(**model), {}, Batch(x, LOG_VAR), jax.random.key(0), Hypers())


def exact(run):
    """Mean log likelihood of the odd rows, with the noise of the even ones."""
    residual = run.batch.x - run.posterior[0] @ WEIGHT
    noise = jnp.mean(jnp.square(residual)[::2])
    covariance = jnp.einsum("zx,rz,zy->rxy", WEIGHT, jnp.exp(LOG_VAR), WEIGHT)
    covariance += noise * jnp.eye(DIM_X)
    return jnp.mean(jax.vmap(multivariate_normal.logpdf)(X, LOC @ WEIGHT, covariance)[1::2])


def test_the_bound_is_the_likelihood_of_a_linear_model():
    run = passed()
    assert -iwae(run) == pytest.approx(float(exact(run)), abs=0.05)


def test_an_encoder_that_misses_the_posterior_only_lowers_the_bound():
    for shift in (0.1, 0.5, 2.0):
        run = passed(shift=shift)
        assert -iwae(run) < exact(run) + 0.02


def test_a_bernoulli_model_has_a_bound_below_0_and_above_that_of_a_coin():
    assert DIM_X * np.log(2) > iwae(passed((X > 0).astype(jnp.float32), likelihood="bernoulli")) > 0
